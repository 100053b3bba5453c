// Accounts of several keys with weights and a threshold, and proposals that collect their signatures.

import { SomaError } from "./error.js";
import { Keypair } from "./keypair.js";
import { also, Program } from "./programs.js";
import { asBytes, Transaction } from "./transaction.js";
import { bytes, list, text, toBase64, whole } from "./values.js";

export * from "./index.js";

const program = new Program(() => import("./wasm/multisig.js"), new URL("./wasm/multisig_bg.wasm", import.meta.url));
also(program);
const names = () => program.names;

const small = (value, most, what) => {
  const number = whole(value, what);
  if (number > BigInt(most)) {
    throw new SomaError("argument/invalid", `${what} is more than ${most}`);
  }
  return Number(number);
};

/** A member's key: 32 bytes, or the text that the command-line wallet prints. */
const keyOf = (key) => {
  const read = typeof key === "string" ? names().parseMemberKey(key) : bytes(key, "a member's public key");
  if (read.length !== 32) {
    throw new SomaError("argument/invalid", "a member's public key has 32 bytes");
  }
  return read;
};

/** An account of several keys. Their order counts: another order is another address. */
export class MultisigAccount {
  #parts;
  #address;

  constructor({ members, threshold }) {
    const keys = list(members, "members").map(({ publicKey }) => keyOf(publicKey));
    const weights = members.map(({ weight }) => small(weight, 255, "a member's weight"));
    this.#parts = [Uint8Array.from(keys.flatMap((key) => [...key])), Uint8Array.from(weights), small(threshold, 65535, "the threshold")];
    this.#address = names().multisigAddress(...this.#parts);
  }

  get address() {
    return this.#address;
  }

  get members() {
    const [keys, weights] = this.#parts;
    return Array.from(weights, (weight, at) => ({ publicKey: keys.slice(32 * at, 32 * at + 32), weight }));
  }

  get threshold() {
    return this.#parts[2];
  }

  /** What the members are to sign, for the chain whose first checkpoint has this digest. */
  propose(transaction, { genesis }) {
    return new Proposal(new (names().RawProposal)(...this.#parts, asBytes(transaction), text(genesis, "genesis")));
  }

  toJSON() {
    return { address: this.address, members: this.members.map(({ publicKey, weight }) => ({ publicKey: toBase64(publicKey), weight })), threshold: this.threshold };
  }
}

/** A transaction of such an account, and the signatures it has so far: each was verified before it was taken. */
export class Proposal {
  #raw;

  /** @internal */
  constructor(made) {
    this.#raw = made;
  }

  /** Of the text in which it travels between wallets, of their links, or of all parts of it. */
  static read(written) {
    return new Proposal(names().RawProposal.read(text(written, "the proposal")));
  }

  get account() {
    return new MultisigAccount({ members: this.#raw.members(), threshold: this.#raw.threshold() });
  }

  /** Members with whether they have signed. */
  get members() {
    return this.#raw.members();
  }

  get genesis() {
    return this.#raw.genesis();
  }

  get bytes() {
    return this.#raw.bytes();
  }

  get transaction() {
    return Transaction.fromBytes(this.bytes);
  }

  get digest() {
    return this.#raw.digest();
  }

  /** Of those that have signed. */
  get weight() {
    return this.#raw.weight();
  }

  get threshold() {
    return this.#raw.threshold();
  }

  get isComplete() {
    return this.weight >= this.threshold;
  }

  /** Signs as a member. What is returned is that member's part, for others to add. */
  sign(keypair) {
    if (!(keypair instanceof Keypair)) {
      throw new SomaError("argument/invalid", "a member signs with a Keypair");
    }
    const part = keypair.signPart(this.bytes);
    this.#raw.add(part);
    return part;
  }

  /** Adds what others have signed: a part, or several put together. Returns how many were new. */
  add(signature) {
    return this.#raw.add(text(signature, "the signature"));
  }

  /** Adds all signatures of another copy of this proposal. Returns how many were new. */
  merge(other) {
    if (!(other instanceof Proposal)) {
      throw new SomaError("argument/invalid", "a proposal is merged with another one");
    }
    return this.#raw.merge(other.#raw);
  }

  /** What the network takes, once enough have signed: `{ bytes, signature }`, both in Base64. */
  signed() {
    return { bytes: toBase64(this.bytes), signature: this.#raw.signature() };
  }

  /** The text in which it travels. The wallet opens it, too. */
  toText() {
    return this.#raw.toText();
  }

  free() {
    this.#raw.free();
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.free();
  }
}
