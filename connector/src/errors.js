// What can go wrong between a site and a wallet. Every failure of this package is a `SomaError`: `code` for programs,
// `reason` a short stable word, `message` a sentence for a person, `cause` what it came from.

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
});

/** What the Wallet Standard says of a wallet that lacks a feature; its reason is `unsupported`. */
export const LACKS_FEATURE = 6160002;

/** A failure of a request to a wallet. */
export class SomaError extends Error {
  /**
   * @param {string} reason one of `CODES`, or a word that a newer wallet knows
   * @param {string} message a sentence for a person
   * @param {{ cause?: unknown, code?: number, digest?: string, retryAfterMs?: number }} [options] `digest`: of a
   *   transaction that was sent and of which nobody knows what became of it. Look that one up, and make no other
   */
  constructor(reason, message, { cause, code = CODES[reason] ?? CODES.failed, digest, retryAfterMs } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "SomaError";
    this.code = code;
    this.reason = reason;
    if (digest !== undefined) {
      this.digest = digest;
    }
    if (retryAfterMs !== undefined) {
      this.retryAfterMs = retryAfterMs;
    }
  }

  /** The extension's errors are made by its own copy of this class; to a site they are the same. */
  static [Symbol.hasInstance](value) {
    return this === SomaError ? value instanceof Error && value.name === "SomaError" : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

/** Whether somebody said no, and nothing is broken. Wallets and bundles have error classes of their own. */
export function isRefusal(error) {
  return error?.code === CODES.rejected;
}

/** The error of a request that its own site gave up. */
export function aborted(signal) {
  return new SomaError("aborted", "the request was given up by the site", { cause: signal.reason });
}
