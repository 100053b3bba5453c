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
  | (string & {});

/** Numbers by reason: those of the Wallet Standard where it has one, else of 5 300 000 and above. */
export declare const CODES: Readonly<Record<string, number>>;

/** A failure of a request to a wallet. */
export declare class SomaError extends Error {
  constructor(reason: Reason, message: string, options?: { cause?: unknown; code?: number; digest?: string; retryAfterMs?: number });
  readonly name: "SomaError";
  /** 4001000 where somebody said no. */
  readonly code: number;
  readonly reason: Reason;
  readonly cause?: unknown;
  /** Of a transaction that was sent and of which nobody knows what became of it: look that one up, and make no other. */
  readonly digest?: string;
  /** When a site that was refused too often may ask again. */
  readonly retryAfterMs?: number;
}

/** What the Wallet Standard says of a wallet that lacks a feature; its reason is `unsupported`. */
export declare const LACKS_FEATURE: 6160002;

/** Whether somebody said no, and nothing is broken. */
export declare function isRefusal(error: unknown): boolean;

/** The error of a request that its own site gave up. */
export declare function aborted(signal: AbortSignal): SomaError;
