// One engine with one graph, in a worker of its own. `open` prepares it, `run` evaluates once and tells
// how long that took and what cross-entropy it came to; or does its share of that, where it is not the first.
// Once opened, it tells how many of its team have something to do.

import { openTfjs } from "./tfjs.js";
import { openWgslLimit } from "./wgsl_limit.js";

const fetched = async (url) => (await fetch(url)).arrayBuffer();

/** Nats per position by the network's divisor: a sequence's last position has no target but counts. */
function crossEntropy(logits, tokens, length) {
  const classes = logits.length / tokens.length;
  let sum = 0;
  for (let at = 0; at < tokens.length; at++) {
    if ((at + 1) % length === 0) {
      continue;
    }
    const row = logits.subarray(at * classes, (at + 1) * classes);
    const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const total = row.reduce((sum, logit) => sum + Math.exp(logit - most), 0);
    sum += Math.log(total) + most - row[tokens[at + 1]];
  }
  return sum / tokens.length;
}

/** Times a forward pass that returns logits. */
const forward = (run, tokens, graph) => async () => {
  const start = performance.now();
  const logits = await run();
  return { computing: performance.now() - start, crossEntropy: crossEntropy(logits, tokens, graph.length) };
};

const sizesOf = (graph) => [graph.width, graph.heads, graph.layers, graph.hidden, graph.length];
const weights = async (name) => new Uint8Array(await fetched(`/graphs/${name}.safetensors`));
const clock = () => performance.now();

async function ours(variant) {
  const module = await import(`/wasm/${variant}/bench.js`);
  await module.default();
  return module;
}

async function openOurs({ variant }, name, graph, tokens) {
  const { Scoring } = await ours(variant);
  const scoring = new Scoring(await weights(name), tokens, Uint32Array.from(sizesOf(graph)));
  const run = async ({ index, members, ports }) => {
    if (index > 0) {
      return scoring.follow(ports[0], index, members);
    }
    const [computing, reading, crossEntropy] = await scoring.lead(clock, ports);
    return { computing, reading, crossEntropy };
  };
  return Object.assign(run, { members: (workers) => scoring.members(workers) });
}

async function openOurGpu(_, name, graph, tokens) {
  const { GpuScoring } = await ours("gpu");
  const scoring = await GpuScoring.open(await weights(name), tokens, Uint32Array.from(sizesOf(graph)));
  const device = await scoring.device();
  return async () => {
    const [computing, crossEntropy] = await scoring.run(clock);
    return { computing, crossEntropy, device };
  };
}

/** The loop of a product, in the instructions of a build. */
async function openLimit({ variant }) {
  const { limit } = await ours(variant);
  return async () => {
    const start = clock();
    const operations = limit(false);
    return { computing: clock() - start, operations };
  };
}

/** A sample of a build's products, by which the wallet chooses one: operations and milliseconds. */
async function openTrial({ variant }) {
  const { Trial } = await ours(variant);
  const trial = new Trial();
  return () => [...trial.sample(clock)];
}

async function openBurn({ provider }, name, graph, tokens) {
  const { default: start, Burn } = await import(`/wasm/burn-${provider}/burn_peer.js`);
  await start();
  const burn = await Burn.open(await weights(name), Int32Array.from(tokens), Uint32Array.from(sizesOf(graph)));
  return forward(() => burn.run(), tokens, graph);
}

async function openOnnxRuntime({ provider, threads }, name, graph, tokens) {
  const dist = "/node_modules/onnxruntime-web/dist/";
  const ort = await import(dist + (provider === "webgpu" ? "ort.webgpu.bundle.min.mjs" : "ort.wasm.bundle.min.mjs"));
  ort.env.wasm.numThreads = threads ?? 1;
  ort.env.wasm.wasmPaths = new URL(dist, location.href).href;
  const file = new Uint8Array(await fetched(`/graphs/${name}.onnx`));
  const session = await ort.InferenceSession.create(file, { executionProviders: [provider], graphOptimizationLevel: "all", logSeverityLevel: 3 });
  const input = new ort.Tensor("int32", Int32Array.from(tokens), [graph.rows, graph.length]);
  const run = async () => {
    const { logits } = await session.run({ tokens: input });
    return logits.getData();
  };
  return forward(run, tokens, graph);
}

const engines = {
  ours: openOurs,
  "ours-gpu": openOurGpu,
  limit: openLimit,
  trial: openTrial,
  "wgsl-limit": openWgslLimit,
  onnxruntime: openOnnxRuntime,
  burn: openBurn,
  tfjs: async (engine, name, graph, tokens) => forward(await openTfjs(engine, name, graph, tokens), tokens, graph),
};

let run;

self.onmessage = async ({ data }) => {
  const { command, engine, name, graph, workers } = data;
  try {
    if (command === "open") {
      const tokens = name && new Uint32Array(await fetched(`/graphs/${name}.tokens`));
      run = await engines[engine.kind](engine, name, graph, tokens);
      self.postMessage({ value: run.members?.(workers) ?? workers });
    } else {
      self.postMessage({ value: await run(data) });
    }
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
