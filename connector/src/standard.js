// How wallets and sites of one page find each other: the two window events of the Wallet Standard, both sides.
// Either side may come first, and nothing is waited for.

const REGISTER = "wallet-standard:register-wallet";
const READY = "wallet-standard:app-ready";

/** An event that says one thing to whoever listens, and that nobody can stop. */
class StandardEvent extends Event {
  #type;
  #detail;

  constructor(type, detail) {
    super(type, { bubbles: false, cancelable: false, composed: false });
    this.#type = type;
    this.#detail = detail;
  }

  get type() {
    return this.#type;
  }

  get detail() {
    return this.#detail;
  }

  /** @deprecated Does nothing but fail. */
  preventDefault() {
    throw new Error("preventDefault cannot be called");
  }

  /** @deprecated Does nothing but fail. */
  stopImmediatePropagation() {
    throw new Error("stopImmediatePropagation cannot be called");
  }

  /** @deprecated Does nothing but fail. */
  stopPropagation() {
    throw new Error("stopPropagation cannot be called");
  }
}

/**
 * Tells the page of a wallet.
 *
 * @param {object} wallet the one object that stands for this wallet as long as the page lives
 * @param {EventTarget} [target] the page's window
 * @returns {() => void} takes the wallet away again, from all who heard of it
 */
export function registerWallet(wallet, target = globalThis.window) {
  const takeBack = new Set();
  const register = (api) => {
    const off = api.register(wallet);
    if (typeof off === "function") {
      takeBack.add(off);
    }
  };
  const heard = (event) => register(event.detail);
  attempt(() => target.dispatchEvent(new StandardEvent(REGISTER, register)), "the wallet could not be registered");
  attempt(() => target.addEventListener(READY, heard), "the wallet cannot hear of apps");
  return () => {
    target.removeEventListener(READY, heard);
    for (const off of takeBack) {
      attempt(off, "the wallet could not be taken back");
    }
    takeBack.clear();
  };
}

/**
 * Hears of every wallet of the page, those that were there before and those that come.
 *
 * @param {(wallets: object[]) => void} added
 * @param {(wallets: object[]) => void} removed
 * @param {EventTarget} [target] the page's window
 * @returns {() => void} stops hearing of more
 */
export function hearOfWallets(added, removed, target = globalThis.window) {
  const known = new Set();
  const register = (...wallets) => {
    const fresh = wallets.filter((wallet) => wallet && typeof wallet === "object" && !known.has(wallet));
    for (const wallet of fresh) {
      known.add(wallet);
    }
    if (fresh.length > 0) {
      added(fresh);
    }
    return () => {
      const gone = fresh.filter((wallet) => known.delete(wallet));
      if (gone.length > 0) {
        removed(gone);
      }
    };
  };
  const api = Object.freeze({ register });
  const heard = (event) => attempt(() => event.detail(api), "a wallet could not be heard");
  attempt(() => target.addEventListener(REGISTER, heard), "wallets cannot be heard");
  attempt(() => target.dispatchEvent(new StandardEvent(READY, api)), "wallets could not be called");
  return () => target.removeEventListener(REGISTER, heard);
}

/** The listeners are strangers to each other: what goes wrong in one stops none of the rest. */
function attempt(act, what) {
  try {
    act();
  } catch (error) {
    console.error(`wallet-standard: ${what}\n`, error);
  }
}
