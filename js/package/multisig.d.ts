import type { Address, Digest, Keypair, Signed, Transaction, TransactionLike } from "./index.js";

export * from "./index.js";

export interface MultisigMember {
  /** 32 bytes. */
  publicKey: Uint8Array;
  /** From 1 to 255. */
  weight: number;
}

/** An account of one to ten keys with weights. Their order counts: another order is another address. */
export declare class MultisigAccount {
  /** Throws where the network knows no such account. A key may be the text that the command-line wallet prints. */
  constructor(parts: { members: { publicKey: Uint8Array | string; weight: number }[]; threshold: number });
  readonly address: Address;
  readonly members: MultisigMember[];
  /** The weight that must sign. */
  readonly threshold: number;
  /** What the members are to sign; `genesis` is the digest of the chain's first checkpoint. */
  propose(transaction: TransactionLike, chain: { genesis: Digest }): Proposal;
  toJSON(): { address: Address; members: { publicKey: string; weight: number }[]; threshold: number };
}

/** A transaction of such an account, and the signatures it has so far: each was verified before it was taken. */
export declare class Proposal {
  private constructor();
  /** Of the text in which it travels between wallets, of a link of theirs, or of all parts of it. */
  static read(text: string): Proposal;
  readonly account: MultisigAccount;
  readonly members: (MultisigMember & { hasSigned: boolean })[];
  readonly genesis: Digest;
  readonly bytes: Uint8Array;
  readonly transaction: Transaction;
  readonly digest: Digest;
  /** Of those that have signed. */
  readonly weight: number;
  readonly threshold: number;
  readonly isComplete: boolean;
  /** Signs as a member. What is returned is that member's part in Base64, for others to add. */
  sign(key: Keypair): string;
  /** Adds what others have signed: a part, or several put together. Returns how many were new. */
  add(signature: string): number;
  /** Adds all signatures of another copy. Returns how many were new. */
  merge(other: Proposal): number;
  /** What `verifyTransaction` and `client.execute` take; throws `multisig/weight` where too few have signed. */
  signed(): Signed;
  /** The text in which it travels. The wallet opens it, too. */
  toText(): string;
  free(): void;
  [Symbol.dispose](): void;
}
