/** What every function of this package throws. */
export declare class SomaError extends Error {
  constructor(code: string, message: string, cause?: unknown, more?: { walletStandardCode?: number; digest?: string; retryAfterMs?: number });
  /** Stays the same whatever the sentence says: `room/what`, such as `key/checksum` or `connect/rejected`. */
  readonly code: string;
  /** The last word of the code. */
  readonly reason: string;
  readonly name: "SomaError";
  readonly cause?: unknown;
  /** Of a request to a wallet, its number by the Wallet Standard: 4001000 where somebody said no. */
  readonly walletStandardCode?: number;
  /** Of a transaction that was sent and of which nobody knows what became of it: look that one up, and make no other. */
  readonly digest?: string;
  /** When a site that was refused too often may ask again. */
  readonly retryAfterMs?: number;
}
