// Scoring as the thread that asks does it: it chooses an engine, and has models evaluated one after another.

import { SomaError } from "./error.js";
import { Program } from "./programs.js";
import { startScorer } from "./thread.js";

/** Milliseconds after which others have their turn. */
const TURN = 40;
/** The most workers that gain from one another: the network's model has so many attention heads to share out. */
const MOST_WORKERS = 8;

let processor;
let graphics;

/** The program that computes on the processor. */
async function processorProgram() {
  processor ??= new Program(await import("./wasm/scoring.js"), new URL("./wasm/scoring_bg.wasm", import.meta.url));
  return processor.load();
}

/** The same, and what graphics devices need; many times as large. */
async function graphicsProgram() {
  graphics ??= new Program(await import("./wasm/webgpu.js"), new URL("./wasm/webgpu_bg.wasm", import.meta.url));
  return graphics.load();
}

/** Whether the browser would hand out a graphics device. Without one, nothing is fetched for it. */
async function offersDevice() {
  try {
    return (await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: "high-performance" })) != null;
  } catch {
    return false;
  }
}

/** What was found out before, where it is of this browser. */
function readTuning(text) {
  try {
    const tuning = JSON.parse(text);
    return tuning.browser === browser() ? tuning : {};
  } catch {
    return {};
  }
}

const browser = () => globalThis.navigator?.userAgent;
const string = (value) => (typeof value === "string" ? value : undefined);

/** Has a graphics device compute, where there is one that suits; what it is then. */
async function useDevice(scoring, choice, known) {
  const { device, isSoftware } = await scoring.useDevice(choice === "auto");
  if (choice === "auto" && isSoftware) {
    return undefined;
  }
  const kernels = await scoring.kernels(known.device === device ? string(known.kernels) : undefined);
  return { engine: "webgpu", device, isSoftware, tuning: { device, kernels } };
}

/** Has workers compute, or this thread where there are none. */
async function useProcessor(scoring, asked, known) {
  const hasWorkers = typeof Worker === "function";
  if (asked > 0 && !hasWorkers) {
    throw new SomaError("scoring/workers", "there are no workers here: this thread scores, with `workers: 0` or without that option");
  }
  const usual = Math.min(Math.max((globalThis.navigator?.hardwareConcurrency ?? 2) - 1, 1), MOST_WORKERS);
  const count = Math.min(asked ?? (hasWorkers ? usual : 0), MOST_WORKERS);
  if (count === 0) {
    return { engine: "cpu", workers: 0 };
  }
  const { workers, instructions, isFinal } = await scoring.useWorkers(count, startScorer, string(known.instructions));
  return { engine: "cpu", workers, instructions, tuning: isFinal ? { instructions } : undefined };
}

/** The engine that is asked for, with data to score. */
async function begin(Program, parts, { engine, workers, known }) {
  const scoring = new Program(...parts);
  try {
    const device = engine === "cpu" ? undefined : await useDevice(scoring, engine, known).catch((error) => {
      if (engine === "auto" && error.code === "scoring/no-device") {
        return undefined;
      }
      throw error;
    });
    return { scoring, facts: device ?? (await useProcessor(scoring, workers, known)) };
  } catch (error) {
    scoring.free();
    throw error;
  }
}

/**
 * Lets models score data. What comes in was looked at before.
 *
 * @param {Uint8Array} data
 */
export async function evaluate(data, { models, target, seed, memory, batching, engine, workers, tuning, signal, onProgress }) {
  const known = readTuning(tuning);
  const isOffered = engine !== "cpu" && (await offersDevice());
  if (engine === "webgpu" && !isOffered) {
    throw new SomaError("scoring/no-device", "no graphics device is offered here");
  }
  const wanted = isOffered ? engine : "cpu";
  const { RawScoring } = wanted === "cpu" ? await processorProgram() : await graphicsProgram();
  const parts = [data, batching.sequenceLength, batching.batchRows, seed, memory];
  const { scoring, facts } = await begin(RawScoring, parts, { engine: wanted, workers, known });
  try {
    for (const [at, { weights, key }] of models.entries()) {
      let last = performance.now();
      const watch = async (share) => {
        if (performance.now() - last > TURN) {
          await new Promise((resolve) => setTimeout(resolve));
          last = performance.now();
        }
        onProgress?.((at + share) / models.length);
        return !signal?.aborted;
      };
      if (!(await watch(0))) {
        throw new SomaError("aborted", "the caller gave up", signal.reason);
      }
      await scoring.add(weights, key, watch);
      onProgress?.((at + 1) / models.length);
    }
    const found = facts.tuning && { ...known, browser: browser(), ...facts.tuning };
    return { ...scoring.outcome(target), ...facts, tuning: found ? JSON.stringify(found) : tuning };
  } catch (error) {
    throw signal?.aborted ? new SomaError("aborted", "the caller gave up", signal.reason) : error;
  } finally {
    scoring.free();
  }
}
