// Plays scenarios, one after the other: all of them, or those whose names have all the words of the command line.
//
// A file of scenarios exports `scenarios`, an object of sentences and functions. Each function gets a world
// of its own and fails by throwing. Whatever it does, no page may complain.

import { rmSync } from "node:fs";
import path from "node:path";

import { environment } from "./environment.mjs";
import { startWallet } from "./services.mjs";

/** The longest a scenario may take; one that hangs fails. */
const LIMIT_MS = 240_000;

/**
 * Plays what the command line asks for, and ends this process.
 *
 * @param {string} folder where the files of scenarios lie, as a URL
 * @param {string[]} files their names
 * @param {(name: string, walletUrl: string) => import("./ground.mjs").Ground} begin makes the world of a scenario
 */
export async function play(folder, files, begin) {
  const scenarios = await chosen(folder, files, process.argv.slice(2));
  const start = Date.now();
  const wallet = await startWallet();
  const results = [];
  for (const scenario of scenarios) {
    results.push(await perform(scenario, begin(scenario.folder, wallet.url)));
  }
  await wallet.stop();

  const failed = results.filter(({ failure }) => failure);
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  console.log(`\n${results.length - failed.length} of ${results.length} browser scenarios passed in ${seconds} s`);
  for (const { name } of failed) {
    console.log(`  failed: ${name}`);
  }
  process.exit(failed.length === 0 ? 0 : 1);
}

async function chosen(folder, files, words) {
  const all = [];
  for (const file of files) {
    const { scenarios } = await import(new URL(`${file}.mjs`, folder));
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

async function perform({ name, folder, play }, world) {
  const start = Date.now();
  rmSync(path.join(environment.out, folder), { recursive: true, force: true });
  rmSync(path.join(environment.out, `${folder}.localnet.log`), { force: true });
  let failure;
  try {
    await withinLimit(play(world));
    const complaints = await world.complaints();
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
