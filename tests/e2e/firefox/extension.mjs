// The extension in Firefox, from the same code with a manifest of its own: its pages, its background, and a web site that
// finds it by the Wallet Standard. What it holds against hostile sites is tests/e2e/extension.mjs.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { serveSite } from "../support/standard_site.mjs";
import { keys } from "../support/vectors.mjs";
import { SOMA, balanceIs, by, createWallet, eventually, goTo, unlock } from "../support/wallet.mjs";

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
