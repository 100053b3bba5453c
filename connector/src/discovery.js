// Which wallets of this page can sign for SOMA. Wallets come when they like, so a list that is asked for once may
// be too short: `onChange` tells of those that come later.

import { hearOfWallets } from "./standard.js";

const NEEDED = ["standard:connect", "standard:events"];
const SIGNING = ["soma:signTransaction", "soma:signAndExecuteTransaction", "soma:signPersonalMessage"];

/** One list for each window, whoever asks. */
const lists = new WeakMap();

/**
 * The wallets of this page.
 *
 * @param {object} [options]
 * @param {string} [options.chain] only wallets that know this chain
 * @param {string} [options.feature] only wallets that have this feature
 * @returns {{ readonly wallets: readonly object[], onChange: (listener: (wallets: readonly object[]) => void) => () => void }}
 */
export function discover({ chain, feature, site = globalThis.window } = {}) {
  const list = listOf(site);
  // What a wallet knows can grow, so it is asked each time.
  const chosen = () =>
    Object.freeze([...list.all].filter((wallet) => isSomaWallet(wallet) && (!chain || wallet.chains.includes(chain)) && (!feature || feature in wallet.features)));
  return Object.freeze({
    get wallets() {
      return chosen();
    },
    onChange(listener) {
      const entry = () => listener(chosen());
      list.listeners.add(entry);
      return () => void list.listeners.delete(entry);
    },
  });
}

/** Whether an object of the registry is a wallet that can sign for this network. */
export function isSomaWallet(wallet) {
  const { features, chains, accounts, name } = wallet;
  return (
    typeof name === "string" &&
    Array.isArray(chains) &&
    Array.isArray(accounts) &&
    features !== null &&
    typeof features === "object" &&
    NEEDED.every((needed) => needed in features) &&
    SIGNING.some((signing) => signing in features)
  );
}

/** What tells one wallet from another over reloads. */
export function idOf(wallet) {
  return wallet.id ?? wallet.name;
}

function listOf(site) {
  if (!lists.has(site)) {
    const list = { all: new Set(), listeners: new Set() };
    lists.set(site, list);
    const tell = () => {
      for (const listener of [...list.listeners]) {
        listener();
      }
    };
    const added = (wallets) => {
      for (const wallet of wallets) {
        list.all.add(wallet);
      }
      tell();
    };
    const removed = (wallets) => {
      for (const wallet of wallets) {
        list.all.delete(wallet);
      }
      tell();
    };
    hearOfWallets(added, removed, site);
  }
  return lists.get(site);
}
