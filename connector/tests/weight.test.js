// What a page downloads for the connector: everything together, minified and compressed.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const { build } = createRequire(path.join(here, "../../extension/package.json"))("esbuild");

const BUDGET = 15_000;
/** What goes into the world of every page that an extension's user opens is smaller still. */
const PROVIDER_BUDGET = 6_000;

async function weight(entry, format) {
  const { outputFiles } = await build({ entryPoints: [path.join(here, "../src", entry)], bundle: true, minify: true, format, write: false, target: "es2022" });
  const [{ contents, text }] = outputFiles;
  return { raw: contents.length, brotli: brotliCompressSync(contents).length, text };
}

test("the connector with its element weighs 15 kB at most, and needs no file but its own", async (context) => {
  const { raw, brotli, text } = await weight("element.js", "esm");
  context.diagnostic(`connector: ${raw} bytes, ${brotli} with brotli`);
  assert.ok(brotli <= BUDGET, `${brotli} bytes`);
  assert.doesNotMatch(text, /\bimport\b|innerHTML|insertAdjacentHTML|\beval\b|new Function/);
});

test("the provider becomes one small classic script that touches no document", async (context) => {
  const { raw, brotli, text } = await weight("provider.js", "iife");
  context.diagnostic(`provider: ${raw} bytes, ${brotli} with brotli`);
  assert.ok(brotli <= PROVIDER_BUDGET, `${brotli} bytes`);
  assert.doesNotMatch(text, /\bdocument\b|\bwindow\b|localStorage|\bimport\b/);
});
