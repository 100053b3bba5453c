// A site's connection with one account of one wallet. It ends when that account is no longer shown to the site: a
// site that goes on with another account by itself signs and pays with one that nobody chose.

import { LACKS_FEATURE, walletError } from "./errors.js";
import { discover, idOf } from "./discovery.js";
import { toBase64 } from "./values.js";

const KEPT = "soma-wallet.connection";
/** How long a page that is loaded anew waits for its wallet to register. */
const PATIENCE_MS = 3_000;

export class Connection {
  #wallet;
  #account;
  #site;
  #off;
  #ended = false;
  #listeners = { change: new Set(), disconnect: new Set() };

  /** Use `connect` or `reconnect`. */
  constructor(wallet, account, site) {
    this.#wallet = wallet;
    this.#account = account;
    this.#site = site;
    this.#off = wallet.features["standard:events"].on("change", () => this.#follow());
  }

  get wallet() {
    return this.#wallet;
  }

  /** The account that signs; nothing once this has ended. */
  get account() {
    return this.#account;
  }

  /** All accounts that this site may ask for. */
  get accounts() {
    return this.#ended ? [] : this.#wallet.accounts;
  }

  /** The chain that is used where none is named: the account's first. */
  get chain() {
    return this.#account?.chains[0];
  }

  /** Whether this has ended; it does not begin again. */
  get ended() {
    return this.#ended;
  }

  /** Goes on with another of the accounts. */
  select(address) {
    const found = this.accounts.find((account) => account.address === address);
    if (!found) {
      throw walletError("unknown-account", "this site is not connected with that account");
    }
    if (found !== this.#account) {
      this.#account = found;
      keep(this.#site, this.#wallet, found);
      this.#tell("change");
    }
  }

  /**
   * Hears of `change` (accounts or the selected one) or `disconnect`.
   *
   * @returns {() => void} stops it
   */
  on(event, listener) {
    const listeners = Object.hasOwn(this.#listeners, event) ? this.#listeners[event] : undefined;
    if (!listeners || typeof listener !== "function") {
      throw new TypeError("there are two events, change and disconnect, and each takes a function");
    }
    const entry = () => listener(this);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  /** Ends this, and tells the wallet to show no account to this site. */
  async disconnect() {
    const tell = this.#ended ? undefined : this.#wallet.features["standard:disconnect"]?.disconnect;
    this.#end();
    await tell?.();
  }

  /** Has a transaction signed; it stays valid until one of its objects changes, so prefer to have it executed. */
  async signTransaction(transaction, { chain = this.chain, signal } = {}) {
    return this.#method("soma:signTransaction", "signTransaction")({ transaction: asTransaction(transaction), account: this.#account, chain, signal });
  }

  /** Has a transaction signed and executed. */
  async signAndExecuteTransaction(transaction, { chain = this.chain, signal } = {}) {
    return this.#method("soma:signAndExecuteTransaction", "signAndExecuteTransaction")({ transaction: asTransaction(transaction), account: this.#account, chain, signal });
  }

  /** Has a message signed: a text, or bytes. */
  async signPersonalMessage(message, { chain = this.chain, signal } = {}) {
    const bytes = typeof message === "string" ? new TextEncoder().encode(message) : message;
    return this.#method("soma:signPersonalMessage", "signPersonalMessage")({ message: bytes, account: this.#account, chain, signal });
  }

  /** What the wallet can do. */
  async getCapabilities() {
    return this.#method("soma:getCapabilities", "getCapabilities")();
  }

  #method(feature, name) {
    if (this.#ended) {
      throw walletError("disconnected", "the connection with the wallet has ended; connect again");
    }
    const found = this.#wallet.features[feature];
    if (!found) {
      throw walletError("unsupported", `${this.#wallet.name} has no ${feature}`, { walletStandardCode: LACKS_FEATURE });
    }
    return found[name].bind(found);
  }

  #follow() {
    if (this.#ended) {
      return;
    }
    const same = this.#wallet.accounts.find(({ address }) => address === this.#account.address);
    if (!same) {
      this.#end();
      return;
    }
    this.#account = same;
    this.#tell("change");
  }

  #end() {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.#account = undefined;
    this.#off();
    forget(this.#site);
    this.#tell("disconnect");
  }

  #tell(event) {
    for (const listener of [...this.#listeners[event]]) {
      try {
        listener();
      } catch (error) {
        console.error(`a listener for ${event} of the connection failed\n`, error);
      }
    }
  }
}

/**
 * Connects with a wallet: it asks its owner. Call this in a click, as windows open in a click only.
 *
 * @param {object} wallet one that `discover` found
 * @param {object} [options]
 * @param {string} [options.chain] the account has to be used on this chain
 * @returns {Promise<Connection>}
 */
export async function connect(wallet, { chain, site = globalThis.window } = {}) {
  const { accounts } = await wallet.features["standard:connect"].connect();
  const account = accounts.find(({ chains }) => !chain || chains.includes(chain));
  if (!account) {
    throw chain && accounts.length > 0
      ? walletError("wrong-chain", `none of the accounts is used on ${chain}`)
      : walletError("rejected", "the wallet showed no account to this site");
  }
  keep(site, wallet, account);
  return new Connection(wallet, account, site);
}

/**
 * Takes up the connection that this site had before it was loaded anew, without asking anybody.
 *
 * @param {object} [options]
 * @param {string} [options.chain]
 * @param {number} [options.patience] how long to wait for the wallet to register, in milliseconds
 * @returns {Promise<Connection | undefined>} nothing where there was none, or it is no longer allowed
 */
export async function reconnect({ chain, patience = PATIENCE_MS, site = globalThis.window } = {}) {
  const before = kept(site);
  const wallet = before && (await walletOf(before.wallet, { site }, patience));
  if (!wallet) {
    return undefined;
  }
  const { accounts } = await wallet.features["standard:connect"].connect({ silent: true });
  const account = accounts.find(({ address }) => address === before.address);
  if (!account || (chain && !account.chains.includes(chain))) {
    forget(site);
    return undefined;
  }
  return new Connection(wallet, account, site);
}

function walletOf(id, options, patience) {
  const found = discover(options);
  const pick = (wallets) => wallets.find((wallet) => idOf(wallet) === id);
  return new Promise((resolve) => {
    const now = pick(found.wallets);
    if (now) {
      return resolve(now);
    }
    const give = (wallet) => {
      off();
      clearTimeout(timer);
      resolve(wallet);
    };
    const off = found.onChange((wallets) => pick(wallets) && give(pick(wallets)));
    const timer = setTimeout(give, patience, undefined);
  });
}

/** The forms in which a transaction may be given: with `toJSON`, as its text, as an object, or as finished bytes. */
export function asTransaction(transaction) {
  if (transaction instanceof Uint8Array) {
    const text = JSON.stringify({ version: 1, bytes: toBase64(transaction) });
    return { toJSON: async () => text };
  }
  if (typeof transaction === "string") {
    return { toJSON: async () => transaction };
  }
  if (typeof transaction?.toJSON === "function") {
    return transaction;
  }
  if (transaction !== null && typeof transaction === "object") {
    const text = JSON.stringify({ version: 1, ...transaction }, (_, value) => (typeof value === "bigint" ? value.toString() : value));
    return { toJSON: async () => text };
  }
  throw walletError("malformed", "this is no transaction");
}

function keep(site, wallet, { address }) {
  shelf(site, (storage) => storage.setItem(KEPT, JSON.stringify({ wallet: idOf(wallet), address })));
}

function kept(site) {
  return shelf(site, (storage) => {
    const { wallet, address } = JSON.parse(storage.getItem(KEPT) ?? "{}");
    return typeof wallet === "string" && typeof address === "string" ? { wallet, address } : undefined;
  });
}

function forget(site) {
  shelf(site, (storage) => storage.removeItem(KEPT));
}

/** A page without storage, or where somebody else wrote, connects anew after a reload: nothing else is lost. */
function shelf(site, use) {
  try {
    return use(site.localStorage);
  } catch {
    return undefined;
  }
}
