// The wallet as a page sees it: one Wallet Standard object, whatever carries its requests.
//
// A transport is all that differs between the extension and the web wallet:
//
//   request(method, params, signal, begun) → Promise of the answer's `ok`; fails with a `SomaError`.
//     Methods and params are those of docs/connection.md; `params` can be written as JSON as they are.
//   onEvent(listener) → off. The listener gets the accounts of a change event, `[{ address, publicKey, chains,
//     label? }]`, as they came: they are checked here.
//   begin(method, signal) → begun, optional. Called where a person will be asked, before anything is awaited, in the
//     click that led here: for a transport that must open a window. Its result goes to `request`, or
//     `begun.cancel()` is called instead.
//
// This file and what it imports need nothing but a JavaScript engine, so that a bundler can make one classic script
// of them for the page's main world: no DOM, no storage, no wasm.

import { aborted, walletError } from "./errors.js";
import { isBase64, isChain, readAccounts, fromBase64, toBase64 } from "./values.js";

/** The extension, and the web wallet, which steps aside for it. No colon belongs here: kits split at it. */
export const EXTENSION_ID = "org.soma-wallet.extension";
export const WEB_WALLET_ID = "org.soma-wallet.web";
export const EXTENSION_NAME = "Soma Wallet";
export const WEB_WALLET_NAME = "Soma Wallet (web)";

/** The chains that every wallet knows by name; the one to use first comes first. Others come with accounts. */
export const CHAINS = Object.freeze(["soma:testnet", "soma:localnet"]);

const VERSION = "1.0.0";
const SIGNING = Object.freeze(["soma:signTransaction", "soma:signAndExecuteTransaction", "soma:signPersonalMessage"]);

/** The wallet's picture, as a data URI. */
export const ICON = `data:image/svg+xml;base64,${btoa(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#0b6a4f"/>' +
    '<path d="M46 19.5C42.5 15.3 37.5 13.5 32 13.5c-8.5 0-14.5 3.8-14.5 9.6 0 12 29.5 5 29.5 16.6 0 5.9-6.5 9.8-15 9.8-6 0-11-1.7-14.7-5.7" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round"/>' +
    '<path d="M14 56h36" stroke="#9be0c6" stroke-width="2.5" stroke-linecap="round"/></svg>',
)}`;

/** An account that this site may ask for. Nobody can change it, and its key is handed out as a copy. */
class Account {
  #publicKey;
  #chains;

  constructor({ address, publicKey, chains, label }) {
    this.address = address;
    this.#publicKey = fromBase64(publicKey);
    this.#chains = Object.freeze([...chains]);
    if (label !== undefined) {
      this.label = label;
    }
    Object.freeze(this);
  }

  /** The flag of its kind, and the key's bytes. */
  get publicKey() {
    return this.#publicKey.slice();
  }

  get chains() {
    return this.#chains;
  }

  get features() {
    return SIGNING;
  }
}

/**
 * Makes the wallet object of a page.
 *
 * @param {object} options
 * @param {string} options.id tells wallets apart; without a colon
 * @param {string} options.name
 * @param {object} options.transport
 * @param {string} [options.icon] a data URI
 * @param {readonly string[]} [options.chains]
 */
export function createWallet({ id, name, transport, icon = ICON, chains = CHAINS }) {
  if (id.includes(":") || name.includes(":")) {
    throw new TypeError("kits split what they keep at colons: a wallet's id and name have none");
  }
  if (chains.length === 0 || !chains.every(isChain)) {
    throw new TypeError("a wallet has chains, each named soma:…");
  }
  const own = Object.freeze([...chains]);
  const listeners = new Set();
  let known = own;
  let accounts = Object.freeze([]);
  let facts = "[]";

  /** Takes over what the wallet told, and tells the page what is another than before. */
  const learn = (told) => {
    const read = readAccounts(told);
    const now = JSON.stringify(read);
    if (now === facts) {
      return;
    }
    facts = now;
    const before = new Map(accounts.map((account) => [keyOf(account), account]));
    const fresh = read.map((raw) => new Account(raw));
    // An account that stayed as it was stays the same object.
    accounts = Object.freeze(fresh.map((account) => before.get(keyOf(account)) ?? account));
    const change = { accounts };
    const all = new Set([...own, ...accounts.flatMap((account) => account.chains)]);
    if (all.size !== known.length || known.some((chain) => !all.has(chain))) {
      known = Object.freeze([...all]);
      change.chains = known;
    }
    for (const listener of [...listeners]) {
      try {
        listener(change);
      } catch (error) {
        console.error("a listener for changes of the wallet failed\n", error);
      }
    }
  };

  const connect = async ({ silent = false } = {}) => {
    const ok = await ask("connect", { silent: Boolean(silent) }, { asks: !silent });
    learn(ok.accounts);
    return { accounts };
  };

  const disconnect = async () => {
    await ask("disconnect", {}, { asks: false });
    learn([]);
  };

  const on = (event, listener) => {
    if (event !== "change" || typeof listener !== "function") {
      throw new TypeError("there is one event, change, and it takes a function");
    }
    // The same function given twice is told twice, and taken off once.
    const entry = (change) => listener(change);
    listeners.add(entry);
    return () => void listeners.delete(entry);
  };

  const signTransaction = (input) => sign("signTransaction", input, transactionText, readSigned);
  const signAndExecuteTransaction = (input) => sign("signAndExecuteTransaction", input, transactionText, readExecuted);
  const signPersonalMessage = (input) => sign("signPersonalMessage", input, messageText, readSigned);
  const getCapabilities = async () => readCapabilities(await ask("getCapabilities", {}, { asks: false }));

  /** Asks for a signature. Until the transport has begun nothing is awaited: windows open in a click only. */
  const sign = async (method, input, paramsOf, read) => {
    const { account, chain, signal } = input ?? {};
    const held = accounts.find(({ address }) => address === account?.address);
    if (!held) {
      throw walletError("unknown-account", "this site is not connected with that account");
    }
    if (!isChain(chain)) {
      throw walletError("malformed", "the request names no chain: it is soma: and the network's name");
    }
    if (!held.chains.includes(chain)) {
      throw walletError("wrong-chain", `the account is not used on ${chain}`);
    }
    const params = paramsOf(input);
    return read(await ask(method, params, { more: { account: held.address, chain }, signal }));
  };

  const ask = async (method, params, { more, signal, asks = true } = {}) => {
    const settled = Promise.resolve(params);
    // Where the request fails before it is awaited, nobody else would hear of this failure.
    settled.catch(() => {});
    if (signal?.aborted) {
      throw aborted(signal);
    }
    const begun = asks ? transport.begin?.(method, signal) : undefined;
    let all;
    try {
      all = { ...(await settled), ...more };
    } catch (error) {
      begun?.cancel();
      throw error;
    }
    const ok = await transport.request(method, all, signal, begun);
    if (ok === null || typeof ok !== "object") {
      throw walletError("bad-answer", "the wallet gave an answer that is none");
    }
    return ok;
  };

  transport.onEvent(learn);

  const features = Object.freeze({
    "standard:connect": Object.freeze({ version: VERSION, connect }),
    "standard:disconnect": Object.freeze({ version: VERSION, disconnect }),
    "standard:events": Object.freeze({ version: VERSION, on }),
    "soma:signTransaction": Object.freeze({ version: VERSION, signTransaction }),
    "soma:signAndExecuteTransaction": Object.freeze({ version: VERSION, signAndExecuteTransaction }),
    "soma:signPersonalMessage": Object.freeze({ version: VERSION, signPersonalMessage }),
    "soma:getCapabilities": Object.freeze({ version: VERSION, getCapabilities }),
  });
  return Object.freeze({
    id,
    name,
    icon,
    version: VERSION,
    features,
    get chains() {
      return known;
    },
    get accounts() {
      return accounts;
    },
  });
}

function keyOf({ address, publicKey, chains, label }) {
  return JSON.stringify([address, toBase64(publicKey), chains, label]);
}

/** What the transaction says of itself: it may still lack what the wallet knows better. */
async function transactionText({ transaction }) {
  if (typeof transaction?.toJSON !== "function") {
    throw walletError("malformed", "a transaction has a method toJSON that gives its text");
  }
  const text = await transaction.toJSON();
  if (typeof text !== "string") {
    throw walletError("malformed", "toJSON of a transaction gives a text");
  }
  return { transaction: text };
}

function messageText({ message }) {
  if (!(message instanceof Uint8Array)) {
    throw walletError("malformed", "a message to sign is bytes, a Uint8Array");
  }
  return { message: toBase64(message) };
}

function readSigned({ bytes, signature }) {
  if (!isBase64(bytes) || !isBase64(signature)) {
    throw walletError("bad-answer", "the wallet gave a signature in a form that is not known here");
  }
  return { bytes, signature };
}

function readExecuted(ok) {
  const { digest, effects, checkpoint, failure } = ok;
  const isEffects = effects === undefined || effects === null || isBase64(effects);
  if (typeof digest !== "string" || digest === "" || !isEffects) {
    throw walletError("bad-answer", "the wallet told of an execution in a form that is not known here");
  }
  return {
    ...readSigned(ok),
    digest,
    ...(effects ? { effects } : {}),
    ...(checkpoint === undefined || checkpoint === null ? {} : { checkpoint: String(checkpoint) }),
    ...(failure ? { failure: String(failure) } : {}),
  };
}

function readCapabilities({ kinds, chains, maxTransactionBytes, simulates, autoApproval, modelVault }) {
  const texts = (value) => Array.isArray(value) && value.every((text) => typeof text === "string");
  if (!texts(kinds) || !texts(chains) || !Number.isSafeInteger(maxTransactionBytes)) {
    throw walletError("bad-answer", "the wallet told of its abilities in a form that is not known here");
  }
  return { kinds, chains, maxTransactionBytes, simulates: Boolean(simulates), autoApproval: Boolean(autoApproval), modelVault: Boolean(modelVault) };
}
