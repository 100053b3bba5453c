// Firefox without a window, as the tests want it: driven by WebDriver BiDi.

import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";

import puppeteer from "puppeteer-core";

import { environment } from "../../support/environment.mjs";
import { eventually } from "../../support/wallet.mjs";
import { Tab } from "./tab.mjs";

const DESKTOP = { width: 1280, height: 800 };
/** The extension's name in its manifest, and where the browser of a test puts its pages. */
const EXTENSION = "wallet@soma-wallet.org";
const HOST = "5d1f8a52-3c0e-4f6b-9a7e-0b6c2f4d8e19";
/** What Firefox notes where a page of the extension was closed while it asked the browser something: nobody is left to hear. */
const AFTER_ITS_END = /Promise (resolved|rejected) after context unloaded/;

/** A browser with a profile of its own. */
export class Firefox {
  /**
   * @param {import("./world.mjs").FirefoxWorld} world
   * @param {{ profile?: string, preferences?: Record<string, unknown> }} options `profile` names a folder that a
   *   browser which is started again finds again
   */
  static async open(world, { profile, preferences = {} } = {}) {
    const firefox = new Firefox(world);
    firefox.log = world.file(`firefox-${world.browsers.length}.log`);
    world.browsers.push(firefox);
    firefox.browser = await puppeteer.launch({
      browser: "firefox",
      executablePath: logging(firefox.log),
      headless: true,
      userDataDir: profile && world.file(`profile-${profile}`),
      defaultViewport: null,
      // An extension's pages are the browser's own to WebDriver.
      args: ["--remote-allow-system-access"],
      extraPrefsFirefox: {
        // Pages, workers and the extension's background: what they tell a console is printed, and so kept.
        "devtools.console.stdout.content": true,
        "extensions.webextensions.uuids": JSON.stringify({ [EXTENSION]: HOST }),
        ...preferences,
      },
    });
    world.closeLater(() => firefox.close());
    return firefox;
  }

  constructor(world) {
    Object.assign(this, { world, complained: [] });
  }

  /** A tab, at the wallet or wherever an address leads from there. */
  async openPage(address = "", viewport = DESKTOP) {
    const page = await this.browser.newPage();
    await page.setViewport(viewport);
    const tab = this.watch(page);
    await tab.goto(new URL(address, this.world.walletUrl).href);
    return tab;
  }

  /** Puts a page among those of which pictures are left when the scenario fails. */
  watch(page) {
    const tab = new Tab(this, page);
    this.world.pages.push({ page: tab, lines: [] });
    return tab;
  }

  /** Installs the extension for as long as this browser runs, as `about:debugging` does. */
  async install() {
    await this.browser.installExtension(environment.extension);
  }

  /** The address of a page of the extension. */
  address(place = "index.html") {
    return `moz-extension://${HOST}/${place}`;
  }

  /** Does something with the browser's own rights; takes and gives what JSON can say. */
  async asBrowser(act, ...given) {
    const { connection } = this.browser;
    const tree = await connection.send("browsingContext.getTree", { "moz:scope": "chrome", maxDepth: 0 });
    const text = JSON.stringify(given);
    const { result } = await connection.send("script.callFunction", {
      functionDeclaration: `async (given) => JSON.stringify({ value: await (${act})(...JSON.parse(given)) })`,
      arguments: [{ type: "string", value: text }],
      target: { context: tree.result.contexts[0].context },
      awaitPromise: true,
    });
    if (result.type !== "success") {
      throw new Error(`in the browser: ${result.exceptionDetails.text}`);
    }
    return JSON.parse(result.result.value).value;
  }

  /** Ends the extension's background, as the browser does when nobody asks anything of it. */
  async putToSleep() {
    await this.asBrowser(async (id) => {
      const { extension } = WebExtensionPolicy.getByID(id);
      await extension.terminateBackground({ disableResetIdleForTest: true });
    }, EXTENSION);
  }

  /** Whether the background is awake. */
  isAwake() {
    return this.asBrowser((id) => WebExtensionPolicy.getByID(id).extension.backgroundState === "running", EXTENSION);
  }

  /** What the browser has to say about the extension and its manifest. */
  warnings() {
    return this.asBrowser((id) => {
      const { warnings, errors } = WebExtensionPolicy.getByID(id).extension;
      return [...(warnings ?? []), ...(errors ?? [])];
    }, EXTENSION);
  }

  /** The address that the sidebar shows of the extension; nothing while it is closed. */
  sidebar() {
    return this.asBrowser(() => {
      const [window] = Services.wm.getEnumerator("navigator:browser");
      const { SidebarController: sidebar } = window;
      return sidebar.isOpen ? (sidebar.browser.contentDocument.getElementById("webext-panels-browser")?.currentURI.spec ?? null) : null;
    });
  }

  /** Addresses of all tabs of all windows. */
  addresses() {
    return this.asBrowser(() => {
      const windows = [...Services.wm.getEnumerator("navigator:browser")];
      return windows.flatMap(({ gBrowser }) => gBrowser.tabs.map(({ linkedBrowser }) => linkedBrowser.currentURI.spec));
    });
  }

  /** The tab that opened by itself at such an address. */
  async opened(pattern) {
    let found;
    const look = async () => {
      for (const page of await this.browser.pages()) {
        const address = await page.evaluate(() => location.href).catch(() => "");
        if (pattern.test(address)) {
          found = page;
        }
      }
      return found !== undefined;
    };
    await eventually(`a page at ${pattern}`, look, true);
    return this.watch(found);
  }

  /** What pages, workers and the extension complained about. */
  async complaints() {
    if (this.browser.connected) {
      const ours = [this.address(""), "http://localhost:", "http://127.0.0.1:"];
      // Errors that nobody caught, and what the browser itself reports of a page, are kept apart from what consoles are told.
      const uncaught = await this.asBrowser((ours) => {
        const errors = Services.console.getMessageArray().filter((message) => message instanceof Ci.nsIScriptError);
        const isOurs = ({ sourceName, errorMessage }) => ours.some((it) => sourceName.startsWith(it)) || errorMessage.startsWith("Reading manifest");
        return errors.filter(isOurs).map((error) => `${error.category}: ${error.errorMessage} (${error.sourceName}:${error.lineNumber})`);
      }, ours);
      this.complained = uncaught.filter((complaint) => !AFTER_ITS_END.test(complaint));
    }
    const printed = existsSync(this.log) ? readFileSync(this.log, "utf8") : "";
    // The browser's own parts print without the quotes.
    return [...this.complained, ...printed.split("\n").filter((line) => /^console\.(error|warn|assert): ["(]/.test(line))];
  }

  /** Ends it, and keeps what it complained about. */
  async close() {
    if (this.browser.connected) {
      await this.complaints();
      await this.browser.close();
    }
  }
}

/** A program that starts the browser with what it prints in a file; it becomes the browser, and keeps its number. */
function logging(log) {
  const program = `${log}.sh`;
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  writeFileSync(program, `#!/bin/sh\nexec ${quoted(environment.firefox)} "$@" >>${quoted(log)}\n`);
  chmodSync(program, 0o755);
  return program;
}
