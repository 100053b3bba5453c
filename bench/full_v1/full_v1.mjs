// The network's full model, 24 layers of width 2048, scored in one tab of headless Chromium: its result
// against the recorded one, and the memory that it took.
//
// Started by `cargo xtask bench full-v1`, which says in the environment where everything lies:
//   SOMA_BENCH_SITE     the engines as WebAssembly, with the page of web/
//   CHROME              the browser
//
//   node full_v1.mjs [--engine gpu|cpu] [--workers N] [--layers N] [--memory MIB] [--sealed]
//
// The weights are drawn as they are read and lie nowhere as a whole. There is no recorded result of
// fewer layers; theirs is held against that of the CPU engine, in a tab of its own.

import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

import { MemoryWatch } from "../../tests/e2e/support/memory.mjs";
import { serveFolders } from "../lib/files.mjs";

const MIB = 1 << 20;
/** What a full model may take, in MiB. */
const LIMITS = { gpu: 300, tab: 200 };
const ALL_LAYERS = 24;

const { values: options } = parseArgs({
  options: {
    engine: { type: "string", default: "gpu" },
    layers: { type: "string", default: String(ALL_LAYERS) },
    workers: { type: "string", default: "1" },
    memory: { type: "string" },
    sealed: { type: "boolean", default: false },
  },
});
const layers = Number(options.layers);
const here = path.dirname(fileURLToPath(import.meta.url));
const vectors = process.env.SOMA_SCORING_VECTORS ?? path.join(here, "../../tests/vectors/scoring");

const mebibytes = (bytes) => Math.round(bytes / MIB);

/** Scores in a browser of its own. */
async function score(engine, { workers, memory, sealed }) {
  const server = await serveFolders({ site: process.env.SOMA_BENCH_SITE, vectors });
  const args = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
  if (process.getuid?.() === 0) {
    args.push("--no-sandbox");
  }
  const browser = await chromium.launch({ executablePath: process.env.CHROME, headless: true, args });
  try {
    const page = await browser.newPage();
    page.on("console", (message) => message.type() === "error" && console.error(`  browser: ${message.text()}`));
    await page.goto(`${server.url}site/page.html`);
    const tab = await MemoryWatch.start(browser);
    const device = await MemoryWatch.start(browser, "GPU");
    let plan;
    await page.exposeFunction("tell", ({ begins, passed, seconds }) => {
      if (begins) {
        plan = begins;
        console.log(`${begins.device}; ${begins.plan}, ${mebibytes(begins.bytes)} MiB planned`);
        for (const watch of [tab, device]) {
          watch.enter("scoring");
        }
      } else {
        console.log(`  layer ${passed} of ${plan.layers}: ${seconds.toFixed(1)} s`);
      }
    });
    const result = await page.evaluate((options) => globalThis.score(options), { engine, workers, layers, memory, sealed });
    return { ...result, plan, tab: await tab.stop(), device: await device.stop() };
  } finally {
    await browser.close();
    server.close();
  }
}

function print(engine, { plan, tab, device, buffers, heaps, members, seconds, loss, crossEntropy, sigReg }) {
  console.log(`${seconds.toFixed(1)} s, ${(seconds / plan.layers).toFixed(2)} s a layer with the drawing of its weights`);
  console.log(`loss ${loss}, cross-entropy ${crossEntropy}, SIGReg ${sigReg}`);
  const all = heaps.reduce((sum, heap) => sum + heap, 0);
  console.log(`tab: ${tab.first} MiB at first, ${tab.phases.before} before scoring, ${tab.phases.scoring} at most while scoring, of it ${mebibytes(all)} MiB of WebAssembly; ${tab.samples} looks`);
  if (engine === "cpu" && members < Number(options.workers)) {
    console.log(`${members} of ${options.workers} workers: there is no memory for more`);
  }
  let fits = within("tab", tab.phases.scoring, LIMITS.tab);
  if (engine === "gpu") {
    console.log(`device: ${mebibytes(buffers.most)} MiB of buffers at most, of ${mebibytes(plan.bytes)} planned with what is on its way`);
    console.log(`        the process that plays it: ${device.first} MiB at first, ${device.phases.before} while kernels were compiled and tried, ${device.phases.scoring} while scoring`);
    fits = within("device", mebibytes(buffers.most), LIMITS.gpu) && fits;
  }
  return fits;
}

function within(what, taken, limit) {
  const fits = taken <= limit;
  console.log(`${fits ? "  ok" : "OVER"}  ${what}: ${taken} of ${limit} MiB`);
  return fits;
}

/** Whether two engines agree, by the vectors' rule of tolerance. */
function agree(actual, expected) {
  const near = (a, e) => Math.abs(a - e) <= 1e-5 * Math.max(1, Math.abs(e));
  const most = expected.embedding.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const deviation = actual.embedding.reduce((most, value, at) => Math.max(most, Math.abs(value - expected.embedding[at])), 0);
  console.log(`against the CPU engine: loss ${Math.abs(actual.loss - expected.loss).toExponential(1)}, embedding ${deviation.toExponential(1)}`);
  const parts = ["loss", "crossEntropy", "sigReg"];
  return parts.every((part) => near(actual[part], expected[part])) && deviation <= 5e-6 * most;
}

const memory = options.memory === undefined ? undefined : Number(options.memory);
const result = await score(options.engine, { workers: Number(options.workers), memory, sealed: options.sealed });
let right = print(options.engine, result);
if (layers < ALL_LAYERS) {
  right = agree(result, await score("cpu", { workers: 1, sealed: false })) && right;
} else {
  console.log(`       CE    SIGReg      loss embedding  distance: deviation from what was recorded, within its tolerance\n${result.deviation}`);
}
process.exitCode = right ? 0 : 1;
