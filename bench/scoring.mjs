// Scoring graphs on this project's CPU engine and on its peers', side by side in one browser and natively.
//
// Started by `cargo xtask bench scoring`, which says in the environment where everything lies:
//   SOMA_BENCH_GRAPHS   what `peers.py make` wrote
//   SOMA_BENCH_WASM     our engine as WebAssembly: a folder for each variant
//   SOMA_BENCH_NATIVE   our engine natively
//   SOMA_BENCH_PYTHON   a Python with the packages of requirements.txt
//   CHROME              the browser
//
//   node scoring.mjs [--rounds N] [--graphs XS,S,M,V1L] [--only wasm|native|webgpu]
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
    graphs: { type: "string", default: "XS,S,M,V1L" },
    only: { type: "string" },
  },
});
const rounds = Number(options.rounds);
const folder = process.env.SOMA_BENCH_GRAPHS;
const graphs = await readJson(`${folder}/graphs.json`);

/**
 * What is measured: `where` it runs, how many `threads`, and of each group which row the others are
 * compared with.
 */
const ENGINES = {
  wasm: [
    ...[1, 2].flatMap((threads) => [
      { id: `ours, simd128, ${workers(threads)}`, kind: "ours", variant: "simd", threads, group: threads },
      { id: `ours, relaxed-simd, ${workers(threads)}`, kind: "ours", variant: "relaxed", threads, group: threads },
      { id: `onnxruntime-web, wasm, ${threads} thread${threads > 1 ? "s" : ""}`, kind: "onnxruntime", provider: "wasm", threads, group: threads, reference: true },
      { id: `tfjs, wasm, ${threads} thread${threads > 1 ? "s" : ""}`, kind: "tfjs", threads, group: threads },
    ]),
  ],
  native: [1, 2].flatMap((threads) => [
    { id: `ours, native, ${threads} thread${threads > 1 ? "s" : ""}`, kind: "ours", threads, group: threads },
    { id: `PyTorch, ${threads} thread${threads > 1 ? "s" : ""}`, kind: "torch", threads, group: threads, reference: true },
    { id: `onnxruntime, ${threads} thread${threads > 1 ? "s" : ""}`, kind: "onnxruntime", threads, group: threads },
  ]),
  webgpu: [{ id: "onnxruntime-web, webgpu", kind: "onnxruntime", provider: "webgpu", group: "gpu", reference: true }],
};

function workers(threads) {
  return threads > 1 ? `${threads} workers` : "1 worker";
}

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
