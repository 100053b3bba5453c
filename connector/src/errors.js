// What can go wrong between a site and a wallet: a `SomaError` of the code `connect/` and a short stable word, its reason,
// which has a number, too, as the Wallet Standard wants it.

import { SomaError } from "./error.js";

export { SomaError } from "./error.js";

/** Numbers by reason. Those of the Wallet Standard where it has one, else our own of 5 300 000 and above. */
export const CODES = Object.freeze({
  rejected: 4001000,
  "unknown-account": 3834001,
  "wrong-chain": 6160000,
  malformed: 5300000,
  "too-large": 5300001,
  unauthorized: 5300002,
  busy: 5300003,
  throttled: 5300004,
  locked: 5300006,
  unsupported: 5300007,
  failed: 5300008,
  expired: 5300009,
  unsettled: 5300010,
  "opener-cut": 5301001,
  disconnected: 5301002,
  aborted: 5301003,
  "bad-answer": 5301004,
  lost: 5301005,
});

/** What the Wallet Standard says of a wallet that lacks a feature; its reason is `unsupported`. */
export const LACKS_FEATURE = 6160002;

/**
 * A failure of a request to a wallet.
 *
 * @param {string} reason one of `CODES`, or a word that a newer wallet knows
 * @param {string} message a sentence for a person
 * @param {{ cause?: unknown, walletStandardCode?: number, digest?: string, retryAfterMs?: number }} [more]
 */
export function walletError(reason, message, { cause, walletStandardCode = CODES[reason] ?? CODES.failed, ...more } = {}) {
  return new SomaError(`connect/${reason}`, message, cause, { walletStandardCode, ...more });
}

/** Whether somebody said no, and nothing is broken. Other wallets say so by the number alone. */
export function isRefusal(error) {
  return error?.code === "connect/rejected" || [error?.walletStandardCode, error?.code].includes(CODES.rejected);
}

/** The error of a request that its own site gave up; its code is that of whatever was given up. */
export function aborted(signal) {
  return new SomaError("aborted", "the request was given up by the site", signal?.reason, { walletStandardCode: CODES.aborted });
}
