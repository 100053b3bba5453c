// The scoring vectors on WebGPU in headless Chromium, in a worker as the wallet has one.
//
//   node gpu/tests/browser/run.mjs FOLDER [--speed] [CASE…]
//
// FOLDER holds what wasm-bindgen made of the example `cases` (--target web). The browser is CHROME, the
// vectors are those of SOMA_SCORING_VECTORS or the repository's. Rows are left in target/deviations.

import { createServer } from "node:http";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { MemoryWatch } from "../../../tests/e2e/support/memory.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../../..");
const { chromium } = createRequire(path.join(root, "tests/e2e/run.mjs"))("playwright-core");

const [folder, ...rest] = process.argv.slice(2);
const speed = rest.includes("--speed");
const chosen = rest.filter((word) => !word.startsWith("--"));
const vectors = process.env.SOMA_SCORING_VECTORS ?? path.join(root, "tests/vectors/scoring");

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html", ".json": "application/json" };
/** Device memory for the cases, in MiB: what a full model may take. */
const MEBIBYTES = 300;
/** What the tab may take, in MiB, whatever the model. */
const TAB = 200;

async function answer(url) {
  if (url === "/") {
    return ["<!doctype html><title>vectors</title>", ".html"];
  }
  if (url === "/vectors/files.json") {
    const files = await readdir(vectors, { recursive: true, withFileTypes: true });
    const paths = files.filter((file) => file.isFile()).map((file) => path.relative(vectors, path.join(file.parentPath, file.name)));
    return [JSON.stringify(paths), ".json"];
  }
  const [from, name] = url.startsWith("/vectors/") ? [vectors, url.slice("/vectors/".length)]
    : [["/worker.js", "/buffers.js"].includes(url) ? here : path.resolve(folder), url.slice(1)];
  return [await readFile(path.join(from, path.normalize(`/${name}`))), path.extname(name)];
}

const server = createServer(async (request, response) => {
  try {
    const [body, type] = await answer(new URL(request.url, "http://localhost").pathname);
    response.writeHead(200, { "Content-Type": TYPES[type] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "localhost", resolve));

const flags = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan", "--disable-dev-shm-usage"];
if (process.getuid?.() === 0) {
  flags.push("--no-sandbox");
}
const browser = await chromium.launch({ executablePath: process.env.CHROME, headless: true, args: flags });
let failures = 0;
try {
  const page = await browser.newPage();
  page.on("console", (message) => console.log(`  browser: ${message.text()}`));
  await page.goto(`http://localhost:${server.address().port}/`);
  await page.evaluate(() => {
    const worker = new Worker("/worker.js", { type: "module" });
    globalThis.ask = (what, argument) => new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ what, argument });
    });
  });
  const ask = (what, argument) => page.evaluate(([what, argument]) => globalThis.ask(what, argument), [what, argument]);
  const { device, cases, columns } = await ask("open");
  const memory = await MemoryWatch.start(browser);
  memory.enter("cases");
  console.log(`device: ${device}`);
  if (speed) {
    console.log(await ask("speed"));
  }
  const wanted = cases.filter((id) => chosen.length === 0 || chosen.includes(id));
  console.log(columns);
  const rows = [columns];
  for (const id of wanted) {
    const start = Date.now();
    try {
      const { row, taken } = await ask("check", { id, mebibytes: MEBIBYTES });
      rows.push(row);
      console.log(`${row} ${((Date.now() - start) / 1000).toFixed(2)} s, ${(taken / 2 ** 20).toFixed(1)} MiB of buffers`);
    } catch (error) {
      failures += 1;
      console.log(`${id.padEnd(20)}FAILED: ${error.message}`);
    }
  }
  const tab = (await memory.stop()).phases.cases;
  console.log(`the tab took ${tab} MiB at most`);
  if (tab > TAB) {
    failures += 1;
    console.log(`FAILED: that is more than ${TAB}`);
  }
  if (wanted.length === 0) {
    throw new Error("there is no such case");
  }
  // Beside the rows of other back ends, of which `cargo xtask test` makes one table.
  const left = path.join(root, "target/deviations");
  await mkdir(left, { recursive: true });
  await writeFile(path.join(left, "gpu-browser.txt"), `${rows.join("\n")}\n`);
} finally {
  await browser.close();
  server.close();
}
process.exitCode = failures === 0 ? 0 : 1;
