// Encrypting and hashing weights (AES-256-CTR, then Blake2b-256 of what comes out): this project's pass and
// its peers', side by side in one browser and natively.
//
// Started by `cargo xtask bench weights`, which says in the environment where everything lies:
//   SOMA_BENCH_SITE     our pass as WebAssembly, with the pages of web/
//   SOMA_BENCH_NATIVE   our pass natively
//   CHROME              the browser
//
//   node weights.mjs [--rounds N] [--memory MIB] [--file MIB] [--only memory|file]
//
// Every round takes one sample of each row, in an order drawn anew and each in a page of its own, so that
// what else the machine does meets all alike; a ratio is taken within a round. All must come to the same
// hash, or there is no number. Memory is what the page's process has for itself, at its peak, less what it
// had before the sample.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

import { MemoryWatch } from "../../tests/e2e/support/memory.mjs";
import { serveFolders } from "../lib/files.mjs";
import { shuffled } from "../lib/rounds.mjs";
import { quantile } from "../lib/table.mjs";

const MIB = 1 << 20;
const here = path.dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    memory: { type: "string", default: "512" },
    file: { type: "string", default: "1024" },
    only: { type: "string" },
  },
});

const [ours, peers] = ["ours.js", "peers.js"];
const TWO_WORKERS = { part: 512 << 10, parts: 2, beside: true };
const ONE_WORKER = { part: 256 << 10, parts: 4, beside: false };

/** What is measured; of each group, `reference` is the row that the others are compared with. */
const GROUPS = {
  memory: {
    title: `From memory, ${options.memory} MiB`,
    total: options.memory * MIB,
    rows: [
      { id: "Blake2b alone: ours", worker: ours, way: "hash", apart: true },
      { id: "Blake2b alone: hash-wasm", worker: peers, way: "hash", apart: true },
      { id: "ours, two workers", worker: ours, way: "memory", ours: true },
      { id: "ours, all in the core, one worker", worker: ours, way: "alone", rare: true },
      { id: "WebCrypto | hash-wasm, two workers, 512 KiB x 2", worker: peers, way: "memory", reference: true, ...TWO_WORKERS },
      { id: "WebCrypto + hash-wasm, one worker, 256 KiB x 4", worker: peers, way: "memory", ...ONE_WORKER },
      { id: "noble ciphers + noble hashes, one worker", worker: peers, way: "noble", rare: true },
      { id: "natively, Blake2b alone", native: "hash", apart: true },
      { id: "natively, one thread", native: "seal" },
      { id: "natively, two threads", native: "seal-beside" },
    ],
  },
  file: {
    title: `From a file, ${options.file} MiB`,
    total: options.file * MIB,
    rows: [
      { id: "ours, two workers", worker: ours, way: "file", keep: false, ours: true },
      { id: "ours, two workers, and a copy kept", worker: ours, way: "file", keep: true },
      { id: "BYOB stream, WebCrypto | hash-wasm, two workers", worker: peers, way: "file", stream: true, read: 4 * MIB, reference: true, ...TWO_WORKERS },
      { id: "slices, WebCrypto | hash-wasm, two workers", worker: peers, way: "file", read: 8 * MIB, ...TWO_WORKERS },
      { id: "slices, WebCrypto + hash-wasm, one worker", worker: peers, way: "file", read: 4 * MIB, ...ONE_WORKER },
    ],
  },
};
const groups = Object.entries(GROUPS).filter(([name]) => !options.only || name === options.only);

/** A file of bytes that no disk or file system can make smaller. */
async function writeFile(file, mebibytes) {
  const out = createWriteStream(file);
  const piece = new Uint32Array(MIB / 4);
  let state = 1;
  for (let at = 0; at < mebibytes; at++) {
    for (let word = 0; word < piece.length; word++) {
      piece[word] = state = (Math.imul(state, 1664525) + 1013904223) | 0;
    }
    if (!out.write(Buffer.from(new Uint8Array(piece.buffer)))) {
      await once(out, "drain");
    }
  }
  out.end();
  await once(out, "close");
}

/** Our own program, asked line by line. */
function openNative() {
  const child = spawn(process.env.SOMA_BENCH_NATIVE, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async sample({ native }, total) {
      child.stdin.write(`${native} ${total / MIB}\n`);
      const { value } = await lines.next();
      return JSON.parse(value);
    },
    close: () => child.stdin.end(),
  };
}

async function openBrowser(folder) {
  const site = process.env.SOMA_BENCH_SITE;
  const server = await serveFolders({ site, node_modules: path.join(here, "..", "node_modules") });
  const args = ["--disable-dev-shm-usage"];
  if (process.getuid?.() === 0) {
    args.push("--no-sandbox");
  }
  // With a profile on disk, as everybody's, so that a copy that is kept goes to the disk.
  const context = await chromium.launchPersistentContext(folder, { executablePath: process.env.CHROME, headless: true, args });
  return {
    async sample(row, total, file) {
      const page = await context.newPage();
      try {
        await page.goto(`${server.url}site/page.html`);
        if (row.way === "file") {
          await page.setInputFiles("#file", file);
        }
        const watch = await MemoryWatch.start(context.browser());
        watch.enter("sample");
        const sample = await page.evaluate((row) => globalThis.sample(row), { ...row, total });
        const { phases } = await watch.stop();
        return { ...sample, memory: phases.sample, before: phases.before };
      } finally {
        await page.close();
      }
    },
    async close() {
      await context.close();
      server.close();
    },
  };
}

const folder = mkdtempSync(path.join(os.tmpdir(), "weights-bench-"));
const file = path.join(folder, "weights");
let [browser, native] = [];
try {
  if (groups.some(([name]) => name === "file")) {
    await writeFile(file, Number(options.file));
  }
  native = openNative();
  browser = await openBrowser(path.join(folder, "profile"));
  for (const [, group] of groups) {
    await measure(group);
  }
} finally {
  await browser?.close();
  native?.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measure({ title, total, rows }) {
  const results = rows.map((row) => ({ row, samples: [] }));
  // What takes minutes is only asked in the first round.
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const { row, samples } of shuffled(results).filter(({ row }) => round === 0 || !row.rare)) {
      samples[round] = await (row.native ? native.sample(row, total) : browser.sample(row, total, file));
    }
  }
  // A hash alone is of other bytes.
  const checks = new Set(results.filter(({ row }) => !row.apart).map(({ samples }) => samples[0].check));
  if (checks.size !== 1) {
    throw new Error(`the rows come to different hashes: ${results.map(({ row, samples }) => `${row.id}: ${samples[0].check}`).join(", ")}`);
  }
  print(title, total, results);
}

function print(title, total, results) {
  const reference = results.find(({ row }) => row.reference).samples;
  console.log(`\n${title.padEnd(52)}${"MB/s  quartiles".padStart(16)}${"best".padStart(9)}   x reference, quartiles  memory, MiB`);
  for (const { row, samples } of results) {
    const taken = samples.filter(Boolean);
    const rates = taken.map(({ milliseconds }) => total / milliseconds / 1000);
    const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(rates, share).toFixed(0));
    const ratios = taken.map(({ milliseconds }, round) => reference[round].milliseconds / milliseconds);
    const [least, ratio, most] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
    const memory = row.native ? "" : `+${Math.max(...taken.map(({ memory, before }) => memory - before))}`;
    console.log(`${row.id.padEnd(52)}${middle.padStart(5)}  ${`${low}..${high}`.padEnd(10)}${Math.max(...rates).toFixed(0).padStart(8)}   ${ratio.padStart(5)}  ${`${least}..${most}`.padEnd(15)}  ${memory.padStart(10)}`);
  }
  for (const { row: { id }, samples } of results.filter(({ row }) => row.apart && !row.native)) {
    const ours = results.find(({ row }) => row.ours).samples;
    const ratios = samples.map(({ milliseconds }, round) => milliseconds / ours[round].milliseconds);
    console.log(`ours, two workers, is ${quantile(ratios, 0.5).toFixed(2)} of "${id}" (${quantile(ratios, 0.25).toFixed(2)}..${quantile(ratios, 0.75).toFixed(2)})`);
  }
}
