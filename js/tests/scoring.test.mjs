// Scoring in Node: the recorded cases of small models.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { scoreData } from "soma-wallet/scoring";

import { inRepository } from "./support.mjs";

const folder = (...parts) => inRepository("tests/vectors/scoring", ...parts);
const manifest = JSON.parse(await readFile(folder("manifest.json"), "utf8"));
const batching = { sequenceLength: 32, batchRows: 4 };

test("a model scores data as recorded", async () => {
  const one = manifest.cases.find(({ id }) => id === "one-byte");
  const data = Uint8Array.from(Buffer.from(manifest.data[one.data].hex, "hex"));
  const weights = new Uint8Array(await readFile(folder("weights", `${one.weights}.safetensors`)));
  let told = 0;
  const models = [{ weights }];
  const { winner, losses, embedding, distance } = await scoreData(data, { models, seed: BigInt(one.seed), batching, onProgress: (share) => (told = share) });
  assert.equal(winner, 0);
  assert.equal(distance, undefined);
  assert.equal(told, 1);
  assert.ok(Math.abs(losses[0] - one.expected.loss) < 1e-4, `${losses[0]}`);
  one.expected.embedding.forEach((value, at) => assert.ok(Math.abs(embedding[at] - value) < 1e-3, `${at}: ${embedding[at]}`));
  const again = await scoreData(data, { models, seed: BigInt(one.seed), batching, target: embedding });
  assert.ok(Math.abs(again.distance) < 1e-5, `${again.distance}`);
});

test("what cannot be scored is refused, and who gives up is not kept waiting", async () => {
  const data = new Uint8Array([1, 2, 3]);
  await assert.rejects(scoreData(data, { models: [] }), { code: "argument/invalid" });
  await assert.rejects(scoreData(data, { models: [{ weights: new Uint8Array(9) }] }), { code: "scoring/weights" });
  await assert.rejects(scoreData(data, { models: [{ weights: "x" }] }), { code: "argument/invalid" });
  const weights = new Uint8Array(await readFile(folder("weights/t_a.safetensors")));
  await assert.rejects(scoreData(data, { models: [{ weights }], batching, signal: AbortSignal.abort() }), { code: "aborted" });
});
