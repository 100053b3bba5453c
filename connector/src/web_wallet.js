// The web wallet as a wallet of this page: no extension is needed, its requests go to a window of the wallet's origin.
//
// A site keeps no token here. The wallet remembers by origin what it allowed; what is kept on this side are the
// public facts of the accounts, so that a silent connect needs no window, and the wallet checks every request anyway.

import { askToOpen } from "./blocked.js";
import { walletError } from "./errors.js";
import { checkAppName, readChange, writeRequest } from "./messages.js";
import { CHAINS, EXTENSION_ID, WEB_WALLET_ID, WEB_WALLET_NAME, createWallet } from "./provider.js";
import { hearOfWallets, registerWallet } from "./standard.js";
import { readAccounts } from "./values.js";
import { windowChannel } from "./window_channel.js";

/** How long a connect waits for what is asked beside it. */
const BESIDE_MS = 700;

const registered = new Map();

/**
 * Registers the web wallet, unless the extension is there or comes.
 *
 * @param {object} options
 * @param {string} options.origin where the wallet is served, such as `https://wallet.example`
 * @param {string} [options.appName] what the site calls itself, 64 characters at most
 * @param {readonly string[]} [options.chains] the one to use first comes first
 * @param {Record<string, string>} [options.words] of the button that is shown where the window was blocked
 * @returns {{ wallet: object, unregister: () => void }} the same object for the same origin
 */
export function registerWebWallet({ origin, appName, chains = CHAINS, words, site = globalThis.window }) {
  const at = originOf(origin);
  checkAppName(appName);
  const known = registered.get(at);
  if (known) {
    return known;
  }
  const transport = webTransport({ origin: at, appName, site, words });
  const wallet = createWallet({ id: WEB_WALLET_ID, name: WEB_WALLET_NAME, chains, transport });
  let takeBack = () => {};
  const unregister = () => {
    stopHearing();
    takeBack();
    takeBack = () => {};
    transport.end();
    registered.delete(at);
  };
  let away = false;
  const stepAside = (wallets) => {
    // Whoever is in the middle of using this one is not cut off.
    if (wallets.some(({ id }) => id === EXTENSION_ID) && wallet.accounts.length === 0) {
      away = true;
      takeBack();
      takeBack = () => {};
    }
  };
  const stopHearing = hearOfWallets(stepAside, () => {}, site);
  if (!away) {
    takeBack = registerWallet(wallet, site);
  }
  const entry = Object.freeze({ wallet, unregister });
  registered.set(at, entry);
  return entry;
}

/** The origin as browsers write it; keys are asked for over https only, or on this machine. */
function originOf(text) {
  let url;
  try {
    url = new URL(text);
  } catch (cause) {
    throw walletError("malformed", "the web wallet's origin is no URL", { cause });
  }
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname) || url.hostname.endsWith(".localhost");
  if (url.protocol !== "https:" && !(url.protocol === "http:" && here)) {
    throw walletError("malformed", "the web wallet's origin has to be https, or this machine");
  }
  return url.origin;
}

/** The transport of a wallet object (see provider.js) over a window. */
function webTransport({ origin, appName, site, words }) {
  const shelf = accountShelf(site, `soma-wallet.accounts.${origin}`);
  const listeners = new Set();
  const tell = (accounts) => {
    for (const listener of listeners) {
      listener(accounts);
    }
  };
  const keep = (accounts) => {
    shelf.write(accounts);
    tell(accounts);
  };
  const changed = (text) => {
    try {
      const accounts = readChange(text);
      if (accounts) {
        keep(readAccounts(accounts));
      }
    } catch (error) {
      console.error("what the wallet said by itself was not understood\n", error);
    }
  };
  const whenBlocked = (open) => askToOpen(open, words);
  const channel = windowChannel({ origin, site, whenBlocked, changed });
  // Another page of this site connected, or was disconnected.
  const stopWatching = shelf.watch(tell);

  const inWindow = async (method, params, begun) => {
    let request;
    try {
      request = writeRequest(method, params, { appName });
    } catch (error) {
      begun.cancel();
      throw error;
    }
    try {
      return await begun.hand(request);
    } catch (error) {
      if (error.reason === "unauthorized") {
        keep([]);
      }
      throw error;
    }
  };

  return {
    begin: (_method, signal) => channel.begin(signal),
    async request(method, params, _signal, begun) {
      if (method === "disconnect") {
        shelf.write([]);
        return {};
      }
      if (method === "connect" && params.silent) {
        return { accounts: shelf.read() };
      }
      if (method === "getCapabilities") {
        const known = shelf.capabilities();
        if (known) {
          return known;
        }
      }
      const ok = await inWindow(method, params, begun ?? channel.begin());
      if (method === "connect") {
        // What the wallet can do is asked in the same window, so that asking for it later opens none.
        const capabilities = await channel.askBeside(writeRequest("getCapabilities", {}, { appName }), BESIDE_MS);
        shelf.write(readAccounts(ok.accounts), capabilities);
      }
      return ok;
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    end() {
      stopWatching();
      channel.end();
    },
  };
}

const NOTHING = Object.freeze({ accounts: Object.freeze([]), capabilities: undefined });

/** The public facts of the accounts that a site was allowed to see, for the pages of this site. */
function accountShelf(site, key) {
  const parse = (text) => {
    try {
      const kept = JSON.parse(text ?? "null");
      return kept?.version === 1 ? { accounts: readAccounts(kept.accounts), capabilities: kept.capabilities } : NOTHING;
    } catch {
      // Somebody else wrote there: nothing is known, and the site connects anew.
      return NOTHING;
    }
  };
  const read = () => {
    try {
      return parse(site.localStorage.getItem(key));
    } catch {
      // A page without storage remembers nothing.
      return NOTHING;
    }
  };
  return {
    read: () => read().accounts,
    capabilities: () => read().capabilities,
    write(accounts, capabilities = read().capabilities) {
      try {
        if (accounts.length === 0) {
          site.localStorage.removeItem(key);
        } else {
          site.localStorage.setItem(key, JSON.stringify({ version: 1, accounts, capabilities }));
        }
      } catch {
        // As above: it connects anew after a reload.
      }
    },
    watch(tell) {
      const heard = (event) => {
        if (event.key === key || event.key === null) {
          tell(parse(event.newValue).accounts);
        }
      };
      site.addEventListener("storage", heard);
      return () => site.removeEventListener("storage", heard);
    },
  };
}
