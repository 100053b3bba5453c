// The error of this package: whatever fails, in a connection or in the core, throws one of these.

/** A failure: `code` for programs, `message` a sentence for a person, `cause` what was behind it. */
export class SomaError extends Error {
  /**
   * @param {string} code such as `key/checksum` or `connect/rejected`: stays, whatever the sentence says
   * @param {string} message a sentence for a person
   * @param {unknown} [cause]
   * @param {{ walletStandardCode?: number, digest?: string, retryAfterMs?: number }} [more] `digest`: of a transaction
   *   that was sent and of which nobody knows what became of it. Look that one up, and make no other
   */
  constructor(code, message, cause, more) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    Object.assign(this, more);
  }

  get name() {
    return "SomaError";
  }

  /** The last word of the code, which is what a wallet said by way of a reason. */
  get reason() {
    return this.code.slice(this.code.lastIndexOf("/") + 1);
  }

  /** The extension's errors are made by its own copy of this class; to a site they are the same. */
  static [Symbol.hasInstance](value) {
    return this === SomaError ? value instanceof Error && value.name === "SomaError" : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}
