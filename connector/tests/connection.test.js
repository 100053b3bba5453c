// A site's connection with one account: what ends it, what it never does by itself, and how it is taken up again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { asTransaction, connect, reconnect } from "../src/connection.js";
import { walletError } from "../src/errors.js";
import { EXTENSION_ID, EXTENSION_NAME, createWallet } from "../src/provider.js";
import { registerWallet } from "../src/standard.js";
import { Site, settle, told, transport } from "./support.js";

const SIGNED = { bytes: "AAEC", signature: "AAAA" };

async function open({ accounts = [told(1), told(2)], answers = {}, site = new Site(), ...options } = {}) {
  const over = transport({ connect: { accounts }, disconnect: {}, signTransaction: SIGNED, signPersonalMessage: SIGNED, ...answers });
  const wallet = createWallet({ id: EXTENSION_ID, name: EXTENSION_NAME, transport: over });
  registerWallet(wallet, site);
  const connection = await connect(wallet, { site, ...options });
  over.asked.length = 0;
  return { over, wallet, site, connection };
}

test("a connection signs with its account, on the account's first chain unless another is named", async () => {
  const { over, connection } = await open({ accounts: [told(1, { chains: ["soma:testnet", "soma:localnet"] })] });
  assert.deepEqual(await connection.signTransaction({ kind: { TransferCoin: { amount: 5n } } }), SIGNED);
  assert.deepEqual(await connection.signPersonalMessage("grüß dich", { chain: "soma:localnet" }), SIGNED);
  assert.deepEqual(over.asked.map(({ method, params }) => [method, params]), [
    ["signTransaction", { transaction: '{"version":1,"kind":{"TransferCoin":{"amount":"5"}}}', account: told(1).address, chain: "soma:testnet" }],
    ["signPersonalMessage", { message: Buffer.from("grüß dich").toString("base64"), account: told(1).address, chain: "soma:localnet" }],
  ]);
});

test("transactions are given as objects with toJSON, as text, as plain objects or as finished bytes", async () => {
  const text = (given) => asTransaction(given).toJSON();
  assert.equal(await text({ toJSON: async () => "own" }), "own");
  assert.equal(await text('{"version":1}'), '{"version":1}');
  assert.equal(await text(new Uint8Array([0, 1, 2])), '{"version":1,"bytes":"AAEC"}');
  assert.equal(await text({ version: 1, kind: { ClaimRewards: { amount: 2n ** 64n - 1n } } }), '{"version":1,"kind":{"ClaimRewards":{"amount":"18446744073709551615"}}}');
  for (const nothing of [undefined, null, 5]) {
    assert.throws(() => asTransaction(nothing), { reason: "malformed" });
  }
});

test("where the account is no longer shown the connection ends, and no other account takes its place", async () => {
  const { over, connection, wallet } = await open();
  const events = [];
  connection.on("disconnect", () => events.push("disconnect"));
  connection.on("change", () => events.push("change"));
  over.say([told(2)]);
  assert.deepEqual(events, ["disconnect"]);
  assert.deepEqual([connection.ended, connection.account, connection.accounts], [true, undefined, []]);
  assert.equal(wallet.accounts.length, 1, "the wallet itself still shows the other one");
  await assert.rejects(connection.signTransaction("{}"), { name: "SomaError", reason: "disconnected" });
  assert.deepEqual(over.asked, [], "nobody else was asked, and no other permission was given back");
  over.say([told(1), told(2)]);
  assert.equal(connection.ended, true, "what has ended does not begin again");
});

test("a change that leaves the account is told, and another account is used only where the site selects it", async () => {
  const { over, connection } = await open();
  const seen = [];
  const off = connection.on("change", ({ account }) => seen.push(account.label ?? account.address));
  over.say([told(3), told(1, { label: "Mine" })]);
  assert.equal(connection.account.address, told(1).address);
  connection.select(told(3).address);
  connection.select(told(3).address);
  assert.deepEqual(seen, ["Mine", told(3).address]);
  assert.throws(() => connection.select(told(9).address), { walletStandardCode: 3834001 });
  off();
  over.say([told(3)]);
  assert.equal(seen.length, 2);
  assert.throws(() => connection.on("toString", () => {}), TypeError);
});

test("disconnecting tells the wallet, once", async () => {
  const { over, connection } = await open();
  await connection.disconnect();
  await connection.disconnect();
  assert.deepEqual(over.asked.map(({ method }) => method), ["disconnect"]);
});

test("the account has to be used on the chain that the site needs", async () => {
  const on = (number, chain) => told(number, { chains: [chain] });
  const { connection } = await open({ accounts: [on(1, "soma:testnet"), on(2, "soma:localnet")], chain: "soma:localnet" });
  assert.equal(connection.account.address, told(2).address);
  await assert.rejects(open({ chain: "soma:0a0b0c0d" }), { walletStandardCode: 6160000 });
  await assert.rejects(open({ accounts: [] }), { walletStandardCode: 4001000 });
});

test("a wallet that lacks a feature is named, with the standard's number", async () => {
  const { wallet, site } = await open();
  const { "soma:signPersonalMessage": left, ...features } = wallet.features;
  const lean = { ...wallet, features, accounts: wallet.accounts };
  const connection = await connect(lean, { site });
  assert.ok(left);
  await assert.rejects(connection.signPersonalMessage("x"), { walletStandardCode: 6160002 });
});

test("a page that is loaded anew takes its connection up silently, with the same account", async () => {
  const { site, connection, over, wallet } = await open();
  connection.select(told(2).address);
  const again = await reconnect({ site });
  assert.equal(again.wallet, wallet);
  assert.equal(again.account.address, told(2).address);
  assert.deepEqual(over.asked.map(({ params }) => params), [{ silent: true }]);
  over.say([told(1)]);
  assert.equal(await reconnect({ site }), undefined, "what ended is not taken up");
});

test("it waits for a wallet that registers late, and not for ever", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { site, wallet } = await open();
  const later = Object.assign(new Site(), { localStorage: site.localStorage });
  const taken = reconnect({ site: later });
  await settle();
  registerWallet(wallet, later);
  assert.equal((await taken).account.address, told(1).address);
  const never = reconnect({ site: Object.assign(new Site(), { localStorage: site.localStorage }) });
  context.mock.timers.tick(3_000);
  assert.equal(await never, undefined);
  assert.equal(await reconnect({ site: new Site() }), undefined, "where there was none nobody waits");
});

test("an account that is no longer allowed is not replaced after a reload either", async () => {
  const { site } = await open();
  const answers = { connect: { accounts: [told(2)] } };
  const later = Object.assign(new Site(), { localStorage: site.localStorage });
  registerWallet(createWallet({ id: EXTENSION_ID, name: EXTENSION_NAME, transport: transport(answers) }), later);
  assert.equal(await reconnect({ site: later }), undefined);
  assert.equal(await reconnect({ site: later }), undefined);
});

test("a page without storage, or with nonsense in it, connects all the same", async () => {
  const site = Object.assign(new Site(), { localStorage: undefined });
  const { connection } = await open({ site });
  assert.equal(connection.ended, false);
  assert.equal(await reconnect({ site }), undefined);
  const other = new Site();
  other.localStorage.setItem("soma-wallet.connection", "{");
  assert.equal(await reconnect({ site: other }), undefined);
});

test("what the wallet refuses comes through as it is", async () => {
  const site = new Site();
  await assert.rejects(open({ site, answers: { connect: walletError("rejected", "no") } }), { walletStandardCode: 4001000, message: "no" });
  assert.equal(await reconnect({ site }), undefined);
});
