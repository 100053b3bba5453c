// What one scenario has to itself in Chromium: its ground, browsers and pages.

import { collectComplaints, launchBrowser, launchPersistentBrowser } from "./browser.mjs";
import { Ground } from "./ground.mjs";

export { DIRECT, LOCAL, direct } from "./ground.mjs";

const DESKTOP = { width: 1280, height: 800 };
/** The longest a scenario waits for anything on a page. */
const PATIENCE_MS = 30_000;

/** The surroundings of one scenario. */
export class World extends Ground {
  /** The browser of this scenario. What is opened fresh in it shares nothing but the program. */
  async browser() {
    if (!this.launched) {
      this.launched = launchBrowser();
      this.closeLater(async () => (await this.launched).close());
    }
    return this.launched;
  }

  /** A page that knows nothing yet, with storage of its own. */
  async openFresh(options = {}) {
    const browser = await this.browser();
    return this.openPage(await browser.newContext({ viewport: DESKTOP, acceptDownloads: true, ...options }));
  }

  /** A browser that keeps its storage under this name: opened again, it is the same one. */
  async openProfile(name, address = "") {
    const context = await launchPersistentBrowser(this.file(`profile-${name}`), { context: { viewport: DESKTOP } });
    this.closeLater(() => context.close());
    return this.openPage(context, address);
  }

  /** Another page of a context, at the wallet. */
  async openPage(context, address = "") {
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    this.watch(page);
    await page.goto(new URL(address, this.walletUrl).href);
    return page;
  }

  /** Listens to a page that opened by itself, as those do that are opened here. */
  watch(page) {
    this.pages.push({ page, complaints: collectComplaints(page), lines: transcript(page) });
  }

  /** What browsers complained about that no scenario asked for. */
  complaints() {
    return this.unexpected(this.pages.flatMap(({ complaints }) => complaints));
  }
}

/** Everything a page's console says, with the time it took. */
function transcript(page) {
  const [lines, start] = [[], Date.now()];
  const note = (text) => lines.push(`${((Date.now() - start) / 1000).toFixed(2)} ${text}`);
  page.on("console", (message) => note(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => note(`uncaught: ${error.stack ?? error}`));
  page.on("requestfailed", (request) => note(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on("crash", () => note("the page crashed"));
  page.on("framenavigated", (frame) => frame === page.mainFrame() && note(`at ${frame.url()}`));
  return lines;
}
