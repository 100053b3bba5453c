// Scoring: what models make of data, on a graphics device or the processor.

import { SomaError } from "./error.js";
import { inThread, isPage } from "./thread.js";
import { floats, list, oneOf, text, whole } from "./values.js";

export { SomaError } from "./error.js";

/** The network's: positions of a sequence, sequences of a batch. */
const NETWORK = { sequenceLength: 1024, batchRows: 16 };
const MEMORY = 512n * 1024n * 1024n;

const responseOf = (stream) => new Response(stream);

/** All bytes of data. */
async function allOf(data) {
  if (data instanceof Uint8Array) {
    return data;
  }
  if (data instanceof Blob || data instanceof ReadableStream) {
    return new Uint8Array(await responseOf(data).arrayBuffer());
  }
  throw new SomaError("argument/invalid", "data to score is a Uint8Array, a Blob, a File or a ReadableStream");
}

/** Weights as a file, which is read range by range. */
async function fileOf(weights) {
  if (weights instanceof Blob) {
    return weights;
  }
  if (weights instanceof Uint8Array) {
    return new Blob([weights]);
  }
  if (weights instanceof ReadableStream) {
    return responseOf(weights).blob();
  }
  throw new SomaError("argument/invalid", "weights to score with are a Blob, a File, a Uint8Array or a ReadableStream");
}

/** Lets models score data, one after another. In a page, a worker of its own does it. */
export async function scoreData(
  data,
  { models, target, seed = 0n, memory = MEMORY, batching = NETWORK, engine = "auto", workers, tuning, thread = isPage(), signal, onProgress },
) {
  if (list(models, "models").length === 0) {
    throw new SomaError("argument/invalid", "there is no model to score with");
  }
  const options = {
    target: target === undefined ? undefined : floats(target, "the target"),
    seed: whole(seed, "the seed"),
    memory: whole(memory, "the memory"),
    batching: { sequenceLength: Number(whole(batching.sequenceLength, "sequenceLength")), batchRows: Number(whole(batching.batchRows, "batchRows")) },
    engine: oneOf(engine, ["auto", "webgpu", "cpu"], "the engine"),
    workers: workers === undefined ? undefined : Number(whole(workers, "workers")),
    tuning: tuning === undefined ? undefined : text(tuning, "tuning"),
    models: [],
  };
  for (const { weights, key } of models) {
    options.models.push({ weights: await fileOf(weights), key: key === undefined ? undefined : text(key, "the key") });
  }
  const bytes = await allOf(data);
  if (thread) {
    return inThread("score", [bytes, options], { signal, onProgress });
  }
  const { evaluate } = await import("./evaluation.js");
  return evaluate(bytes, { ...options, signal, onProgress });
}
