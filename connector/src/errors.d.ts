/** A short stable word for what went wrong; a newer wallet may know others. */
export type Reason =
  | "rejected"
  | "unknown-wallet"
  | "unknown-account"
  | "account-chain"
  | "account-feature"
  | "wallet-feature"
  | "malformed"
  | "too-large"
  | "unauthorized"
  | "busy"
  | "throttled"
  | "wrong-chain"
  | "locked"
  | "unsupported"
  | "failed"
  | "expired"
  | "popup-blocked"
  | "opener-cut"
  | "disconnected"
  | "aborted"
  | "bad-answer"
  | (string & {});

/** Numbers by reason: those of the Wallet Standard where it has one, else of 5 300 000 and above. */
export declare const CODES: Readonly<Record<string, number>>;

/** A failure of a request to a wallet. */
export declare class SomaError extends Error {
  constructor(reason: Reason, message: string, options?: { cause?: unknown; code?: number });
  readonly name: "SomaError";
  /** 4001000 where somebody said no. */
  readonly code: number;
  readonly reason: Reason;
  readonly cause?: unknown;
}

/** Whether somebody said no, and nothing is broken. */
export declare function isRefusal(error: unknown): boolean;

/** The error of a request that its own site gave up. */
export declare function aborted(signal: AbortSignal): SomaError;
