// Scores a file with models, the one with the least loss first:
//   node score.mjs data.bin one.safetensors two.safetensors

import { openAsBlob } from "node:fs";

import { scoreData } from "soma-wallet/scoring";

const [data = "data.bin", ...files] = process.argv.slice(2);

const models = await Promise.all(files.map(async (file) => ({ weights: await openAsBlob(file) })));
const { winner, losses, engine } = await scoreData(await openAsBlob(data), { models });
const places = [...files.keys()].sort((one, other) => Number(losses[one]) - Number(losses[other]));
for (const at of places) {
  console.log(`${losses[at]?.toFixed(6)} ${files[at]}`);
}
console.log(`best: ${files[winner]}, computed with ${engine}`);
