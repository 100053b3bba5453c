// What one scenario has to itself: a network, browsers, files; and what is left of it when it fails.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { Between } from "./between.mjs";
import { collectComplaints, launchBrowser, launchPersistentBrowser } from "./browser.mjs";
import { environment } from "./environment.mjs";
import { Node } from "./node.mjs";
import { freePorts, startLocalnet, startWallet, tail } from "./services.mjs";

/** Where the wallet's built-in local network is expected. */
export const LOCAL = "http://127.0.0.1:9000";
/** Small embeddings, epochs that end when a scenario says so, the same keys every time. */
const NETWORK_FLAGS = ["--small-model", "--epoch-duration-ms", "none", "--accounts", "1", "--seed", "e2e"];
const DESKTOP = { width: 1280, height: 800 };
/** The longest a scenario waits for anything on a page. */
const PATIENCE_MS = 15_000;

/** The surroundings of one scenario. */
export class World {
  constructor(name, walletUrl) {
    this.name = name;
    this.walletUrl = walletUrl;
    this.node = new Node(LOCAL);
    this.folder = mkdtempSync(path.join(tmpdir(), "soma-e2e-"));
    this.network = undefined;
    this.pages = [];
    this.closers = [];
    this.expected = [];
  }

  /** Starts the local network where the wallet looks for it; the flags are added to those of every test. */
  async startNetwork(...flags) {
    this.network = await startLocalnet([...NETWORK_FLAGS, ...flags], { name: `${this.name}.localnet` });
    return this.network;
  }

  async stopNetwork() {
    await this.network?.stop();
  }

  /** Starts the local network elsewhere, and a proxy where the wallet looks for it. */
  async startNetworkBehindProxy(...flags) {
    const [rpc, faucet, admin] = await freePorts(3);
    const ports = ["--rpc-port", rpc, "--faucet-port", faucet, "--admin-port", admin].map(String);
    const all = [...NETWORK_FLAGS, ...ports, ...flags];
    this.network = await startLocalnet(all, { port: rpc, name: `${this.name}.localnet` });
    this.node = new Node(`http://127.0.0.1:${rpc}`);
    const between = await Between.start(this.node.url, Number(new URL(LOCAL).port));
    this.closeLater(() => between.down());
    return between;
  }

  /**
   * Serves a copy of the wallet with some of its files changed, to the pages that are opened from now on.
   *
   * @param {Record<string, (text: string) => string | undefined>} changes by name, what becomes of a file; nothing
   *   where it is taken away.
   */
  async serveChanged(changes) {
    const dist = this.file("dist");
    cpSync(environment.dist, dist, { recursive: true });
    for (const [name, change] of Object.entries(changes)) {
      const file = path.join(dist, name);
      const text = change(existsSync(file) ? readFileSync(file, "utf8") : "");
      text === undefined ? rmSync(file) : writeFileSync(file, text);
    }
    const wallet = await startWallet({ dist, name: `${this.name}.wallet` });
    this.closeLater(() => wallet.stop());
    this.walletUrl = wallet.url;
  }

  /** A file of this scenario that is gone with it. */
  file(name) {
    return path.join(this.folder, name);
  }

  /** Has something closed when the scenario ends. */
  closeLater(close) {
    this.closers.push(close);
  }

  /**
   * Says that a scenario provokes complaints of the browser on purpose. Chromium itself reports every
   * refused connection and every status of 400 and above; no page can keep it from doing so.
   */
  expectComplaints(pattern) {
    this.expected.push(pattern);
  }

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
    return this.pages
      .flatMap(({ complaints }) => complaints)
      .filter((complaint) => !this.expected.some((pattern) => pattern.test(complaint)));
  }

  /** Leaves pictures, the pages' consoles and the network's log in `out`. */
  async leaveEvidence(error) {
    const folder = path.join(environment.out, this.name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "error.txt"), `${error.stack ?? error}\n`);
    for (const [at, { page, lines }] of this.pages.entries()) {
      writeFileSync(path.join(folder, `console-${at}.txt`), lines.join("\n"));
      if (!page.isClosed()) {
        const shot = { path: path.join(folder, `page-${at}.png`), fullPage: true, timeout: 5_000 };
        await page.screenshot(shot).catch((reason) => lines.push(`no picture: ${reason}`));
      }
    }
    if (this.network) {
      writeFileSync(path.join(folder, "localnet.txt"), tail(this.network, 200));
    }
    return folder;
  }

  /** Ends everything that was begun, the youngest first. */
  async end() {
    for (const close of this.closers.reverse()) {
      await close();
    }
    await this.stopNetwork();
    rmSync(this.folder, { recursive: true, force: true });
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
