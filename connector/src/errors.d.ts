import type { SomaError } from "./error.js";

export { SomaError } from "./error.js";

/** A short stable word for what went wrong; a newer wallet may know others. */
export type Reason =
  | "rejected"
  | "unknown-account"
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
  | "unsettled"
  | "opener-cut"
  | "disconnected"
  | "aborted"
  | "bad-answer"
  | "lost"
  | (string & {});

/** Numbers by reason: those of the Wallet Standard where it has one, else of 5 300 000 and above. */
export declare const CODES: Readonly<Record<string, number>>;

/** What the Wallet Standard says of a wallet that lacks a feature; its reason is `unsupported`. */
export declare const LACKS_FEATURE: 6160002;

/** Whether somebody said no, and nothing is broken. */
export declare function isRefusal(error: unknown): boolean;

/** A failure of a request to a wallet; its code is `connect/` and the reason. */
export declare function walletError(reason: Reason, message: string, more?: { cause?: unknown; walletStandardCode?: number; digest?: string; retryAfterMs?: number }): SomaError;

/** The error of a request that its own site gave up. */
export declare function aborted(signal?: AbortSignal): SomaError;
