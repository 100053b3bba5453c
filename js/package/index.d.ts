export { SomaError } from "./error.js";

/** Code of the program: where it lies, its bytes, or already compiled. */
export type ProgramSource = string | URL | Request | Response | BufferSource | WebAssembly.Module | Promise<Response>;

/**
 * Starts the program; to be awaited once before anything else of this module. Later calls cost nothing.
 * `source` is for hosts that keep its code elsewhere than beside this file.
 */
export declare function init(source?: ProgramSource): Promise<void>;

/** `0x` and 64 hexadecimal digits. */
export type Address = string;
/** The same form, of an object, model or target. */
export type ObjectId = string;
/** 32 bytes in Base58. */
export type Digest = string;
/** 1 SOMA is 1,000,000,000 of them. */
export type Shannons = bigint;
/** Hundredths of a percent. */
export type BasisPoints = bigint;

/** Shannons of a decimal text such as `1.25`; exact, or it throws. */
export declare function parseSoma(text: string): Shannons;
export declare function formatSoma(shannons: Shannons): string;

/** One version of an object. */
export interface ObjectRef {
  objectId: ObjectId;
  version: bigint;
  digest: Digest;
}
/** An object: a version of it, or whichever is the newest when the transaction is completed. */
export type Reference = ObjectRef | { objectId: ObjectId } | ObjectId;

export interface Manifest {
  url: string;
  /** Blake2b-256 of the file as served. */
  checksum: Digest;
  /** Bytes of it. */
  size: bigint;
}

/** The arguments of each kind. Coins that are not named are chosen when a transaction is completed. */
export interface TransactionArguments {
  AddValidator: {
    pubkeyBytes: Uint8Array;
    networkPubkeyBytes: Uint8Array;
    workerPubkeyBytes: Uint8Array;
    proofOfPossession: Uint8Array;
    netAddress: Uint8Array;
    p2pAddress: Uint8Array;
    primaryAddress: Uint8Array;
    proxyAddress: Uint8Array;
  };
  RemoveValidator: { pubkeyBytes: Uint8Array };
  ReportValidator: { reportee: Address };
  UndoReportValidator: { reportee: Address };
  UpdateValidatorMetadata: {
    nextEpochNetworkAddress?: Uint8Array;
    nextEpochP2pAddress?: Uint8Array;
    nextEpochPrimaryAddress?: Uint8Array;
    nextEpochProxyAddress?: Uint8Array;
    nextEpochProtocolPubkey?: Uint8Array;
    nextEpochWorkerPubkey?: Uint8Array;
    nextEpochNetworkPubkey?: Uint8Array;
    nextEpochProofOfPossession?: Uint8Array;
  };
  SetCommissionRate: { newRate: BasisPoints };
  TransferCoin: { coin?: Reference; amount?: Shannons; recipient: Address };
  PayCoins: { coins?: Reference[]; amounts?: Shannons[]; recipients: Address[] };
  TransferObjects: { objects: Reference[]; recipient: Address };
  AddStake: { address: Address; coinRef?: Reference; amount?: Shannons };
  WithdrawStake: { stakedSoma: Reference };
  CreateModel: { stakeAmount: Shannons; commissionRate: BasisPoints; architectureVersion: bigint };
  CommitModel: {
    modelId: ObjectId;
    manifest: Manifest;
    weightsCommitment: Digest;
    embeddingCommitment: Digest;
    decryptionKeyCommitment: Digest;
  };
  RevealModel: { modelId: ObjectId; decryptionKey: string; embedding: Float32Array | number[] };
  AddStakeToModel: { modelId: ObjectId; coinRef?: Reference; amount?: Shannons };
  SetModelCommissionRate: { modelId: ObjectId; newRate: BasisPoints };
  DeactivateModel: { modelId: ObjectId };
  ReportModel: { modelId: ObjectId };
  UndoReportModel: { modelId: ObjectId };
  SubmitData: {
    targetId: ObjectId;
    dataManifest: Manifest;
    modelId: ObjectId;
    embedding: Float32Array | number[];
    distanceScore: number;
    lossScore: Float32Array | number[];
    bondCoin?: Reference;
  };
  ClaimRewards: { targetId: ObjectId };
  ReportSubmission: { targetId: ObjectId };
  UndoReportSubmission: { targetId: ObjectId };
}
export type TransactionKind = keyof TransactionArguments;

export interface TransactionParts {
  sender?: Address;
  gasPayment?: Reference[];
}
type Builder<K extends TransactionKind> = (args: TransactionArguments[K], parts?: TransactionParts) => Transaction<K>;

/** BCS of a transaction: as such, as bytes, or as their Base64. */
export type TransactionLike = Transaction | Uint8Array | string;

export declare class Transaction<K extends TransactionKind = TransactionKind> {
  private constructor();
  static readonly addValidator: Builder<"AddValidator">;
  static readonly removeValidator: Builder<"RemoveValidator">;
  static readonly reportValidator: Builder<"ReportValidator">;
  static readonly undoReportValidator: Builder<"UndoReportValidator">;
  static readonly updateValidatorMetadata: Builder<"UpdateValidatorMetadata">;
  static readonly setCommissionRate: Builder<"SetCommissionRate">;
  static readonly transferCoin: Builder<"TransferCoin">;
  static readonly payCoins: Builder<"PayCoins">;
  static readonly transferObjects: Builder<"TransferObjects">;
  static readonly addStake: Builder<"AddStake">;
  static readonly withdrawStake: Builder<"WithdrawStake">;
  static readonly createModel: Builder<"CreateModel">;
  static readonly commitModel: Builder<"CommitModel">;
  static readonly revealModel: Builder<"RevealModel">;
  static readonly addStakeToModel: Builder<"AddStakeToModel">;
  static readonly setModelCommissionRate: Builder<"SetModelCommissionRate">;
  static readonly deactivateModel: Builder<"DeactivateModel">;
  static readonly reportModel: Builder<"ReportModel">;
  static readonly undoReportModel: Builder<"UndoReportModel">;
  static readonly submitData: Builder<"SubmitData">;
  static readonly claimRewards: Builder<"ClaimRewards">;
  static readonly reportSubmission: Builder<"ReportSubmission">;
  static readonly undoReportSubmission: Builder<"UndoReportSubmission">;
  /** Reads BCS: bytes, or their Base64. */
  static fromBytes(bytes: Uint8Array | string): Transaction;
  readonly kind: K;
  readonly args: TransactionArguments[K];
  readonly sender: Address | undefined;
  readonly gasPayment: Exclude<Reference, string>[] | undefined;
  /** Whether nothing is left open. */
  readonly isComplete: boolean;
  with(parts: TransactionParts): Transaction<K>;
  /** The BCS that is signed; throws `transaction/incomplete` where something is left open. */
  toBytes(): Uint8Array;
  digest(): Digest;
  describe(): Description;
  /** The text that wallets read. What is left open is completed there. */
  toJSON(): Promise<string>;
  toText(): string;
}

/** A value beside what it is, to be shown as one likes. */
export type PointValue =
  | { type: "amount" | "rate" | "epoch" | "bytes"; value: bigint }
  | { type: "address" | "object" | "digest" | "url" | "text"; value: string }
  | { type: "objects"; value: ObjectId[] }
  | { type: "payment"; value: { amount: Shannons; recipient: Address } };
export type Point = { label: string } & PointValue;
/** A transaction in plain words, the same as in the wallet. */
export interface Description {
  headline: string;
  points: Point[];
}
export declare function describe(transaction: TransactionLike): Description;
export declare function transactionDigest(transaction: TransactionLike): Digest;
/** Throws where the signature is not one of the transaction's sender. */
export declare function verifyTransaction(transaction: TransactionLike, signature: string): void;

/** Both in Base64, as wallets answer. */
export interface Signed {
  bytes: string;
  signature: string;
}

/** What a client needs of whoever signs: a key here, or a wallet. */
export interface Signer {
  readonly address: Address;
  signTransaction(transaction: Uint8Array): Signed | Promise<Signed>;
}

export interface MessageContext {
  /** Scheme, host and port of the site that asks. */
  site: string;
  /** Such as `soma:testnet`. */
  network: string;
  /** Digest of the network's first checkpoint. */
  genesis: Digest;
  /** Now, unless said otherwise. */
  timestampMs?: bigint;
}
export interface PersonalMessage {
  site: string;
  network: string;
  genesis: Digest;
  account: Address;
  timestampMs: bigint;
  nonce: Uint8Array;
  message: Uint8Array;
}

/** A key, ready to sign. It is wiped by `free()`, or at the end of a block that it was made in with `using`. */
export declare class Keypair implements Signer {
  private constructor();
  static generate(): Keypair;
  /** `path` is `m/44'/784'/0'/0'/0'` unless said otherwise. */
  static fromPhrase(phrase: string, options?: { path?: string }): Keypair;
  /** Of `somaprivkey1…`, of flagged Base64, or of 64 hexadecimal digits. */
  static fromPrivateKey(key: string): Keypair;
  static fromSeed(seed: Uint8Array): Keypair;
  readonly address: Address;
  readonly publicKey: Uint8Array;
  /** As `somaprivkey1…`. Strings cannot be wiped: ask for it only to write it down. */
  exposePrivateKey(): string;
  signTransaction(transaction: TransactionLike): Signed;
  signPersonalMessage(message: Uint8Array | string, context: MessageContext): Signed;
  toJSON(): { address: Address };
  free(): void;
  [Symbol.dispose](): void;
}

export declare function generatePhrase(words?: 12 | 15 | 18 | 21 | 24): string;
/** Throws where these are no recovery phrase, and says why. */
export declare function checkPhrase(phrase: string): void;
export declare function recoveryWords(prefix: string): string[];
/** As the network writes it; throws where it is none. */
export declare function parseAddress(text: string): Address;
export declare function addressOfPublicKey(key: Uint8Array): Address;
/** Reads a signed message; throws where its signature does not stand. Compare what it says with what you expect. */
export declare function verifyPersonalMessage(bytes: Uint8Array | string, signature: string): PersonalMessage;
export declare function blake2b256(data: Uint8Array): Uint8Array;
export declare function embeddingCommitment(embedding: Float32Array | number[]): Digest;
export declare function decryptionKeyCommitment(key: string): Digest;
