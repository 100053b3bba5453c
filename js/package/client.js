// A node: what it tells, and the way from a wish to an executed transaction.

import * as clientNames from "./wasm/client.js";
import { SomaError } from "./error.js";
import { prefer, Program } from "./programs.js";
import { asBytes, Transaction } from "./transaction.js";
import { camel, list, text, whole } from "./values.js";

export * from "./offline.js";

const program = new Program(clientNames, new URL("./wasm/client_bg.wasm", import.meta.url));
prefer(program);
// The network, coins and objects, and what prepares or tries out a transaction come when they are first asked for.
const network = new Program(() => import("./wasm/network.js"), new URL("./wasm/network_bg.wasm", import.meta.url));

const balances = (changes) => changes.map(([address, change]) => ({ address, change }));

/** What a transaction did, or would do. */
function executed(told) {
  if (told === undefined) {
    return undefined;
  }
  const { balanceChanges, failure, ...rest } = camel(told);
  return { succeeded: failure === undefined, failure, balanceChanges: balances(balanceChanges), ...rest };
}

/** What a transaction did, and in plain words why it failed. */
const done = ({ executed: told, explanation }) => ({ ...executed(told), explanation: camel(explanation) });

const modelOf = (told) => {
  if (told === undefined) {
    return undefined;
  }
  const { model, ...rest } = camel(told);
  return { ...rest, ...model };
};

export class Client {
  #raw;
  #where;
  #network;
  #preparation;

  constructor(made, where) {
    this.#raw = made;
    this.#where = where;
  }

  async #ofNetwork() {
    const { RawNetwork } = await network.load();
    this.#network ??= new RawNetwork(this.#where.url);
    return this.#network;
  }

  /** Prepares in this way, of those that the program has. */
  async #prepare(way, ...given) {
    const { RawPreparation } = await network.load();
    this.#preparation ??= new RawPreparation(this.#where.url, this.#where.genesis);
    return new Prepared(await this.#preparation[way](...given), this.#where);
  }

  /**
   * A client of the node at `https://host:port`. With `genesis`, the digest of the chain's first checkpoint,
   * nothing is prepared or sent where the node speaks for another chain.
   */
  static async connect(url, { genesis } = {}) {
    const { RawClient } = await program.load();
    return new Client(new RawClient(text(url, "the address of the node"), genesis), { url, genesis });
  }

  async info({ signal } = {}) {
    const { service, ...more } = camel(await this.#raw.info(signal));
    return { ...service, ...more };
  }

  async epoch(options) {
    return (await this.info(options)).epoch;
  }

  /** Shannons. */
  balance(owner, { signal } = {}) {
    return this.#raw.balance(text(owner, "the address"), signal);
  }

  async coins(owner, { signal } = {}) {
    const coins = camel(await (await this.#ofNetwork()).coins(text(owner, "the address"), signal));
    return coins.map(({ reference, balance }) => ({ ...reference, balance }));
  }

  async object(id, { signal } = {}) {
    return objectOf(await (await this.#ofNetwork()).object(text(id, "the id"), signal));
  }

  async objects(owner, { type, signal } = {}) {
    return (await (await this.#ofNetwork()).owned(text(owner, "the address"), type, signal)).map(objectOf);
  }

  async models({ signal } = {}) {
    return (await (await this.#ofNetwork()).models(signal)).map(modelOf);
  }

  async model(id, { signal } = {}) {
    return modelOf(await (await this.#ofNetwork()).model(text(id, "the id"), signal));
  }

  async targets({ status, epoch, submitter, embeddings = false, signal } = {}) {
    const of = epoch === undefined ? undefined : whole(epoch, "epoch");
    return camel(await (await this.#ofNetwork()).targets(status, of, submitter, embeddings, signal));
  }

  async target(id, { signal } = {}) {
    return camel(await (await this.#ofNetwork()).target(text(id, "the id"), signal));
  }

  async stakes(owner, { signal } = {}) {
    const stakes = camel(await (await this.#ofNetwork()).stakes(text(owner, "the address"), signal));
    return stakes.map(({ reference, offer, ...rest }) => ({ ...reference, ...rest, withdrawal: offer.Ok, obstacle: offer.Err }));
  }

  /** Epoch, parameters, validators, models: all of the chain's own state. */
  async systemState({ signal } = {}) {
    return camel(await (await this.#ofNetwork()).systemState(signal));
  }

  async transaction(digest, { signal } = {}) {
    const told = await (await this.#ofNetwork()).transaction(text(digest, "the digest"), signal);
    return told === undefined ? undefined : { sender: told.sender, kind: camel(told.kind), ...executed(told.executed) };
  }

  /** Waits until a transaction is in a checkpoint: from then on balances and lists know of it. */
  async waitFor(digest, { timeoutMs = 60_000, signal } = {}) {
    return executed(await this.#raw.wait(text(digest, "the digest"), timeoutMs, signal));
  }

  /** What the node says that a transaction would do. */
  async simulate(transaction, { signal } = {}) {
    return executed(await (await this.#ofNetwork()).simulate(asBytes(transaction), signal));
  }

  /** Completes a transaction, tells what it would do, and lets the node try it out. */
  async prepare(transaction, { sender, signal } = {}) {
    if (transaction instanceof Transaction && !transaction.isComplete) {
      const from = sender ?? transaction.sender;
      return this.#prepare("text", text(from, "the sender"), transaction.toText(), signal);
    }
    return this.#prepare("bytes", asBytes(transaction), signal);
  }

  /** To send `amount` shannons, or `"max"`, to one; or `payments` of `{ recipient, amount }` to many. */
  async prepareSend({ sender, recipient, amount, payments, signal }) {
    const all = payments === undefined ? [{ recipient, amount }] : list(payments, "payments");
    const to = all.map((payment) => text(payment.recipient, "recipient"));
    const amounts = payments === undefined && amount === "max" ? undefined : BigUint64Array.from(all, (payment) => whole(payment.amount, "amount"));
    return this.#prepare("send", text(sender, "sender"), to, amounts, signal);
  }

  /** To stake `amount` shannons, or `"max"`, with a validator or a model. */
  async prepareStake({ sender, validator, model, amount, signal }) {
    const much = amount === "max" ? undefined : whole(amount, "amount");
    return this.#prepare("stake", text(sender, "sender"), validator, model, much, signal);
  }

  async prepareWithdrawStake({ sender, stake, signal }) {
    return this.#prepare("withdrawal", text(sender, "sender"), text(stake, "stake"), signal);
  }

  async prepareMergeCoins({ sender, signal }) {
    return this.#prepare("merge", text(sender, "sender"), signal);
  }

  /** Prepares, signs and executes. A danger that `accept` does not name ends it. */
  async signAndExecute(transaction, signer, { accept, signal } = {}) {
    const prepared = transaction instanceof Prepared ? transaction : await this.prepare(transaction, { sender: signer.address, signal });
    return prepared.signAndExecute(signer, { accept, signal });
  }

  /** Sends what was signed elsewhere, as it is. */
  async execute({ bytes, signature }, { signal } = {}) {
    return done(await this.#raw.execute(asBytes(bytes), text(signature, "the signature"), signal));
  }

  free() {
    this.#raw.free();
    this.#network?.free();
    this.#preparation?.free();
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.free();
  }
}

const objectOf = (told) => {
  if (told === undefined) {
    return undefined;
  }
  const { reference, objectType, ...rest } = camel(told);
  return { ...reference, type: objectType, ...rest };
};

/** A transaction that was tried out: what is signed is what its review shows. */
export class Prepared {
  #raw;
  #where;
  #review;

  constructor(made, where) {
    this.#raw = made;
    this.#where = where;
  }

  get bytes() {
    return this.#raw.bytes();
  }

  get digest() {
    return this.#raw.digest();
  }

  /** What the wallet shows before it signs: words, changes, what the node says, what to know. */
  get review() {
    this.#review ??= this.#told();
    return this.#review;
  }

  #told() {
    const told = camel(this.#raw.review());
    const { fee, balanceChanges, objectChanges } = told.preview;
    const findings = told.findings.map(({ level, text: said }) => ({ level: level.toLowerCase(), text: said }));
    return {
      sender: told.sender,
      digest: told.digest,
      description: this.#raw.describe(),
      fee,
      balanceChanges: balances(balanceChanges),
      objectChanges: objectChanges.map(({ id, objectType, change, owner }) => ({ objectId: id, type: objectType, change: change.toLowerCase(), owner })),
      simulation: told.simulation,
      findings,
    };
  }

  /** Signs, once every danger among the findings was accepted by its place. */
  async sign(signer, { accept = [] } = {}) {
    this.#raw.checkConsent(places(accept));
    return signer.signTransaction(this.bytes);
  }

  async signAndExecute(signer, { accept = [], signal } = {}) {
    const { signature } = await this.sign(signer, { accept });
    return this.execute(signature, { accept, signal });
  }

  /** Sends it with its sender's signature. */
  async execute(signature, { accept = [], signal } = {}) {
    this.#raw.checkSigned(text(signature, "the signature"), places(accept));
    const { url, genesis } = this.#where;
    const node = new program.names.RawClient(url, genesis);
    try {
      return done(await node.execute(this.bytes, signature, signal));
    } finally {
      node.free();
    }
  }

  free() {
    this.#raw.free();
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.free();
  }
}

function places(accept) {
  const wrong = list(accept, "accept").find((place) => !Number.isInteger(place) || place < 0);
  if (wrong !== undefined) {
    throw new SomaError("argument/invalid", "dangers are accepted by their places among the findings");
  }
  return Uint32Array.from(accept);
}
