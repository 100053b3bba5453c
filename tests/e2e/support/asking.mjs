// What scenarios do with sites, the extension, and its windows that ask.

import assert from "node:assert/strict";

import { ExtensionBrowser } from "./extension.mjs";
import { by, createWallet, eventually } from "./wallet.mjs";

/** A browser with the extension, an open wallet with money in a tab, and the local network. */
export async function begin(world) {
  await world.startNetwork();
  const browser = await ExtensionBrowser.open(world);
  const wallet = await browser.openWallet();
  const { address } = await createWallet(wallet);
  await by(wallet, "faucet").click();
  await eventually("money", async () => (await world.node.balance(address)) > 0n, true);
  return { browser, wallet, address };
}

/** Connects a site. */
export async function connect(browser, page, address) {
  const asked = await browser.asks(() => page.evaluate(() => site.begin(site.connect())));
  await connectIn(asked, address);
  assert.deepEqual((await outcome(page)).ok, [address]);
  // By itself, or because nothing is left to be read in it.
  await asked.close().catch(() => {});
  await browser.settled();
}

/** Says yes to a connection in the window that asks. */
export async function connectIn(asked, address) {
  await asked.getByTestId("asked-connect").waitFor();
  const boxes = asked.getByTestId("asked-account").getByRole("checkbox");
  if ((await boxes.count()) > 0 && !(await boxes.first().isChecked())) {
    await boxes.first().check();
  }
  assert.ok(address);
  await approve(asked);
}

/** Says yes, once a yes counts. */
export async function approve(asked) {
  await asked.getByTestId("asked-approve").or(asked.getByTestId("review-confirm")).first().click();
}

/** What became of what the site began. */
export function outcome(page) {
  return page.evaluate(() => site.pending);
}

/** Something in the extension's storage; with a value, after it was put there. */
export async function inStorage(browser, area, name, value) {
  const helper = await browser.helper();
  return helper.evaluate(
    async ({ area, name, value }) => {
      if (value !== undefined) {
        await chrome.storage[area].set({ [name]: value });
      }
      return (await chrome.storage[area].get(name))[name];
    },
    { area, name, value },
  );
}

/** Waits until a ticket is there, or none. */
export function ticketIs(browser, there) {
  return eventually("a ticket", async () => (await inStorage(browser, "session", "rest")) !== undefined, there);
}
