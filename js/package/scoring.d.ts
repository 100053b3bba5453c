export { SomaError } from "./error.js";

export interface ScoringModel {
  /** A safetensors file, as it is or encrypted. It is read range by range. */
  weights: Blob | Uint8Array;
  /** In Base58, where it is encrypted. */
  key?: string;
}

export interface Scores {
  /** The place of the model with the least loss. */
  winner: number;
  losses: Float32Array;
  /** The winner's of the data. */
  embedding: Float32Array;
  /** From there to the target, where one was given. */
  distance: number | undefined;
}

/** Lets models score data on the processor. In a page, call it in a worker: it computes for seconds or more. */
export declare function scoreData(
  data: Uint8Array,
  options: {
    models: ScoringModel[];
    /** A target's embedding. */
    target?: Float32Array | number[];
    /** Of the request; 0 unless said otherwise. */
    seed?: bigint;
    /** Bytes that it may take; 512 MiB unless said otherwise. */
    memory?: bigint;
    /** The network's unless said otherwise: 1024 positions a sequence, 16 sequences a batch. */
    batching?: { sequenceLength: number; batchRows: number };
    signal?: AbortSignal;
    /** A share of 1. */
    onProgress?: (share: number) => void;
  },
): Promise<Scores>;
