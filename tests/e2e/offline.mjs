// The wallet without a network: opened from what the browser kept of one build, and changed to the next as a whole.
//
// On `localhost` nothing is kept, so that whoever works on the wallet sees what was built last. Browsers take every
// name below it for this machine, too: these scenarios go there.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { environment } from "./support/environment.mjs";
import { freePorts, startWallet } from "./support/services.mjs";
import { Site, startSite } from "./support/window_sites.mjs";
import { keys } from "./support/vectors.mjs";
import { SOMA, addressOf, balanceIs, by, confirm, eventually, goTo, importKey, review, toSoma, unlock } from "./support/wallet.mjs";

const [FRIEND, OWNER] = keys;
const FUND = ["--fund", `${OWNER.address}=${toSoma(1000n * SOMA)}`];
/** Chromium itself reports every request that finds nobody. */
const NOBODY = /net::ERR_(CONNECTION_REFUSED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING|FAILED)/;

/** A build that was made for tests has a hundred megabytes, all of which are fetched and hashed. */
const ALL_FILES = { timeout: 60_000 };

export const scenarios = {
  "without any network the wallet opens and shows all that is its own": async (world) => {
    const node = await world.startNetworkBehindProxy(...FUND);
    const host = await Host.start(world);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1000n * SOMA);
    await goTo(page, "send");
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-amount").fill("2");
    await by(page, "send-review").click();
    await review(page);
    await confirm(page);
    await kept(page);

    world.expectComplaints(NOBODY);
    await host.down();
    await node.down();
    await page.reload();
    await unlock(page);
    await goTo(page, "home");
    assert.equal(await addressOf(page), OWNER.address);
    await by(page, "network-trouble").waitFor({ timeout: 30_000 });
    await goTo(page, "activity");
    assert.match(await page.getByTestId("activity-entry").first().innerText(), /2 SOMA/);
    for (const name of ["send", "models", "score", "match", "settings"]) {
      await goTo(page, name);
      await page.locator("h1").waitFor();
    }
    // Any address of the wallet opens, and all programs of the build are here, used or not.
    await page.goto(new URL("settings", world.walletUrl).href);
    await unlock(page);
    await by(page, "auto-lock").waitFor();
    const programs = ["worker", "scoring", "copyist", "scorer", "scorer-simd", "scorer-relaxed"].flatMap((name) => [`${name}_loader.js`, `${name}.js`, `${name}_bg.wasm`]);
    assert.deepEqual(await page.evaluate(statuses, programs), programs.map(() => 200));

    // A window for a site stays tied to the site, although what was kept of its page came with the headers of the others.
    const site = await Site.open(world, page.context(), await startSite(world));
    await site.openWindow();
    const isolated = () => [window.crossOriginIsolated, window.opener !== null];
    assert.deepEqual(await site.window.evaluate(isolated), [false, true]);
    assert.deepEqual(await page.evaluate(isolated), [true, false]);
    await site.window.close();

    // What came from elsewhere was never kept.
    const held = await page.evaluate(async () => {
      const caches = await Promise.all((await window.caches.keys()).map((name) => window.caches.open(name)));
      return (await Promise.all(caches.map((cache) => cache.keys()))).flat().map(({ url }) => url);
    });
    assert.ok(held.length > 30, `${held.length} files are kept`);
    assert.deepEqual(held.filter((url) => !url.startsWith(world.walletUrl)), []);
    assert.deepEqual(held.filter((url) => /soma\.rpc|faucet|admin/.test(url)), []);
  },

  "a newer build waits until it is asked for, and then everything is of it": async (world) => {
    await world.startNetwork(...FUND);
    const host = await Host.start(world);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await kept(page);
    await page.reload();
    await by(page, "unlock-form").waitFor();
    assert.equal(await look(page), "old old");

    host.change("two");
    await lookForNewer(page);
    await by(page, "new-version").waitFor(ALL_FILES);
    await unlock(page);
    await goTo(page, "send");
    await by(page, "send-recipient").fill("typed before the change");
    assert.equal(await look(page), "old old", "nothing changes by itself");
    await page.reload();
    await by(page, "new-version").waitFor(ALL_FILES);
    assert.equal(await look(page), "old old", "nor by an ordinary reload, while half of it may still be in use");

    const second = await world.openPage(page.context());
    await by(second, "new-version-reload").waitFor(ALL_FILES);
    await by(page, "new-version-reload").click();
    await page.getByText(/open in other tabs/).first().waitFor();
    assert.equal(await look(page), "old old", "no page loses its build to another one");
    await second.close();
    // A page that is closed is gone a moment later.
    await eventually("the change", async () => {
      await by(page, "new-version-reload").click({ timeout: 1_000 }).catch(() => {});
      return look(page).catch(() => "on the way");
    }, "two two", ALL_FILES.timeout);
    await by(page, "unlock-form").waitFor();
    assert.equal(await page.getByTestId("new-version").count(), 0);
    await eventually("one build is kept", () => page.evaluate(async () => (await caches.keys()).length), 1);
    await host.down();
    world.expectComplaints(NOBODY);
    await page.reload();
    await by(page, "unlock-form").waitFor();
    assert.equal(await look(page), "two two", "the newer one is kept whole, too");
  },

  "a build whose files do not belong together is never taken": async (world) => {
    await world.startNetwork();
    const host = await Host.start(world);
    const page = await world.openFresh();
    await by(page, "create-wallet").waitFor();
    await kept(page);
    host.change("three");
    // Half of the next build arrives while this one is being fetched.
    appendFileSync(path.join(host.dist, "public/tokens.css"), "\n");
    world.expectComplaints(/integrity|digest/i);
    await lookForNewer(page);
    const settled = () =>
      page.evaluate(async () => {
        const { installing, waiting } = await navigator.serviceWorker.getRegistration();
        return installing ? "fetching" : waiting ? "waiting" : "given up";
      });
    await eventually("what becomes of it", settled, "given up", ALL_FILES.timeout);
    await page.reload();
    await by(page, "create-wallet").waitFor();
    assert.equal(await look(page), "old old");
    assert.equal(await page.getByTestId("new-version").count(), 0);

    host.seal();
    // What was begun before may still be on its way, and is waited for instead of asked anew.
    await eventually("the whole build is found", async () => {
      await lookForNewer(page);
      return page.getByTestId("new-version").count();
    }, 1, 60_000);
  },

  "where the wallet is worked on nothing is kept, and it can be installed elsewhere": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await by(page, "create-wallet").waitFor();
    assert.equal(new URL(page.url()).hostname, "localhost");
    const registered = () => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    assert.equal(await registered(), 0);

    const session = await page.context().newCDPSession(page);
    const { errors, data } = await session.send("Page.getAppManifest");
    assert.deepEqual(errors, []);
    const manifest = JSON.parse(data);
    assert.deepEqual([manifest.display, manifest.scope, manifest.start_url, manifest.id], ["standalone", "../", "../", "../"]);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // A browser without a window, and a private one, install nothing; there is nothing else against it.
    assert.deepEqual(installabilityErrors.filter(({ errorId }) => !/in-incognito|not-from-secure-origin/.test(errorId)), []);
    const sizes = await page.evaluate(async (icons) => {
      const measure = async ({ src, sizes, purpose }) => {
        const blob = await (await fetch(`public/${src}`)).blob();
        const { width, height } = blob.type.includes("svg") ? { width: "any", height: "any" } : await createImageBitmap(blob);
        return { told: sizes, real: width === "any" ? "any" : `${width}x${height}`, purpose };
      };
      return Promise.all(icons.map(measure));
    }, manifest.icons);
    assert.deepEqual(sizes.filter(({ told, real }) => told !== real), []);
    assert.ok(sizes.some(({ told, purpose }) => told === "512x512" && purpose === "any"));
    assert.ok(sizes.some(({ told, purpose }) => told === "512x512" && purpose === "maskable"));
  },
};

/** A host of the wallet that can be taken away, and given another build. */
class Host {
  static async start(world) {
    const host = new Host();
    host.world = world;
    host.dist = world.file("dist");
    cpSync(environment.dist, host.dist, { recursive: true });
    [host.port] = await freePorts(1);
    await host.up();
    world.closeLater(() => host.down());
    world.walletUrl = `http://wallet.localhost:${host.port}/`;
    return host;
  }

  async up() {
    this.service = await startWallet({ dist: this.dist, port: this.port, name: `${this.world.name}.wallet` });
  }

  async down() {
    await this.service?.stop();
    this.service = undefined;
  }

  /** Another build: its page and one of its files say its name. */
  change(name) {
    const page = path.join(this.dist, "index.html");
    writeFileSync(page, readFileSync(page, "utf8").replace("<html ", `<html data-page="${name}" `));
    const boot = path.join(this.dist, "public/boot.js");
    writeFileSync(boot, `${readFileSync(boot, "utf8")}\ndocument.documentElement.dataset.boot = "${name}";\n`);
    this.seal();
  }

  seal() {
    execFileSync(environment.xtask, ["build", "--seal", this.dist], { stdio: "ignore" });
  }
}

/** Waits until the browser keeps a whole build. */
function kept(page) {
  return page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
}

/** Which build the page and its script are of. */
async function look(page) {
  await page.waitForLoadState();
  return page.evaluate(() => `${document.documentElement.dataset.page ?? "old"} ${document.documentElement.dataset.boot ?? "old"}`);
}

/** Has the browser ask for a newer build, as it does now and then. */
function lookForNewer(page) {
  return page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    await registration.update().catch(() => {});
  });
}

/** Runs in the page: the statuses of its files. */
async function statuses(names) {
  return Promise.all(names.map(async (name) => (await fetch(name)).status));
}
