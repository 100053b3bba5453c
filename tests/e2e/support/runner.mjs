// Plays scenarios: all of them, or those whose names have all the words of the command line. Where this machine has two
// cores, two lanes play at once, each a process of its own (lane.mjs); what measures itself is played alone.
//
// A file of scenarios exports `scenarios`, an object of sentences and functions. It may export `alone`, the sentences
// of those that measure time, and `firstLane`, those in which not only browsers look for the network where the wallet
// expects it. Each function gets a world of its own and fails by throwing. Whatever it does, no page may complain.

import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";

import { environment } from "./environment.mjs";
import { Lane, hearParent, isLane } from "./lane.mjs";
import { startWallet } from "./services.mjs";

/** The longest a scenario may take; one that hangs fails. */
const LIMIT_MS = 240_000;

/**
 * Plays what the command line asks for, and ends this process.
 *
 * @param {string} folder where the files of scenarios lie, as a URL
 * @param {string[]} files their names
 * @param {(name: string, walletUrl: string) => import("./ground.mjs").Ground} begin makes the world of a scenario
 * @param {number} lanes the most that may be played at once
 */
export async function play(folder, files, begin, lanes = 1) {
  const all = await known(folder, files);
  if (isLane()) {
    return playForParent(all, begin);
  }
  const words = process.argv.slice(2);
  const scenarios = all.filter(({ name }) => words.every((word) => name.includes(word)));
  if (scenarios.length === 0) {
    throw new Error(`no scenario has all of these words in its name: ${words.join(" ")}`);
  }
  const start = Date.now();
  // Whoever names a lane has all of it played there.
  const count = process.env.SOMA_E2E_LANE === undefined ? Math.min(lanes, scenarios.length, availableParallelism()) : 1;
  const results = count > 1 ? await playInLanes(scenarios, count) : await playHere(scenarios, begin);

  const failed = results.filter(({ fails }) => fails);
  const seconds = ((Date.now() - start) / 1000).toFixed(0);
  console.log(`\n${results.length - failed.length} of ${results.length} browser scenarios passed in ${seconds} s`);
  for (const { name } of failed) {
    console.log(`  failed: ${name}`);
  }
  process.exit(failed.length === 0 ? 0 : 1);
}

async function playHere(scenarios, begin) {
  const wallet = await startWallet();
  const results = [];
  for (const scenario of scenarios) {
    results.push(await perform(scenario, begin(scenario.folder, wallet.url)));
  }
  await wallet.stop();
  return results;
}

async function playInLanes(scenarios, count) {
  const lanes = Array.from({ length: count }, (_, number) => new Lane(number));
  const [alone, together] = parted(scenarios, ({ isAlone }) => isAlone);
  const [forFirst, forAny] = parted(together, ({ isForFirst }) => isForFirst);
  const results = [];
  const playAll = async (lane, waiting) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results.push({ name: next.name, fails: !(await lane.play(next.name)) });
    }
  };
  const [first, ...others] = lanes;
  const inFirst = playAll(first, forFirst).then(() => playAll(first, forAny));
  await Promise.all([inFirst, ...others.map((lane) => playAll(lane, forAny))]);
  await playAll(first, alone);
  await Promise.all(lanes.map((lane) => lane.end()));
  return results;
}

/** Plays what the process that started this one asks for, until it asks for no more. */
async function playForParent(all, begin) {
  const wallet = await startWallet({ name: `wallet-${environment.lane}` });
  for await (const { name, done } of hearParent()) {
    const scenario = all.find((scenario) => scenario.name === name);
    const { fails } = await perform(scenario, begin(scenario.folder, wallet.url));
    done(!fails);
  }
  await wallet.stop();
  process.exit(0);
}

function parted(all, belongs) {
  return [all.filter(belongs), all.filter((one) => !belongs(one))];
}

async function known(folder, files) {
  const all = [];
  for (const file of files) {
    const { scenarios, alone = [], firstLane = [] } = await import(new URL(`${file}.mjs`, folder));
    const unknown = [...alone, ...firstLane].filter((sentence) => !Object.hasOwn(scenarios, sentence));
    if (unknown.length > 0) {
      throw new Error(`${file}.mjs has no scenario of this name: ${unknown.join("; ")}`);
    }
    for (const [sentence, play] of Object.entries(scenarios)) {
      const folder = `${file}.${sentence.replace(/\W+/g, "_")}`;
      const [isAlone, isForFirst] = [alone, firstLane].map((list) => list.includes(sentence));
      all.push({ name: `${file}: ${sentence}`, folder, play, isAlone, isForFirst });
    }
  }
  return all;
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
  const lines = [`${failure ? "FAILED" : "ok    "} ${name} (${seconds} s)`];
  if (failure) {
    lines.push(...String(failure.error.stack ?? failure.error).split("\n"), `see ${path.relative(process.cwd(), failure.evidence)}`);
  }
  console.log(lines.join("\n       "));
  return { name, fails: failure !== undefined };
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
