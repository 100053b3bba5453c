// What goes wrong in the extension's own pages, and what they do as the web wallet's do: windows that crash, a popup that
// had the wallet, links, passkeys, erasing, and deadlines of a real publication.

import assert from "node:assert/strict";

import { approve, begin, connect, inStorage, outcome, ticketIs } from "./support/asking.mjs";
import { ExtensionBrowser } from "./support/extension.mjs";
import { picture } from "./support/popup.mjs";
import { beginPublication, goOnToReveal, takeReveal } from "./support/publishing.mjs";
import { addAuthenticator } from "./support/vault.mjs";
import { PASSWORD, addressOf, by, createWallet, eventually, goTo, unlock } from "./support/wallet.mjs";
import { writeWeights } from "./support/weights.mjs";

/** Within so long a site has an answer, whatever happened. */
const SECONDS_MS = 40_000;

export const scenarios = {
  "a window that asks and crashes or is led away gives its site an answer, and the next request opens another": async (world) => {
    const { browser, address } = await begin(world);
    const { page } = await browser.openSite();
    await connect(browser, page, address);
    const crashed = await browser.asks(() => page.evaluate(() => site.begin(site.sign("hello"))));
    await by(crashed, "asked-approve").waitFor();
    await crash(crashed);
    const lost = await soon(outcome(page));
    assert.equal(lost.reason, "expired", JSON.stringify(lost));
    // Pages of an extension share a process: the others crashed with it, and the open wallet opens by its ticket.
    await Promise.all(browser.own().map((page) => page.close()));

    const led = await browser.asks(() => page.evaluate(() => site.begin(site.sign("hello"))));
    await by(led, "asked-approve").waitFor();
    await led.goto(browser.address("manifest.json"));
    assert.equal((await soon(outcome(page))).reason, "expired");

    // A reload is neither: it asks again.
    const loaded = await browser.asks(() => page.evaluate(() => site.begin(site.sign("hello"))));
    await by(loaded, "asked-approve").waitFor();
    await loaded.reload();
    await by(loaded, "asked-approve").waitFor();
    await approve(loaded);
    assert.ok((await soon(outcome(page))).ok.signature);

    // The site's own page is led away: its window goes, and another page of it can ask at once.
    await browser.settled();
    const left = await browser.asks(() => page.evaluate(() => site.begin(site.sign("hello"))));
    await by(left, "asked-approve").waitFor();
    const { origin } = new URL(page.url());
    await page.goto("about:blank");
    await eventually("the window that asked is gone", () => left.isClosed(), true);
    const { page: next } = await browser.openSite({ origin });
    assert.deepEqual(await next.evaluate(() => site.connect({ silent: true })), [address]);
    const last = await browser.asks(() => next.evaluate(() => site.begin(site.sign("hello"))));
    await approve(last);
    assert.ok((await soon(outcome(next))).ok.signature);
  },

  "a popup that had the wallet hands it on open to a tab and the side panel when it closes": async (world) => {
    await world.startNetwork();
    const browser = await ExtensionBrowser.open(world);
    const popup = await browser.openPopup();
    const { address } = await createWallet(popup);
    await ticketIs(browser, true);
    const tab = await browser.openWallet();
    const panel = await browser.openWallet("index.html?panel", { width: 360, height: 740 });
    const watched = [tab, panel];
    for (const page of watched) {
      assert.equal(await addressOf(page), address);
      await page.evaluate(() => {
        globalThis.locked = 0;
        const look = () => document.querySelector("[data-testid=unlock-form]") && (globalThis.locked += 1);
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
      });
    }
    await goTo(tab, "send");
    await by(tab, "send-amount").fill("1.5");
    await popup.close();
    await eventually("one of them has the wallet", () => hasTurn(tab), true);
    // What needs the open wallet works in both, and nobody typed a password.
    await by(panel, "faucet").click();
    const failure = panel.locator("[data-code]");
    const isAnswered = async () => (await failure.count()) > 0 || (await world.node.balance(address)) > 0n;
    await eventually("an answer", isAnswered, true);
    if ((await failure.count()) > 0) {
      // Whoever presses in the moment in which the wallet moves is told just that, and may press again.
      assert.equal(await failure.getAttribute("data-code"), "wallet/host-gone");
      await by(panel, "faucet").click();
    }
    await eventually("money", async () => (await world.node.balance(address)) > 0n, true);
    assert.equal(await by(tab, "send-amount").inputValue(), "1.5", "what was typed is still there");
    for (const page of watched) {
      assert.equal(await page.evaluate(() => locked), 0, "no page asked for the password");
    }
    await ticketIs(browser, true);
    const again = await browser.openPopup();
    assert.equal(await addressOf(again), address);

    // Once more, from one to the next; and a lock is still a lock for all.
    await tab.close();
    await panel.close();
    await by(again, "balance").waitFor();
    assert.equal(await again.getByTestId("unlock-form").count(), 0);
    const other = await browser.openWallet();
    await by(other, "balance").waitFor();
    await by(other, "lock").click();
    await by(again, "unlock-form").waitFor();
    await ticketIs(browser, false);
    await again.close();
    await other.reload();
    await by(other, "unlock-form").waitFor();
  },

  "links of the extension's pages lead to pages that open, and nothing is shared that opens nowhere": async (world) => {
    await world.startNetwork();
    const browser = await ExtensionBrowser.open(world);
    const tab = await browser.openWallet();
    await createWallet(tab);
    await by(tab, "balance").waitFor();
    await tab.evaluate(() => {
      // Heard last, as the browser reads the address then.
      const note = (event) => {
        globalThis.read = [event.target.closest("a")?.href, event.dataTransfer?.getData("text/uri-list")];
        event.preventDefault();
      };
      window.addEventListener("contextmenu", note);
      window.addEventListener("dragstart", note);
    });
    await by(tab, "nav-settings").click({ button: "right" });
    const [menu] = await tab.evaluate(() => read);
    assert.equal(menu, browser.address("index.html#/settings"));
    await eventually("the link is as before", () => by(tab, "nav-settings").evaluate((link) => link.closest("a").getAttribute("href")), "/settings");
    const opened = await browser.openPage(menu);
    await by(opened, "auto-lock").waitFor();
    await opened.close();
    const link = await by(tab, "nav-settings").boundingBox();
    await tab.mouse.move(link.x + 10, link.y + 10);
    await tab.mouse.down();
    await tab.mouse.move(link.x + 200, link.y + 120, { steps: 8 });
    await tab.mouse.up();
    assert.equal((await tab.evaluate(() => read))[1], browser.address("index.html#/settings"));
    // And it still does what it did.
    await goTo(tab, "settings");
    await by(tab, "auto-lock").waitFor();

    const receive = await browser.openWallet("index.html#/receive");
    await by(receive, "receive-amount").fill("2");
    await by(receive, "link-uri").waitFor();
    assert.equal(await receive.getByTestId("link-url").count(), 0, "the address of this page is nobody else's");
    const network = await browser.openWallet("index.html#/network");
    await network.locator("h1").waitFor();
    assert.equal(await network.getByTestId("share").count(), 0);
  },

  "a passkey opens the wallet in the extension, too, and erasing it leaves nothing behind": async (world) => {
    await world.startNetwork();
    const browser = await ExtensionBrowser.open(world);
    const tab = await browser.openWallet();
    const authenticator = await addAuthenticator(tab, { hasPrf: true });
    const { address } = await createWallet(tab);
    await goTo(tab, "settings");
    await by(tab, "add-passkey").locator("summary").click();
    await by(tab, "passkey-password").fill(PASSWORD);
    await by(tab, "passkey-make").click();
    await by(tab, "passkey").waitFor();
    const [credential] = await authenticator.credentials();
    assert.ok(credential.rpId.endsWith(browser.id), "the passkey is this extension's, and no site's");
    await by(tab, "lock").click();
    await by(tab, "unlock-passkey").waitFor();
    const small = await browser.openPopup();
    await by(small, "passkey-in-popup").waitFor();
    await picture(small, "popup-passkey");
    // A popup may close when the browser asks: the way to a tab is beside the button.
    const opening = small.context().waitForEvent("page");
    await by(small, "passkey-tab").click();
    const opened = await opening;
    await by(opened, "unlock-passkey").waitFor();
    assert.equal(await opened.getByTestId("passkey-in-popup").count(), 0);
    await opened.close();
    await small.close();
    await by(tab, "unlock-passkey").click();
    await by(tab, "lock").waitFor();
    await goTo(tab, "home");
    assert.equal(await addressOf(tab), address);

    const { page } = await browser.openSite();
    await connect(browser, page, address);
    await goTo(tab, "settings");
    await by(tab, "erase-wallet").click();
    await by(tab, "erase-word").fill("erase");
    await by(tab, "erase-confirm").click();
    await by(tab, "create-wallet").waitFor();
    await ticketIs(browser, false);
    for (const name of ["sites", "deadlines", "dropped"]) {
      await eventually(name, async () => Object.keys((await inStorage(browser, "local", name)) ?? {}).length, 0);
    }
    assert.deepEqual(await page.evaluate(() => site.connect({ silent: true })), []);
    const popup = await browser.openPopup();
    await by(popup, "create-wallet").waitFor();
    assert.equal(await popup.getByTestId("unlock-passkey").count(), 0);
  },

  "the deadlines of a real publication count on the icon until they are met, also while the wallet is locked": async (world) => {
    const { browser, wallet } = await begin(world);
    const file = world.file("model.safetensors");
    await writeWeights(file, 1);
    await beginPublication(wallet, { file });
    await goOnToReveal(wallet);
    await badgeIs(browser, "1");
    const due = (await inStorage(browser, "local", "deadlines")).filter(({ from }) => from <= Date.now());
    assert.equal(due.length, 1, JSON.stringify(due));
    assert.match(due[0].words, /^Reveal model 0x/);
    await by(wallet, "lock").click();
    await by(wallet, "unlock-form").waitFor();
    await badgeIs(browser, "1");
    await unlock(wallet);
    await takeReveal(wallet);
    await badgeIs(browser, "");
  },
};

/** Fails where a site waits for its answer for longer than a person would. */
function soon(answered) {
  const late = new Promise((_, reject) => setTimeout(reject, SECONDS_MS, new Error(`the site had no answer after ${SECONDS_MS / 1000} s`)).unref());
  return Promise.race([answered, late]);
}

/** Whether some page other than the closed one has the lock of the wallet. */
function hasTurn(page) {
  return page.evaluate(async () => {
    const { held, pending } = await navigator.locks.query();
    const ours = (locks) => locks.filter(({ name }) => name === "soma-wallet").length;
    return ours(held) === 1 && ours(pending) === 1;
  });
}

async function badgeIs(browser, text) {
  const helper = await browser.helper();
  await eventually("the number on the icon", () => helper.evaluate(() => chrome.action.getBadgeText({})), text);
}

/** Ends a page as a browser does that runs out of memory. */
async function crash(page) {
  const gone = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  // It is never answered.
  session.send("Page.crash").catch(() => {});
  await gone;
}
