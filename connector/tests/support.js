// What tests of the connector stand on: a window that is an EventTarget, storage, a wallet's window, a transport.

import { MAX_BYTES } from "../src/messages.js";
import { toBase64 } from "../src/values.js";

export const ORIGIN = "https://wallet.example";
export const SITE = "https://site.example";

/** An account as a wallet tells of it. */
export function told(number, more = {}) {
  const key = new Uint8Array(33).fill(number, 1);
  return { address: `0x${String(number).padStart(64, "0")}`, publicKey: toBase64(key), chains: ["soma:testnet"], ...more };
}

class Storage {
  #kept = new Map();
  getItem = (key) => this.#kept.get(key) ?? null;
  setItem = (key, value) => void this.#kept.set(key, String(value));
  removeItem = (key) => void this.#kept.delete(key);
}

/** A page's window. What it opens is in `popups`; where `blocked`, it opens nothing. */
export class Site extends EventTarget {
  origin = SITE;
  localStorage = new Storage();
  crossOriginIsolated = false;
  location = { href: `${SITE}/page?secret=1` };
  popups = [];
  blocked = false;
  headers = new Headers();
  fetch = async () => ({ headers: this.headers });

  open(url, target, features) {
    if (this.blocked) {
      return null;
    }
    const popup = new Popup(this, url, target, features);
    this.popups.push(popup);
    return popup;
  }

  get popup() {
    return this.popups.at(-1);
  }

  /** A message as a browser delivers it. */
  deliver(data, { origin = ORIGIN, source = this.popup } = {}) {
    this.dispatchEvent(Object.assign(new Event("message"), { data, origin, source }));
  }
}

/** The window of a wallet: what it was sent is in `heard`. */
export class Popup {
  closed = false;
  focused = 0;
  heard = [];

  constructor(site, url, target, features) {
    Object.assign(this, { site, url, target, features });
  }

  postMessage(data, targetOrigin) {
    this.heard.push({ data, targetOrigin });
  }

  focus() {
    this.focused += 1;
  }

  close() {
    this.closed = true;
  }

  ready(nonce = "n1") {
    this.site.deliver({ channel: "soma-wallet", version: 1, type: "ready", nonce }, { source: this });
  }

  /** The last request it was sent, read. */
  get request() {
    const { data, targetOrigin } = this.heard.at(-1) ?? {};
    return data && { ...JSON.parse(data.message), nonce: data.nonce, targetOrigin };
  }

  answer(body, { nonce = this.request.nonce, id = this.request.id, ...more } = {}) {
    const message = JSON.stringify({ version: 1, id, ...body });
    this.site.deliver({ channel: "soma-wallet", version: 1, type: "answer", nonce, message }, { source: this, ...more });
  }
}

/** A transport that answers as it is told, and notes what it was asked. */
export function transport(answers) {
  const [asked, listeners] = [[], new Set()];
  return {
    asked,
    async request(method, params, signal, begun) {
      asked.push({ method, params, signal, begun });
      const answer = answers[method];
      if (answer instanceof Error) {
        throw answer;
      }
      return typeof answer === "function" ? answer(params) : answer;
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    say(accounts) {
      for (const listener of listeners) {
        listener(accounts);
      }
    },
  };
}

/** Lets everything that is waiting for nothing but its turn take it. */
export async function settle() {
  await new Promise((resolve) => setImmediate(resolve));
}

export const TOO_LONG = "x".repeat(MAX_BYTES);
