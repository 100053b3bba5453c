// The extension in a real browser, and web sites that others wrote the rules for: what they get, what they do not get,
// and what outlives a sleeping background, a closed popup, a reload and a lock. See docs/extension.md.

import assert from "node:assert/strict";

import { approve, begin, connect, connectIn, inStorage, outcome, ticketIs } from "./support/asking.mjs";
import { ExtensionBrowser } from "./support/extension.mjs";
import { picture } from "./support/popup.mjs";
import { keys } from "./support/vectors.mjs";
import { SOMA, by, createWallet, eventually, goTo, unlock } from "./support/wallet.mjs";

const [RECIPIENT] = keys;
const REJECTED = 4001000;

/** It measures how long starts take. */
export const alone = ["the popup can be used at once, and the background wakes in a moment"];

export const scenarios = {
  "the popup, the side panel and tabs are the same wallet, at addresses that can be loaded again": async (world) => {
    await world.startNetwork();
    const browser = await ExtensionBrowser.open(world);
    const popup = await browser.openPopup();
    await by(popup, "create-wallet").waitFor();
    await picture(popup, "popup-welcome");
    await createWallet(popup);
    await by(popup, "balance").waitFor();
    await picture(popup, "popup-home");
    await goTo(popup, "score");
    await by(popup, "long-work").waitFor();
    await picture(popup, "popup-long-work");
    const opened = browser.context.waitForEvent("page");
    await by(popup, "long-work-tab").click();
    const tab = await opened;
    await by(tab, "nav-home").waitFor();
    assert.equal(tab.url(), browser.address("index.html#/score"));

    // Any page of it is at an address that can be loaded again, also one that was reached by links.
    await goTo(tab, "settings");
    await eventually("the address", () => tab.url(), browser.address("index.html#/settings"));
    await tab.reload();
    await by(tab, "auto-lock").waitFor();
    assert.equal(tab.url(), browser.address("index.html#/settings"));
    await goTo(tab, "activity");
    await eventually("the address", () => tab.url(), browser.address("index.html#/activity"));
    await tab.goBack();
    await by(tab, "auto-lock").waitFor();
    await tab.goForward();
    await eventually("the address", () => tab.url(), browser.address("index.html#/activity"));
    const another = browser.context.waitForEvent("page");
    await by(tab, "nav-send").click({ modifiers: ["Control"] });
    const send = await another;
    await eventually("the address of what was opened apart", () => send.url(), browser.address("index.html#/send"));
    assert.equal(new URL(tab.url()).hash, "#/activity", "the page that was left stays where it is");
    await send.close();

    const panel = await browser.openWallet("index.html?panel", { width: 360, height: 740 });
    await by(panel, "balance").waitFor();
    await picture(panel, "panel-home", { height: 740, width: 360 });
    await by(panel, "nav-more").click();
    await by(panel, "open-in-tab").waitFor();
    assert.equal(await panel.getByTestId("open-in-panel").count(), 0, "it is there already");
    const workers = await panel.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map(({ active }) => new URL(active.scriptURL).pathname));
    assert.deepEqual(workers, ["/background.js"], "nothing is kept for use without a network: it is all here");
  },

  "an open wallet outlives a closed popup and a sleeping background without its password, and a lock ends that": async (world) => {
    await world.startNetwork();
    const browser = await ExtensionBrowser.open(world);
    const popup = await browser.openPopup();
    await createWallet(popup);
    await by(popup, "balance").waitFor();
    await ticketIs(browser, true);
    await popup.close();
    await browser.putToSleep();

    const again = await browser.openPopup();
    await by(again, "balance").waitFor();
    const rest = await inStorage(browser, "session", "rest");
    assert.ok(rest.until > Date.now(), "it locks by itself when it would have");
    const key = await again.evaluate(async () => {
      const database = await new Promise((resolve) => {
        const opening = indexedDB.open("soma-wallet");
        opening.onsuccess = () => resolve(opening.result);
      });
      const key = await new Promise((resolve) => {
        const asking = database.transaction("rest").objectStore("rest").get("key");
        asking.onsuccess = () => resolve(asking.result);
      });
      const read = await crypto.subtle.exportKey("raw", key).then(() => "read", (error) => error.name);
      return { extractable: key.extractable, read };
    });
    assert.deepEqual(key, { extractable: false, read: "InvalidAccessError" });

    // A ticket that was changed, or is of another time, opens nothing.
    await again.close();
    await inStorage(browser, "session", "rest", { ...rest, ticket: rest.ticket.replace(/.$/, (last) => (last === "0" ? "1" : "0")) });
    const locked = await browser.openPopup();
    await by(locked, "unlock").waitFor();
    await ticketIs(browser, false);
    await unlock(locked);
    await by(locked, "balance").waitFor();
    await ticketIs(browser, true);
    const before = await inStorage(browser, "session", "rest");

    await by(locked, "lock").click();
    await by(locked, "unlock").waitFor();
    await picture(locked, "popup-locked");
    await ticketIs(browser, false);
    await locked.close();
    await inStorage(browser, "session", "rest", before);
    const after = await browser.openPopup();
    await by(after, "unlock").waitFor();
    await ticketIs(browser, false);

    // Where its time is over, the background takes it away by itself.
    await inStorage(browser, "session", "rest", { ...before, until: Date.now() - 1 });
    await browser.inBackground(() => chrome.alarms.create("rest", { when: Date.now() }));
    await ticketIs(browser, false);
  },

  "what is due rings by alarm, counts on the icon, and does both again after the browser was closed": async (world) => {
    let browser = await ExtensionBrowser.open(world);
    const now = Date.now();
    const entry = (key, from, until) => ({ key, chain: "a chain", from, until, title: "A reveal is due", words: `Reveal model ${key} now.` });
    const all = [entry("0x1", now - 1000, now + 3_600_000), entry("0x2", now + 6_000, now + 3_600_000), entry("0x3", now - 5000, now - 1000)];
    await inStorage(browser, "local", "deadlines", all);
    await badgeIs(browser, "1");
    await eventually("what is over rings no more, what is to come not yet", async () => (await told(browser)).join(), "0x1");
    await browser.putToSleep();
    await eventually("told once its time comes", async () => (await told(browser)).join(), "0x1,0x2");
    await badgeIs(browser, "2");

    await browser.context.close();
    browser = await ExtensionBrowser.open(world);
    await badgeIs(browser, "2");
    await eventually("nobody is told twice", async () => (await told(browser)).join(), "0x1,0x2");
    const next = await browser.inBackground(async () => (await chrome.alarms.get("deadlines"))?.scheduledTime);
    assert.equal(next, now + 3_600_000);
    await inStorage(browser, "local", "deadlines", []);
    await badgeIs(browser, "");
  },

  "a page by others' rules connects, gets a transaction signed and executed, is refused, and is revoked": async (world) => {
    const { browser, wallet, address } = await begin(world);
    const { page, origin } = await browser.openSite();
    assert.deepEqual(await page.evaluate(() => site.connect({ silent: true })), [], "nothing without a permission");

    // A window that is closed is a no, and so is one.
    const closed = await browser.asks(() => page.evaluate(() => site.begin(site.connect())));
    await by(closed, "asked-origin").waitFor();
    assert.ok((await by(closed, "asked-origin").innerText()).includes(new URL(origin).host));
    await picture(closed, "asked-connect");
    await closed.close();
    assert.equal((await outcome(page)).code, REJECTED);
    const refused = await browser.asks(() => page.evaluate(() => site.begin(site.connect())));
    await by(refused, "asked-refuse").click();
    assert.equal((await outcome(page)).code, REJECTED);

    await connect(browser, page, address);
    assert.deepEqual(await page.evaluate(() => site.wallet().accounts.map(({ address }) => address)), [address]);

    // One at a time: the second is told so, and no second window opens.
    const kind = { TransferCoin: { recipient: RECIPIENT.address, amount: String(SOMA) } };
    const before = await world.node.balance(RECIPIENT.address);
    const signing = await browser.asks(() => page.evaluate((kind) => site.begin(site.send(kind)), kind));
    await by(signing, "review").waitFor();
    assert.equal((await page.evaluate(() => site.outcome(site.sign("hello")))).reason, "busy");
    assert.equal(browser.asking().length, 1);
    await picture(signing, "asked-transaction");
    await approve(signing);
    const { ok } = await outcome(page);
    assert.match(ok.digest, /^[1-9A-HJ-NP-Za-km-z]{43,44}$/);
    await eventually("what was sent", () => world.node.balance(RECIPIENT.address), before + SOMA);

    // Reload: known without a window.
    await page.reload();
    await page.waitForFunction(() => globalThis.site?.wallet());
    assert.deepEqual(await page.evaluate(() => site.connect({ silent: true })), [address]);
    const capabilities = await page.evaluate(() => site.wallet().features["soma:getCapabilities"].getCapabilities());
    assert.ok(capabilities.kinds.includes("TransferCoin"), JSON.stringify(capabilities));

    // Two tabs of a site at once: the second waits for the first one's answer.
    const other = await browser.openSite({ origin });
    assert.deepEqual(await other.page.evaluate(() => site.connect({ silent: true })), [address]);
    const message = await browser.asks(() => page.evaluate(() => site.begin(site.sign("a message"))));
    assert.equal((await other.page.evaluate(() => site.outcome(site.sign("another")))).reason, "busy");
    await approve(message);
    assert.ok((await outcome(page)).ok.signature);

    // Revoked in the wallet: both tabs hear of it, and get nothing any more.
    await goTo(wallet, "settings");
    await by(wallet, "site-revoke").click();
    await by(wallet, "site").waitFor({ state: "detached" });
    for (const tab of [page, other.page]) {
      await eventually("accounts that are left", () => tab.evaluate(() => site.wallet().accounts.length), 0);
      assert.deepEqual(await tab.evaluate(() => site.connect({ silent: true })), []);
    }

    // And the other way round: a site gives up what it may see, without a window.
    await connect(browser, page, address);
    await page.evaluate(() => site.disconnect());
    assert.deepEqual(await page.evaluate(() => site.connect({ silent: true })), []);
    await wallet.reload();
    await by(wallet, "no-sites").waitFor();
  },

  "what a site asked outlives a background that falls asleep, and waits for a wallet that is locked": async (world) => {
    const { browser, wallet, address } = await begin(world);
    const { page } = await browser.openSite();
    const asked = await browser.asks(() => page.evaluate(() => site.begin(site.connect())));
    await by(asked, "asked-approve").waitFor();
    await browser.putToSleep();
    await connectIn(asked, address);
    assert.deepEqual((await outcome(page)).ok, [address], "asked before it slept, answered after");

    // While it slept, too: the window is closed, which wakes it.
    const again = await browser.asks(() => page.evaluate(() => site.begin(site.sign("hello"))));
    await by(again, "asked-approve").waitFor();
    await browser.putToSleep();
    await again.close();
    assert.equal((await outcome(page)).code, REJECTED);

    await by(wallet, "lock").click();
    await by(wallet, "unlock").waitFor();
    assert.deepEqual(await page.evaluate(() => site.connect({ silent: true })), [address], "accounts are public");
    const locked = await browser.asks(() => page.evaluate(() => site.begin(site.sign("hello"))));
    await unlock(locked);
    await approve(locked);
    assert.ok((await outcome(page)).ok.signature);
    await by(wallet, "balance").waitFor();
  },

  "a hostile page gets nothing": async (world) => {
    world.expectComplaints(/Failed to load resource|a listener for changes/);
    const { browser, address } = await begin(world);
    const { page: honest } = await browser.openSite();
    await connect(browser, honest, address);
    const { page } = await browser.openSite();

    // It speaks to the relay as the provider does, and in other people's names.
    await page.evaluate(() => {
      const channel = new MessageChannel();
      globalThis.heard = [];
      channel.port1.onmessage = ({ data }) => heard.push(data);
      for (const target of [window, document]) {
        target.dispatchEvent(new MessageEvent("soma-wallet:line", { ports: [channel.port2], cancelable: true }));
        target.dispatchEvent(new CustomEvent("soma-wallet:line", { detail: channel.port2 }));
        target.dispatchEvent(new Event("soma-wallet:relay"));
      }
      const message = JSON.stringify({ version: 1, id: "1", method: "connect", params: { silent: true } });
      channel.port1.postMessage(JSON.stringify({ call: 1, message }));
      window.postMessage({ call: 1, message, origin: "https://example.com" }, "*");
    });
    assert.equal(await page.evaluate(() => globalThis.chrome?.runtime?.id), undefined, "pages have no line of their own");

    // What it names as its origin is not looked at; nothing that is no request opens a window.
    const spoofed = await page.evaluate(async (other) => {
      const { features } = site.wallet();
      const connect = features["standard:connect"].connect;
      const parse = JSON.stringify;
      JSON.stringify = (value) => parse(value?.method ? { ...value, origin: other, sender: { origin: other } } : value);
      const accounts = await connect({ silent: true });
      JSON.stringify = (value) => parse(value?.method ? { ...value, method: "signTransaction", params: { account: "0x1", chain: "soma:localnet", transaction: "{}" } } : value);
      const signed = await site.outcome(connect({ silent: true }));
      JSON.stringify = (value) => parse(value?.method ? { ...value, params: { silent: true, filler: "x".repeat(260 * 1024) } } : value);
      const large = await site.outcome(connect({ silent: true }));
      const broken = [];
      for (const change of [{ version: 2 }, { method: "exportKeys" }, { id: "" }, { id: 7 }, { params: null }]) {
        JSON.stringify = (value) => parse(value?.method ? { ...value, ...change } : value);
        broken.push((await site.outcome(connect({ silent: true }))).ok ?? "none");
      }
      JSON.stringify = parse;
      return { accounts: accounts.accounts.length, signed: signed.reason, large: large.ok ?? "none", broken };
    }, "http://localhost");
    assert.deepEqual(spoofed, { accounts: 0, signed: "unauthorized", large: "none", broken: Array(5).fill("none") });
    assert.equal(browser.asking().length, 0);

    // A thousand requests open one window.
    const many = await browser.asks(() =>
      page.evaluate(() => {
        globalThis.flood = Promise.all(Array.from({ length: 1000 }, () => site.outcome(site.connect())));
        globalThis.silent = site.outcome(site.connect({ silent: true }));
      }),
    );
    await by(many, "asked-refuse").waitFor();
    assert.equal(browser.asking().length, 1);
    // Meanwhile another site is served, and the honest one's permission is its own.
    assert.deepEqual(await honest.evaluate(() => site.connect({ silent: true })), [address]);
    await by(many, "asked-refuse").click();
    const reasons = await page.evaluate(async () => {
      const count = {};
      for (const { ok, reason } of await flood) {
        count[ok ? "ok" : reason] = (count[ok ? "ok" : reason] ?? 0) + 1;
      }
      return count;
    });
    assert.equal(reasons.ok, undefined, JSON.stringify(reasons));
    assert.equal(reasons.rejected, 1, JSON.stringify(reasons));

    // Frames have no wallet; and what is replayed is a new question.
    const framed = await honest.evaluate(async (address) => {
      const frame = document.createElement("iframe");
      frame.src = address;
      const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
      document.body.append(frame);
      await loaded;
      return frame.contentWindow.site?.wallet() === undefined;
    }, honest.url());
    assert.ok(framed, "a frame is offered no wallet");
    assert.equal((await page.evaluate(() => heard)).length, 0, "the relay has its one line already");
    assert.deepEqual(Object.keys(await inStorage(browser, "local", "sites")), [new URL(honest.url()).origin]);

    // Whoever is refused again and again has to wait, and opens no window meanwhile.
    const patience = await inStorage(browser, "session", "background");
    assert.equal(patience.refusals[new URL(page.url()).origin].count, 1);
  },

  "the popup can be used at once, and the background wakes in a moment": async (world) => {
    await world.startNetwork();
    const browser = await ExtensionBrowser.open(world);
    const first = await browser.openPopup();
    await createWallet(first);
    await by(first, "balance").waitFor();
    await ticketIs(browser, true);
    await first.close();
    const times = [];
    for (let round = 0; round < 5; round += 1) {
      const popup = await browser.openPopup();
      await by(popup, "nav-send").waitFor();
      times.push(await popup.evaluate(() => Math.round(performance.getEntriesByName("soma-interactive")[0].startTime)));
      await popup.close();
    }
    const waking = [];
    const helper = await browser.helper();
    for (let round = 0; round < 5; round += 1) {
      await browser.putToSleep();
      waking.push(
        await helper.evaluate(async () => {
          const start = performance.now();
          const port = chrome.runtime.connect({ name: "wallet" });
          await new Promise((resolve) => port.onMessage.addListener(resolve));
          port.disconnect();
          return Math.round(performance.now() - start);
        }),
      );
    }
    console.log(`       popup interactive after ${times.join(", ")} ms; background awake after ${waking.join(", ")} ms`);
    assert.ok(Math.min(...waking) < 200, `the background woke in ${waking.join(", ")} ms`);
  },
};

async function told(browser) {
  return (await inStorage(browser, "local", "deadlines-told")) ?? [];
}

async function badgeIs(browser, text) {
  const helper = await browser.helper();
  await eventually("the number on the icon", () => helper.evaluate(() => chrome.action.getBadgeText({})), text);
}
