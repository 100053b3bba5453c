// The extension in Firefox, from the same code with a manifest of its own: its pages, its background, and a web site that
// finds it by the Wallet Standard. What it holds against hostile sites is tests/e2e/extension.mjs.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { serveSite } from "../support/standard_site.mjs";
import { keys } from "../support/vectors.mjs";
import { SOMA, addressOf, balanceIs, by, createWallet, eventually, goTo, unlock } from "../support/wallet.mjs";

const [RECIPIENT] = keys;
const REJECTED = 4001000;
const FAUCET = 2n * SOMA;

export const scenarios = {
  "a site by others' rules connects, gets a transaction signed and executed, is refused, and is known after reload and lock": async (world) => {
    const { firefox, wallet, address } = await begin(world);
    const { origin } = await serveSite(world);
    const site = await openSite(firefox, origin);
    assert.deepEqual(await site.evaluate(() => site.connect({ silent: true })), [], "nothing without a permission");

    // A window that is closed is a no, also where the background slept meanwhile; and so is one.
    const closed = await asks(firefox, site, () => site.begin(site.connect()));
    await by(closed, "asked-connect").waitFor();
    assert.ok((await by(closed, "asked-origin").innerText()).includes(new URL(origin).host));
    await firefox.putToSleep();
    await closed.close();
    assert.equal((await outcome(site)).code, REJECTED);
    const refused = await asks(firefox, site, () => site.begin(site.connect()));
    await by(refused, "asked-refuse").click();
    assert.equal((await outcome(site)).code, REJECTED);

    // What waits outlives a background that falls asleep again and again.
    const asked = await asks(firefox, site, () => site.begin(site.connect()));
    await by(asked, "asked-connect").waitFor();
    for (let round = 0; round < 7; round += 1) {
      await eventually("what waits wakes the background", () => firefox.isAwake(), true);
      await sleep(1_500);
      await firefox.putToSleep();
    }
    await by(asked, "asked-approve").click();
    assert.deepEqual((await outcome(site)).ok, [address]);

    const kind = { TransferCoin: { recipient: RECIPIENT.address, amount: String(SOMA) } };
    const signing = await asks(firefox, site, (kind) => site.begin(site.send(kind)), kind);
    await by(signing, "review").waitFor();
    assert.equal((await site.evaluate(() => site.outcome(site.sign("hello")))).reason, "busy");
    await by(signing, "review-confirm").click();
    assert.match((await outcome(site)).ok.digest, /^[1-9A-HJ-NP-Za-km-z]{43,44}$/);
    assert.equal(await world.node.balance(RECIPIENT.address), SOMA);

    await site.reload();
    await site.waitForFunction(() => globalThis.site?.wallet());
    assert.deepEqual(await site.evaluate(() => site.connect({ silent: true })), [address]);
    await by(wallet, "lock").click();
    await by(wallet, "unlock").waitFor();
    const locked = await asks(firefox, site, () => site.begin(site.sign("hello")));
    await unlock(locked);
    await by(locked, "asked-approve").click();
    assert.ok((await outcome(site)).ok.signature);

    await goTo(wallet, "settings");
    await by(wallet, "site-revoke").click();
    await by(wallet, "site").waitFor({ state: "detached" });
    await eventually("accounts that are left", () => site.evaluate(() => site.wallet().accounts.length), 0);
  },

  "it installs without a warning, and its popup, sidebar and tabs are one wallet that outlives them until it is locked": async (world) => {
    const { firefox, wallet, address } = await begin(world);
    assert.deepEqual(await firefox.warnings(), []);
    await goTo(wallet, "settings");
    await eventually("the address", () => wallet.url(), firefox.address("index.html#/settings"));
    await wallet.reload();
    await by(wallet, "auto-lock").waitFor();
    await wallet.close();
    await firefox.putToSleep();

    // Without its password, by the ticket that the session keeps.
    const popup = await firefox.openPage(firefox.address("index.html?popup"), { width: 400, height: 600 });
    await balanceIs(popup, FAUCET);
    await by(popup, "nav-more").click();
    await by(popup, "open-in-panel").click();
    await eventually("the sidebar", () => firefox.sidebar(), firefox.address("index.html?panel#/"));
    await eventually("the popup is gone", async () => (await firefox.addresses()).some((it) => it.includes("?popup")), false);
    const panel = await firefox.openPage(firefox.address("index.html?panel"), { width: 360, height: 740 });
    assert.equal(await addressOf(panel), address);
    await by(panel, "lock").click();
    await by(panel, "unlock").waitFor();
    await panel.reload();
    await by(panel, "unlock").waitFor();
  },

  "what is due rings by alarm and counts on the icon while the background sleeps": async (world) => {
    const firefox = await world.openFirefox();
    await firefox.install();
    const page = await firefox.openPage(firefox.address("manifest.json"));
    const now = Date.now();
    const entry = (key, from, until) => ({ key, chain: "a chain", from, until, title: "A reveal is due", words: `Reveal model ${key} now.` });
    const all = [entry("0x1", now - 1000, now + 3_600_000), entry("0x2", now + 8_000, now + 3_600_000)];
    await page.evaluate((all) => chrome.storage.local.set({ deadlines: all }), all);
    const told = async () => (await page.evaluate(() => chrome.storage.local.get("deadlines-told")))["deadlines-told"]?.join();
    const badge = () => page.evaluate(() => chrome.action.getBadgeText({}));
    await eventually("what is due is told", told, "0x1");
    assert.equal(await badge(), "1");
    await firefox.putToSleep();
    await eventually("told once its time comes", told, "0x1,0x2", 30_000);
    assert.equal(await badge(), "2");
    assert.equal((await page.evaluate(() => chrome.alarms.get("deadlines"))).scheduledTime, now + 3_600_000);
    await page.evaluate(() => chrome.storage.local.set({ deadlines: [] }));
    await eventually("the number on the icon", badge, "");
  },
};

/** A browser with the extension, and an open wallet with money in a tab. */
async function begin(world) {
  await world.startNetwork();
  const firefox = await world.openFirefox();
  await firefox.install();
  const wallet = await firefox.openPage(firefox.address());
  const { address } = await createWallet(wallet);
  await by(wallet, "faucet").click();
  await balanceIs(wallet, FAUCET);
  return { firefox, wallet, address };
}

async function openSite(firefox, origin) {
  const site = await firefox.openPage(`${origin}/site.html`);
  await site.waitForFunction(() => globalThis.site?.wallet());
  return site;
}

/** The window that opens because a site asks, once the one before is gone. */
async function asks(firefox, site, act, argument) {
  const isOpen = async () => (await firefox.addresses()).some((address) => address.includes("?request"));
  await eventually("a window that asks", isOpen, false);
  await site.evaluate(act, argument);
  return firefox.opened(/\?request/);
}

/** What became of what the site began. */
function outcome(site) {
  return site.evaluate(() => site.pending);
}
