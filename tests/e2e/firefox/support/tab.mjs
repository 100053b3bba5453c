// A page in Firefox, as the steps of all scenarios know pages.

import { eventually } from "../../support/wallet.mjs";
import { Found, PATIENCE_MS } from "./found.mjs";

/** How long to wait before a page that navigates is asked again. */
const AGAIN = /context|realm|frame|navigat|destroyed|detached|aborted/i;

/** A tab, or a window of one. */
export class Tab {
  constructor(firefox, page) {
    Object.assign(this, { firefox, page });
  }

  locator(css) {
    return new Found(this.page, [[{ css }]]);
  }

  getByTestId(testid) {
    return this.locator(`[data-testid="${testid}"]`);
  }

  evaluate(act, argument) {
    return this.page.evaluate(act, argument).catch((thrown) => {
      // Of errors of a page's own kinds, puppeteer gives the parts.
      throw thrown instanceof Error ? thrown : new Error(`the page threw ${JSON.stringify(thrown)}`);
    });
  }

  /** Where it is, asked of the page: of an extension's pages WebDriver tells no changes. */
  url() {
    return this.evaluate(() => location.href);
  }

  waitForURL(pattern) {
    const isThere = async () => {
      const url = await this.url();
      return pattern instanceof RegExp ? pattern.test(url) : url === pattern;
    };
    return eventually(`the address ${pattern}`, isThere, true, PATIENCE_MS);
  }

  /** Waits until what the page is asked is true, over navigations. */
  waitForFunction(act, argument) {
    const isTrue = () =>
      this.evaluate(act, argument).then(Boolean, (error) => {
        if (AGAIN.test(error.message)) {
          return false;
        }
        throw error;
      });
    return eventually(`${act}`, isTrue, true, PATIENCE_MS);
  }

  async goto(address) {
    // Of an extension's pages it is not told that they have loaded.
    const going = this.page.goto(address, { timeout: PATIENCE_MS });
    if (address.startsWith("http")) {
      await going;
    } else {
      going.catch(() => {});
      const isThere = (address) => location.href.startsWith(address.split("#")[0]) && document.readyState === "complete";
      await this.waitForFunction(isThere, address);
    }
  }

  async reload() {
    await this.evaluate(() => {
      globalThis.isLeft = true;
      location.reload();
    });
    await this.waitForFunction(() => !globalThis.isLeft && document.readyState === "complete");
  }

  goBack() {
    return this.evaluate(() => history.back());
  }

  screenshot({ path, fullPage = false }) {
    return this.page.screenshot({ path, fullPage });
  }

  bringToFront() {
    return this.page.bringToFront();
  }

  isClosed() {
    return this.page.isClosed();
  }

  async close() {
    await this.page.close();
  }
}
