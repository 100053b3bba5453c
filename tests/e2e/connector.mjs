// The connector in a browser, on a page whose content policy is as strict as can be: found by the Wallet Standard's
// own library, through a wallet's window that stands in and tells exactly what it was sent. With the real wallet see
// `example.mjs`.

import assert from "node:assert/strict";
import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { violations } from "./support/axe.mjs";
import { browserFlags } from "./support/browser.mjs";
import { environment } from "./support/environment.mjs";
import { CONNECTOR, STANDARD, STRICT, serve } from "./support/sites.mjs";
import { by, eventually } from "./support/wallet.mjs";

const PAGES = path.join(path.dirname(fileURLToPath(import.meta.url)), "support/connector");
const [ONE, TWO] = [1, 2].map((number) => `0x${String(number).repeat(64)}`);
const ID = "org.soma-wallet.web";

export const scenarios = {
  "a page built by others' rules finds the web wallet, connects and gets signatures, and the wallet is told no more than it needs": async (world) => {
    const { page, site, wallet } = await begin(world);
    const found = await page.evaluate((id) => {
      const { name, version, icon, chains, features, accounts } = site.wallets.get().find((each) => each.id === id);
      return { name, version, icon, chains, features: Object.keys(features), accounts };
    }, ID);
    assert.equal(found.version, "1.0.0");
    assert.match(found.icon, /^data:image\/svg\+xml;base64,/);
    assert.deepEqual(found.chains, ["soma:testnet", "soma:localnet"]);
    assert.ok(found.features.includes("soma:signAndExecuteTransaction"));
    assert.deepEqual(found.accounts, []);

    const popup = await opens(page, () => page.locator("#standard").click());
    await asks(popup, "connect");
    await popup.locator("#yes").click();
    assert.deepEqual(await outcome(page), { ok: [ONE, TWO] });
    const [heard, beside] = await popup.evaluate(() => globalThis.heard);
    assert.equal(heard.origin, site.origin, "the browser says who asks");
    assert.deepEqual([...heard.keys].sort(), ["channel", "message", "nonce", "type", "version"]);
    const message = JSON.parse(heard.message);
    assert.deepEqual(message, { version: 1, id: message.id, method: "connect", appName: "Ein Spiel für Åsa", params: { silent: false } });
    assert.equal(JSON.parse(beside.message).method, "getCapabilities");
    await popup.close();

    const kinds = await page.evaluate((id) => site.wallets.get().find((each) => each.id === id).features["soma:getCapabilities"].getCapabilities(), ID);
    assert.deepEqual(kinds.kinds, ["TransferCoin"]);

    const signing = await opens(page, () => sign(page));
    await asks(signing, "signAndExecuteTransaction");
    await signing.locator("#yes").click();
    assert.deepEqual(await outcome(page), { ok: { bytes: "AAEC", signature: "AwQF", digest: "5XyT", effects: "AQID" } });

    // The window said that it is ready again: the next request goes to the same one.
    await sign(page);
    await asks(signing, "signAndExecuteTransaction");
    await signing.locator("#no").click();
    const refused = await outcome(page);
    assert.deepEqual([refused.name, refused.code, refused.reason], ["SomaError", 4001000, "rejected"]);
    assert.ok(!wallet.asked.some((url) => url.includes("?")), "nothing of the site stands in an address");

    // After a reload the accounts are known without a window, and a disconnect forgets them.
    await page.reload();
    const silently = () => page.evaluate((id) => site.wallets.get().find((each) => each.id === id).features["standard:connect"].connect({ silent: true }).then(({ accounts }) => accounts.length), ID);
    assert.equal(await silently(), 2);
    await page.evaluate((id) => site.wallets.get().find((each) => each.id === id).features["standard:disconnect"].disconnect(), ID);
    assert.equal(await silently(), 0);
  },

  "a blocked window opens by a button of the page, a closed one is a refusal, and a page that cuts windows off is told why": async (world) => {
    const { page, site, wallet } = await begin(world, { query: "&at-once", blocks: true });
    await by(page, "blocked-open").waitFor();
    assert.deepEqual(await violations(page), []);
    await picture(page, "blocked");
    const popup = await opens(page, () => page.keyboard.press("Enter"), "the button has the focus");
    await by(page, "blocked-open").waitFor({ state: "detached" });
    await asks(popup, "connect");
    await popup.locator("#yes").click();
    assert.deepEqual(await outcome(page), { ok: 2 });
    await popup.close();

    await page.reload();
    await by(page, "blocked-cancel").click();
    assert.equal((await outcome(page)).code, 4001000);

    const closing = await opens(page, () => page.locator("#standard").click());
    await asks(closing, "connect");
    await closing.close();
    const closed = await outcome(page);
    assert.deepEqual([closed.code, closed.message], [4001000, "the wallet's window was closed"]);

    const cutting = await serve(folders(), { "cross-origin-opener-policy": "same-origin" });
    world.closeLater(cutting.stop);
    const other = await world.openPage(page.context(), `${cutting.origin}/site.html?wallet=${encodeURIComponent(wallet.origin)}`);
    await other.locator("#standard").click();
    const cut = await outcome(other);
    assert.equal(cut.reason, "opener-cut");
    assert.match(cut.message, /Cross-Origin-Opener-Policy/);
    assert.notEqual(site.origin, cutting.origin);
  },

  "the element connects, shows the whole address, changes accounts and disconnects, by keyboard alone": async (world) => {
    const { page, site } = await begin(world, { query: "&element" });
    await looks(page, "button");
    const popup = await opens(page, async () => {
      await page.keyboard.press("Tab");
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
    });
    await by(page, "soma-connect").and(page.locator("[disabled]")).waitFor();
    await asks(popup, "connect");
    await popup.locator("#yes").click();
    await connectedAs(page, ONE);
    await popup.close();
    await page.getByRole("button", { name: "Connected as 0x1111 1111 … 1111 1111" }).waitFor();

    await by(page, "soma-connect").focus();
    await page.keyboard.press("Enter");
    const accounts = page.getByTestId("soma-account");
    assert.deepEqual(await accounts.evaluateAll((all) => all.map((one) => one.getAttribute("aria-current"))), ["true", "false"]);
    assert.ok((await accounts.nth(1).innerText()).includes(grouped(TWO)), "all of the address is there to compare");
    await looks(page, "accounts");
    await accounts.nth(1).focus();
    await page.keyboard.press("Enter");
    await connectedAs(page, TWO);

    // A reload takes up the account that was chosen, without a window.
    await page.reload();
    await connectedAs(page, TWO);
    await page.evaluate(() => (site.events.length = 0));

    // Another page of the site learns that the account is gone: no other one takes its place.
    const other = await world.openPage(page.context(), page.url());
    await connectedAs(other, TWO);
    const key = await page.evaluate(() => Object.keys(localStorage).find((name) => name.startsWith("soma-wallet.accounts.")));
    await other.evaluate((name) => {
      const kept = JSON.parse(localStorage.getItem(name));
      localStorage.setItem(name, JSON.stringify({ ...kept, accounts: kept.accounts.slice(0, 1) }));
    }, key);
    await page.getByRole("button", { name: "Connect wallet" }).waitFor();
    assert.deepEqual(await page.evaluate(() => site.events), [["soma-disconnect", undefined]]);
    await page.getByText("The wallet no longer shows this account. Connect again to go on.").waitFor();
    await other.close();
    await looks(page, "ended");

    const again = await opens(page, () => by(page, "soma-connect").click());
    await asks(again, "connect");
    await again.locator("#no").click();
    await page.getByText("The request was refused in the wallet.").waitFor();
    await again.close();
    const third = await opens(page, () => by(page, "soma-connect").click());
    await asks(third, "connect");
    await third.locator("#yes").click();
    await connectedAs(page, ONE);
    await third.close();
    await by(page, "soma-connect").click();
    await page.keyboard.press("Escape");
    await by(page, "soma-connect").click();
    await by(page, "soma-disconnect").click();
    await page.getByRole("button", { name: "Connect wallet" }).waitFor();
    assert.equal(await page.evaluate((name) => localStorage.getItem(name), key), null);

    // With a second wallet there is something to choose.
    await page.evaluate(() => {
      const [{ version, chains, features }] = site.wallets.get();
      const icon = "data:image/svg+xml;base64,PHN2Zy8+";
      site.wallets.register({ version, chains, features, icon, accounts: [], id: "org.example.other", name: "Another wallet" });
      dispatchEvent(new CustomEvent("wallet-standard:register-wallet", { detail: ({ register }) => register({ version, chains, features, icon: "", accounts: [], id: "org.example.other", name: "Another wallet" }) }));
    });
    await by(page, "soma-connect").click();
    await eventually("wallets to choose from", () => page.getByTestId("soma-wallet").count(), 2);
    await looks(page, "wallets");
    await by(page, "soma-close").click();
    await page.getByTestId("soma-wallet").first().waitFor({ state: "hidden" });
    assert.equal(new URL(page.url()).origin, site.origin);
  },
};

const folders = () => ({ "/": PAGES, "/connector/": CONNECTOR, "/standard/": STANDARD });

/** A site and a wallet under origins of their own, and a page of the site. */
async function begin(world, { query = "", blocks = false } = {}) {
  const site = await serve(folders(), { "content-security-policy": STRICT });
  // The wallet's page has a path without an ending, as it has in the real one.
  const pages = world.file("wallet");
  mkdirSync(pages);
  cpSync(path.join(PAGES, "wallet.js"), path.join(pages, "wallet.js"));
  cpSync(path.join(PAGES, "wallet.html"), path.join(pages, "connect/index.html"));
  const wallet = await serve({ "/": pages, "/connect": path.join(pages, "connect") });
  world.closeLater(site.stop);
  world.closeLater(wallet.stop);
  let context;
  if (blocks) {
    // Test browsers let every window open, unless they are told not to.
    const browser = await chromium.launch({ executablePath: environment.chrome, headless: true, args: browserFlags(), ignoreDefaultArgs: ["--disable-popup-blocking"] });
    world.closeLater(() => browser.close());
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  } else {
    context = await (await world.browser()).newContext({ viewport: { width: 1280, height: 800 } });
  }
  const page = await world.openPage(context, `${site.origin}/site.html?wallet=${encodeURIComponent(wallet.origin)}${query}`);
  return { page, site, wallet };
}

/** The window that opens. */
async function opens(page, act) {
  const [popup] = await Promise.all([page.waitForEvent("popup"), act()]);
  return popup;
}

function asks(popup, method) {
  return eventually("what the wallet is asked", () => popup.locator("#asked").innerText(), method);
}

const grouped = (address) => `0x ${address.slice(2).match(/.{4}/g).join(" ")}`;

/** Waits until the element is connected with an account. */
function connectedAs(page, address) {
  return eventually("the account", () => by(page, "soma-connect").getAttribute("title"), grouped(address));
}

/** What became of what the site began. */
function outcome(page) {
  return page.evaluate(() => site.pending);
}

function sign(page) {
  return page.evaluate((id) => {
    const wallet = site.wallets.get().find((each) => each.id === id);
    const transaction = { toJSON: async () => '{"version":1,"kind":{}}' };
    site.begin(wallet.features["soma:signAndExecuteTransaction"].signAndExecuteTransaction({ transaction, account: wallet.accounts[0], chain: "soma:testnet" }));
  }, ID);
}

/** Measures a view by day and by night, and leaves pictures of it. */
async function looks(page, name) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
    await picture(page, `${name}-${colorScheme}`);
  }
}

async function picture(page, name) {
  mkdirSync(path.join(environment.out, "connector"), { recursive: true });
  await page.screenshot({ path: path.join(environment.out, "connector", `${name}.png`) });
}
