// What a scenario has to itself whatever browser it is played in: a network, files, what has to be closed; and what is
// left of it when it fails.

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { Between } from "./between.mjs";
import { environment } from "./environment.mjs";
import { Node } from "./node.mjs";
import { freePorts, startLocalnet, startWallet, tail } from "./services.mjs";

/** Where the wallet expects its built-in local network. */
export const LOCAL = "http://127.0.0.1:9000";
/** Where that is for programs: browsers of a further lane are led there (browser.mjs). */
export const DIRECT = `http://127.0.0.1:${environment.nodePort}`;

/** An address of that network as programs reach it. */
export function direct(url) {
  return url.replace(LOCAL, DIRECT);
}

/** Small embeddings, epochs that end when a scenario says so, the same keys every time. */
const NETWORK_FLAGS = ["--small-model", "--epoch-duration-ms", "none", "--accounts", "1", "--seed", "e2e"];

/** The first lane's network is where everybody expects one. */
function portsOfLane() {
  return environment.lane === 0 ? [] : ["--rpc-port", String(environment.nodePort), "--faucet-port", "0", "--admin-port", "0"];
}

/** The surroundings of one scenario. */
export class Ground {
  constructor(name, walletUrl) {
    this.name = name;
    this.walletUrl = walletUrl;
    this.node = new Node(DIRECT);
    this.folder = mkdtempSync(path.join(tmpdir(), "soma-e2e-"));
    this.network = undefined;
    this.pages = [];
    this.closers = [];
    this.expected = [];
  }

  /** Starts the local network where the wallet looks for it; the flags are added to those of every test. */
  async startNetwork(...flags) {
    this.network = await startLocalnet([...NETWORK_FLAGS, ...portsOfLane(), ...flags], { name: `${this.name}.localnet` });
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
    const between = await Between.start(this.node.url, environment.nodePort);
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

  /** Of what browsers complained about, what no scenario asked for. */
  unexpected(complaints) {
    return complaints.filter((complaint) => !this.expected.some((pattern) => pattern.test(complaint)));
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
