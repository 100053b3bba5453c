// Scoring graphs on this project's engines and on their peers, side by side in one browser and natively.
//
// Started by `cargo xtask bench scoring`, which says in the environment where everything lies:
//   SOMA_BENCH_GRAPHS   what `peers.py make` wrote
//   SOMA_BENCH_WASM     our engines as WebAssembly, and burn: a folder for each build
//   SOMA_BENCH_NATIVE   our engine natively
//   SOMA_BENCH_PYTHON   a Python with the packages of requirements.txt
//   CHROME              the browser
//
//   node scoring.mjs [--rounds N] [--patience SECONDS] [--graphs XS,S,M,V1L]
//                    [--only wasm,native,webgpu] [--hardware] [--out FILE.json]
//
// Every round asks each engine once, in an order drawn anew, so that what else the machine does meets
// all alike; a ratio is taken within a round. What engines come to must agree, or there is no number.

import { writeFile } from "node:fs/promises";
import process from "node:process";
import { parseArgs } from "node:util";

import { openBrowser } from "./lib/browser.mjs";
import { ENGINES } from "./lib/engines.mjs";
import { openPrograms } from "./lib/programs.mjs";
import { readJson } from "./lib/files.mjs";
import { machine } from "./lib/machine.mjs";
import { measure } from "./lib/rounds.mjs";
import { header, row, summary } from "./lib/table.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    patience: { type: "string", default: "60" },
    graphs: { type: "string", default: "XS,S,M,V1L" },
    only: { type: "string", default: "wasm,native,webgpu" },
    hardware: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const folder = process.env.SOMA_BENCH_GRAPHS;
const graphs = await readJson(`${folder}/graphs.json`);
const report = { ...(await machine()), rounds: Number(options.rounds), tables: [] };

console.log(`${report.date}, ${report.cores} cores of ${report.processor}, ${report.memoryGiB} GiB, load ${report.load.toFixed(1)}`);
for (const place of options.only.split(",")) {
  if (!ENGINES[place]) {
    throw new Error(`there is nothing named ${place}: ${Object.keys(ENGINES).join(", ")}`);
  }
  const reached = new Map();
  for (const name of options.graphs.split(",")) {
    const graph = graphs[name];
    if (!graph) {
      throw new Error(`there is no graph ${name}`);
    }
    await compare(place, name, graph, { rounds: Number(options.rounds), patience: 1000 * Number(options.patience), reached });
  }
}

/** One table. */
async function compare(place, name, graph, how) {
  const host = place === "native" ? await openPrograms(folder) : await openBrowser({ graphs: folder, gpu: place === "webgpu" && (options.hardware ? "hardware" : "software") });
  try {
    const results = await measure(host, ENGINES[place], name, graph, how);
    const samples = results.flatMap(({ samples }) => samples);
    const device = samples.find((sample) => sample.device)?.device;
    const chosen = samples.find((sample) => sample.chosen)?.chosen;
    console.log(header(`${name}, ${place}`, graph));
    const rows = results.map((result) => {
      const told = summary(result, graph, results);
      console.log(row(result, told));
      return { ...result.engine, ...told, taken: result.samples };
    });
    if (device) {
      console.log(`on ${device}`);
    }
    if (chosen) {
      console.log(`auto takes ${chosen}`);
    }
    report.tables.push({ place, graph: name, ...graph, device, chosen, rows });
  } finally {
    await host.close();
  }
  if (options.out) {
    await writeFile(options.out, `${JSON.stringify(report, null, 1)}\n`);
  }
}
