// Matching, without a page that shows it: the scoring worker is asked in its own words.

import assert from "node:assert/strict";

import { launchBrowser } from "./support/browser.mjs";
import { bytesField, call, fields, text } from "./support/grpc_web.mjs";
import { whole } from "./support/indexer.mjs";
import { distanceOf, near } from "./support/scoring.mjs";
import { by, createWallet, eventually } from "./support/wallet.mjs";
import { LOCAL } from "./support/world.mjs";

const NETWORK = {
  name: "Localnet",
  rpc_url: LOCAL,
  faucet_url: LOCAL,
  admin_url: LOCAL,
  blob_url: `${LOCAL}/blobs`,
  graphql_url: null,
  expected_chain_id: null,
  built_in: true,
};
const ACCOUNT = `0x${"ab".repeat(32)}`;
/** The longest that small models take for what is asked of them here. */
const SCORING_MS = 60_000;

/** The service fetches what the browser uploaded. */
export const firstLane = ["a service elsewhere and a graphics device make of files what this machine's processor does"];

export const scenarios = {
  "many files are scored, held against every open target, and one of them is handed out": async (world) => {
    const page = await begin(world);
    const names = await addTexts(page, ["one", "two", "three", "four", "five"]);
    await refuses(page, "match/empty", "Add", { name: "empty", text: "" });
    await refuses(page, "match/data-size", "Add", { name: "large", text: "x".repeat(2 ** 20 + 1) });
    const again = await ask(page, "Add", { name: "another name", text: textOf("one") });
    assert.equal(again.Added.checksum, names.get("one"), "the same bytes are kept once");
    assert.equal((await queue(page)).files.length, 5);
    await refuses(page, "match/no-ground", { Table: { query: query(), from: 0, count: 1 } });

    const { Ground: ground } = await ask(page, { Compare: { network: NETWORK, account: ACCOUNT } });
    const targets = await openTargets(world);
    assert.equal(ground.targets, targets.size);
    assert.ok(!ground.more_targets && ground.targets >= 10);
    assert.equal(ground.sets.reduce((sum, set) => sum + set.targets, 0), targets.size);
    for (const { id, targets: drawn, size } of ground.models) {
      assert.equal(drawn, [...targets.values()].filter(({ models }) => models.includes(id)).length);
      assert.ok(size > 0);
    }

    // Half of the models first: targets that draw others have no rows yet.
    const models = ground.models.map(({ id }) => id);
    for (const chosen of [models.slice(0, 3), models]) {
      await start(page, chosen);
      await isIdle(page);
      await tableIsWhole(page, targets, chosen);
    }
    await chosenIsRight(page, targets);
    await removedIsGone(page, names.get("two"), targets);
  },

  "a queue goes on where its worker ended, stays paused, and takes in what comes meanwhile": async (world) => {
    const page = await begin(world);
    const words = Array.from({ length: 12 }, (_, at) => `text ${at}`);
    await addTexts(page, words);
    const { Ground: ground } = await ask(page, { Compare: { network: NETWORK, account: ACCOUNT } });
    const models = ground.models.map(({ id }) => id);
    await start(page, models);
    await eventually("something is scored", async () => (await scored(page)) > 2, true, SCORING_MS);
    await endWorker(page);
    await startWorker(page);
    const before = await scored(page);
    assert.ok(before > 2, "what was scored is kept");
    assert.equal((await queue(page)).state, "Running");

    assert.equal((await ask(page, "Pause")).Queue.state, "Paused");
    const paused = await scored(page);
    await endWorker(page);
    await startWorker(page);
    assert.equal((await queue(page)).state, "Paused");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(await scored(page), paused, "nobody went on with it");
    assert.ok(paused < words.length * models.length, "there was something left to do");

    await start(page, models);
    const late = await addTexts(page, ["late"]);
    const { files } = await queue(page);
    await ask(page, { Remove: [files[0].checksum, files.at(-2).checksum] });
    await isIdle(page);
    const after = (await queue(page)).files;
    assert.equal(after.length, words.length - 1);
    assert.equal(after.at(-1).checksum, late.get("late"));
    assert.ok(after.every(({ scores }) => scores.every(({ loss }) => loss?.Finite > 0)));

    const told = await page.evaluate(() => window.matching.events);
    assert.ok(told.moved.length > 0 && told.progress.length > 0);
    // Timers are not exact: five in any second where four are allowed on the average.
    assert.ok(mostInASecond(told.moved) <= 5, `${mostInASecond(told.moved)} words of moving`);
    assert.ok(mostInASecond(told.progress) <= 11, `${mostInASecond(told.progress)} words of progress`);
  },

  "a model that is gone stops the queue with its reason, and one scoring comes in between": async (world) => {
    const page = await begin(world);
    await addTexts(page, ["one", "two"]);
    const { Ground: ground } = await ask(page, { Compare: { network: NETWORK, account: ACCOUNT } });
    const [first] = ground.models;
    await start(page, [first.id, `0x${"99".repeat(32)}`]);
    await eventually("it stops", async () => (await queue(page)).state.Failed?.code, "score/no-such-model");
    await start(page, ground.models.map(({ id }) => id));
    const single = await page.evaluate(
      ([options, words]) => window.matching.call({ Score: options }, { name: "single", text: words }),
      [scoreOptions([first.id]), textOf("single")],
    );
    assert.equal(single.Score.models.length, 1);
    await isIdle(page);
    assert.equal(await scored(page), 2 * ground.models.length);
  },

  "a service elsewhere and a graphics device make of files what this machine's processor does": async (world) => {
    await world.startNetwork("--demo");
    const browser = await launchBrowser({ gpu: true });
    world.closeLater(() => browser.close());
    const page = await world.openPage(await browser.newContext());
    world.expectComplaints(/powerPreference|No available adapters|software|experimental/i);
    const scores = [];
    for (const engine of ["Cpu", { Remote: { url: LOCAL } }, "Gpu"]) {
      await startWorker(page);
      const names = await addTexts(page, ["one", "two"]);
      const { Ground: ground } = await ask(page, { Compare: { network: NETWORK, account: ACCOUNT } });
      await start(page, ground.models.slice(0, 3).map(({ id }) => id), engine);
      // A device that a program plays takes its time where others compute, too.
      await isIdle(page, 3 * SCORING_MS);
      const losses = (await queue(page)).files.flatMap((file) => file.scores.map(({ loss }) => loss.Finite));
      const { rows } = await table(page, { data: names.get("two"), order: "Nearest" });
      scores.push([...losses, ...rows.slice(0, 20).map(({ distance }) => distance)]);
      await ask(page, { Remove: [...names.values()] });
      await endWorker(page);
    }
    const [here, ...elsewhere] = scores;
    assert.ok(here.length > 20);
    for (const there of elsewhere) {
      assert.equal(there.length, here.length);
      there.forEach((number, at) => near(number, here[at], `number ${at}`, 1e-4));
    }
  },

  "erasing the wallet deletes files, scores and targets that were matched": async (world) => {
    const page = await begin(world);
    await createWallet(page);
    await startWorker(page);
    await addTexts(page, ["one"]);
    const { Ground: ground } = await ask(page, { Compare: { network: NETWORK, account: ACCOUNT } });
    await start(page, [ground.models[0].id]);
    await isIdle(page);
    const before = await keptOfMatching(page);
    assert.equal(before.files.length, 2, before.files.join(" "));
    assert.ok(before.matching >= 2 && before.scores === 1);
    await endWorker(page);

    await by(page, "lock").click();
    await by(page, "forgot-password").click();
    await by(page, "erase-word").fill("erase");
    await by(page, "erase-confirm").click();
    const nothing = JSON.stringify({ files: [], matching: 0, scores: 0 });
    await eventually("nothing is left", async () => JSON.stringify(await keptOfMatching(page)), nothing);
  },
};

function textOf(word) {
  return `${word}: `.repeat(40);
}

/** A page with a scoring worker of its own beside the wallet's, on a network with models and targets. */
async function begin(world) {
  await world.startNetwork("--demo");
  const page = await world.openFresh();
  await startWorker(page);
  return page;
}

async function startWorker(page) {
  await page.evaluate(async () => {
    const worker = new Worker("scoring_loader.js", { type: "module", name: "scoring" });
    const open = new Map();
    const events = { moved: [], progress: [] };
    const ready = new Promise((resolve) => {
      worker.onmessage = ({ data: [words, file] }) => {
        const said = JSON.parse(words);
        if (said.Ready) {
          resolve();
        } else if (said.Program) {
          carry(new Worker(said.Program.script, { type: "module" }), file);
        } else if (said.Reply) {
          open.get(said.Reply.id)({ ...said.Reply.result, file });
        } else if (said.Matching === "Moved") {
          events.moved.push(Date.now());
        } else if (said.Matching) {
          events.progress.push(Date.now());
        }
      };
    });
    // As the page does for its own: bridge/src/programs.rs.
    const programs = [];
    function carry(program, port) {
      programs.push(program);
      program.onmessage = ({ data }) => port.postMessage([data]);
      port.onmessage = ({ data, ports }) => (data.length > 0 ? program.postMessage(data[0], ports) : program.terminate());
    }
    let last = 0;
    const call = async (request, given) => {
      const file = given && new File([given.text], given.name);
      const id = ++last;
      const answer = new Promise((resolve) => open.set(id, resolve));
      worker.postMessage([JSON.stringify([id, request]), file]);
      const { Ok, Err, file: beside } = await answer;
      return Err ? { refused: Err } : { ...Ok, file: beside && { name: beside.name, text: await beside.text() } };
    };
    await ready;
    const end = () => [worker, ...programs].forEach((one) => one.terminate());
    window.matching = { end, call, events };
  });
}

function endWorker(page) {
  return page.evaluate(() => window.matching.end());
}

/** Asks about matching; fails where that is refused. */
async function ask(page, asked, file) {
  const answer = await page.evaluate(([asked, file]) => window.matching.call({ Matching: asked }, file), [asked, file]);
  assert.ok(!answer.refused, JSON.stringify(answer.refused));
  return { ...answer.Matching, file: answer.file };
}

async function refuses(page, code, asked, file) {
  const answer = await page.evaluate(([asked, file]) => window.matching.call({ Matching: asked }, file), [asked, file]);
  assert.equal(answer.refused?.code, code, JSON.stringify(answer));
}

async function addTexts(page, words) {
  const names = new Map();
  for (const word of words) {
    const { Added: added } = await ask(page, "Add", { name: `${word}.txt`, text: textOf(word) });
    assert.equal(added.name, `${word}.txt`);
    names.set(word, added.checksum);
  }
  return names;
}

async function queue(page) {
  return (await ask(page, "Queue")).Queue;
}

async function scored(page) {
  return (await queue(page)).files.flatMap(({ scores }) => scores).filter(({ loss }) => loss).length;
}

async function start(page, models, engine = "Cpu") {
  const options = { models, engine, gpu_memory: 300 * 2 ** 20, workers: 1, network: NETWORK };
  assert.equal((await ask(page, { Start: options })).Queue.state, "Running");
}

function isIdle(page, limitMs = SCORING_MS) {
  return eventually("all is scored", async () => (await queue(page)).state, "Idle", limitMs);
}

function scoreOptions(models) {
  return {
    models: models.map((id) => ({ Network: id })),
    target: null,
    seed: 0,
    engine: "Cpu",
    gpu_memory: 0,
    workers: 1,
    network: NETWORK,
  };
}

function query(more = {}) {
  return { data: null, target: null, passing: false, order: "BestPaid", ...more };
}

async function table(page, more = {}, from = 0, count = 500) {
  return (await ask(page, { Table: { query: query(more), from, count } })).Table;
}

/** Every file with every target whose models all scored it, and nothing else; each won as losses say. */
async function tableIsWhole(page, targets, chosen) {
  const { files } = await queue(page);
  const covered = [...targets].filter(([, { models }]) => models.every((id) => chosen.includes(id)));
  assert.ok(covered.length > 0);
  const all = await table(page);
  assert.equal(all.total, files.length * covered.length);
  assert.equal(all.targets, covered.length);
  assert.equal(all.rows.length, Math.min(500, all.total));
  const losses = new Map(files.map(({ checksum, scores }) => [checksum, new Map(scores.map((it) => [it.model, it.loss]))]));
  for (const row of all.rows) {
    const { models, threshold, reward } = targets.get(row.target);
    const of = models.map((id) => losses.get(row.data).get(id).Finite);
    const least = Math.min(...of);
    assert.equal(row.winner, models[of.indexOf(least)]);
    assert.ok(Math.abs(row.loss - least) < 1e-9);
    assert.equal(Math.fround(row.threshold), Math.fround(threshold));
    assert.equal(BigInt(row.reward), reward);
    assert.ok(BigInt(row.paid) > 0n && BigInt(row.paid) < reward && BigInt(row.fees) > 0n && row.bond > 0);
    const others = of.filter((_, at) => at !== of.indexOf(least));
    assert.ok(Math.abs(row.margin - (Math.min(...others) - least)) < 1e-6);
  }
  const passes = ({ distance, threshold }) => distance <= threshold;
  const passing = await table(page, { passing: true });
  assert.equal(passing.total, all.passing);
  assert.ok(passing.rows.every(passes));
  const slack = ({ distance, threshold }) => Math.fround(distance - threshold);
  isAscending((await table(page, { order: "Safest" })).rows.map(slack));
  isAscending((await table(page, { order: "Nearest" })).rows.map(({ distance }) => distance));
  const best = all.rows.map((row) => (passes(row) ? -(row.paid - row.fees) : 1));
  isAscending(best);
  const [only] = covered[0];
  const ofTarget = await table(page, { target: only });
  assert.equal(ofTarget.total, files.length);
  assert.ok(ofTarget.rows.every(({ target }) => target === only));
  const ofFile = await table(page, { data: files[1].checksum }, 1, 2);
  assert.deepEqual([ofFile.total, ofFile.rows.length, ofFile.from], [covered.length, 2, 1]);
}

function isAscending(numbers) {
  assert.ok(numbers.every((number, at) => at === 0 || numbers[at - 1] <= number), numbers.join(" "));
}

/** The embedding that is handed out is as far from the target as was said. */
async function chosenIsRight(page, targets) {
  const { rows } = await table(page, { order: "Nearest" });
  for (const row of [rows[0], rows.at(-1), rows[Math.floor(rows.length / 2)]]) {
    const { Chosen: chosen, file } = await ask(page, { Choose: { data: row.data, target: row.target } });
    assert.equal(chosen.model, row.winner);
    assert.equal(chosen.distance, row.distance);
    assert.ok(Math.abs(distanceOf(chosen.embedding, targets.get(row.target).embedding) - row.distance) < 1e-6);
    assert.equal(file.name, row.name);
    assert.equal(file.text, textOf(row.name.replace(".txt", "")));
  }
  await refuses(page, "match/no-pair", { Choose: { data: rows[0].data, target: `0x${"01".repeat(32)}` } });
}

async function removedIsGone(page, checksum, targets) {
  const before = await table(page);
  const { Queue: left } = await ask(page, { Remove: [checksum] });
  assert.equal(left.files.length, 4);
  const after = await table(page);
  assert.equal(after.total, before.total - targets.size);
  assert.ok(after.rows.every(({ data }) => data !== checksum));
  assert.equal((await table(page, { data: checksum })).total, 0);
  await refuses(page, "match/no-pair", { Choose: { data: checksum, target: before.rows[0].target } });
}

/** All open targets, asked of the node past the wallet's code. */
async function openTargets(world) {
  const paths = ["id", "embedding", "model_ids", "distance_threshold", "reward_pool"].map((path) => bytesField(1, path));
  const mask = bytesField(5, Uint8Array.from(paths.flatMap((path) => [...path])));
  const [pageSize, thousand] = [3 << 3, [0xe8, 0x07]];
  const request = Uint8Array.from([...bytesField(1, "open"), pageSize, ...thousand, ...mask]);
  const answer = fields(await call(world.node.url, "/soma.rpc.StateService/ListTargets", request));
  const floats = (bytes) => Array.from({ length: bytes.length / 4 }, (_, at) => {
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getFloat32(at * 4, true);
  });
  return new Map(
    answer.get(1).map((bytes) => {
      const target = fields(bytes);
      const models = target.get(3).map((id) => whole(new TextDecoder().decode(id)));
      const [threshold] = floats(target.get(4).at(-1));
      return [
        whole(text(target, 1)),
        { embedding: target.get(2).flatMap(floats), models, threshold, reward: target.get(5).at(-1) },
      ];
    }),
  );
}

function mostInASecond(times) {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
}

/** What this browser keeps of matching: private files, and what lies in two drawers. */
function keptOfMatching(page) {
  return page.evaluate(async () => {
    const files = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) {
      if (name.startsWith("match")) {
        files.push(name);
      }
    }
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const database = await done(indexedDB.open("soma-wallet"));
    const count = (drawer) => done(database.transaction(drawer).objectStore(drawer).count());
    const [matching, scores] = [await count("matching"), await count("scores")];
    database.close();
    return { files: files.sort(), matching, scores };
  });
}
