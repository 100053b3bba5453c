// Scoring as a scenario says it, and the recorded scores.

import assert from "node:assert/strict";
import { createCipheriv } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

import { by, goTo } from "./wallet.mjs";

const VECTORS = new URL("../../vectors/scoring/", import.meta.url);
/** Those that whoever starts the tests names, or the repository's. */
const NAMED = process.env.SOMA_SCORING_VECTORS ? pathToFileURL(`${process.env.SOMA_SCORING_VECTORS}/`) : VECTORS;
const ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/** How much longer than anything else scoring may take. */
const SCORING_MS = 120_000;

/** A recorded case whose sequences and batches are the network's: data, seed, the model's file, and what is expected. */
export function recordedCase() {
  const manifest = JSON.parse(readFileSync(new URL("manifest.json", NAMED)));
  const isAsTheNetworkCuts = ({ seq, batch, data, weights, heavy }) =>
    seq === 1024 && batch === 16 && !heavy && manifest.data[data].lcg_seed && manifest.weights[weights].file;
  const recorded = manifest.cases.find(isAsTheNetworkCuts);
  const { lcg_seed: seed, length } = manifest.data[recorded.data];
  const file = fileURLToPath(new URL(manifest.weights[recorded.weights].file, NAMED));
  return { ...recorded, bytes: drawn(BigInt(seed), length), file };
}

/**
 * Three recorded models on the same data, cut as the network cuts it: names and files of the models, data, seed, and
 * what is expected.
 */
export function recordedCompetition() {
  const recorded = JSON.parse(readFileSync(new URL("own/three-models.json", VECTORS)));
  const { lcg_seed: seed, length } = JSON.parse(readFileSync(new URL("manifest.json", VECTORS))).data[recorded.data];
  return { ...recorded, bytes: drawn(BigInt(seed), length) };
}

/** Cosine distance of two vectors. */
export function distanceOf(one, other) {
  const dot = (a, b) => a.reduce((sum, value, at) => sum + value * b[at], 0);
  return 1 - dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}

/** Data as the recorded cases draw it. */
export function drawn(seed, length) {
  const bytes = Buffer.alloc(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    bytes[at] = Number(state >> 56n);
  }
  return bytes;
}

/** The path of a model of the repository. */
export function weightsPath(name) {
  return fileURLToPath(new URL(`weights/${name}.safetensors`, VECTORS));
}

/** A model's file in which the first value of a tensor is another. */
export function withValue(file, tensor, value) {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE());
  const [start] = JSON.parse(bytes.subarray(8, 8 + length))[tensor].data_offsets;
  bytes.writeFloatLE(value, 8 + length + start);
  return bytes;
}

/** A file encrypted as the network has it: AES-256-CTR from a counter of zero. */
export function encrypted(bytes, key) {
  return createCipheriv("aes-256-ctr", key, Buffer.alloc(16)).update(bytes);
}

/** Bytes as Base58. */
export function base58(bytes) {
  let number = BigInt(`0x${bytes.toString("hex")}`);
  let text = "";
  for (; number > 0n; number /= 58n) {
    text = ALPHABET[Number(number % 58n)] + text;
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return "1".repeat(zeros === -1 ? bytes.length : zeros) + text;
}

/** Opens the page, with the models of the network told. */
export async function openScoring(page) {
  await goTo(page, "score");
  await by(page, "score-target").waitFor();
}

/** Hands a model file over. */
export async function addModel(page, file, key = "") {
  const folded = by(page, "score-add-file");
  if (!(await folded.evaluate((details) => details.open))) {
    await folded.locator("summary").click();
  }
  const before = await page.getByTestId("score-file-model").count();
  await by(page, "score-file").setInputFiles(file);
  await by(page, "score-file-key").fill(key);
  await by(page, "score-file-add").click();
  await page.getByTestId("score-file-model").nth(before).waitFor();
}

/** Unfolds what is rarely changed of the engine. */
async function unfoldEngine(page) {
  const folded = by(page, "score-engine-more");
  if (!(await folded.evaluate((details) => details.open))) {
    await folded.locator("summary").click();
  }
}

/** Chooses who computes: `automatic`, `gpu`, `cpu` or `remote`. */
export async function engineIs(page, kind) {
  await unfoldEngine(page);
  await by(page, `score-engine-${kind}`).check();
}

/** Chooses the seed. */
export async function seedIs(page, seed) {
  await unfoldEngine(page);
  await by(page, "score-seed").fill(seed);
}

/** Starts, and waits for the result; returns what the page says. */
export async function score(page) {
  await by(page, "score-start").click();
  const end = page.locator("[data-testid=score-result], [data-testid=score-failure]").first();
  await end.waitFor({ timeout: SCORING_MS });
  const failure = page.getByTestId("score-failure");
  assert.equal(await failure.count(), 0, (await failure.allInnerTexts()).join(" "));
  return resultShown(page);
}

/** The result as numbers. */
export async function resultShown(page) {
  const rows = await page.getByTestId("score-row").all();
  const losses = await Promise.all(rows.map((row) => row.getAttribute("data-loss")));
  const verdict = page.getByTestId("score-verdict");
  const hasTarget = (await verdict.count()) > 0;
  const numbers = await by(page, "score-embedding-numbers").textContent();
  return {
    winner: Number(await by(page, "score-winner").getAttribute("data-place")),
    losses: losses.map((loss) => (loss === null ? null : Number(loss))),
    distance: hasTarget ? Number(await verdict.getAttribute("data-distance")) : null,
    verdict: hasTarget ? await verdict.getAttribute("data-state") : null,
    embedding: numbers.split(",").map(Number),
    engine: await by(page, "score-engine").innerText(),
  };
}

/** Whether two numbers are the same up to the rounding of sums. */
export function near(actual, expected, what, tolerance = 1e-5) {
  assert.ok(Math.abs(actual - expected) < tolerance, `${what}: ${actual}, expected ${expected}`);
}
