import type { Address, BasisPoints, Description, Digest, ObjectId, ObjectRef, Shannons, Signed, Signer, TransactionLike } from "./index.js";

export * from "./index.js";

export interface Options {
  /** Ends the wait. What was sent may still take effect. */
  signal?: AbortSignal;
}

export interface NodeInfo {
  chainId: Digest;
  chain: string;
  epoch: bigint;
  checkpointHeight: bigint;
  server: string;
  timestampMs?: bigint;
  lowestAvailableCheckpoint?: bigint;
  lowestAvailableCheckpointObjects?: bigint;
}

export type ObjectType = "Coin" | "StakedSoma" | "Target" | "SystemState";
export type Owner = { AddressOwner: Address } | { Shared: { initialSharedVersion: bigint } } | "Immutable";
export interface ChainObject extends ObjectRef {
  type: ObjectType;
  owner: Owner;
  previousTransaction: Digest;
}
export interface Coin extends ObjectRef {
  balance: Shannons;
}

export interface Stake extends ObjectRef {
  pool: ObjectId;
  holder?: unknown;
  principal: Shannons;
  countsFrom: bigint;
  worth?: Shannons;
  /** What withdrawing it pays now, */
  withdrawal?: { pays: Shannons; reward: Shannons; fee: Shannons };
  /** or why it cannot be withdrawn. */
  obstacle?: string;
}

export interface Model {
  id: ObjectId;
  architectureVersion: bigint;
  commissionRate: BasisPoints;
  [field: string]: unknown;
}

export type TargetStatus = "open" | "filled" | "claimable" | "claimed" | "expired";
export interface Target {
  id: ObjectId;
  status: "Open" | "Filled" | "Claimable" | "Claimed";
  generationEpoch: bigint;
  rewardPool: Shannons;
  distanceThreshold: number;
  /** Empty in lists, unless they are asked for with it. */
  embedding: number[];
  modelIds: ObjectId[];
  fillEpoch?: bigint;
  submitter?: Address;
  winningModelId?: ObjectId;
  winningModelOwner?: Address;
  bondAmount: Shannons;
  dataUrl?: string;
}

export interface Fee {
  baseFee: Shannons;
  operationFee: Shannons;
  valueFee: Shannons;
  totalFee: Shannons;
}
export interface BalanceChange {
  address: Address;
  /** Below zero, where it was paid. */
  change: bigint;
}

/** What a transaction did, or would do. */
export interface Executed {
  digest: Digest;
  succeeded: boolean;
  failure?: { kind: unknown; detail?: string };
  explanation?: unknown;
  epoch: bigint;
  fee: Fee;
  balanceChanges: BalanceChange[];
  changedObjects: unknown[];
  checkpoint?: bigint;
  timestampMs?: bigint;
}

export interface Finding {
  /** `danger` is accepted by its place among the findings; what is `forbidden` is never signed. */
  level: "information" | "caution" | "danger" | "forbidden";
  text: string;
}

/** What the wallet shows before it signs. */
export interface Review {
  sender: Address;
  digest: Digest;
  description: Description;
  fee: Fee;
  balanceChanges: BalanceChange[];
  objectChanges: { objectId: ObjectId; type: ObjectType; change: "created" | "changed" | "deleted"; owner?: Address }[];
  /** `Agrees`, where the node foresees the same. */
  simulation: "Agrees" | Record<string, unknown>;
  findings: Finding[];
}

export interface Consent {
  /** Places of the dangers among the findings that were accepted. */
  accept?: number[];
}

/** A transaction that was tried out: what is signed is what its review shows. */
export declare class Prepared {
  private constructor();
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly review: Review;
  sign(signer: Signer, consent?: Consent): Promise<Signed>;
  execute(signature: string, options?: Consent & Options): Promise<Executed>;
  signAndExecute(signer: Signer, options?: Consent & Options): Promise<Executed>;
  free(): void;
  [Symbol.dispose](): void;
}

/** An amount, or all there is. */
export type Amount = Shannons | "max";

export declare class Client {
  private constructor();
  /** With `genesis`, the digest of the first checkpoint, nothing is prepared or sent on another chain. */
  static connect(url: string, options?: { genesis?: Digest }): Promise<Client>;
  info(options?: Options): Promise<NodeInfo>;
  epoch(options?: Options): Promise<bigint>;
  balance(owner: Address, options?: Options): Promise<Shannons>;
  coins(owner: Address, options?: Options): Promise<Coin[]>;
  object(id: ObjectId, options?: Options): Promise<ChainObject | undefined>;
  objects(owner: Address, options?: Options & { type?: ObjectType }): Promise<ChainObject[]>;
  models(options?: Options): Promise<Model[]>;
  model(id: ObjectId, options?: Options): Promise<Model | undefined>;
  targets(options?: Options & { status?: TargetStatus; epoch?: bigint; submitter?: Address; embeddings?: boolean }): Promise<Target[]>;
  target(id: ObjectId, options?: Options): Promise<Target | undefined>;
  stakes(owner: Address, options?: Options): Promise<Stake[]>;
  systemState(options?: Options): Promise<{ epoch: bigint; [field: string]: unknown }>;
  transaction(digest: Digest, options?: Options): Promise<(Executed & { sender: Address; kind?: unknown }) | undefined>;
  /** Waits until a transaction is in a checkpoint: from then on balances and lists know of it. */
  waitFor(digest: Digest, options?: Options & { timeoutMs?: number }): Promise<Executed>;
  simulate(transaction: TransactionLike, options?: Options): Promise<Executed>;
  /** Completes a transaction, tells what it would do, and lets the node try it out. */
  prepare(transaction: TransactionLike, options?: Options & { sender?: Address }): Promise<Prepared>;
  prepareSend(send: Options & { sender: Address } & ({ recipient: Address; amount: Amount } | { payments: { recipient: Address; amount: Shannons }[] })): Promise<Prepared>;
  prepareStake(stake: Options & { sender: Address; amount: Amount } & ({ validator: Address } | { model: ObjectId })): Promise<Prepared>;
  prepareWithdrawStake(stake: Options & { sender: Address; stake: ObjectId }): Promise<Prepared>;
  prepareMergeCoins(merge: Options & { sender: Address }): Promise<Prepared>;
  /** Prepares, signs and executes. A danger that `accept` does not name ends it. */
  signAndExecute(transaction: TransactionLike | Prepared, signer: Signer, options?: Consent & Options): Promise<Executed>;
  /** Sends what was signed elsewhere, as it is. `execute/unknown` means: look it up, or send it again. */
  execute(signed: { bytes: Uint8Array | string; signature: string }, options?: Options): Promise<Executed>;
  free(): void;
  [Symbol.dispose](): void;
}
