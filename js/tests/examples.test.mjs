// The examples of the package, run as they stand.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";

import { Keypair, init } from "soma-wallet";

import { inRepository, startNetwork } from "./support.mjs";

const run = async (...args) => (await promisify(execFile)(process.execPath, args, { encoding: "utf8" })).stdout;

test("a transaction is made, told and signed without a network", async () => {
  const said = await run("examples/offline.mjs");
  assert.match(said, /^Send 1\.25 SOMA/);
  assert.match(said, /signature: '[A-Za-z0-9+/=]{132}'/);
});

test("SOMA is sent on a local network", async (t) => {
  const network = await startNetwork(t);
  await init();
  const said = await run("examples/send.mjs", network.rpc_url, network.accounts[0].private_key, Keypair.generate().address, "1.25");
  assert.match(said, /executed as [1-9A-HJ-NP-Za-km-z]{43,44}/);
});

test("a file of weights is sealed", async () => {
  await writeFile("weights.bin", new Uint8Array(1_000_000));
  const said = await run("examples/seal.mjs", "weights.bin", "weights.sealed");
  assert.match(said, /manifest: checksum \S+, 1000000 bytes/);
  const sealed = await readFile("weights.sealed");
  assert.equal(sealed.length, 1_000_000);
  assert.ok(sealed.some((byte) => byte !== 0));
});

test("three sign together on a local network", async (t) => {
  const network = await startNetwork(t);
  await init();
  const said = await run("examples/together.mjs", network.rpc_url, network.accounts[0].private_key, Keypair.generate().address, "1.25");
  assert.match(said, /^Send 1\.25 SOMA/m);
  assert.match(said, /2 of 2 have signed\nexecuted as [1-9A-HJ-NP-Za-km-z]{43,44}\nleft: 1\.2\d+ SOMA/);
});

test("a file is scored by two models", async () => {
  await writeFile("data.bin", "what is scored");
  const files = ["m2_bf16", "s_trained"].map((name) => inRepository("tests/vectors/scoring/weights", `${name}.safetensors`));
  const said = await run("examples/score.mjs", "data.bin", ...files);
  const [first, second, best] = said.trim().split("\n");
  assert.ok(Number.parseFloat(first) <= Number.parseFloat(second), said);
  assert.equal(best, `best: ${first.split(" ")[1]}, computed with cpu`);
});
