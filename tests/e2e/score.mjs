// Scoring in the browser: against recorded scores, and against the local network's own service.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { launchBrowser } from "./support/browser.mjs";
import { beginPublication, endEpoch, stageIs, takeStep } from "./support/publishing.mjs";
import {
  addModel,
  base58,
  distanceOf,
  drawn,
  encrypted,
  engineIs,
  near,
  openScoring,
  recordedCase,
  recordedCompetition,
  resultShown,
  score,
  seedIs,
  weightsPath,
} from "./support/scoring.mjs";
import { keys } from "./support/vectors.mjs";
import { by, confirm, createWallet, eventually, goTo, importKey, review } from "./support/wallet.mjs";
import { LOCAL, direct } from "./support/world.mjs";

/** The processor as an engine: how many workers, and by which instructions. */
const PROCESSOR = /^Processor · \d workers?, (relaxed )?SIMD$/;

/** Their models are fetched by the network's own service, too. */
export const firstLane = ["models of the network are fetched once and scored as the network's service scores them"];

export const scenarios = {
  "files of one's own give the recorded scores on the processor": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await createWallet(page);
    await openScoring(page);
    await engineIs(page, "cpu");
    await recordedScores(world, page);
    assert.match(await by(page, "score-engine").innerText(), PROCESSOR);

    const download = page.waitForEvent("download");
    await by(page, "score-export").click();
    const file = JSON.parse(readFileSync(await (await download).path()));
    assert.equal(file.format, "soma-wallet-score");
    assert.equal(file.models.length, 2);
    assert.deepEqual(
      file.models.map(({ loss }) => loss),
      (await resultShown(page)).losses,
    );
  },

  "files of one's own give the recorded scores on a graphics device": async (world) => {
    await world.startNetwork();
    const browser = await launchBrowser({ gpu: true });
    world.closeLater(() => browser.close());
    const page = await world.openPage(await browser.newContext({ viewport: { width: 1280, height: 800 } }));
    // Chromium says so of every adapter that is a program.
    world.expectComplaints(/powerPreference|No available adapters|software|experimental/i);
    await createWallet(page);
    await openScoring(page);
    await eventually(
      "that the device is a program is told",
      async () => /Chosen automatically: .* is played by the processor/.test(await by(page, "score-device").innerText()),
      true,
    );
    await engineIs(page, "gpu");
    await recordedScores(world, page);
    assert.match(await by(page, "score-engine").innerText(), /^WebGPU · /);
  },

  "three published models compete for a target, and the recorded one wins": async (world) => {
    const owner = keys[1];
    await world.startNetwork("--fund", `${owner.address}=100`);
    const page = await world.openFresh();
    await importKey(page, owner.bech32);
    const recorded = recordedCompetition();
    for (const name of recorded.models) {
      await beginPublication(page, { file: weightsPath(name) });
      await stageIs(page, "ReadyToCreate");
      await takeStep(page);
      await stageIs(page, "ReadyToCommit");
      await takeStep(page);
      await stageIs(page, "Waiting");
    }
    await endEpoch(page);
    for (const left of [3, 2, 1]) {
      await goTo(page, "models");
      await by(page, "models-own").click();
      await eventually("reveals are due", () => page.getByTestId("calendar-reveal").count(), left);
      await by(page, "calendar-reveal").first().click();
      await review(page, "unavailable");
      await confirm(page);
      await stageIs(page, "Live");
    }
    await endEpoch(page);

    await openScoring(page);
    await eventually("there are targets", async () => (await page.getByTestId("score-target").locator("option").count()) > 1, true);
    const target = await page.getByTestId("score-target").locator("option").nth(1).getAttribute("value");
    await by(page, "score-target").selectOption(target);
    await by(page, "score-target-facts").waitFor();
    assert.equal(await page.locator("[data-testid=score-model]:checked").count(), 3);
    const data = world.file("recorded.bin");
    writeFileSync(data, recorded.bytes);
    await by(page, "score-data").setInputFiles(data);
    await seedIs(page, recorded.seed);
    const { winner, losses, distance } = await score(page);

    const download = page.waitForEvent("download");
    await by(page, "score-export").click();
    const file = JSON.parse(readFileSync(await (await download).path()));
    const names = await Promise.all(file.models.map(({ model }) => nameOf(world, model, recorded.models)));
    assert.deepEqual([...names].sort(), recorded.models);
    for (const [at, name] of names.entries()) {
      near(losses[at], recorded.expected.losses[recorded.models.indexOf(name)], `the loss of ${name}`);
    }
    assert.equal(names[winner], recorded.models[recorded.expected.winner]);
    for (const [at, number] of recorded.expected.embedding.entries()) {
      near(file.models[winner].embedding[at], number, `number ${at} of the winner's embedding`);
    }
    near(distance, distanceOf(file.target.embedding, recorded.expected.embedding), "the distance");
  },

  "models of the network are fetched once and scored as the network's service scores them": async (world) => {
    await world.startNetwork("--demo");
    const page = await world.openFresh();
    await createWallet(page);
    await openScoring(page);
    const target = await page.getByTestId("score-target").locator("option").nth(1).getAttribute("value");
    await by(page, "score-target").selectOption(target);
    await by(page, "score-target-facts").waitFor();
    const chosen = await page.locator("[data-testid=score-model]:checked").count();
    assert.ok(chosen >= 2, `a target's models are chosen with it: ${chosen}`);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("What models make of a sentence.\n".repeat(40));
    let fetched = 0;
    page.context().on("request", (request) => (fetched += /\/blobs\/demo-/.test(request.url()) ? 1 : 0));

    const here = await score(page);
    assert.match(here.engine, PROCESSOR, "without a graphics device the processor is taken");
    assert.equal(here.losses.length, chosen);
    const best = Math.min(...here.losses);
    assert.equal(here.losses[here.winner], best);
    const first = fetched;
    assert.ok(first >= chosen, `the browser tells of what the worker fetches: ${first}`);

    await score(page);
    assert.equal(fetched, first, "weights that are kept are not fetched again");

    await spoilKept(page);
    const mended = await score(page);
    assert.deepEqual(mended.losses, here.losses, "what was kept is checked before it is used");
    assert.equal(fetched, first + 2, "what is spoilt or cut short is fetched again");

    await engineIs(page, "remote");
    await by(page, "score-service").fill(LOCAL);
    const there = await score(page);
    assert.equal(there.winner, here.winner);
    near(there.losses[there.winner], best, "the winner's loss");
    near(there.distance, here.distance, "the distance");
    assert.equal(there.verdict, here.verdict);
    for (const [at, number] of there.embedding.entries()) {
      near(number, here.embedding[at], `number ${at} of the embedding`);
    }
  },

  "a scoring can be cancelled, and the next one begins at once": async (world) => {
    await world.startNetwork("--demo");
    await isCancelled(world, await world.openFresh(), "cpu");
  },

  "a scoring on a graphics device can be cancelled, and the next one begins at once": async (world) => {
    await world.startNetwork("--demo");
    const browser = await launchBrowser({ gpu: true });
    world.closeLater(() => browser.close());
    // Chromium says so of every adapter that is a program.
    world.expectComplaints(/powerPreference|No available adapters|software|experimental/i);
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    await isCancelled(world, await world.openPage(context), "gpu");
  },

  "what cannot be scored is refused with the reason, and gives no number": async (world) => {
    await world.startNetwork("--demo");
    const page = await world.openFresh();
    await createWallet(page);
    await openScoring(page);
    await by(page, "score-start").click();
    await by(page, "score-incomplete").waitFor();
    assert.match(await by(page, "score-data-error").innerText(), /choose a file/i);
    assert.match(await by(page, "score-models-error").innerText(), /choose at least one model/i);

    const [empty, large, noModel, sealed] = ["empty", "large", "no.safetensors", "sealed"].map((name) => world.file(name));
    writeFileSync(empty, "");
    writeFileSync(large, Buffer.alloc((1 << 20) + 1));
    writeFileSync(noModel, "This is a text and not a model at all, however long it goes on.");
    await by(page, "score-data").setInputFiles(empty);
    await eventually("an empty file is refused", () => by(page, "score-data-error").innerText(), "There is nothing in it");
    await by(page, "score-data").setInputFiles(large);
    await eventually(
      "a file that is too large is refused",
      async () => /1,048,576 bytes/.test(await by(page, "score-data-error").innerText()),
      true,
    );

    await by(page, "score-add-file").locator("summary").click();
    const refused = async (file, key, code) => {
      await by(page, "score-file").setInputFiles(file);
      await by(page, "score-file-key").fill(key);
      await by(page, "score-file-add").click();
      await eventually(`refused with ${code}`, () => codeShown(page), code);
    };
    await refused(noModel, "", "score/no-model");
    const key = randomBytes(32);
    writeFileSync(sealed, encrypted(readFileSync(weightsPath("t_a")), key));
    await refused(sealed, "", "score/no-model");
    await refused(sealed, base58(randomBytes(32)), "score/wrong-key");
    await refused(sealed, "0OIl", "score/key");
    assert.equal(await page.getByTestId("score-file-model").count(), 0);
    await by(page, "score-file-key").fill(base58(key));
    await by(page, "score-file-add").click();
    await by(page, "score-file-model").waitFor();

    // A model of another width than the target, and a service without a target.
    await addModel(page, weightsPath("s_trained"));
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Some data.");
    await by(page, "score-target").selectOption({ index: 1 });
    await by(page, "score-target-facts").waitFor();
    for (const model of await page.getByTestId("score-file-model").all()) {
      await model.check();
    }
    await by(page, "score-start").click();
    await eventually("another width is refused", () => codeShown(page), "score/width");
    assert.equal(await page.getByTestId("score-result").count(), 0);
    await by(page, "score-target").selectOption("");
    await engineIs(page, "remote");
    await by(page, "score-service").fill(LOCAL);
    await by(page, "score-start").click();
    await eventually("a service without a target is refused", () => codeShown(page), "score/remote-target");
  },
};

/** Scores much data, gives that up, and scores a little. */
async function isCancelled(world, page, engine) {
  await createWallet(page);
  await openScoring(page);
  await engineIs(page, engine);
  await addModel(page, weightsPath("t_a"));
  const data = world.file("large.bin");
  writeFileSync(data, drawn(7n, 1 << 20));
  await by(page, "score-data").setInputFiles(data);
  for (const at of [0, 1]) {
    await page.getByTestId("score-model").nth(at).check();
  }
  await by(page, "score-start").click();
  await eventually(
    "progress is told",
    async () => /layer \d+ of \d+ .*tokens\/s/.test(await by(page, "score-progress").innerText().catch(() => "")),
    true,
    60_000,
  );
  // The wallet is at hand meanwhile, and the work goes on.
  await by(page, "nav-activity").click();
  await by(page, "nav-score").click();
  await by(page, "score-cancel").click();
  await by(page, "score-failure").waitFor({ timeout: 10_000 });
  assert.equal(await codeShown(page), "work/stopped");
  assert.equal(await page.getByTestId("score-result").count(), 0);

  // The worker lives, and has the file that it was given.
  await by(page, "tab-text").click();
  await by(page, "score-text").fill("Short.");
  await page.getByTestId("score-file-model").first().check();
  const result = await score(page);
  assert.equal(result.losses.length, 3);
  assert.ok(result.losses.every(Number.isFinite));
}

/** Scores the recorded data with the recorded model, plain, and with a better one, encrypted. */
async function recordedScores(world, page) {
  const recorded = recordedCase();
  const data = world.file("recorded.bin");
  writeFileSync(data, recorded.bytes);
  const key = randomBytes(32);
  const sealed = world.file("t_leak.safetensors.enc");
  writeFileSync(sealed, encrypted(readFileSync(weightsPath("t_leak")), key));

  await by(page, "score-data").setInputFiles(data);
  await addModel(page, recorded.file);
  await seedIs(page, recorded.seed);
  const alone = await score(page);
  near(alone.losses[0], recorded.expected.loss, "the loss");
  assert.equal(alone.embedding.length, recorded.expected.embedding.length);
  for (const [at, number] of recorded.expected.embedding.entries()) {
    near(alone.embedding[at], number, `number ${at} of the embedding`);
  }

  await addModel(page, sealed, base58(key));
  const both = await score(page);
  assert.equal(both.losses.length, 2);
  near(both.losses[0], recorded.expected.loss, "the loss beside another");
  assert.equal(both.winner, 1);
  assert.ok(both.losses[1] < both.losses[0]);
}

/** Which of the recorded models a model of the network is, by what its file holds once it is opened. */
async function nameOf(world, id, names) {
  const models = await world.node.models();
  const { url, decryptionKey } = models[id] ?? models[id.replace(/^0x/, "")];
  const sealed = Buffer.from(await (await fetch(direct(url))).arrayBuffer());
  const opened = encrypted(sealed, decryptionKey);
  return names.find((name) => opened.equals(readFileSync(weightsPath(name))));
}

/** Cuts one of the kept files short, and changes the last byte of another. */
function spoilKept(page) {
  return page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const change = async (name, to) => {
      const handle = await root.getFileHandle(name);
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      const stream = await handle.createWritable();
      await stream.write(to(bytes));
      await stream.close();
    };
    const names = [];
    for await (const name of root.keys()) {
      if (name.startsWith("weights-")) {
        names.push(name);
      }
    }
    await change(names[0], (bytes) => bytes.subarray(0, bytes.length / 2));
    await change(names[1], (bytes) => {
      bytes[bytes.length - 1] ^= 1;
      return bytes;
    });
  });
}

/** The code of the failure that is shown. */
async function codeShown(page) {
  const failure = page.locator("[data-code]").last();
  return (await failure.count()) > 0 ? failure.getAttribute("data-code") : "";
}
