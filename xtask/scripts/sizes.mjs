// Weighs what each face of the wallet downloads, and writes docs/sizes.md. Started by `cargo xtask sizes`, which says
// in the environment where release builds lie:
//   SOMA_DIST         the wallet
//   SOMA_EXTENSION    the extension for Chromium
//   SOMA_NPM_PACKAGE  the package for JavaScript
//   SOMA_ESBUILD      the package `esbuild`, which puts together what a host's own bundler would
//   SOMA_BROWSER      the package `playwright-core`, and CHROME the browser
//   SOMA_SIZES        the page to write

import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { quantile } from "../../bench/lib/table.mjs";

const { SOMA_DIST: dist, SOMA_EXTENSION: extension, SOMA_NPM_PACKAGE: npm, SOMA_ESBUILD, SOMA_BROWSER, CHROME, SOMA_SIZES } = process.env;
const require = createRequire(import.meta.url);
const { buildSync } = require(SOMA_ESBUILD);
const { chromium } = require(SOMA_BROWSER);

const FLAGS = ["--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];

/** Bytes: budgets are in these, too. */
const KB = 1000;
const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;

function weigh(contents) {
  const sum = { raw: 0, gzip: 0, brotli: 0 };
  for (const bytes of contents) {
    sum.raw += bytes.length;
    sum.gzip += gzipSync(bytes, { level: 9 }).length;
    sum.brotli += brotli(bytes);
  }
  return sum;
}

/** What a host's bundler makes of a module of the package, its programs left as they are. */
const bundled = (entry, elsewhere = []) => {
  const { outputFiles } = buildSync({ entryPoints: [path.join(npm, entry)], bundle: true, minify: true, format: "esm", target: "es2022", write: false, external: ["node:*", ...elsewhere] });
  return outputFiles[0].contents;
};
const files = (folder, names) => names.map((name) => readFileSync(path.join(folder, name)));
const program = (name) => readFileSync(path.join(npm, "wasm", `${name}_bg.wasm`));

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json" };

/** Serves a folder as a host of the wallet does. */
async function serve(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const name = pathname === "/" ? "index.html" : path.normalize(pathname).slice(1);
    try {
      const body = readFileSync(path.join(folder, name));
      response.writeHead(200, { "content-type": TYPES[path.extname(name)] ?? "application/octet-stream", "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

/** How often each is measured. */
const OPENINGS = 21;
/** Until a person opens the next one. A page that closes keeps two cores busy for a while. */
const PAUSE_MS = 1500;

const PRESSABLE = "main button:enabled, main a[href]";

/** Runs in a page before all else: notes when something can be pressed for the first time. */
function noteFirst(pressable) {
  const look = () => {
    if (window.firstPressable === undefined && document.querySelector(pressable)) {
      window.firstPressable = performance.now();
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
}

/** Opens the wallet for the first time, until something can be pressed: what was asked for by then, and how long it took. */
async function firstVisit() {
  const server = await serve(dist);
  const browser = await chromium.launch({ executablePath: CHROME, headless: true, args: FLAGS });
  try {
    const times = [];
    let fetched;
    for (let visit = 0; visit < OPENINGS; visit++) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.addInitScript(noteFirst, PRESSABLE);
      await page.goto(server.url);
      await page.locator(PRESSABLE).first().waitFor({ timeout: 60_000 });
      const { first, asked } = await page.evaluate(() => {
        const first = window.firstPressable;
        const early = performance.getEntriesByType("resource").filter(({ startTime }) => startTime <= first);
        return { first, asked: early.map(({ name }) => name) };
      });
      times.push(first);
      const names = asked.filter((url) => url.startsWith(server.url)).map((url) => url.slice(server.url.length));
      fetched ??= [...new Set(["index.html", ...names])].sort();
      await context.close();
      await pause(PAUSE_MS);
    }
    return { fetched, ms: shown(times) };
  } finally {
    await browser.close();
    server.close();
  }
}

/** Opens the extension's popup page again and again, with a pause between: milliseconds until something can be pressed, each time. */
async function openPopup(context, address, between = PAUSE_MS) {
  const times = [];
  for (let opened = 0; opened < OPENINGS; opened++) {
    const page = await context.newPage();
    await page.addInitScript(noteFirst, PRESSABLE);
    await page.goto(address);
    await page.locator(PRESSABLE).first().waitFor({ timeout: 60_000 });
    times.push(await page.evaluate(() => window.firstPressable));
    await page.close();
    await pause(between);
  }
  return times;
}

const PASSWORD = "only for this measurement";

/** Brings a key along that was made here and belongs to nothing. */
async function bringWallet(page) {
  const by = (testid) => page.getByTestId(testid);
  await by("import-wallet").click();
  await by("tab-key").click();
  await by("import-key").fill(Buffer.concat([Buffer.of(0), randomBytes(32)]).toString("base64"));
  await by("import-inspect").click();
  await by("password").fill(PASSWORD);
  await by("password-again").fill(PASSWORD);
  await by("import-done").click();
  await by("address").first().waitFor();
}

/** Waits until the open wallet left the ticket that opens the next popup. */
async function waitForTicket(page) {
  await page.waitForFunction(async () => (await chrome.storage.session.get("rest")).rest !== undefined);
}

/** The extension's popup, in a browser that has it: with no wallet, with an open one, and with a locked one. */
async function popup() {
  const profile = mkdtempSync(path.join(os.tmpdir(), "soma-popup-"));
  const flags = ["--headless=new", ...FLAGS, `--disable-extensions-except=${extension}`, `--load-extension=${extension}`];
  const context = await chromium.launchPersistentContext(profile, { executablePath: CHROME, headless: false, args: flags, viewport: { width: 400, height: 600 } });
  try {
    const background = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
    const address = `chrome-extension://${new URL(background.url()).host}/index.html?popup`;
    const [first, ...later] = await openPopup(context, address);
    const page = await context.newPage();
    await page.goto(address);
    await bringWallet(page);
    await waitForTicket(page);
    await page.close();
    const open = await openPopup(context, address);
    const atOnce = await openPopup(context, address, 0);
    const last = await context.newPage();
    await last.goto(address);
    await last.getByTestId("lock").click();
    await last.getByTestId("unlock").waitFor();
    await last.close();
    const locked = await openPopup(context, address);
    return { first, later: shown(later), open: shown(open), atOnce: shown(atOnce), locked: shown(locked) };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** The middle, and how far the middle half goes: a machine with two cores is seldom quiet. */
function shown(times) {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(times, share).toFixed(0));
  return `${middle} (${low} to ${high})`;
}

const visit = await firstVisit();
const opened = await popup();
/** Files of the wallet whose names begin so. */
const those = (...beginnings) => readdirSync(dist).filter((name) => beginnings.some((beginning) => name.startsWith(beginning)));
const rooms = those("split_", "chunk_").filter((name) => !visit.fetched.includes(name));
const has = (name) => readdirSync(extension).includes(name);
const background = ["background.js"].filter(has);
const provider = ["provider.js"].filter(has);

const faces = [
  ["wallet page, to the first thing to press", weigh(files(dist, visit.fetched)), 450],
  ["  of it the program that shows it", weigh(files(dist, ["app_bg.wasm"]))],
  ["after it: the worker with keys and network", weigh(files(dist, ["worker_loader.js", "worker.js", "worker_bg.wasm"]))],
  ["on demand: all other rooms of the wallet", weigh(files(dist, rooms))],
  ["on demand: the worker that scores and matches", weigh(files(dist, ["scoring_loader.js", "scoring.js", "scoring_bg.wasm"]))],
  ["on demand: each of its workers on the processor", weigh(files(dist, those("scorer-relaxed")))],
  ["on demand: a language", weigh(files(path.join(dist, "public/languages"), ["de.json"]))],
  ["extension: background service worker", weigh(files(extension, background))],
  ["extension: provider in every page", weigh(files(extension, provider))],
  ["connector with <soma-connect>", weigh([bundled("connector/element.js")]), 15],
  ["package: keys, signing, every kind", weigh([bundled("index.js"), program("keys")]), 120],
  ["package: with the client", weigh([bundled("client.js", ["./wasm/network.js"]), program("client")]), 170],
  ["  with it, once asked for: prepared transactions, the network", weigh([...files(path.join(npm, "wasm"), ["network.js"]), program("network")])],
  ["package: signing together, beside the keys", weigh([...files(path.join(npm, "wasm"), ["multisig.js"]), program("multisig")])],
  ["package: weights", weigh([bundled("weights.js"), program("weights")])],
  ["package: scoring", weigh([bundled("scoring.js", ["./wasm/webgpu.js"]), program("scoring")])],
  ["  with it, each of its workers on the processor", weigh(files(path.join(npm, "wasm"), ["scorer-relaxed.js", "scorer-relaxed_bg.wasm"]))],
  ["package: scoring on WebGPU", weigh([bundled("scoring.js", ["./wasm/scoring.js"]), program("webgpu")])],
];

/** Measured with the same settings, in KiB: names and versions stand in the bench's lock file. */
const PEERS = [
  ["@mysten/sui: key pair, signTransaction", 84.9, 30.0, 25.9],
  ["@mysten/sui: with transactions and gRPC client", 332, 92.7, 78.0],
  ["noble and scure: the same cryptography", 73.7, 29.8, 25.5],
  ["dapp-kit 1.x, a minimal app", 707, 224, 190],
  ["dapp-kit-react 2.x, a minimal app", 686, 209, 176],
  ["@polkadot/wasm-crypto", 234, 172, 170],
  ["@trustwallet/wallet-core", 12368, 4149, 3152],
];

const kb = (bytes) => (bytes / KB).toFixed(bytes < 1000 * KB ? 1 : 0);
const isMissed = ([, { brotli: small }, budget]) => budget !== undefined && small > budget * KB;
const rows = faces.map((face) => {
  const [name, { raw, gzip, brotli: small }, budget] = face;
  const mark = isMissed(face) ? ` **missed by ${kb(small - budget * KB)}**` : "";
  return `| ${name.replace(/^ {2}/, "– ")} | ${kb(raw)} | ${kb(gzip)} | ${kb(small)} | ${budget ?? ""}${mark} |`;
});
const page = `# What each face weighs

kB of 1000 bytes, of release builds: as files, with gzip -9 and with brotli 11, each file by itself. \`cargo xtask sizes\`
builds, weighs and writes this page.

| face | raw | gzip | brotli | budget, brotli |
|---|---:|---:|---:|---:|
${rows.join("\n")}

The first visit of the wallet fetches, before something can be pressed: ${visit.fetched.map((name) => `\`${name}\``).join(", ")}.
A browser that holds nothing has no wallet, so the worker is fetched after that; where there is a wallet, all of these come out
of the browser's own store.

## Time to the first thing to press

Milliseconds from the beginning of the navigation, on ${os.cpus().length} cores of ${os.cpus()[0].model.trim()}, without compression: the middle of
${OPENINGS} visits, ${PAUSE_MS / 1000} seconds after the one before was closed, and where the middle half of them lies.

| what is opened | ms | goal |
|---|---:|---:|
| wallet page, in an empty browser | ${visit.ms} | |
| popup, for the first time | ${opened.first.toFixed(0)}, once | 500 |
| popup with no wallet in it | ${opened.later} | 500 |
| popup with an open wallet, until its first page is there | ${opened.open} | 500 |
| – in the moment in which another one closes | ${opened.atOnce} | |
| popup with a locked wallet, until it asks for the password | ${opened.locked} | 500 |

## How it is counted

Scripts of the package and the connector are counted as a host's bundler puts them together. The client's program holds
all names of the keys' program and is loaded in its place, so both are never needed. Single coins and objects, what is not about
one account, and what prepares transactions are in a program of their own, fetched when one of them is first asked for.

## Peers

| peer | raw | gzip | brotli |
|---|---:|---:|---:|
${PEERS.map(([name, ...sizes]) => `| ${name} | ${sizes.map((kib) => kb(kib * 1024)).join(" | ")} |`).join("\n")}
`;
writeFileSync(SOMA_SIZES, page);
console.log(page);
