// Scoring: what models make of data, on the processor of whatever thread this runs in.

import * as scoringNames from "./wasm/scoring.js";
import { SomaError } from "./error.js";
import { Program } from "./programs.js";
import { bytes, floats, list, text, whole } from "./values.js";

export { SomaError } from "./error.js";

const program = new Program(scoringNames, new URL("./wasm/scoring_bg.wasm", import.meta.url));

/** The network's: positions of a sequence, sequences of a batch. */
const NETWORK = { sequenceLength: 1024, batchRows: 16 };
/** Milliseconds after which others have their turn. */
const TURN = 40;

/**
 * Lets models score data, one after another. In a page, call it in a worker: it computes for seconds or more.
 */
export async function scoreData(data, { models, target, seed = 0n, memory = 512n * 1024n * 1024n, batching = NETWORK, signal, onProgress }) {
  const given = list(models, "models");
  const embedding = target === undefined ? undefined : floats(target, "the target");
  const { RawScoring } = await program.load();
  const scoring = new RawScoring(bytes(data, "the data"), batching.sequenceLength, batching.batchRows, whole(seed, "the seed"), whole(memory, "the memory"));
  try {
    for (const [at, { weights, key }] of given.entries()) {
      const blob = weights instanceof Uint8Array ? new Blob([weights]) : weights;
      if (!(blob instanceof Blob)) {
        throw new SomaError("argument/invalid", "weights to score with are a Blob, a File or a Uint8Array");
      }
      let last = performance.now();
      const watch = async (share) => {
        if (performance.now() - last > TURN) {
          await new Promise((resolve) => setTimeout(resolve));
          last = performance.now();
        }
        onProgress?.((at + share) / given.length);
        return !signal?.aborted;
      };
      await scoring.add(blob, key === undefined ? undefined : text(key, "the key"), watch);
    }
    return scoring.outcome(embedding);
  } catch (error) {
    throw signal?.aborted ? new SomaError("aborted", "the caller gave up", signal.reason) : error;
  } finally {
    scoring.free();
  }
}
