// A browser with the extension in it, and what scenarios do with its pages and its background.

import { setTimeout as sleep } from "node:timers/promises";

import { chromium } from "playwright-core";

import { browserFlags, collectComplaints } from "./browser.mjs";
import { environment } from "./environment.mjs";
import { serveSite } from "./standard_site.mjs";
import { eventually } from "./wallet.mjs";

const DESKTOP = { width: 1280, height: 800 };
const PATIENCE_MS = 30_000;

/** A browser that has the extension. Its storage is kept under `name`, for a browser that is opened again. */
export class ExtensionBrowser {
  static async open(world, name = "extension") {
    const extension = environment.extension;
    const flags = [`--disable-extensions-except=${extension}`, `--load-extension=${extension}`];
    const context = await chromium.launchPersistentContext(world.file(`profile-${name}`), {
      executablePath: environment.chrome,
      // Without a window all the same; the mode that playwright asks for by itself has no extensions.
      headless: false,
      args: ["--headless=new", ...browserFlags(), ...flags],
      viewport: DESKTOP,
      acceptDownloads: true,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    world.closeLater(() => context.close());
    const background = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
    const browser = new ExtensionBrowser(world, context, new URL(background.url()).host);
    // Windows that the extension opens by itself.
    context.on("page", (page) => browser.watch(page));
    return browser;
  }

  constructor(world, context, id) {
    Object.assign(this, { world, context, id, watched: new Set() });
  }

  /** The address of a page of the wallet. */
  address(place = "index.html") {
    return `chrome-extension://${this.id}/${place}`;
  }

  watch(page) {
    if (!this.watched.has(page)) {
      this.watched.add(page);
      this.world.pages.push({ page, complaints: collectComplaints(page), lines: [] });
    }
  }

  /** A page at an address. */
  async openPage(address, viewport) {
    const page = await this.context.newPage();
    this.watch(page);
    if (viewport) {
      await page.setViewportSize(viewport);
    }
    await page.goto(address);
    return page;
  }

  /** The wallet in a tab, or with another face. */
  openWallet(place, viewport) {
    return this.openPage(this.address(place), viewport);
  }

  /** The popup: a page of its size, as test browsers have no button to press. */
  openPopup(route = "") {
    return this.openWallet(`index.html?popup${route}`, { width: 400, height: 600 });
  }

  /** A web site, with its origin. */
  async openSite({ origin } = {}) {
    const site = origin ? { origin } : await serveSite(this.world);
    const page = await this.openPage(`${site.origin}/site.html`);
    await page.waitForFunction(() => globalThis.site?.wallet());
    return { page, origin: site.origin };
  }

  /** The window that opens because a site asks. What another one still has to say was read by then. */
  async asks(act) {
    await Promise.all(this.asking().map((page) => page.close().catch(() => {})));
    await this.settled();
    const [page] = await Promise.all([this.context.waitForEvent("page"), act()]);
    this.watch(page);
    await page.waitForURL(/\?request/);
    return page;
  }

  /** Pages in which sites ask, that are open now. */
  asking() {
    return this.context.pages().filter((page) => page.url().includes("?request"));
  }

  /** Pages of the extension that are open now. */
  own() {
    return this.context.pages().filter((page) => page.url().startsWith(this.address("")));
  }

  get background() {
    return this.context.serviceWorkers().find((worker) => worker.url().includes(this.id));
  }

  /** Waits until the background knows of no window that asks. */
  async settled() {
    const helper = await this.helper();
    const isOpen = () => helper.evaluate(async () => (await chrome.storage.session.get("background")).background?.window !== undefined);
    await eventually("no window that asks", isOpen, false);
  }

  /** Does something in the background, which is woken for it. */
  async inBackground(act, argument) {
    await this.wake();
    return this.background.evaluate(act, argument);
  }

  /** A page of the extension that does nothing but have its rights. */
  async helper() {
    if (!this.quiet || this.quiet.isClosed()) {
      this.quiet = await this.openPage(this.address("manifest.json"));
    }
    return this.quiet;
  }

  async wake() {
    const helper = await this.helper();
    await helper.evaluate(async () => {
      const line = chrome.runtime.connect({ name: "nobody" });
      await new Promise((resolve) => line.onDisconnect.addListener(resolve));
    });
  }

  /** Ends the background, as the browser does when nobody asks anything of it. */
  async putToSleep() {
    await this.wake();
    const before = await this.background.evaluate(begun);
    const session = await this.context.browser().newBrowserCDPSession();
    const { targetInfos } = await session.send("Target.getTargets");
    const { targetId } = targetInfos.find(({ type, url }) => type === "service_worker" && url.includes(this.id));
    await session.send("Target.closeTarget", { targetId });
    await session.detach();
    // Nobody is told when it has ended. What is asked of it then is not answered, or by another that was woken.
    let now;
    do {
      now = await Promise.race([this.background.evaluate(begun).catch(() => undefined), sleep(200)]);
    } while (now === before);
  }
}

/** When a background began. */
function begun() {
  return performance.timeOrigin;
}
