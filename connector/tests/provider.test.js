// The wallet object by the rules of the Wallet Standard, over a transport that answers as it is told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { walletError } from "../src/errors.js";
import { CHAINS, EXTENSION_ID, EXTENSION_NAME, ICON, WEB_WALLET_ID, WEB_WALLET_NAME, createWallet } from "../src/provider.js";
import { told, transport } from "./support.js";

const SIGNED = { bytes: "AAEC", signature: "AAAA" };

function walletOver(answers) {
  const over = transport(answers);
  return { over, wallet: createWallet({ id: EXTENSION_ID, name: EXTENSION_NAME, transport: over }) };
}

async function connected(answers = {}, accounts = [told(1), told(2)]) {
  const { over, wallet } = walletOver({ connect: { accounts }, ...answers });
  await wallet.features["standard:connect"].connect();
  over.asked.length = 0;
  return { over, wallet };
}

const transaction = { toJSON: async () => '{"version":1,"bytes":"AAEC"}' };

test("a wallet is what the standard says it is, and nobody can change it", () => {
  const { wallet } = walletOver({});
  assert.equal(wallet.version, "1.0.0");
  assert.deepEqual([wallet.id, wallet.name], [EXTENSION_ID, EXTENSION_NAME]);
  assert.match(wallet.icon, /^data:image\/svg\+xml;base64,[A-Za-z0-9+/]+=*$/);
  assert.match(atob(ICON.split(",")[1]), /^<svg .*<\/svg>$/);
  assert.deepEqual(wallet.chains, CHAINS);
  assert.deepEqual(wallet.accounts, []);
  const versions = Object.fromEntries(Object.entries(wallet.features).map(([name, { version }]) => [name, version]));
  assert.deepEqual(versions, {
    "standard:connect": "1.0.0",
    "standard:disconnect": "1.0.0",
    "standard:events": "1.0.0",
    "soma:signTransaction": "1.0.0",
    "soma:signAndExecuteTransaction": "1.0.0",
    "soma:signPersonalMessage": "1.0.0",
    "soma:getCapabilities": "1.0.0",
  });
  for (const part of [wallet, wallet.features, ...Object.values(wallet.features), wallet.chains, wallet.accounts]) {
    assert.ok(Object.isFrozen(part));
  }
});

test("kits split at colons, so no id and no name has one", () => {
  for (const text of [EXTENSION_ID, EXTENSION_NAME, WEB_WALLET_ID, WEB_WALLET_NAME]) {
    assert.ok(!text.includes(":"), text);
  }
  assert.notEqual(EXTENSION_ID, WEB_WALLET_ID);
  assert.notEqual(EXTENSION_NAME, WEB_WALLET_NAME);
  assert.throws(() => createWallet({ id: "a:b", name: "A", transport: transport({}) }), TypeError);
  assert.throws(() => createWallet({ id: "a", name: "A", chains: ["sui:mainnet"], transport: transport({}) }), TypeError);
});

test("connecting gives accounts that nobody can change, and copies of their keys", async () => {
  const { over, wallet } = walletOver({ connect: { accounts: [told(7, { label: "Seven" })] } });
  const { accounts } = await wallet.features["standard:connect"].connect({ silent: false, supportedIntents: ["x"] });
  assert.deepEqual(over.asked[0].params, { silent: false });
  assert.equal(accounts, wallet.accounts);
  const [account] = accounts;
  assert.equal(account.address, told(7).address);
  assert.equal(account.label, "Seven");
  assert.deepEqual(account.chains, ["soma:testnet"]);
  assert.ok(account.features.every((name) => name in wallet.features));
  assert.ok(Object.isFrozen(account) && Object.isFrozen(account.chains) && Object.isFrozen(account.features));
  account.publicKey.fill(0);
  assert.deepEqual([...account.publicKey], [0, ...new Array(32).fill(7)]);
});

test("a silent connect says so, and every other asks", async () => {
  const { over, wallet } = walletOver({ connect: { accounts: [] } });
  over.begin = (method) => ({ begun: method, cancel() {} });
  await wallet.features["standard:connect"].connect({ silent: true });
  await wallet.features["standard:connect"].connect();
  assert.deepEqual(over.asked.map(({ params, begun }) => [params.silent, begun?.begun]), [
    [true, undefined],
    [false, "connect"],
  ]);
});

test("changes are told with what changed and nothing else, and an account that stayed stays the same object", async () => {
  const { over, wallet } = await connected();
  const [first] = wallet.accounts;
  const changes = [];
  const off = wallet.features["standard:events"].on("change", (change) => changes.push(change));
  over.say([told(1), told(3, { chains: ["soma:testnet", "soma:01020304"] })]);
  assert.deepEqual(Object.keys(changes[0]).sort(), ["accounts", "chains"]);
  assert.deepEqual(changes[0].chains, [...CHAINS, "soma:01020304"]);
  assert.equal(wallet.chains, changes[0].chains);
  assert.equal(wallet.accounts[0], first);
  over.say([told(1), told(3, { chains: ["soma:testnet", "soma:01020304"] })]);
  assert.equal(changes.length, 1, "nothing changed, so nothing is told");
  over.say([told(1)]);
  assert.deepEqual(changes[1], { accounts: [first], chains: [...CHAINS] });
  off();
  over.say([]);
  assert.equal(changes.length, 2);
  assert.deepEqual(wallet.accounts, []);
});

test("a listener that fails keeps no other from hearing, and one that is given twice hears twice", async (context) => {
  const { over, wallet } = await connected();
  const complaint = context.mock.method(console, "error", () => {});
  let heard = 0;
  const listener = () => (heard += 1);
  wallet.features["standard:events"].on("change", () => {
    throw new Error("mine");
  });
  wallet.features["standard:events"].on("change", listener);
  const off = wallet.features["standard:events"].on("change", listener);
  over.say([]);
  assert.equal(heard, 2);
  off();
  over.say([told(1)]);
  assert.equal(heard, 3);
  assert.equal(complaint.mock.callCount(), 2);
  assert.throws(() => wallet.features["standard:events"].on("changed", listener), TypeError);
});

test("accounts in another form are believed nowhere", async () => {
  const wrong = [
    undefined,
    {},
    [null],
    [told(1, { address: "0x1" })],
    [told(1, { address: told(1).address.toUpperCase() })],
    [told(1, { publicKey: "AA==" })],
    [told(1, { publicKey: "not base64!" })],
    [told(1, { chains: [] })],
    [told(1, { chains: ["sui:mainnet"] })],
    [told(1, { label: {} })],
    new Array(1001).fill(told(1)),
  ];
  for (const accounts of wrong) {
    const { over, wallet } = await connected({ connect: { accounts: [told(1)] } });
    assert.throws(() => over.say(accounts), { name: "SomaError", reason: "bad-answer" });
    assert.equal(wallet.accounts.length, 1);
  }
});

test("a request carries the transaction's own text, the account and the chain, and nothing else", async () => {
  const { over, wallet } = await connected({ signTransaction: SIGNED });
  const [account] = wallet.accounts;
  const signed = await wallet.features["soma:signTransaction"].signTransaction({ transaction, account, chain: "soma:testnet", options: { evil: 1 } });
  assert.deepEqual(signed, SIGNED);
  assert.deepEqual(over.asked[0].params, { transaction: await transaction.toJSON(), account: account.address, chain: "soma:testnet" });
});

test("an execution is told with its digest and effects, and a checkpoint where there is one", async () => {
  const executed = { ...SIGNED, digest: "5XyT", effects: "AQID" };
  const { wallet } = await connected({ signAndExecuteTransaction: () => executed });
  const ask = () =>
    wallet.features["soma:signAndExecuteTransaction"].signAndExecuteTransaction({ transaction, account: wallet.accounts[0], chain: "soma:testnet" });
  assert.deepEqual(await ask(), executed);
  executed.checkpoint = 12;
  assert.equal((await ask()).checkpoint, "12");
  executed.failure = "InsufficientGas";
  assert.equal((await ask()).failure, "InsufficientGas", "what was executed and failed is told as such");
  delete executed.effects;
  assert.equal((await ask()).effects, undefined);
  delete executed.digest;
  await assert.rejects(ask(), { reason: "bad-answer" });
});

test("a message crosses as Base64 of its bytes as they were when it was asked for", async () => {
  const { over, wallet } = await connected({ signPersonalMessage: SIGNED });
  const message = new TextEncoder().encode("hello, 世界");
  const asked = wallet.features["soma:signPersonalMessage"].signPersonalMessage({ message, account: wallet.accounts[0], chain: "soma:testnet" });
  message.fill(0);
  assert.deepEqual(await asked, SIGNED);
  assert.equal(Buffer.from(over.asked[0].params.message, "base64").toString(), "hello, 世界");
});

test("what this wallet cannot sign is refused with the standard's number before anything is asked", async () => {
  const { over, wallet } = await connected();
  const [account] = wallet.accounts;
  const sign = (input) => wallet.features["soma:signTransaction"].signTransaction(input);
  await assert.rejects(sign({ transaction, account: { address: told(9).address }, chain: "soma:testnet" }), { walletStandardCode: 3834001, name: "SomaError" });
  await assert.rejects(sign({ transaction, account, chain: "soma:localnet" }), { walletStandardCode: 6160000 });
  await assert.rejects(sign({ transaction, account }), { reason: "malformed" });
  await assert.rejects(sign({ transaction: {}, account, chain: "soma:testnet" }), { reason: "malformed" });
  await assert.rejects(sign({ transaction: { toJSON: () => ({}) }, account, chain: "soma:testnet" }), { reason: "malformed" });
  await assert.rejects(sign(), { walletStandardCode: 3834001 });
  const message = (input) => wallet.features["soma:signPersonalMessage"].signPersonalMessage(input);
  await assert.rejects(message({ message: "text", account, chain: "soma:testnet" }), { reason: "malformed" });
  await assert.rejects(message({ message: new Uint8Array(1), account }), { reason: "malformed" });
  assert.deepEqual(over.asked, []);
});

test("errors come through with code, reason and message", async () => {
  const refusal = walletError("rejected", "the owner said no");
  const { wallet } = await connected({ signTransaction: refusal });
  const asked = wallet.features["soma:signTransaction"].signTransaction({ transaction, account: wallet.accounts[0], chain: "soma:testnet" });
  await assert.rejects(asked, { name: "SomaError", code: "connect/rejected", walletStandardCode: 4001000, reason: "rejected", message: "the owner said no" });
});

test("a transport begins in the click itself, before the transaction is written, and is told where that fails", async () => {
  const { over, wallet } = await connected({ signTransaction: SIGNED });
  const steps = [];
  over.begin = (method) => {
    steps.push(`begun ${method}`);
    return { cancel: () => steps.push("cancelled") };
  };
  const failing = { toJSON: () => new Promise((_, reject) => setTimeout(reject, 1, new Error("no coins"))) };
  const asked = wallet.features["soma:signTransaction"].signTransaction({ transaction: failing, account: wallet.accounts[0], chain: "soma:testnet" });
  assert.deepEqual(steps, ["begun signTransaction"]);
  await assert.rejects(asked, /no coins/);
  assert.deepEqual(steps, ["begun signTransaction", "cancelled"]);
  over.begin = () => {
    throw walletError("busy", "one at a time");
  };
  await assert.rejects(wallet.features["soma:signTransaction"].signTransaction({ transaction: failing, account: wallet.accounts[0], chain: "soma:testnet" }), { reason: "busy" });
  // The failure of the transaction that nobody waits for any more is nobody's unhandled failure.
  await new Promise((resolve) => setTimeout(resolve, 5));
});

test("a request that was given up before it was made asks nobody", async () => {
  const { over, wallet } = await connected({ signTransaction: SIGNED });
  const signal = AbortSignal.abort("changed my mind");
  const asked = wallet.features["soma:signTransaction"].signTransaction({ transaction, account: wallet.accounts[0], chain: "soma:testnet", signal });
  await assert.rejects(asked, { reason: "aborted", cause: "changed my mind" });
  assert.deepEqual(over.asked, []);
});

test("disconnecting takes the accounts away and tells so", async () => {
  const { wallet } = await connected({ disconnect: {} });
  const changes = [];
  wallet.features["standard:events"].on("change", (change) => changes.push(change));
  await wallet.features["standard:disconnect"].disconnect();
  assert.deepEqual(wallet.accounts, []);
  assert.deepEqual(changes, [{ accounts: [] }]);
});

test("abilities are told as the wallet says, and in no other form", async () => {
  const abilities = { kinds: ["TransferCoin"], chains: ["soma:testnet"], maxTransactionBytes: 131072, simulates: true, autoApproval: true, modelVault: false };
  const { wallet } = await connected({ getCapabilities: () => abilities });
  const ask = () => wallet.features["soma:getCapabilities"].getCapabilities();
  assert.deepEqual(await ask(), abilities);
  abilities.kinds = "all";
  await assert.rejects(ask(), { reason: "bad-answer" });
});

test("an answer that is none fails as such", async () => {
  for (const answer of [null, "text", { bytes: "AAEC" }, { bytes: "AAEC", signature: 5 }, { bytes: "A", signature: "AAAA" }]) {
    const { wallet } = await connected({ signTransaction: () => answer });
    const asked = wallet.features["soma:signTransaction"].signTransaction({ transaction, account: wallet.accounts[0], chain: "soma:testnet" });
    await assert.rejects(asked, { reason: "bad-answer" }, JSON.stringify(answer));
  }
});
