// Accounts of several keys in Node: byte for byte as the vectors have them, and nothing counts that the network would
// not count.

import assert from "node:assert/strict";
import { test } from "node:test";

import { init, Keypair, MultisigAccount, Proposal, SomaError, Transaction, verifyTransaction } from "soma-wallet/multisig";

import { fromHex, toBase58, toHex, vectors } from "./support.mjs";

await init();
const genesis = toBase58("07".repeat(32));
const base64 = (digits) => Buffer.from(digits, "hex").toString("base64");

const accountOf = ({ public_keys: keys, weights, threshold }) =>
  new MultisigAccount({ members: keys.map((key, at) => ({ publicKey: fromHex(key), weight: weights[at] })), threshold });

/** Three keys of weights 1, 2 and 3, of which 4 must sign, and a payment of theirs. */
function three() {
  const keys = [1, 2, 3].map((byte) => Keypair.fromSeed(new Uint8Array(32).fill(byte)));
  const account = new MultisigAccount({ members: keys.map(({ publicKey }, at) => ({ publicKey, weight: at + 1 })), threshold: 4 });
  const coin = { objectId: `0x${"11".repeat(32)}`, version: 7n, digest: toBase58("05".repeat(32)) };
  const transaction = Transaction.transferCoin({ coin, amount: 5n, recipient: `0x${"22".repeat(32)}` }, { sender: account.address, gasPayment: [coin] });
  return { keys, account, transaction, proposal: account.propose(transaction, { genesis }) };
}

test("addresses and signatures of the vectors come out byte for byte, in whatever order members sign", async () => {
  const all = await vectors("multisig");
  assert.ok(all.length > 2);
  for (const vector of all) {
    const account = accountOf(vector);
    assert.equal(account.address, vector.address);
    const bytes = fromHex(vector.transaction_data_bcs);
    for (const signers of [vector.signers, vector.signers.toReversed?.() ?? [...vector.signers].reverse()]) {
      const proposal = account.propose(bytes, { genesis });
      const parts = signers.map((at) => Keypair.fromSeed(fromHex(vector.secret_keys[at]))).map((key) => account.propose(bytes, { genesis }).sign(key));
      parts.forEach((part) => assert.equal(proposal.add(part), 1));
      const signed = proposal.signed();
      assert.equal(toHex(Buffer.from(signed.signature, "base64")), vector.serialized_signature);
      assert.equal(toHex(Buffer.from(signed.bytes, "base64")), vector.transaction_data_bcs);
      verifyTransaction(signed.bytes, signed.signature);
    }
    verifyTransaction(bytes, base64(vector.serialized_signature));
    const broken = fromHex(vector.serialized_signature);
    broken[10] ^= 1;
    assert.throws(() => verifyTransaction(bytes, Buffer.from(broken).toString("base64")), { code: "signature/multisig" });
  }
});

test("a proposal says who has signed, and is complete when the weight suffices", () => {
  const { keys, account, transaction, proposal } = three();
  assert.deepEqual([proposal.weight, proposal.threshold, proposal.isComplete, proposal.genesis], [0, 4, false, genesis]);
  proposal.sign(keys[0]);
  assert.deepEqual(proposal.members.map(({ weight, hasSigned }) => [weight, hasSigned]), [[1, true], [2, false], [3, false]]);
  assert.throws(() => proposal.signed(), { code: "multisig/weight" });
  assert.throws(() => proposal.sign(keys[0]), { code: "multisig/signed-already" });
  proposal.sign(keys[2]);
  assert.ok(proposal.isComplete);
  verifyTransaction(transaction, proposal.signed().signature);
  assert.equal(proposal.digest, transaction.digest());
  assert.equal(proposal.account.address, account.address);
  assert.deepEqual(proposal.transaction.args, transaction.args);
});

test("it travels as text, copies are merged, and signatures of several are taken apart", () => {
  const { keys, proposal } = three();
  const text = proposal.toText();
  assert.match(text, /^soma-multisig-1\./);
  const [one, other] = [Proposal.read(text), Proposal.read(`https://wallet.example/multisig/open#${text}`)];
  one.sign(keys[0]);
  other.sign(keys[2]);
  assert.equal(one.merge(other), 1);
  assert.equal(one.merge(other), 0);
  assert.equal(proposal.add(one.signed().signature), 2);
  assert.deepEqual(proposal.signed(), one.signed());
  assert.equal(Proposal.read(one.toText()).weight, 4);
  assert.throws(() => Proposal.read(`${text.slice(0, -3)}AAA`), { code: "multisig/damaged" });
  assert.throws(() => Proposal.read("hello"), { code: "multisig/not-a-proposal" });
});

test("what the network would not count does not count here", () => {
  const { keys, transaction, account, proposal } = three();
  const stranger = Keypair.generate();
  assert.throws(() => proposal.sign(stranger), { code: "multisig/not-a-member" });
  const otherwise = account.propose(transaction.with({ gasPayment: [{ objectId: `0x${"33".repeat(32)}`, version: 1n, digest: toBase58("06".repeat(32)) }] }), { genesis });
  const foreign = otherwise.sign(keys[1]);
  assert.throws(() => proposal.add(foreign), { code: "multisig/signature" });
  assert.throws(() => proposal.merge(otherwise), { code: "multisig/other-proposal" });
  assert.throws(() => proposal.add("AAAA"), (error) => error instanceof SomaError && error.code === "signature/malformed");
  assert.throws(() => proposal.add("no base64!"), { code: "signature/malformed" });
  assert.equal(proposal.weight, 0);
  assert.throws(() => account.propose(transaction.with({ sender: stranger.address }), { genesis }), { code: "multisig/other-sender" });
  assert.throws(() => keys[0].signTransaction(transaction), { code: "sign/other-sender" });
  assert.throws(() => proposal.sign({ address: account.address }), { code: "argument/invalid" });
});

test("an account that the network does not know is refused", () => {
  const { publicKey } = Keypair.generate();
  const of = (members, threshold) => () => new MultisigAccount({ members, threshold });
  assert.throws(of([], 1), { code: "multisig/members" });
  assert.throws(of(Array.from({ length: 11 }, () => ({ publicKey: Keypair.generate().publicKey, weight: 1 })), 1), { code: "multisig/members" });
  assert.throws(of([{ publicKey, weight: 1 }, { publicKey, weight: 1 }], 1), { code: "multisig/repeated-key" });
  assert.throws(of([{ publicKey, weight: 0 }], 1), { code: "multisig/zero-weight" });
  assert.throws(of([{ publicKey, weight: 1 }], 2), { code: "multisig/threshold" });
  assert.throws(of([{ publicKey, weight: 256 }], 2), { code: "argument/invalid" });
  assert.throws(of([{ publicKey, weight: 1.5 }], 1), { code: "argument/invalid" });
  assert.throws(of([{ publicKey: publicKey.slice(1), weight: 1 }], 1), { code: "argument/invalid" });
  assert.throws(of([{ publicKey: "AAAA", weight: 1 }], 1), { code: "public-key/not-base64" });
  const flagged = Buffer.concat([Buffer.from([0]), publicKey]).toString("base64");
  assert.equal(of([{ publicKey: flagged, weight: 1 }], 1)().address, of([{ publicKey, weight: 1 }], 1)().address);
});
