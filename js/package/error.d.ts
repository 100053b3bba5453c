/** What every function of this package throws. */
export declare class SomaError extends Error {
  constructor(code: string, message: string, cause?: unknown);
  /** Stays the same whatever the sentence says: `room/what`, such as `key/checksum`. */
  readonly code: string;
  readonly name: "SomaError";
  readonly cause?: unknown;
}
