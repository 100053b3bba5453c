// Web sites of the tests: plain pages of other origins that speak the window channel themselves.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { settled } from "./looks.mjs";
import { serve } from "./servers.mjs";
import { by, eventually } from "./wallet.mjs";

const PAGE = `<!doctype html><meta charset="utf-8"><title>A site</title><button id="open">Open</button><script>
  const site = (window.site = { heard: [], popup: null, wallet: "" });
  addEventListener("message", ({ origin, source, data }) => {
    if (site.popup && source === site.popup) site.heard.push({ origin, data });
  });
  document.getElementById("open").addEventListener("click", () => {
    site.popup = window.open(site.wallet + "connect", "_blank", "popup=yes,width=440,height=720");
  });
</script>`;

/** A site at an address of its own. */
export async function startSite(world) {
  const server = await serve((request, response) => response.writeHead(200, { "content-type": "text/html" }).end(PAGE));
  world.closeLater(() => server.close());
  return server.url;
}

/** A page of a site, in the browser that has the wallet. */
export class Site {
  static async open(world, context, url) {
    const site = new Site();
    Object.assign(site, { world, context, url, page: await world.openPage(context, url) });
    await site.page.evaluate((wallet) => void (window.site.wallet = wallet), world.walletUrl);
    return site;
  }

  /** Opens the wallet's window as a click does, and waits until the wallet is ready. */
  async openWindow() {
    await this.page.bringToFront();
    const opened = this.context.waitForEvent("page");
    await this.page.evaluate(() => void (window.site.heard.length = 0));
    await this.page.locator("#open").click();
    this.window = await opened;
    this.world.watch(this.window);
    await this.nonce();
    return this.window;
  }

  /** What was heard of the wallet's window. */
  heard(type) {
    return this.page.evaluate((type) => window.site.heard.filter(({ data }) => data.type === type), type);
  }

  /** The nonce that the wallet gave last. */
  async nonce() {
    await eventually("the wallet is ready", async () => (await this.heard("ready")).length > 0, true, 30_000);
    return (await this.heard("ready")).at(-1).data.nonce;
  }

  /** Says something to the window. */
  say(message) {
    return this.page.evaluate(
      ([message, to]) => window.site.popup.postMessage(message, to),
      [message, new URL(this.world.walletUrl).origin],
    );
  }

  /** Hands a request to the window that is open; gives its id. */
  async request(method, params, more = {}) {
    const id = randomUUID();
    const text = JSON.stringify({ version: 1, id, method, params, ...more });
    await this.say({ channel: "soma-wallet", version: 1, type: "request", nonce: await this.nonce(), message: text });
    return id;
  }

  /** Opens the window and asks; gives the request's id. */
  async ask(method, params, more) {
    await this.openWindow();
    return this.request(method, params, more);
  }

  /** The answer to a request, once it is there. */
  async answer(id) {
    let answer;
    const find = async () => {
      const texts = (await this.heard("answer")).map(({ data }) => JSON.parse(data.message));
      answer = texts.find((one) => one.id === id);
      return answer !== undefined;
    };
    await eventually(`the answer to ${id}`, find, true, 30_000);
    const origins = (await this.heard("answer")).map(({ origin }) => origin);
    assert.deepEqual([...new Set(origins)], [new URL(this.world.walletUrl).origin]);
    return answer;
  }

  /** The reason of a refusal, once it is there. */
  async refusal(id) {
    const { ok, error } = await this.answer(id);
    assert.equal(ok, undefined, `nothing was to be given: ${JSON.stringify(ok)}`);
    return error.reason;
  }

  /** The window, closed by itself. */
  async windowCloses() {
    await eventually("the window closes", () => this.window.isClosed(), true);
  }

  /** Connects with the account in use. */
  async connect() {
    const id = await this.ask("connect", {});
    await press(this.window, "asked-approve");
    const { accounts } = (await this.answer(id)).ok;
    await this.windowCloses();
    return accounts;
  }
}

/** Waits until what has to be in sight for a moment counts, and looks like it. */
export async function armed(page, testid) {
  const button = by(page, testid);
  await button.waitFor();
  await eventually(`${testid} can be pressed`, () => button.getAttribute("aria-disabled"), null);
  await settled(page);
  return button;
}

/** Presses it. */
export async function press(page, testid) {
  await (await armed(page, testid)).click();
}

/** The text of a transaction as a site hands it over. */
export function transfer(amount, recipient) {
  return JSON.stringify({ version: 1, kind: { TransferCoin: { amount: amount.toString(), recipient } } });
}
