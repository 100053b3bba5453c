// Runs the browser scenarios, one after the other: all of them, or those named on the command line.
//
// A file of scenarios exports `scenarios`, an object of sentences and functions. Each function gets a world
// of its own (see support/world.mjs) and fails by throwing. Whatever it does, no page may complain.

import { rmSync } from "node:fs";
import path from "node:path";

import { environment } from "./support/environment.mjs";
import { startWallet } from "./support/services.mjs";
import { World } from "./support/world.mjs";

const FILES = ["main_job", "reload", "publishing", "models", "bad_input", "wallet", "gateway", "score", "targets", "score_trouble", "match_worker", "match", "network", "switches", "graphql", "staking", "coins", "review", "hostile", "activity", "multisig", "vault", "offline", "everyone", "accounts", "languages", "sites", "site_trouble", "looks", "connector", "example", "extension", "extension_trouble"];

/** The longest a scenario may take; one that hangs fails. */
const LIMIT_MS = 240_000;

async function chosen(words) {
  const all = [];
  for (const file of FILES) {
    const { scenarios } = await import(`./${file}.mjs`);
    for (const [sentence, play] of Object.entries(scenarios)) {
      all.push({ name: `${file}: ${sentence}`, folder: `${file}.${sentence.replace(/\W+/g, "_")}`, play });
    }
  }
  const matches = ({ name }) => words.every((word) => name.includes(word));
  const some = all.filter(matches);
  if (some.length === 0) {
    throw new Error(`no scenario has all of these words in its name: ${words.join(" ")}`);
  }
  return some;
}

async function perform({ name, folder, play }, walletUrl) {
  const start = Date.now();
  rmSync(path.join(environment.out, folder), { recursive: true, force: true });
  rmSync(path.join(environment.out, `${folder}.localnet.log`), { force: true });
  const world = new World(folder, walletUrl);
  let failure;
  try {
    await withinLimit(play(world));
    const complaints = world.complaints();
    if (complaints.length > 0) {
      throw new Error(`the browser complained:\n  ${[...new Set(complaints)].join("\n  ")}`);
    }
  } catch (error) {
    failure = { error, evidence: await world.leaveEvidence(error) };
  }
  await world.end();
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`${failure ? "FAILED" : "ok    "} ${name} (${seconds} s)`);
  if (failure) {
    console.log(`       ${String(failure.error.stack ?? failure.error).replaceAll("\n", "\n       ")}`);
    console.log(`       see ${path.relative(process.cwd(), failure.evidence)}`);
  }
  return { name, failure };
}

async function withinLimit(played) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    await Promise.race([played, limit]);
  } finally {
    clearTimeout(timer);
  }
}

const scenarios = await chosen(process.argv.slice(2));
const start = Date.now();
const wallet = await startWallet();
const results = [];
for (const scenario of scenarios) {
  results.push(await perform(scenario, wallet.url));
}
await wallet.stop();

const failed = results.filter(({ failure }) => failure);
const seconds = ((Date.now() - start) / 1000).toFixed(0);
console.log(`\n${results.length - failed.length} of ${results.length} browser scenarios passed in ${seconds} s`);
for (const { name } of failed) {
  console.log(`  failed: ${name}`);
}
process.exit(failed.length === 0 ? 0 : 1);
