// The package's error: a stable code, a sentence, and what was behind it.

export class SomaError extends Error {
  /**
   * @param {string} code such as `key/checksum`: stays, whatever the sentence says
   * @param {string} message
   * @param {unknown} [cause]
   */
  constructor(code, message, cause) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }

  get name() {
    return "SomaError";
  }
}
