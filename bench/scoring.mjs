// Scoring graphs on this project's CPU engine and on its peers', side by side in one browser and natively.
//
// Started by `cargo xtask bench scoring`, which says in the environment where everything lies:
//   SOMA_BENCH_GRAPHS   what `peers.py make` wrote
//   SOMA_BENCH_WASM     our engine as WebAssembly: a folder for each variant
//   SOMA_BENCH_NATIVE   our engine natively
//   SOMA_BENCH_PYTHON   a Python with the packages of requirements.txt
//   CHROME              the browser
//
//   node scoring.mjs [--rounds N] [--graphs XS,S,M,M2,V1L,V1L2] [--only wasm|native|webgpu]
//
// Every round asks each engine once, in an order drawn anew, so that what else the machine does meets
// all alike; a ratio is taken within a round. What engines come to must agree, or there is no number.

import process from "node:process";
import { parseArgs } from "node:util";

import { openBrowser } from "./lib/browser.mjs";
import { openPrograms } from "./lib/programs.mjs";
import { readJson } from "./lib/files.mjs";
import { measure } from "./lib/rounds.mjs";
import { header, row } from "./lib/table.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    graphs: { type: "string", default: "XS,S,M,M2,V1L,V1L2" },
    only: { type: "string" },
  },
});
const rounds = Number(options.rounds);
const folder = process.env.SOMA_BENCH_GRAPHS;
const graphs = await readJson(`${folder}/graphs.json`);

const threadsOf = (count) => (count > 1 ? `${count} threads` : "1 thread");
const workersOf = (count) => (count > 1 ? `${count} workers` : "1 worker");

/** What is measured where. Rows of a `group` are compared with its `reference`. */
const ENGINES = {
  wasm: [1, 2].flatMap((count) => [
    { id: `ours, simd128, ${workersOf(count)}`, kind: "ours", variant: "simd", workers: count, group: count },
    { id: `ours, relaxed-simd, ${workersOf(count)}`, kind: "ours", variant: "relaxed", workers: count, group: count },
    { id: `onnxruntime-web, wasm, ${threadsOf(count)}`, kind: "onnxruntime", provider: "wasm", threads: count, group: count, reference: true },
    { id: `tfjs, wasm, ${threadsOf(count)}`, kind: "tfjs", threads: count, group: count },
  ]),
  native: [1, 2].flatMap((count) => [
    { id: `ours, native, ${threadsOf(count)}`, kind: "ours", threads: count, group: count },
    { id: `PyTorch, ${threadsOf(count)}`, kind: "torch", threads: count, group: count, reference: true },
    { id: `onnxruntime, ${threadsOf(count)}`, kind: "onnxruntime", threads: count, group: count },
  ]),
  webgpu: [{ id: "onnxruntime-web, webgpu", kind: "onnxruntime", provider: "webgpu", group: "gpu", reference: true }],
};

// WebGPU on a software adapter takes minutes, so it is asked for by name.
const places = options.only ? options.only.split(",") : ["wasm", "native"];
for (const place of places) {
  if (!ENGINES[place]) {
    throw new Error(`there is nothing named ${place}: ${Object.keys(ENGINES).join(", ")}`);
  }
}

for (const place of places) {
  for (const name of options.graphs.split(",")) {
    const graph = graphs[name];
    if (!graph) {
      throw new Error(`there is no graph ${name}`);
    }
    const host = place === "native" ? await openPrograms(folder) : await openBrowser({ graphs: folder, gpu: place === "webgpu" });
    try {
      const results = await measure(host, ENGINES[place], name, graph, rounds);
      console.log(header(`${name}, ${place}`, graph));
      for (const result of results) {
        console.log(row(result, graph, results));
      }
    } finally {
      await host.close();
    }
  }
}
