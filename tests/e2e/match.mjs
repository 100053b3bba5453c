// Matching files with targets: from a drop to a reward, across a pause and a reload, and what is left out.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { look } from "./support/looks.mjs";
import {
  MATCHING_MS,
  allIsScored,
  counts,
  dropTexts,
  filesAre,
  namesShown,
  openMatching,
  rowsInAll,
  rowsShown,
  stateOf,
} from "./support/matching.mjs";
import { drawn, engineIs, near, openScoring, score } from "./support/scoring.mjs";
import { confirmPlan, openClaims, submissionIs, trayIs, trayShown } from "./support/targets.mjs";
import { keys } from "./support/vectors.mjs";
import { balanceIs, by, confirm, createWallet, eventually, goTo, importKey, review, shannons, toSoma, unlock } from "./support/wallet.mjs";
import { LOCAL, direct } from "./support/world.mjs";

const [, OWNER] = keys;
const FUNDED = 1_000_000_000_000n;
const FUND = ["--fund", `${OWNER.address}=${toSoma(FUNDED)}`];
const BOND_PER_BYTE = 65n;
/** Of a reward, basis points: the model's owner, and whoever settles. */
const [MODEL_BPS, CLAIMER_BPS] = [4_975n, 50n];

const TEXTS = {
  "keeper.txt": "The keeper of the lighthouse counts the ships that pass.",
  "harbour.txt": "A lantern swings above the harbour wall, and nobody is awake to see it.",
  "bread.txt": "Flour, water, salt. Let it rest overnight; bake it hot.",
};

/** The service fetches what the browser uploaded. */
export const firstLane = ["a scoring service matches as this machine does"];

export const scenarios = {
  "files that are dropped become matches, and the best of them a claimed reward": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await openMatching(page);
    await dropTexts(page, TEXTS);
    await filesAre(page, 3);
    assert.deepEqual(await namesShown(page), Object.keys(TEXTS));
    await by(page, "match-models-all").click();
    const models = await page.locator("[data-testid=match-model]:checked").count();
    assert.ok(models >= 3, `several models are drawn: ${models}`);
    const words = by(page, "match-covered-words");
    assert.equal(await words.getAttribute("data-targets"), "100", "all models cover all targets");
    await page.locator("[data-testid=match-model]:checked").first().uncheck();
    assert.ok(Number(await words.getAttribute("data-targets")) < 100, "one fewer covers fewer");
    await by(page, "match-models-all").click();

    await by(page, "match-start").click();
    await allIsScored(page, 3 * models);
    await eventually("each pair is held against each other", () => rowsInAll(page), 300);
    await by(page, "match-file-open").click();
    assert.equal(await page.getByTestId("match-loss").count(), models);
    await page.locator("[data-testid=dialog-close]:visible").click();
    await by(page, "match-passing").click();
    const passing = Number((await by(page, "match-passing-count").innerText()).replace(/,/g, ""));
    await eventually("those that pass", () => rowsInAll(page), passing);
    const [best] = await rowsShown(page);
    assert.ok(best.passes && best.distance <= best.threshold);

    const saving = page.waitForEvent("download");
    await by(page, "match-csv").click();
    const lines = readFileSync(await (await saving).path(), "utf8").trim().split("\r\n");
    assert.equal(lines.length, 1 + passing, "all that is shown is saved, also what is out of sight");
    assert.ok(lines[1].startsWith(`"${best.name}",${best.file},${best.target},${best.model},`));

    // The Score page says the same of this pair.
    await openScoring(page);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill(TEXTS[best.name]);
    await chooseTarget(page, best.target);
    const alone = await score(page);
    near(alone.losses[alone.winner], best.loss, "the winner's loss");
    near(alone.distance, best.distance, "the distance");
    assert.equal(alone.verdict, "passes");

    await by(page, "score-match").click();
    await page.locator(`[data-testid=match-row][data-target="${best.target}"][data-file="${best.file}"]`).getByTestId("match-submit").click();
    await becomesReward(world, page, best);
  },

  "a queue is paused, goes on after a reload, and scores nothing twice": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openProfile("matcher");
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    const folder = world.file("texts");
    mkdirSync(`${folder}/below`, { recursive: true });
    for (let at = 0; at < 6; at++) {
      writeFileSync(`${folder}/${at < 3 ? "" : "below/"}${at}.bin`, drawn(BigInt(at), 24 << 10));
    }
    await openMatching(page);
    await by(page, "match-add-folder").setInputFiles(folder);
    await filesAre(page, 6);
    assert.ok((await namesShown(page)).some((name) => /below.4\.bin$/.test(name)), "files of a folder bear their path");
    await by(page, "match-models-all").click();
    const total = 6 * (await page.locator("[data-testid=match-model]:checked").count());
    await by(page, "match-start").click();
    await eventually("something is scored", async () => (await counts(page)).done > 1, true, MATCHING_MS);
    await eventually(
      "the step is told",
      async () => /layer \d+ of \d+/.test(await by(page, "match-step").innerText().catch(() => "")),
      true,
    );
    await by(page, "match-pause").click();
    await eventually("it is paused", () => stateOf(page), "paused");
    const paused = (await counts(page)).done;
    assert.ok(paused < total, "there was something left to do");
    await by(page, "match-start").click();
    await eventually("it goes on", async () => (await counts(page)).done > paused, true, MATCHING_MS);

    // Other pages say that it runs, and a reload in the middle loses nothing.
    await goTo(page, "home");
    await by(page, "match-runs").waitFor();
    const before = (await runsShown(page)).done;
    assert.ok(before < total, `still something to do: ${before} of ${total}`);
    await page.reload();
    await unlock(page);
    await by(page, "match-runs").waitFor();
    const after = await runsShown(page);
    assert.equal(after.total, total);
    assert.ok(after.done >= before, `what was scored stays: ${after.done} of ${before}`);
    // Locked, it goes on by itself.
    await by(page, "lock").click();
    await by(page, "password").waitFor();
    await unlock(page);
    await openMatching(page);
    const round = await by(page, "match-progress").getAttribute("data-round");
    if (round !== null) {
      assert.ok(Number(round) <= total - before, `only what was left is done: ${round}`);
    }
    await allIsScored(page, total);
    await by(page, "match-start").click();
    await allIsScored(page, total);
  },

  "what cannot be matched is left out with its reason, and files go as they came": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await openMatching(page);
    await by(page, "match-no-files").waitFor();
    await look(page, "match-empty");
    await by(page, "match-start").click();
    await eventually("what is missing is said", async () => /Add at least one file first/.test(await by(page, "match-missing").innerText()), true);
    const files = { "good.txt": "Something good.", "again.txt": "Something good.", "empty.txt": "", "large.bin": Buffer.alloc((1 << 20) + 1) };
    for (const [name, bytes] of Object.entries(files)) {
      writeFileSync(world.file(name), bytes);
    }
    await by(page, "match-add").setInputFiles(Object.keys(files).map((name) => world.file(name)));
    await filesAre(page, 1);
    const reasons = await page.getByTestId("match-left-out-file").allInnerTexts();
    assert.equal(reasons.length, 3);
    assert.match(reasons[0], /^again\.txt: the same bytes are queued already, as good\.txt/);
    assert.match(reasons[1], /^empty\.txt: there is nothing in it/);
    assert.match(reasons[2], /^large\.bin: more than the 1,048,576 bytes/);
    await look(page, "match-left-out");
    await by(page, "match-left-out-close").click();

    await by(page, "match-paste").locator("summary").click();
    await by(page, "match-text-name").fill("a note");
    await by(page, "match-text").fill("Another text, pasted by hand.");
    await by(page, "match-text-add").click();
    await filesAre(page, 2);
    await by(page, "match-start").click();
    await eventually("it is worked off", () => stateOf(page), "idle", MATCHING_MS);
    await by(page, "match-rows").waitFor();
    await look(page, "match");
    await by(page, "match-filter-file").selectOption({ label: "a note" });
    await eventually("rows of one file", async () => (await rowsShown(page)).every(({ name }) => name === "a note"), true);
    await by(page, "match-filter-file").selectOption("");

    await by(page, "match-file-remove").click();
    await page.getByRole("button", { name: "Keep" }).click();
    await filesAre(page, 2);
    await by(page, "match-file-remove").click();
    await by(page, "match-remove-confirm").click();
    await filesAre(page, 1);
    await eventually("its rows are gone", async () => (await rowsShown(page)).some(({ name }) => name === "good.txt"), false);
    await by(page, "match-remove-all").click();
    await by(page, "match-remove-confirm").click();
    await by(page, "match-no-files").waitFor();
    await by(page, "match-empty").waitFor();
  },

  "a scoring service matches as this machine does": async (world) => {
    await world.startNetwork("--demo");
    const page = await world.openFresh();
    await createWallet(page);
    await openMatching(page);
    await dropTexts(page, { "bread.txt": TEXTS["bread.txt"] });
    await filesAre(page, 1);
    await engineIs(page, "remote");
    await by(page, "match-start").click();
    await eventually("the address is asked for", async () => /address/i.test(await by(page, "match-missing").innerText()), true);
    await by(page, "score-service").fill(LOCAL);
    await by(page, "match-start").click();
    await eventually("it is worked off", () => stateOf(page), "idle", MATCHING_MS);
    await by(page, "match-rows").waitFor();
    const [there] = await rowsShown(page);
    await openScoring(page);
    await engineIs(page, "cpu");
    await by(page, "tab-text").click();
    await by(page, "score-text").fill(TEXTS["bread.txt"]);
    await chooseTarget(page, there.target);
    const here = await score(page);
    near(here.losses[here.winner], there.loss, "the winner's loss");
    near(here.distance, there.distance, "the distance");
  },
};

/** Chooses a target of the Score page, also one that is not among those it lists. */
async function chooseTarget(page, target) {
  await by(page, "score-target").selectOption("by-id");
  await by(page, "score-target-id").fill(target);
  await by(page, "score-target-look").click();
  await by(page, "score-target-facts").waitFor();
}

/** What the sign of every page says. */
async function runsShown(page) {
  const [, done, total] = /(\d+) of (\d+)/.exec(await by(page, "match-runs").innerText());
  return { done: Number(done), total: Number(total) };
}

/** Submits what was picked, and claims its reward two epochs later; every shannon is counted. */
async function becomesReward(world, page, match) {
  await by(page, "submit-of-score").waitFor();
  assert.equal(await by(page, "submit-scored-model").innerText(), match.model);
  near(Number(await by(page, "submit-scored-distance").innerText()), match.distance, "the distance submitted");
  const bond = BigInt(TEXTS[match.name].length) * BOND_PER_BYTE;
  assert.equal(await shannons(page, "submit-bond"), bond);
  assert.equal(BigInt(match.bond), bond);
  await by(page, "submit-start").click();
  await submissionIs(page, "Ready");
  assert.equal(await (await fetch(direct(await by(page, "submission-url").innerText()))).text(), TEXTS[match.name]);
  await by(page, "submission-review").click();
  const { fee } = await review(page);
  await confirm(page);
  await submissionIs(page, "Submitted");
  const before = FUNDED - bond - fee;
  assert.equal(await world.node.balance(OWNER.address), before);

  for (const stage of ["audited", "due"]) {
    const epoch = await world.node.advanceEpoch();
    await page.locator(`[data-testid=epoch-clock][data-epoch="${epoch}"]`).first().waitFor({ state: "attached" });
    await openClaims(page);
    await trayIs(page, [stage]);
  }
  const reward = BigInt(match.reward);
  const submitter = reward - (reward * MODEL_BPS) / 10_000n - (reward * CLAIMER_BPS) / 10_000n;
  const paid = reward - (reward * MODEL_BPS) / 10_000n + bond;
  const [entry] = await trayShown(page);
  assert.deepEqual(entry, { target: match.target, stage: "due", paid });
  assert.ok([paid - bond, submitter].includes(BigInt(match.paid)), `the table foretold ${match.paid}`);
  await by(page, "tray-claim-all").click();
  const change = await confirmPlan(page, 1);
  assert.equal(await world.node.balance(OWNER.address), before + change);
}
