// All kinds of transactions in Node: the bytes, digests and signatures of the protocol's vectors.

import assert from "node:assert/strict";
import { test } from "node:test";

import { describe, init, Keypair, SomaError, Transaction, transactionDigest, verifyTransaction } from "soma-wallet";

import { fromHex, toBase58, toHex, vectors } from "./support.mjs";

await init();
const all = await vectors("transactions");

const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const BYTES = /^(net|p2p|primary|proxy)_address$|pubkey|^proof_of|^next_epoch/;
const reference = ({ object_id: objectId, version, digest }) => ({ objectId, version: BigInt(version), digest });
const floats = ({ f32_bits: bits }) => new Float32Array(Uint32Array.from(bits, (word) => Number.parseInt(word, 16)).buffer);
/** Arguments of the package, from a vector's own words. */
function args(kind) {
  const turned = ([name, value]) => {
    if (value === null) {
      return undefined;
    }
    if (["coin", "coin_ref", "staked_soma", "bond_coin"].includes(name)) {
      return reference(value);
    }
    if (["coins", "objects"].includes(name)) {
      return value.map(reference);
    }
    if (name === "amounts") {
      return value.map(BigInt);
    }
    if (["amount", "new_rate", "stake_amount", "commission_rate", "architecture_version"].includes(name)) {
      return BigInt(value);
    }
    if (["manifest", "data_manifest"].includes(name)) {
      return { url: value.url_input, checksum: toBase58(value.checksum), size: BigInt(value.size) };
    }
    if (["embedding", "loss_score"].includes(name)) {
      return floats(value);
    }
    if (name === "distance_score") {
      return floats(value)[0];
    }
    if (name.endsWith("_commitment") || name === "decryption_key") {
      return toBase58(value);
    }
    return BYTES.test(name) ? fromHex(value) : value;
  };
  const fields = Object.entries(kind).filter(([name]) => name !== "type");
  return Object.fromEntries(fields.map((field) => [camel(field[0]), turned(field)]));
}

const builders = Object.fromEntries(
  Object.getOwnPropertyNames(Transaction)
    .filter((name) => !["length", "name", "prototype", "fromBytes"].includes(name))
    .map((name) => [name[0].toUpperCase() + name.slice(1), Transaction[name]]),
);

/** Tensors of other shapes than a vector's are read, and have no builder. */
const isOrdinary = ({ kind }) => Object.values(kind).every((value) => value?.shape === undefined || value.shape.length === 1);

test("every kind is built, signed and read as in the vectors", () => {
  const seen = new Set();
  for (const vector of all.filter(isOrdinary)) {
    const { type } = vector.kind;
    const gasPayment = vector.gas_payment.map(reference);
    const transaction = builders[type](args(vector.kind), { sender: vector.sender, gasPayment });
    const bytes = transaction.toBytes();
    assert.equal(toHex(bytes), vector.transaction_data_bcs, vector.name);
    assert.equal(transaction.digest(), vector.digest);
    const key = Keypair.fromSeed(fromHex(vector.secret_key));
    const signed = key.signTransaction(transaction);
    assert.equal(Buffer.from(signed.signature, "base64").toString("hex"), vector.signature, vector.name);
    assert.equal(Buffer.from(signed.bytes, "base64").toString("hex"), vector.transaction_data_bcs);
    assert.equal(key.signTransaction(bytes).signature, signed.signature);
    assert.equal(key.signTransaction(signed.bytes).signature, signed.signature);
    verifyTransaction(signed.bytes, signed.signature);
    const read = Transaction.fromBytes(bytes);
    assert.equal(read.kind, type);
    assert.equal(toHex(read.toBytes()), vector.transaction_data_bcs);
    seen.add(type);
  }
  assert.equal(seen.size, 23);
});

test("every kind is told in words, with amounts as bigint", () => {
  for (const vector of all) {
    const { headline, points } = describe(fromHex(vector.transaction_data_bcs));
    assert.ok(headline.length > 5, vector.name);
    assert.ok(points.some(({ label }) => label === "Coin that pays the fee") || vector.gas_payment.length === 0, vector.name);
    for (const { label, type, value } of points) {
      assert.equal(typeof label, "string");
      if (["amount", "rate", "epoch", "bytes"].includes(type)) {
        assert.equal(typeof value, "bigint", `${vector.name}: ${label}`);
      }
    }
  }
});

test("what is left open has a text for wallets, and no bytes", async () => {
  const open = Transaction.transferCoin({ amount: 5n, recipient: `0x${"02".repeat(32)}` });
  assert.equal(open.isComplete, false);
  assert.throws(() => open.toBytes(), (error) => error.code === "transaction/incomplete");
  assert.deepEqual(JSON.parse(await open.toJSON()), { version: 1, kind: { TransferCoin: { amount: "5", recipient: `0x${"02".repeat(32)}` } } });
  const staked = Transaction.withdrawStake({ stakedSoma: `0x${"03".repeat(32)}` }, { sender: `0x${"01".repeat(32)}` });
  assert.deepEqual(JSON.parse(await staked.toJSON()), {
    version: 1,
    sender: `0x${"01".repeat(32)}`,
    kind: { WithdrawStake: { stakedSoma: { objectId: `0x${"03".repeat(32)}` } } },
  });
});

test("nothing is signed for others, and nothing that is no transaction", () => {
  const vector = all[0];
  const bytes = fromHex(vector.transaction_data_bcs);
  const key = Keypair.generate();
  const code = (expected) => (error) => error instanceof SomaError && error.code === expected;
  assert.throws(() => key.signTransaction(bytes), code("sign/other-sender"));
  assert.throws(() => key.signTransaction(bytes.subarray(1)), code("transaction/unknown"));
  assert.throws(() => key.signTransaction(new Uint8Array([...bytes, 0])), code("transaction/unknown"));
  assert.throws(() => key.signTransaction("%"), code("argument/invalid"));
  assert.throws(() => key.signTransaction({}), code("argument/invalid"));
  assert.throws(() => transactionDigest(new Uint8Array()), code("transaction/unknown"));
  const other = Keypair.fromSeed(fromHex(vector.secret_key)).signTransaction(bytes);
  const turned = Buffer.from(other.signature, "base64");
  turned[5] ^= 1;
  assert.throws(() => verifyTransaction(bytes, turned.toString("base64")), code("signature/invalid"));
});

test("arguments are checked by name and type", () => {
  const code = (error) => error instanceof SomaError && error.code === "argument/invalid";
  const recipient = `0x${"02".repeat(32)}`;
  for (const make of [
    () => Transaction.transferCoin({ amount: 1.5, recipient }),
    () => Transaction.transferCoin({ amount: -1n, recipient }),
    () => Transaction.transferCoin({ amount: 2n ** 64n, recipient }),
    () => Transaction.transferCoin({ amount: 1n, recipient: "0x2" }),
    () => Transaction.transferCoin({ amount: 1n }),
    () => Transaction.transferCoin({ amount: 1n, recipient, memo: "x" }),
    () => Transaction.transferCoin({ coin: { objectId: recipient, version: 1n }, recipient }),
    () => Transaction.claimRewards({ targetId: 5 }),
    () => Transaction.removeValidator({ pubkeyBytes: "00" }),
    () => Transaction.revealModel({ modelId: recipient, decryptionKey: "0", embedding: [1] }),
    () => Transaction.revealModel({ modelId: recipient, decryptionKey: "1".repeat(32), embedding: ["1"] }),
  ]) {
    assert.throws(make, code, String(make));
  }
});
