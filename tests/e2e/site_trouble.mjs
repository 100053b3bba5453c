// What goes wrong between a site and the web wallet while a request waits: windows that are closed, crash or are led
// away, on either side. The site gets an answer within seconds, and can ask again at once.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { look } from "./support/looks.mjs";
import { serve } from "./support/servers.mjs";
import { CONNECTOR, STANDARD } from "./support/sites.mjs";
import { keys } from "./support/vectors.mjs";
import { press } from "./support/window_sites.mjs";
import { by, eventually, importKey, unlock } from "./support/wallet.mjs";

const [, OWNER] = keys;
const PAGES = path.join(path.dirname(fileURLToPath(import.meta.url)), "support/connector");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };
/** Within so long a site has an answer, whatever happened. */
const SECONDS_MS = 40_000;

export const scenarios = {
  "a window of the wallet that is closed, led away or crashes gives the site an answer, and it can ask again at once": async (world) => {
    const { wallet, site } = await begin(world);
    const closed = await asks(world, site);
    await by(closed, "asked-approve").waitFor();
    await closed.close();
    assert.equal((await outcome(site)).reason, "rejected");

    const led = await asks(world, site);
    await by(led, "asked-approve").waitFor();
    await led.goto("about:blank");
    assert.equal((await outcome(site)).reason, "rejected");
    await led.close();

    // One that crashed stays open, and cannot say anything.
    const crashed = await asks(world, site);
    await by(crashed, "asked-approve").waitFor();
    await crash(crashed);
    const lost = await outcome(site);
    assert.equal(lost.reason, "lost", JSON.stringify(lost));
    assert.match(lost.message, /not known here/);

    const again = await asks(world, site);
    await press(again, "asked-approve");
    assert.ok((await outcome(site)).ok, "nothing of what went before is in the way");
    assert.equal(await wallet.getByTestId("unlock-form").count(), 0);
  },

  "a site's page that is loaded anew, led away or crashes takes its request back, and the site can ask again at once": async (world) => {
    const { wallet, site, url } = await begin(world);
    const first = await asks(world, site);
    await by(first, "asked-approve").waitFor();
    await site.reload();
    await by(first, "asked-left").waitFor();
    await look(first, "site-left");
    const second = await asks(world, site);
    await by(second, "asked-approve").waitFor();
    await site.goto("about:blank");
    await by(second, "asked-left").waitFor();
    await by(second, "asked-close").click();
    await eventually("the window closes", () => second.isClosed(), true);

    // A page that crashes says nothing: its request ends as soon as the site asks from another page.
    await site.goto(url);
    const third = await asks(world, site);
    await by(third, "asked-approve").waitFor();
    await crash(site);
    const other = await world.openPage(wallet.context(), url);
    const fourth = await asks(world, other);
    await press(fourth, "asked-approve");
    assert.ok((await outcome(other)).ok);
    assert.equal(await third.getByTestId("asked-approve").count(), 0, "the question that nobody waits for is gone");

    // Where somebody does wait, the second is told so, and the first goes on.
    const twin = await world.openPage(wallet.context(), url);
    const fifth = await asks(world, twin);
    await by(fifth, "asked-approve").waitFor();
    await asks(world, other);
    assert.equal((await outcome(other)).reason, "busy");
    await fifth.bringToFront();
    await press(fifth, "asked-approve");
    assert.ok((await outcome(twin)).ok);
  },

  "a window whose pages cannot be fetched says so, and shows the request once they can": async (world) => {
    const { wallet, site } = await begin(world);
    world.expectComplaints(/net::ERR_FAILED|Failed to fetch/);
    const room = /split_wallet-[0-9a-f]+\.wasm/;
    await wallet.context().route(room, (route) => route.abort());
    const asked = await asks(world, site);
    const failure = asked.locator('[data-code="app/room"]');
    await failure.waitFor();
    await look(asked, "site-room-missing");
    await wallet.context().unroute(room);
    await failure.getByTestId("retry").click();
    await press(asked, "asked-approve");
    assert.ok((await outcome(site)).ok);
  },

  "a page that had the wallet and is closed takes the keys with it, which the others say, and what a site asked goes on": async (world) => {
    const { wallet, site } = await begin(world);
    const other = await world.openPage(wallet.context());
    await by(other, "balance").waitFor();
    const asked = await asks(world, site);
    await by(asked, "asked-approve").waitFor();
    assert.equal(await other.getByTestId("keys-gone").count(), 0);
    await wallet.close();
    for (const page of [other, asked]) {
      await by(page, "unlock-form").waitFor();
      assert.match(await by(page, "keys-gone").innerText(), /password opens it here/);
    }
    await look(other, "keys-gone");
    await unlock(asked);
    await press(asked, "asked-approve");
    assert.ok((await outcome(site)).ok);
    await by(other, "balance").waitFor();
    await by(other, "lock").click();
    await by(other, "unlock-form").waitFor();
    assert.equal(await other.getByTestId("keys-gone").count(), 0, "who locks by hand knows why");
  },
};

/** An open wallet, and a page of a site that is connected with it. */
async function begin(world) {
  await world.startNetwork();
  // What a browser reports of pages that were made to crash.
  world.expectComplaints(/Failed to load resource/);
  const wallet = await world.openFresh();
  await importKey(wallet, OWNER.bech32);
  const { origin, url } = await startSite(world);
  const site = await world.openPage(wallet.context(), url);
  const connecting = await opens(world, site, () => site.locator("#standard").click());
  await press(connecting, "asked-approve");
  assert.deepEqual((await outcome(site)).ok, [OWNER.address]);
  await connecting.close().catch(() => {});
  return { wallet, site, origin, url };
}

/** A site on another host than the wallet's: a browser keeps their pages apart, so that one crashes without the other. */
async function startSite(world) {
  const folders = { "/connector/": CONNECTOR, "/standard/": STANDARD, "/": PAGES };
  const server = await serve(async (request, response) => {
    const { pathname } = new URL(request.url, "http://site");
    const [prefix, folder] = Object.entries(folders).find(([prefix]) => pathname.startsWith(prefix));
    const file = path.join(folder, path.normalize(`/${pathname.slice(prefix.length)}`));
    const bytes = await readFile(file).catch(() => undefined);
    response.writeHead(bytes ? 200 : 204, { "content-type": TYPES[path.extname(file)] ?? "text/plain" }).end(bytes);
  });
  world.closeLater(() => server.close());
  const wallet = new URL(world.walletUrl).origin;
  assert.notEqual(new URL(server.url).hostname, new URL(wallet).hostname);
  return { origin: server.url, url: `${server.url}/site.html?wallet=${encodeURIComponent(wallet)}` };
}

/** The window that opens. */
async function opens(world, page, act) {
  await page.bringToFront();
  const [popup] = await Promise.all([page.waitForEvent("popup"), act()]);
  world.watch(popup);
  return popup;
}

/** Has the site ask for a signature; the window that opens. */
function asks(world, page) {
  return opens(world, page, () =>
    page.evaluate(() => {
      const wallet = site.wallets.get().find(({ id }) => id === "org.soma-wallet.web");
      const message = new TextEncoder().encode("Sign in to the harbour.");
      const begin = () => {
        const [account] = wallet.accounts;
        site.begin(wallet.features["soma:signPersonalMessage"].signPersonalMessage({ message, account, chain: "soma:localnet" }).then(({ signature }) => signature.length > 0));
      };
      if (wallet.accounts.length > 0) {
        return begin();
      }
      // Known from the visit before.
      return wallet.features["standard:connect"].connect({ silent: true }).then(begin);
    }),
  );
}

/** What became of what the site asked; within seconds. */
function outcome(page) {
  const late = new Promise((_, reject) => setTimeout(reject, SECONDS_MS, new Error(`the site had no answer after ${SECONDS_MS / 1000} s`)).unref());
  return Promise.race([page.evaluate(() => site.pending), late]);
}

/** Ends a page as a browser does that runs out of memory. */
async function crash(page) {
  const gone = page.waitForEvent("crash");
  const session = await page.context().newCDPSession(page);
  // It is never answered.
  session.send("Page.crash").catch(() => {});
  await gone;
}
