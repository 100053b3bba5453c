import type { Digest } from "./index.js";

export { SomaError } from "./error.js";

/** Anything that brings bytes. None of it is kept. */
export type WeightsSource = ReadableStream<Uint8Array> | Blob | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export interface Progress {
  signal?: AbortSignal;
  /** Bytes so far. */
  onProgress?: (bytes: bigint) => void;
  /** Whether a worker of the package does the work; in a page it does, unless said otherwise. */
  thread?: boolean;
}

export interface Sealed {
  /** Blake2b-256 of the encrypted file: its manifest's checksum. */
  checksum: Digest;
  weightsCommitment: Digest;
  /** Bytes of it. */
  size: bigint;
}

/** Encrypts weights with a fresh key, which is to be kept before a byte is read. */
export declare function sealWeights(source: WeightsSource, options?: Progress): Promise<{
  /** In Base58. */
  key: string;
  stream: ReadableStream<Uint8Array>;
  /** Once all of the stream was read. */
  sealed: Promise<Sealed>;
}>;

/** Decrypts weights. What the stream brings is not to be trusted before `verified` is there. */
export declare function openWeights(source: WeightsSource, request: Progress & { key: string; checksum: Digest; size: bigint }): Promise<{
  stream: ReadableStream<Uint8Array>;
  verified: Promise<{ checksum: Digest; size: bigint }>;
}>;
