// Targets: the board, one target, data on its way to a reward, a race that is lost, and settling for others.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

import { look } from "./support/looks.mjs";
import { openScoring, score } from "./support/scoring.mjs";
import {
  confirmPlan,
  fillByHand,
  idsShown,
  openBoard,
  openClaims,
  openFirstTarget,
  signSubmission,
  submissionIs,
  submitByHand,
  totalShown,
  trayIs,
  trayShown,
} from "./support/targets.mjs";
import { presignedStorage } from "./support/servers.mjs";
import { validatorKeys } from "./support/validators.mjs";
import { keys } from "./support/vectors.mjs";
import {
  BASE_FEE,
  VALUE_FEE_BPS,
  WRITE_FEE,
  balanceIs,
  by,
  confirm,
  eventually,
  fee,
  goTo,
  importKey,
  review,
  shannons,
  toSoma,
  unlock,
} from "./support/wallet.mjs";
import { direct } from "./support/world.mjs";

const [OTHER, OWNER] = keys;
const FUNDED = 1_000_000_000_000n;
const fund = (...accounts) => accounts.flatMap(({ address }) => ["--fund", `${address}=${toSoma(FUNDED)}`]);
/** Of a reward, basis points: the model's owner, and whoever settles. */
const [MODEL_BPS, CLAIMER_BPS] = [4_975n, 50n];
const BOND_PER_BYTE = 65n;

/** What a reward is divided into. */
function shares(reward) {
  const model = (reward * MODEL_BPS) / 10_000n;
  const claimer = (reward * CLAIMER_BPS) / 10_000n;
  return { model, claimer, submitter: reward - model - claimer };
}

/** Whether settling that pays so many coins costs so much; the rate of value moved falls from epoch to epoch. */
function isClaimFee(fee, reward, coins) {
  const rates = Array.from({ length: Number(VALUE_FEE_BPS) + 1 }, (_, rate) => BigInt(rate));
  return rates.some((rate) => fee === BASE_FEE + BigInt(coins + 2) * WRITE_FEE + (reward * (rate / 2n)) / 10_000n);
}

async function endEpoch(world, ...pages) {
  const epoch = await world.node.advanceEpoch();
  for (const page of pages) {
    await page.locator(`[data-testid=epoch-clock][data-epoch="${epoch}"]`).first().waitFor({ state: "attached" });
  }
  return epoch;
}

/** It measures frames. */
export const alone = ["twenty thousand targets scroll without a long frame"];

export const scenarios = {
  "the board shows all targets, filters and sorts them, and moves as they fill": async (world) => {
    await world.startNetwork("--demo", ...fund(OWNER, OTHER));
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await openBoard(page);
    await eventually("all targets are told", () => totalShown(page), 100);
    const rows = await page.getByTestId("board-row").count();
    assert.ok(rows > 10 && rows < 100, `only those in sight are in the page: ${rows}`);

    await by(page, "board-shown-filled").click();
    await by(page, "board-empty").waitFor();
    await by(page, "board-shown-open").click();
    await eventually("all are open", () => totalShown(page), 100);
    // The least drawn model comes last.
    const rarest = page.getByTestId("board-model").locator("option").last();
    const offered = (await rarest.innerText()).match(/\((\d+)\)$/);
    assert.ok(Number(offered[1]) < 100, `drawn for ${offered[1]}`);
    await by(page, "board-model").selectOption(await rarest.getAttribute("value"));
    await eventually("as many as the list of models says", () => totalShown(page), Number(offered[1]));
    await by(page, "board-model").selectOption("");
    await by(page, "board-sort").selectOption("hard");
    await eventually("rows are there", async () => (await idsShown(page)).length > 0, true);

    await by(page, "bond-size").fill("1000");
    assert.equal(await shannons(page, "bond-amount"), 1_000n * BOND_PER_BYTE);
    await by(page, "bond-size").fill("99999999999");
    await eventually("what is too large has no bond", () => page.getByTestId("bond-amount").count(), 0);

    // Somebody else fills one: it is told without a question of this page's owner.
    await by(page, "board-shown-filled").click();
    await by(page, "board-empty").waitFor();
    const other = await world.openFresh();
    await importKey(other, OTHER.bech32);
    await openBoard(other);
    const filled = await openFirstTarget(other);
    await submitByHand(world, other, "Somebody else's data");
    await signSubmission(other);
    await by(page, "board-row").waitFor();
    assert.deepEqual(await idsShown(page), [filled]);
    assert.equal(await by(page, "board-row").getAttribute("data-stage"), "filled");
    await by(page, "board-mine").check();
    await by(page, "board-empty").waitFor();
    await by(page, "board-mine").uncheck();
    await by(page, "board-shown-all").click();
    await eventually("another target took its place", () => totalShown(page), 101);
  },

  "a scored text becomes a claimed reward, to the shannon": async (world) => {
    await world.startNetwork("--demo", ...fund(OWNER));
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await openScoring(page);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("The keeper of the lighthouse counts the ships that pass.");
    const target = await nearEnough(page);
    await by(page, "score-submit").click();
    await by(page, "submit-of-score").waitFor();
    const size = BigInt("The keeper of the lighthouse counts the ships that pass.".length);
    assert.equal(await shannons(page, "submit-bond"), size * BOND_PER_BYTE);
    await by(page, "submit-start").click();
    await submissionIs(page, "Ready");
    const url = await by(page, "submission-url").innerText();
    assert.equal(await (await fetch(direct(url))).text(), "The keeper of the lighthouse counts the ships that pass.");
    await by(page, "submission-review").click();
    const submitted = await review(page);
    assert.match(submitted.headline, /^Submit data/);
    await confirm(page);
    await submissionIs(page, "Submitted");
    const bond = size * BOND_PER_BYTE;
    const before = FUNDED - bond - submitted.fee;
    assert.equal(await world.node.balance(OWNER.address), before);

    await openClaims(page);
    await trayIs(page, ["filled"]);
    await page.getByTestId("tray-entry").locator("a").first().click();
    await by(page, "target-download").waitFor();
    const download = page.waitForEvent("download");
    await by(page, "target-download").click();
    const data = readFileSync(await (await download).path(), "utf8");
    assert.equal(data, "The keeper of the lighthouse counts the ships that pass.");
    const reward = await shannons(page, "target-reward");

    await endEpoch(world, page);
    await openClaims(page);
    await trayIs(page, ["audited"]);
    assert.equal(await page.getByTestId("tray-claim-all").count(), 0);
    await endEpoch(world, page);
    await trayIs(page, ["due"]);
    const { submitter, claimer } = shares(reward);
    const [entry] = await trayShown(page);
    assert.deepEqual(entry, { target, stage: "due", paid: submitter + claimer + bond });
    await by(page, "tray-claim-all").click();
    await by(page, "plan").waitFor();
    const cost = await shannons(page, "plan-fee");
    assert.ok(isClaimFee(cost, reward, 4), `a fee of ${cost}`);
    const change = await confirmPlan(page, 1);
    assert.equal(change, submitter + claimer + bond - cost);
    assert.equal(await world.node.balance(OWNER.address), before + change);
    await by(page, "plan-close").click();
    await eventually("the tray is empty", () => page.getByTestId("tray-entry").count(), 0);
    assert.equal(await by(page, "settled-entry").getAttribute("data-how"), "paid");
    assert.equal(await shannons(page, "settled-paid"), submitter + claimer + bond);
  },

  "a validator reports submitted data in the epoch of its audit, and takes it back": async (world) => {
    const network = await world.startNetwork("--demo", ...fund(OWNER));
    const [validator] = await validatorKeys(network);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await openBoard(page);
    const id = await openFirstTarget(page);
    await submitByHand(world, page, "Not what it says it is");
    await signSubmission(page);
    await page.goto(new URL(`targets/${id}`, world.walletUrl).href);
    await unlock(page);
    await by(page, "target-data").waitFor();
    assert.equal(await page.getByTestId("target-judge").count(), 0, "nobody else may judge");

    const judge = await world.openFresh();
    assert.equal(await importKey(judge, validator.key), validator.address);
    await by(judge, "balance").waitFor();
    await judge.goto(new URL(`targets/${id}`, world.walletUrl).href);
    await unlock(judge);
    await by(judge, "target-judge").waitFor();
    assert.match(await by(judge, "target-judge").innerText(), /in epoch 1 and in no other/);
    assert.equal(await judge.getByTestId("target-report").count(), 0, "too early");

    await endEpoch(world, judge, page);
    await by(judge, "target-report").click();
    const reported = await review(judge);
    assert.match(reported.headline, /^Report/);
    assert.equal(reported.fee, fee(2));
    await confirm(judge);
    await by(judge, "outcome-close").click();
    const power = (of) => by(of, "target-reports").getAttribute("data-power");
    await eventually("the report counts", () => power(judge), "2500");
    await eventually("the submitter is told, too", () => power(page), "2500");
    assert.match(await by(page, "target-reports").innerText(), /25% of the voting power/);

    await by(judge, "target-undo-report").click();
    await review(judge);
    await confirm(judge);
    await by(judge, "outcome-close").click();
    await eventually("it is taken back", () => power(judge), "0");
    await eventually("the submitter is told that, too", () => power(page), "0");
    await by(judge, "target-report").waitFor();

    await endEpoch(world, judge, page);
    await by(judge, "target-claim").waitFor();
    assert.equal(await judge.getByTestId("target-report").count(), 0, "too late");
  },

  "a race lost to another submitter costs nothing": async (world) => {
    await world.startNetwork("--demo", ...fund(OWNER, OTHER));
    const [page, other] = [await world.openFresh(), await world.openFresh()];
    await importKey(page, OWNER.bech32);
    await importKey(other, OTHER.bech32);
    await balanceIs(page, FUNDED);
    await openBoard(page);
    const target = await openFirstTarget(page);
    await submitByHand(world, page, "The first to write", { name: "mine.txt" });
    // All was reviewed, and then somebody else is faster.
    await by(page, "submission-review").click();
    await review(page);
    await openBoard(other);
    await other.locator(`[data-testid=board-row][data-target="${target}"]`).first().scrollIntoViewIfNeeded();
    await other.locator(`[data-testid=board-row][data-target="${target}"]`).first().click();
    await submitByHand(world, other, "The first to arrive", { name: "theirs.txt" });
    await signSubmission(other);
    await by(page, "review-confirm").click();
    await by(page, "outcome-failure").waitFor();
    assert.equal(await by(page, "outcome-failure").getAttribute("data-code"), "target/filled");
    assert.match(await by(page, "outcome-failure").innerText(), /nothing was spent/i);
    assert.equal(await world.node.balance(OWNER.address), FUNDED);
    await by(page, "outcome-back").click();
    await submissionIs(page, "Ready");
    // Asked again, it is refused before there is anything to review.
    await by(page, "submission-review").click();
    await eventually("it is said before a review", () => codeShown(page), "target/filled");
    assert.equal(await page.getByTestId("review").count(), 0);
    assert.equal(await world.node.balance(OWNER.address), FUNDED);
    await by(page, "submission-remove").click();
    await by(page, "tray").waitFor();
    assert.equal(await page.getByTestId("submission-line").count(), 0);
  },

  "other people's expired targets are settled in one go for the share that was shown": async (world) => {
    await world.startNetwork("--demo", ...fund(OWNER));
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await openBoard(page);
    await endEpoch(world, page);
    await openClaims(page);
    await by(page, "tab-others").click();
    await eventually("all expired ones are offered", () => by(page, "sweep-total").innerText().catch(() => ""), "100", 30_000);
    await by(page, "sweep-count").selectOption("10");
    await by(page, "sweep-plan").click();
    await by(page, "plan").waitFor();
    const change = await confirmPlan(page, 10);
    assert.ok(change > 0n, "the share is more than the fee");
    assert.equal(await world.node.balance(OWNER.address), FUNDED + change);
    const outcomes = await page
      .getByTestId("plan-claim")
      .evaluateAll((claims) => claims.map((claim) => claim.getAttribute("data-outcome")));
    assert.ok(outcomes.every((outcome) => outcome === "settled"));
    await by(page, "plan-close").click();
    await by(page, "tab-others").click();
    await eventually("ten fewer are left", () => by(page, "sweep-total").innerText().catch(() => ""), "90");

    // One alone goes through the ordinary review.
    await page.getByTestId("sweep-row").first().locator("a").click();
    await by(page, "target-claim").click();
    const { headline } = await review(page);
    assert.match(headline, /^Settle target/);
    await confirm(page);
    await by(page, "outcome-close").click();
    await by(page, "target-gone").waitFor();
  },

  "data goes to a presigned link, which is asked for again after a reload, and is signed after another": async (world) => {
    await world.startNetwork("--demo", ...fund(OWNER));
    const storage = await presignedStorage(world);
    const page = await world.openProfile("presigned");
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await openBoard(page);
    await openFirstTarget(page);
    const bytes = Buffer.from("Data that its submitter stores where only a signed link may write.");
    const file = world.file("presigned.txt");
    writeFileSync(file, bytes);
    await by(page, "target-submit").click();
    await by(page, "submit-data").waitFor({ state: "attached" });
    await fillByHand(page, file, { embedding: Array.from({ length: 16 }, (_, at) => at + 1) });
    await by(page, "submit-destination-presigned").check();
    await by(page, "submit-public-url").fill(storage.address);
    await by(page, "submit-start").click();
    await submissionIs(page, "NeedsUploadLink");
    await page.reload();
    await unlock(page);
    await submissionIs(page, "NeedsUploadLink");

    world.expectComplaints(/status of 403/);
    await by(page, "submission-upload-link").fill(storage.link("expired"));
    await by(page, "submission-continue").click();
    await by(page, "submission-problem").waitFor();
    assert.match(await by(page, "submission-problem").innerText(), /expired/);
    await page.reload();
    await unlock(page);
    await by(page, "submission-upload-link").fill(storage.link("good"));
    await by(page, "submission-continue").click();
    await submissionIs(page, "Ready");
    assert.deepEqual(storage.stored, bytes);
    assert.equal(await by(page, "submission-url").innerText(), storage.address);

    await page.reload();
    await unlock(page);
    await submissionIs(page, "Ready");
    await signSubmission(page);
    assert.equal(storage.uploads, 1, "what lies there is not sent again");
    const paid = fee(4, BigInt(bytes.length) * BOND_PER_BYTE);
    assert.ok((await world.node.balance(OWNER.address)) < FUNDED - BigInt(bytes.length) * BOND_PER_BYTE, `a fee of about ${paid}`);
  },

  "a submission goes on after a reload, and data that is not the file is refused": async (world) => {
    await world.startNetwork("--demo", ...fund(OWNER));
    const page = await world.openProfile("submitter");
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await openBoard(page);
    await openFirstTarget(page);
    await by(page, "target-submit").click();
    await by(page, "submit-start").click();
    await eventually(
      "what is missing is said",
      async () => /choose a file/i.test(await by(page, "submit-data-error").innerText()),
      true,
    );
    // Something else lies where the data should be.
    const url = "http://127.0.0.1:9000/blobs/wrong.txt";
    await put(url, "Something else altogether");
    world.expectComplaints(/status of 404/);
    await by(page, "submit-destination-hosted").check();
    await by(page, "submit-hosted-url").fill(url);
    await fill(world, page, "The data as it should be");
    await by(page, "submit-start").click();
    await by(page, "submission-problem").waitFor();
    assert.match(await codeShown(page), /^manifest\//);
    assert.match(await by(page, "submission-problem").innerText(), /is not the data/);
    await submissionIs(page, "Verifying");
    await by(page, "submission-remove").click();
    await by(page, "tray").waitFor();

    // This one is uploaded, and the page is closed before it is signed.
    await openBoard(page);
    await openFirstTarget(page);
    await submitByHand(world, page, "The data as it should be");
    const address = page.url();
    await page.context().close();
    const again = await world.openProfile("submitter", new URL(address).pathname.slice(1));
    await unlock(again);
    await submissionIs(again, "Ready");
    await signSubmission(again);
    await openClaims(again);
    await trayIs(again, ["filled"]);
  },

  "targets look right": async (world) => {
    await world.startNetwork("--demo", ...fund(OWNER));
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await openBoard(page);
    await eventually("all targets are told", () => totalShown(page), 100);
    await look(page, "targets");
    const id = await openFirstTarget(page);
    await look(page, "target-open");
    await by(page, "target-submit").click();
    await by(page, "submit-data").waitFor({ state: "attached" });
    await by(page, "submit-start").click();
    await look(page, "submit-wrong");
    await fill(world, page, "The data as it should be");
    await look(page, "submit");
    await by(page, "submit-start").click();
    await submissionIs(page, "Ready");
    await look(page, "submission-ready");
    await signSubmission(page);
    await look(page, "submission-done");
    await page.goto(new URL(`targets/${id}`, world.walletUrl).href);
    await unlock(page);
    await by(page, "target-data").waitFor();
    await look(page, "target-filled");
    await openClaims(page);
    await trayIs(page, ["filled"]);
    await look(page, "claims");
    await endEpoch(world, page);
    await endEpoch(world, page);
    await trayIs(page, ["due"]);
    await page.getByTestId("tray-entry").locator("summary").click();
    await look(page, "claims-due");
    await by(page, "tray-claim-all").click();
    await by(page, "plan").waitFor();
    await look(page, "plan");
    await by(page, "plan-confirm").click();
    await by(page, "plan-done").waitFor();
    await look(page, "plan-done");
    await by(page, "plan-close").click();
    await by(page, "settled").waitFor();
    await look(page, "claims-settled");
    await by(page, "tab-others").click();
    await by(page, "sweep-total").waitFor();
    await look(page, "sweep");
  },

  "twenty thousand targets scroll without a long frame": async (world) => {
    await world.startNetwork("--demo", ...fund(OWNER));
    for (let epoch = 0; epoch < 200; epoch++) {
      await world.node.advanceEpoch();
    }
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await goTo(page, "targets");
    await by(page, "board-rows").waitFor({ timeout: 60_000 });
    await eventually("all targets are told", () => totalShown(page), 20_100, 90_000);
    await eventually("nothing is being fetched", () => page.getByTestId("board-coming").count(), 0, 60_000);
    const { frames, longest, missing, most } = await scrollThrough(page);
    console.log(`       20,100 targets: ${frames} frames, the longest ${longest.toFixed(1)} ms, ${missing} without rows`);
    assert.ok(most < 250, `only rows near those in sight are in the page: ${most}`);
    assert.ok(frames > 100, `frames are measured: ${frames}`);
    if (process.env.SOMA_E2E_FRAMES) {
      assert.ok(longest < Number(process.env.SOMA_E2E_FRAMES), `a frame took ${longest} ms`);
    }
    await by(page, "board-sort").selectOption("reward-up");
    await by(page, "board-epoch").selectOption("7");
    await eventually("those of one epoch", () => totalShown(page), 100, 30_000);
  },
};

/** Scores for one open target after the other until one takes the data; returns its id. */
async function nearEnough(page) {
  const options = await page.getByTestId("score-target").locator("option").evaluateAll((all) => all.map(({ value }) => value));
  for (const target of options.filter((value) => value.startsWith("0x")).slice(0, 30)) {
    await by(page, "score-target").selectOption(target);
    await by(page, "score-target-facts").waitFor();
    const { verdict } = await score(page);
    if (verdict === "passes") {
      return target;
    }
  }
  throw new Error("none of thirty targets takes the data");
}

/** Fills the form with a file and numbers of one's own. */
async function fill(world, page, bytes) {
  const { fillByHand } = await import("./support/targets.mjs");
  const { writeFileSync } = await import("node:fs");
  const file = world.file("data.txt");
  writeFileSync(file, bytes);
  await fillByHand(page, file, { embedding: Array.from({ length: 16 }, (_, at) => at + 1) });
}

async function put(url, text) {
  const size = Buffer.byteLength(text);
  const response = await fetch(direct(url), {
    method: "PUT",
    headers: { "content-range": `bytes 0-${size - 1}/${size}` },
    body: text,
  });
  assert.ok(response.ok, `${response.status} ${await response.text()}`);
}

/** The code of the failure that is shown last. */
async function codeShown(page) {
  const failure = page.locator("[data-code]").last();
  return (await failure.count()) > 0 ? failure.getAttribute("data-code") : "";
}

/** Scrolls from top to bottom and measures each frame; counts rows in the page, and frames that show none. */
function scrollThrough(page) {
  return page.evaluate(async () => {
    const box = document.querySelector("[data-testid=board-rows]");
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const [times, steps] = [[], 240];
    let [missing, most] = [0, 0];
    let last = await frame();
    for (let step = 0; step <= steps; step++) {
      // Slowly, as a wheel does, then by leaps, as the bar does.
      const leap = step > steps / 2;
      box.scrollTop = leap ? ((box.scrollHeight * (step - steps / 2)) / steps) * 2 : step * 90;
      const now = await frame();
      times.push(now - last);
      last = now;
      const rows = [...box.querySelectorAll("[data-testid=board-row]")];
      most = Math.max(most, rows.length);
      const { top, bottom } = box.getBoundingClientRect();
      const seen = rows.some((row) => {
        const place = row.getBoundingClientRect();
        return place.bottom > top && place.top < bottom;
      });
      missing += seen ? 0 : 1;
    }
    return { frames: times.length, longest: Math.max(...times), missing, most };
  });
}
