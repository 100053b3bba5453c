// Wallets and sites find each other by the two events of the Wallet Standard, whoever comes first. The other side is
// played by others' code: the standard's own library for sites.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { discover } from "../src/discovery.js";
import { EXTENSION_ID, EXTENSION_NAME, createWallet } from "../src/provider.js";
import { hearOfWallets, registerWallet } from "../src/standard.js";
import { Site, transport } from "./support.js";

const folder = process.env.SOMA_CONNECTOR_PACKAGES ?? fileURLToPath(new URL("../../tests/e2e", import.meta.url));
const THEIRS = createRequire(path.join(folder, "package.json")).resolve("@wallet-standard/app").replace("/cjs/", "/esm/");

let copies = 0;

/** The standard's library keeps one list for its module: each test takes a copy of its own, in a window of its own. */
async function theirWallets(site) {
  globalThis.window = site;
  copies += 1;
  const { DEPRECATED_getWallets, getWallets } = await import(`${pathToFileURL(path.join(path.dirname(THEIRS), "wallets.js"))}?${copies}`);
  assert.ok(DEPRECATED_getWallets);
  return getWallets();
}

const aWallet = (id = EXTENSION_ID) => createWallet({ id, name: EXTENSION_NAME, transport: transport({}) });

test("the standard's own library finds a wallet that was there before", async () => {
  const site = new Site();
  const wallet = aWallet();
  registerWallet(wallet, site);
  assert.deepEqual((await theirWallets(site)).get(), [wallet]);
});

test("the standard's own library hears of a wallet that comes later, and of one that goes", async () => {
  const site = new Site();
  const theirs = await theirWallets(site);
  const events = [];
  theirs.on("register", (...wallets) => events.push(["register", wallets]));
  theirs.on("unregister", (...wallets) => events.push(["unregister", wallets]));
  const wallet = aWallet();
  const takeBack = registerWallet(wallet, site);
  assert.deepEqual(theirs.get(), [wallet]);
  takeBack();
  assert.deepEqual(theirs.get(), []);
  assert.deepEqual(events, [["register", [wallet]], ["unregister", [wallet]]]);
});

test("our list finds wallets in both orders, and each of them once", () => {
  const site = new Site();
  const [before, after] = [aWallet("before"), aWallet("after")];
  const takeBack = registerWallet(before, site);
  const found = discover({ site });
  assert.deepEqual(found.wallets, [before]);
  const heard = [];
  const off = found.onChange((wallets) => heard.push(wallets));
  registerWallet(after, site);
  registerWallet(after, site);
  assert.deepEqual(discover({ site }).wallets, [before, after]);
  takeBack();
  assert.deepEqual(heard, [[before, after], [after]]);
  off();
  registerWallet(aWallet("third"), site);
  assert.equal(heard.length, 2);
});

test("only wallets that sign for this network are listed, and only those that know the chain or have the feature", () => {
  const site = new Site();
  const soma = aWallet();
  const { "soma:signTransaction": left, ...features } = soma.features;
  const lean = { ...soma, id: "lean", features, chains: ["soma:0a0b0c0d"], accounts: [] };
  const sui = { ...soma, id: "sui", features: { "standard:connect": {}, "standard:events": {}, "sui:signTransaction": {} }, chains: ["sui:mainnet"], accounts: [] };
  const broken = { name: "broken", features: null };
  hearOfWallets(() => {}, () => {}, site);
  for (const wallet of [soma, lean, sui, broken, null, "text"]) {
    registerWallet(wallet, site);
  }
  assert.ok(left);
  assert.deepEqual(discover({ site }).wallets, [soma, lean]);
  assert.deepEqual(discover({ site, chain: "soma:testnet" }).wallets, [soma]);
  assert.deepEqual(discover({ site, chain: "soma:0a0b0c0d" }).wallets, [lean]);
  assert.deepEqual(discover({ site, feature: "soma:signTransaction" }).wallets, [soma]);
});

test("the events are what the standard says: nobody can stop or change them", () => {
  const site = new Site();
  const seen = [];
  site.addEventListener("wallet-standard:register-wallet", (event) => seen.push(event));
  site.addEventListener("wallet-standard:app-ready", (event) => seen.push(event));
  registerWallet(aWallet(), site);
  hearOfWallets(() => {}, () => {}, site);
  assert.deepEqual(seen.map(({ type }) => type), ["wallet-standard:register-wallet", "wallet-standard:app-ready"]);
  assert.equal(typeof seen[0].detail, "function");
  assert.ok(Object.isFrozen(seen[1].detail) && typeof seen[1].detail.register === "function");
  for (const event of seen) {
    assert.deepEqual([event.bubbles, event.cancelable, event.composed], [false, false, false]);
    for (const method of ["preventDefault", "stopPropagation", "stopImmediatePropagation"]) {
      assert.throws(() => event[method](), /cannot be called/);
    }
    assert.throws(() => {
      event.detail = 5;
    }, TypeError);
  }
});

test("a page that throws in its listener keeps no wallet from registering", (context) => {
  const site = new Site();
  const complaint = context.mock.method(console, "error", () => {});
  const found = discover({ site });
  site.addEventListener("wallet-standard:register-wallet", ({ detail }) => {
    assert.throws(() => detail({ register: () => { throw new Error("page"); } }), /page/);
  });
  registerWallet(aWallet(), site);
  registerWallet(aWallet("other"), { dispatchEvent: () => { throw new Error("window"); }, addEventListener() {}, removeEventListener() {} });
  assert.equal(found.wallets.length, 1);
  assert.equal(complaint.mock.callCount(), 1);
});
