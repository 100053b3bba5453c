export { SomaError } from "./error.js";

export interface ScoringModel {
  /** A safetensors file, as it is or encrypted. A file is read range by range; a stream is read to its end first. */
  weights: Blob | Uint8Array | ReadableStream<Uint8Array>;
  /** In Base58, where it is encrypted. */
  key?: string;
}

export interface ScoringOptions {
  models: ScoringModel[];
  /** A target's embedding. */
  target?: Float32Array | number[];
  /** Of the request; 0 unless said otherwise. */
  seed?: bigint;
  /** Bytes that it may take, of a graphics device's memory where that computes; 512 MiB unless said otherwise. */
  memory?: bigint;
  /** The network's unless said otherwise: 1024 positions a sequence, 16 sequences a batch. */
  batching?: { sequenceLength: number; batchRows: number };
  /**
   * `auto`, unless said otherwise: a graphics device where there is one that no processor plays, else the processor.
   * `webgpu` takes whatever device there is, and fails where there is none.
   */
  engine?: "auto" | "webgpu" | "cpu";
  /**
   * Workers that share the work where the processor computes: one less than its cores, and eight at most, unless said
   * otherwise. 0 has no worker compute but the thread that asks, and so does Node.
   */
  workers?: number;
  /** What an earlier call found out of this machine: its `tuning`. */
  tuning?: string;
  /** Whether a worker of the package does all of this; in a page it does, unless said otherwise. */
  thread?: boolean;
  signal?: AbortSignal;
  /** A share of 1. */
  onProgress?: (share: number) => void;
}

/** Who has computed. */
export type ScoringEngine =
  | {
      engine: "webgpu";
      /** What the browser calls the device. */
      device: string;
      /** Whether a processor plays it. */
      isSoftware: boolean;
    }
  | {
      engine: "cpu";
      /** 0 where the thread that asked has computed. */
      workers: number;
      /** What the workers are compiled for: `SIMD` or `relaxed SIMD`. */
      instructions?: string;
    };

export type Scores = ScoringEngine & {
  /** The place of the model with the least loss. */
  winner: number;
  losses: Float32Array;
  /** The winner's of the data. */
  embedding: Float32Array;
  /** From there to the target, where one was given. */
  distance: number | undefined;
  /**
   * What was found out by trials of a second or two: which kernels suit this device, which build this processor. Keep
   * it, and give it to the next call. Another browser or device finds out anew.
   */
  tuning: string | undefined;
};

/** Lets models score data, one after another. In a page, a worker of the package does it. */
export declare function scoreData(data: Uint8Array | Blob | ReadableStream<Uint8Array>, options: ScoringOptions): Promise<Scores>;
