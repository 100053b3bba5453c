// The web wallet from the site's end: what its window is sent, what is believed of it, and what happens where windows
// are blocked, closed or cut off.

import assert from "node:assert/strict";
import { test } from "node:test";

import { discover } from "../src/discovery.js";
import { EXTENSION_ID, EXTENSION_NAME, WEB_WALLET_ID, createWallet } from "../src/provider.js";
import { registerWallet } from "../src/standard.js";
import { registerWebWallet } from "../src/web_wallet.js";
import { windowChannel } from "../src/window_channel.js";
import { ORIGIN, Popup, Site, TOO_LONG, settle, told, transport } from "./support.js";

const SIGNED = { bytes: "AAEC", signature: "AAAA" };
const KEY = `soma-wallet.accounts.${ORIGIN}`;
const transaction = { toJSON: async () => '{"version":1}' };

const ABILITIES = { kinds: ["TransferCoin"], chains: ["soma:testnet"], maxTransactionBytes: 131072, simulates: true, autoApproval: true, modelVault: false };

/** The answer to a connect whose window says nothing more. */
async function patiently(context, asked) {
  await settle();
  context.mock.timers.tick(800);
  return asked;
}

/** A page with the web wallet, and what takes it away again when the test is over. */
function open(context, { site = new Site(), ...options } = {}) {
  context.mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
  const { wallet, unregister } = registerWebWallet({ origin: ORIGIN, site, ...options });
  context.after(unregister);
  const { connect } = wallet.features["standard:connect"];
  const sign = (more = {}) => wallet.features["soma:signTransaction"].signTransaction({ transaction, account: wallet.accounts[0], chain: "soma:testnet", ...more });
  return { site, wallet, connect, sign };
}

async function openConnected(context, options) {
  const opened = open(context, options);
  const asked = opened.connect();
  opened.site.popup.ready();
  await settle();
  opened.site.popup.answer({ ok: { accounts: [told(1), told(2)] } });
  await patiently(context, asked);
  opened.site.popup.closed = true;
  context.mock.timers.tick(2_000);
  return opened;
}

test("the window opens in the click, and the request goes to the wallet's origin alone once the wallet is ready", async (context) => {
  const { site, connect } = open(context, { appName: "Ein Spiel für Åsa" });
  const asked = connect();
  const { popup } = site;
  assert.equal(popup.url, `${ORIGIN}/connect`);
  assert.match(popup.features, /^popup=yes,/);
  await settle();
  assert.deepEqual(popup.heard, [], "nothing is said before the wallet is ready");
  popup.ready("first");
  await settle();
  const { data, targetOrigin } = popup.heard[0];
  assert.equal(targetOrigin, ORIGIN);
  assert.deepEqual(Object.keys(data).sort(), ["channel", "message", "nonce", "type", "version"]);
  assert.deepEqual([data.channel, data.version, data.type, data.nonce], ["soma-wallet", 1, "request", "first"]);
  const message = JSON.parse(data.message);
  assert.deepEqual(message, { version: 1, id: message.id, method: "connect", appName: "Ein Spiel für Åsa", params: { silent: false } });
  assert.ok(!data.message.includes("secret=1"), "the page's own address is nobody's business");
  popup.answer({ ok: { accounts: [told(1, { label: "One" })] } });
  const { accounts } = await patiently(context, asked);
  assert.deepEqual(accounts.map(({ address, label }) => [address, label]), [[told(1).address, "One"]]);
});

test("only the wallet's own window and origin are believed, and only for this request", async (context) => {
  const { site, connect } = open(context);
  const asked = connect();
  const { popup } = site;
  const ready = { channel: "soma-wallet", version: 1, type: "ready", nonce: "evil" };
  site.deliver(ready, { origin: "https://evil.example" });
  site.deliver(ready, { source: new Popup(site) });
  site.deliver({ ...ready, channel: "other" });
  site.deliver({ ...ready, nonce: 5 });
  site.deliver(null);
  await settle();
  assert.deepEqual(popup.heard, []);
  popup.ready("right");
  await settle();
  const forged = { ok: { accounts: [told(9)] } };
  popup.answer(forged, { origin: "https://evil.example" });
  popup.answer(forged, { source: new Popup(site) });
  popup.answer(forged, { nonce: "evil" });
  popup.answer({ ok: { accounts: [told(1)] } });
  assert.equal((await patiently(context, asked)).accounts[0].address, told(1).address);
});

test("an answer to another request, or none at all, fails as such", async (context) => {
  const { site, connect } = open(context);
  const asked = connect();
  site.popup.ready();
  await settle();
  site.popup.answer({ ok: { accounts: [] } }, { id: "another" });
  await assert.rejects(asked, { reason: "bad-answer" });
});

test("a refusal, a closed window and a closed window before the wallet was ready are refusals", async (context) => {
  const { site, connect } = open(context);
  const refused = connect();
  site.popup.ready();
  await settle();
  site.popup.answer({ error: { code: 4001000, reason: "rejected", message: "refused by the user" } });
  await assert.rejects(refused, { name: "SomaError", walletStandardCode: 4001000, message: "refused by the user" });

  for (const isReady of [true, false]) {
    const asked = connect();
    if (isReady) {
      site.popup.ready();
      await settle();
    }
    site.popup.closed = true;
    context.mock.timers.tick(2_000);
    await assert.rejects(asked, { code: "connect/rejected", reason: "rejected" });
  }
});

test("an answer that was on its way when the window closed still counts", async (context) => {
  const { site, connect } = open(context);
  const asked = connect();
  site.popup.ready();
  await settle();
  site.popup.closed = true;
  context.mock.timers.tick(400);
  site.popup.answer({ ok: { accounts: [told(1)] } });
  context.mock.timers.tick(2_000);
  assert.equal((await patiently(context, asked)).accounts.length, 1);
});

test("a page whose headers cut windows off is told so, before or after one is opened", async (context) => {
  const { site, connect } = open(context);
  for (const [policy, reason] of [
    ["same-origin", "opener-cut"],
    ['same-origin; report-to="x"', "opener-cut"],
    ["noopener-allow-popups", "opener-cut"],
    ["same-origin-allow-popups", "rejected"],
    ["unsafe-none", "rejected"],
  ]) {
    site.headers.set("cross-origin-opener-policy", policy);
    const asked = connect();
    site.popup.closed = true;
    context.mock.timers.tick(2_000);
    await assert.rejects(asked, { reason }, policy);
  }
  const before = site.popups.length;
  site.crossOriginIsolated = true;
  await assert.rejects(connect(), { reason: "opener-cut", message: /same-origin-allow-popups/ });
  assert.equal(site.popups.length, before);
  site.crossOriginIsolated = false;
  site.origin = "null";
  await assert.rejects(connect(), { reason: "unsupported" });
});

test("one request at a time: a second one is refused, and shows the window of the first", async (context) => {
  const { site, connect } = open(context);
  const first = connect();
  await assert.rejects(connect(), { reason: "busy" });
  assert.equal(site.popups.length, 1);
  assert.equal(site.popup.focused, 1);
  site.popup.ready();
  await settle();
  site.popup.answer({ ok: { accounts: [] } });
  await patiently(context, first);
});

test("a window that says it is ready again takes the next request, and one that does not is left alone", async (context) => {
  const { site, connect, sign } = open(context);
  const connected = connect();
  const { popup } = site;
  popup.ready("a");
  await settle();
  popup.answer({ ok: { accounts: [told(1)] } });
  await patiently(context, connected);
  popup.ready("b");
  const signed = sign();
  await settle();
  assert.equal(site.popups.length, 1);
  assert.deepEqual([popup.request.method, popup.request.nonce], ["signTransaction", "b"]);
  popup.answer({ ok: SIGNED });
  assert.deepEqual(await signed, SIGNED);
  const again = sign();
  assert.equal(site.popups.length, 2);
  popup.ready("late");
  await settle();
  assert.equal(popup.heard.length, 2, "the former window gets nothing more");
  site.popup.ready("c");
  await settle();
  site.popup.answer({ ok: SIGNED });
  await again;
});

test("a window that was ready a while ago may close itself, so it gets nothing more", async (context) => {
  const { site, sign } = await openConnected(context);
  const first = sign();
  site.popup.ready("a");
  await settle();
  site.popup.answer({ ok: SIGNED });
  await first;
  const { popup } = site;
  popup.ready("b");
  const now = Date.now();
  context.mock.method(Date, "now", () => now + 1_000);
  const second = sign();
  assert.notEqual(site.popup, popup);
  site.popup.ready("c");
  await settle();
  site.popup.answer({ ok: SIGNED });
  await second;
});

test("what the wallet can do is asked beside the connect, and is known without a window from then on", async (context) => {
  const { site, wallet, connect } = open(context);
  const asked = connect();
  const { popup } = site;
  popup.ready("a");
  await settle();
  popup.answer({ ok: { accounts: [told(1)] } });
  await settle();
  popup.ready("b");
  assert.deepEqual([popup.request.method, popup.request.nonce], ["getCapabilities", "b"]);
  popup.answer({ ok: ABILITIES });
  assert.equal((await asked).accounts.length, 1);
  assert.deepEqual(await wallet.features["soma:getCapabilities"].getCapabilities(), ABILITIES);
  assert.equal(site.popups.length, 1);
  assert.deepEqual(JSON.parse(site.localStorage.getItem(KEY)), { version: 1, accounts: [told(1)], capabilities: ABILITIES });
});

test("a wallet that was loaded anew in the middle is asked the same once more", async (context) => {
  const { site, connect } = open(context);
  const asked = connect();
  site.popup.ready("before");
  await settle();
  site.popup.ready("after");
  assert.deepEqual(site.popup.heard.map(({ data }) => data.nonce), ["before", "after"]);
  assert.equal(site.popup.heard[0].data.message, site.popup.heard[1].data.message);
  site.popup.answer({ ok: { accounts: [] } }, { nonce: "before" });
  site.popup.answer({ ok: { accounts: [told(1)] } });
  assert.equal((await patiently(context, asked)).accounts.length, 1);
});

test("a wallet of another version is named", async (context) => {
  const { site, connect } = open(context);
  const asked = connect();
  site.deliver({ channel: "soma-wallet", version: 2, type: "ready", nonce: "n" });
  await assert.rejects(asked, { reason: "unsupported", message: /version 2/ });
});

test("a request that is given up closes the window, and so does a transaction that cannot be written", async (context) => {
  const { site, sign } = await openConnected(context);
  const control = new AbortController();
  const asked = sign({ signal: control.signal });
  control.abort("enough");
  await assert.rejects(asked, { reason: "aborted", cause: "enough" });
  assert.equal(site.popup.closed, true);
  await assert.rejects(sign({ transaction: { toJSON: async () => Promise.reject(new Error("no coins")) } }), /no coins/);
  assert.equal(site.popup.closed, true);
  await assert.rejects(sign({ transaction: { toJSON: async () => TOO_LONG } }), { reason: "too-large" });
  assert.equal(site.popup.closed, true);
});

test("a silent connect opens no window and knows what was allowed before, over reloads", async (context) => {
  const { site, wallet, connect } = await openConnected(context);
  const before = site.popups.length;
  const kept = JSON.parse(site.localStorage.getItem(KEY));
  assert.deepEqual(kept, { version: 1, accounts: [told(1), told(2)] }, "public facts, and no token");
  assert.equal((await connect({ silent: true })).accounts.length, 2);
  const other = registerWebWallet({ origin: "https://other.example", site });
  context.after(other.unregister);
  assert.deepEqual((await other.wallet.features["standard:connect"].connect({ silent: true })).accounts, []);
  await wallet.features["standard:disconnect"].disconnect();
  assert.equal(site.localStorage.getItem(KEY), null);
  assert.deepEqual((await connect({ silent: true })).accounts, []);
  assert.equal(site.popups.length, before);
});

test("what somebody else wrote into the storage is not believed", async (context) => {
  const { site, connect } = open(context);
  for (const text of ["{", "null", "[]", '{"version":2,"accounts":[]}', JSON.stringify({ version: 1, accounts: [{ address: "0x1" }] })]) {
    site.localStorage.setItem(KEY, text);
    assert.deepEqual((await connect({ silent: true })).accounts, [], text);
  }
  site.localStorage = undefined;
  assert.deepEqual((await connect({ silent: true })).accounts, []);
});

test("where the wallet no longer knows this site, the accounts go", async (context) => {
  const { site, wallet, sign } = await openConnected(context);
  const changes = [];
  wallet.features["standard:events"].on("change", (change) => changes.push(change));
  const asked = sign();
  site.popup.ready();
  await settle();
  site.popup.answer({ error: { code: 5300002, reason: "unauthorized", message: "this site is not allowed" } });
  await assert.rejects(asked, { reason: "unauthorized" });
  assert.deepEqual(changes, [{ accounts: [] }]);
  assert.equal(site.localStorage.getItem(KEY), null);
});

test("what the wallet says by itself, and what another page of this site did, is taken over", async (context) => {
  const { site, wallet, connect } = open(context);
  const complaint = context.mock.method(console, "error", () => {});
  connect().catch(() => {});
  const say = (message) => site.deliver({ channel: "soma-wallet", version: 1, type: "event", message });
  say(JSON.stringify({ version: 1, event: "change", accounts: [told(3)] }));
  assert.equal(wallet.accounts[0].address, told(3).address);
  say("nonsense");
  assert.equal(complaint.mock.callCount(), 1);
  const newValue = JSON.stringify({ version: 1, accounts: [told(4)] });
  site.dispatchEvent(Object.assign(new Event("storage"), { key: KEY, newValue }));
  assert.equal(wallet.accounts[0].address, told(4).address);
  site.dispatchEvent(Object.assign(new Event("storage"), { key: "another", newValue: null }));
  assert.equal(wallet.accounts.length, 1);
  site.dispatchEvent(Object.assign(new Event("storage"), { key: null, newValue: null }));
  assert.deepEqual(wallet.accounts, []);
});

test("it steps aside for the extension, whoever comes first, but not in the middle of being used", async (context) => {
  const extension = () => createWallet({ id: EXTENSION_ID, name: EXTENSION_NAME, transport: transport({}) });
  const ids = (site) => discover({ site }).wallets.map(({ id }) => id);

  const first = new Site();
  registerWallet(extension(), first);
  const one = registerWebWallet({ origin: ORIGIN, site: first });
  assert.deepEqual(ids(first), [EXTENSION_ID]);
  one.unregister();

  const second = new Site();
  const two = registerWebWallet({ origin: ORIGIN, site: second });
  assert.deepEqual(ids(second), [WEB_WALLET_ID]);
  assert.equal(registerWebWallet({ origin: `${ORIGIN}/`, site: second }), two, "the same object for the same wallet");
  registerWallet(extension(), second);
  assert.deepEqual(ids(second), [EXTENSION_ID]);
  two.unregister();

  const { site } = await openConnected(context);
  registerWallet(extension(), site);
  assert.deepEqual(ids(site), [WEB_WALLET_ID, EXTENSION_ID]);
});

test("keys are asked for over https, or on this machine", () => {
  for (const origin of ["http://wallet.example", "javascript:alert(1)", "wallet.example", "", undefined, "data:text/html,x"]) {
    assert.throws(() => registerWebWallet({ origin, site: new Site() }), { reason: "malformed" }, String(origin));
  }
  for (const origin of ["http://localhost:8080", "http://127.0.0.1:8080/", "http://wallet.localhost:1", "https://wallet.example/path?query"]) {
    registerWebWallet({ origin, site: new Site() }).unregister();
  }
  assert.throws(() => registerWebWallet({ origin: ORIGIN, appName: "x".repeat(65), site: new Site() }), { reason: "malformed" });
});

test("where windows are blocked a button opens one, and giving it up is a refusal", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const site = Object.assign(new Site(), { blocked: true });
  const shown = [];
  const whenBlocked = (press) => {
    const button = { press, isShown: true };
    button.done = new Promise((resolve) => {
      button.finish = resolve;
    });
    shown.push(button);
    return { done: button.done, close: () => { button.isShown = false; button.finish(false); } };
  };
  const channel = windowChannel({ origin: ORIGIN, site, whenBlocked, changed() {} });
  context.after(channel.end);
  const text = JSON.stringify({ id: "x" });

  const asked = channel.begin().hand({ id: "x", text });
  assert.equal(shown[0].press(), false, "still blocked");
  site.blocked = false;
  assert.equal(shown[0].press(), true);
  shown[0].finish(true);
  site.popup.ready();
  await settle();
  site.popup.answer({ ok: { yes: true } }, { id: "x" });
  assert.deepEqual(await asked, { yes: true });

  site.popup.closed = true;
  context.mock.timers.tick(2_000);
  site.blocked = true;
  const givenUp = channel.begin().hand({ id: "y", text });
  shown[1].finish(false);
  await assert.rejects(givenUp, { walletStandardCode: 4001000 });

  const control = new AbortController();
  const aborted = channel.begin(control.signal).hand({ id: "z", text });
  control.abort();
  await assert.rejects(aborted, { reason: "aborted" });
  assert.equal(shown[2].isShown, false, "the button goes with its request");
});

/** What a wallet's window says beside its answers. */
function says(popup, type, nonce = popup.request?.nonce) {
  popup.site.deliver({ channel: "soma-wallet", version: 1, type, nonce }, { source: popup });
}

const LONG = 15_000;

test("a window that answered and then says nothing any more is given up and closed, and the next request opens another", async (context) => {
  const { site, sign } = await openConnected(context);
  const asked = sign();
  const { popup } = site;
  popup.ready();
  await settle();
  const { nonce } = popup.request;
  says(popup, "pong", nonce);
  context.mock.timers.tick(4_000);
  assert.ok(popup.heard.some(({ data }) => data.type === "ping" && data.nonce === nonce), "it is asked whether it is there");
  says(popup, "pong", nonce);
  context.mock.timers.tick(10_000);
  assert.equal(popup.closed, false);
  context.mock.timers.tick(4_000);
  await assert.rejects(asked, { code: "connect/lost" });
  assert.equal(popup.closed, true);
  const next = sign();
  assert.notEqual(site.popup, popup);
  site.popup.ready();
  await settle();
  site.popup.answer({ ok: SIGNED });
  assert.ok((await next).signature);
});

test("a window that never answered, or that the browser puts to sleep, is waited for", async (context) => {
  const { site, sign } = await openConnected(context);
  for (const sleeps of [false, true]) {
    const asked = sign();
    const { popup } = site;
    popup.ready();
    await settle();
    const { request } = popup;
    if (sleeps) {
      says(popup, "pong", request.nonce);
      says(popup, "asleep", request.nonce);
    }
    context.mock.timers.tick(LONG);
    popup.answer({ ok: SIGNED }, { nonce: request.nonce, id: request.id });
    assert.ok((await asked).signature);
    popup.closed = true;
    context.mock.timers.tick(2_000);
  }
});

test("a window that is asked for is answered, and told when the page is left", async (context) => {
  const { site, sign } = await openConnected(context);
  const asked = sign();
  const { popup } = site;
  popup.ready();
  await settle();
  const { nonce } = popup.request;
  says(popup, "ping", "another");
  assert.equal(popup.heard.length, 1, "of another request nothing is said");
  says(popup, "ping", nonce);
  assert.deepEqual(popup.heard.at(-1).data, { channel: "soma-wallet", version: 1, type: "pong", nonce });
  site.dispatchEvent(new Event("pagehide"));
  assert.deepEqual(popup.heard.at(-1), { data: { channel: "soma-wallet", version: 1, type: "gone", nonce }, targetOrigin: ORIGIN });
  await assert.rejects(asked, { code: "connect/disconnected" });
});
