// Keys: made, read, and what they sign.

import { raw } from "./programs.js";
import { asBytes, Transaction } from "./transaction.js";
import { bytes, text, toBase64, whole } from "./values.js";

export class Keypair {
  #raw;
  #address;

  /** @internal */
  constructor(made) {
    this.#raw = made;
  }

  static generate() {
    return new Keypair(raw().RawKeypair.generate());
  }

  static fromPhrase(phrase, { path } = {}) {
    return new Keypair(raw().RawKeypair.fromPhrase(text(phrase, "the phrase"), path));
  }

  /** Of `somaprivkey1…`, of 44 characters of Base64, or of 64 hexadecimal digits. */
  static fromPrivateKey(key) {
    return new Keypair(raw().RawKeypair.parse(text(key, "the private key")));
  }

  static fromSeed(seed) {
    return new Keypair(raw().RawKeypair.fromSeed(bytes(seed, "the seed")));
  }

  get address() {
    this.#address ??= this.#raw.address();
    return this.#address;
  }

  get publicKey() {
    return this.#raw.publicKey();
  }

  /** The private key as `somaprivkey1…`. Strings cannot be wiped: ask for it only to write it down. */
  exposePrivateKey() {
    return this.#raw.exposePrivateKey();
  }

  /** Signs a transaction: `{ bytes, signature }`, both in Base64. */
  signTransaction(transaction) {
    const whole = asBytes(transaction);
    const signature = this.#raw.signTransaction(whole);
    return { bytes: typeof transaction === "string" ? transaction : toBase64(whole), signature };
  }

  /** Signs a proposal as one of its members. @internal */
  signPart(transaction) {
    return this.#raw.signPart(transaction);
  }

  /** Signs what a site wrote, under a domain that no transaction has. */
  signPersonalMessage(message, { site, network, genesis, timestampMs = BigInt(Date.now()) }) {
    const written = typeof message === "string" ? new TextEncoder().encode(message) : bytes(message, "the message");
    const at = whole(timestampMs, "timestampMs");
    const [signed, signature] = raw().signPersonalMessage(this.#raw, written, text(site, "site"), text(network, "network"), text(genesis, "genesis"), at);
    return { bytes: toBase64(new TextEncoder().encode(signed)), signature };
  }

  /** Wipes the key. Nothing can be signed with it any more. */
  free() {
    this.#raw.free();
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.free();
  }

  toJSON() {
    return { address: this.address };
  }
}

export { Transaction };
