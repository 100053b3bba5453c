// Signing a transaction: the wallet's core and its peers, side by side in one browser.
//
// Started by `cargo xtask bench signing`, which says in the environment where everything lies:
//   SOMA_BENCH_WASM   our core as WebAssembly, in a folder for each build
//   SOMA_NPM_PACKAGE  the package for JavaScript, built for release
//   CHROME            the browser
//
//   node signing.mjs [--rounds N]
//
// A call is: transaction in, signature as it is sent out, with the key at hand. Every signature is verified
// by the browser. What a page's message to its worker costs is told apart, as it is the same for all.

import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { build } from "esbuild";
import { chromium } from "playwright-core";

import { readJson, serveFolders } from "./lib/files.mjs";
import { machine } from "./lib/machine.mjs";
import { shuffled } from "./lib/rounds.mjs";
import { quantile } from "./lib/table.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
/** A transaction of the protocol's vectors: a transfer, with the key that signs it. */
const TRANSACTION = "transfer_coin_amount_gas_is_coin";

const [SOMA, SUI] = [1, 0];
const rows = [
  { id: "our package, Keypair.signTransaction", kind: "package", application: SOMA },
  { id: "ours", kind: "ours", build: "simd", application: SOMA },
  { id: "ours, without simd128", kind: "ours", build: "plain", application: SOMA },
  { id: "@mysten/sui, signTransaction", kind: "mysten", application: SUI, reference: true },
  { id: "noble's Blake2b, WebCrypto's Ed25519", kind: "webcrypto", application: SOMA },
];

const vectors = await readJson(path.join(here, "../tests/vectors/protocol/transactions.json"));
const vector = vectors.find(({ name }) => name === TRANSACTION);
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const facts = await machine();

const bundle = await mkdtemp(path.join(os.tmpdir(), "signing-bench-"));
let browser, server;
try {
  await build({ entryPoints: [path.join(here, "signing/signers.js")], bundle: true, minify: true, format: "esm", platform: "browser", outdir: bundle, logLevel: "error" });
  server = await serveFolders({ bundle, signing: path.join(here, "signing"), wasm: process.env.SOMA_BENCH_WASM, package: process.env.SOMA_NPM_PACKAGE });
  const args = ["--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  browser = await chromium.launch({ executablePath: process.env.CHROME, headless: true, args });
  const page = await browser.newPage();
  await page.goto(`${server.url}signing/page.html`);
  const ask = (row, command) =>
    page.evaluate(
      ([row, command, words]) => globalThis.ask(row.id, { row, command, ...Object.fromEntries(words.map(([name, values]) => [name, Uint8Array.from(values)])) }),
      [row, command, [["seed", [...bytes(vector.secret_key)]], ["publicKey", [...bytes(vector.public_key)]], ["transaction", [...bytes(vector.transaction_data_bcs)]]]],
    );
  const results = rows.map((row) => ({ row, samples: [] }));
  for (const { row } of results) {
    await ask(row, "open");
  }
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const { row, samples } of shuffled(results)) {
      samples[round] = await ask(row, "run");
    }
  }
  print(results);
} finally {
  await browser?.close();
  server?.close();
  await rm(bundle, { recursive: true, force: true });
}

function print(results) {
  console.log(`${facts.date}, ${facts.cores} cores of ${facts.processor}, load ${facts.load.toFixed(1)}`);
  console.log(`\n${`A transaction of ${vector.transaction_data_bcs.length / 2} bytes`.padEnd(42)}${"a second".padStart(9)}  ${"quartiles".padEnd(14)}${"x reference, quartiles".padStart(24)}`);
  const reference = results.find(({ row }) => row.reference).samples;
  for (const { row, samples } of results) {
    const [low, rate, high] = [0.25, 0.5, 0.75].map((share) => (1000 * quantile(samples, share)).toFixed(0));
    const ratios = samples.map((sample, round) => sample / reference[round]);
    const [least, ratio, most] = [0.25, 0.5, 0.75].map((share) => quantile(ratios, share).toFixed(2));
    console.log(`${row.id.padEnd(42)}${rate.padStart(9)}  ${`${low}..${high}`.padEnd(14)}${ratio.padStart(9)}  ${least}..${most}`);
  }
}
