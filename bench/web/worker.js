// One engine with one graph, in a worker of its own. `open` prepares it, `run` evaluates once and tells
// how long that took and what cross-entropy it came to.

import { openTfjs } from "./tfjs.js";

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

async function openOurs({ variant }, name, graph, tokens) {
  const module = await import(`/wasm/${variant}/bench.js`);
  await module.default();
  const file = new Uint8Array(await fetched(`/graphs/${name}.safetensors`));
  const sizes = Uint32Array.of(graph.width, graph.heads, graph.layers, graph.hidden, graph.length);
  const scoring = new module.Scoring(file, tokens, sizes);
  const clock = () => performance.now();
  return async () => {
    const [computing, reading, crossEntropy] = scoring.run(clock);
    return { computing, reading, crossEntropy };
  };
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
  onnxruntime: openOnnxRuntime,
  tfjs: async (engine, name, graph, tokens) => forward(await openTfjs(engine, name, graph, tokens), tokens, graph),
};

let run;

// `rows` are the sequences that are this worker's: from which to before which.
self.onmessage = async ({ data: { command, engine, name, graph, rows } }) => {
  try {
    if (command === "open") {
      const all = new Uint32Array(await fetched(`/graphs/${name}.tokens`));
      const tokens = all.slice(rows[0] * graph.length, rows[1] * graph.length);
      run = await engines[engine.kind](engine, name, graph, tokens);
      self.postMessage({ value: await run() });
    } else {
      self.postMessage({ value: await run() });
    }
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
