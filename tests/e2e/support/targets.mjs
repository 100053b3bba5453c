// Targets as a scenario says it.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";

import { by, confirm, eventually, goTo, review } from "./wallet.mjs";

/** The board with rows on it. */
export async function openBoard(page) {
  await goTo(page, "targets");
  await page.getByTestId("board-row").first().waitFor();
}

/** How many targets the board shows in all. */
export async function totalShown(page) {
  return Number(await by(page, "board-rows").getAttribute("data-total"));
}

/** Ids of targets on the board, those that are in the page. */
export function idsShown(page) {
  return page.getByTestId("board-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-target")));
}

/** Opens a target that is on the board; returns its id. */
export async function openFirstTarget(page) {
  const id = await page.getByTestId("board-row").first().getAttribute("data-target");
  await page.locator(`[data-testid=board-row][data-target="${id}"]`).click();
  await by(page, "target").waitFor();
  return id;
}

/** What is typed into the form of a submission by hand: numbers that the target takes. */
export async function fillByHand(page, file, { embedding, distance = "0.5", loss = "1.25" }) {
  await by(page, "submit-data").setInputFiles(file);
  const model = await page.getByTestId("submit-model").locator("option").nth(1).getAttribute("value");
  await by(page, "submit-model").selectOption(model);
  await by(page, "submit-distance").fill(distance);
  await by(page, "submit-losses").fill(loss);
  await by(page, "submit-embedding").fill(embedding.join(", "));
  return model;
}

/** Begins a submission for the target whose page is open; waits until it is ready to be signed. */
export async function submitByHand(world, page, bytes, options = {}) {
  const file = world.file(options.name ?? "data.txt");
  writeFileSync(file, bytes);
  await by(page, "target-submit").click();
  await by(page, "submit-data").waitFor({ state: "attached" });
  await fillByHand(page, file, { embedding: Array.from({ length: 16 }, (_, at) => at + 1), ...options });
  await by(page, "submit-start").click();
  await submissionIs(page, "Ready");
}

/** Waits until the submission stands there. */
export function submissionIs(page, stage) {
  return eventually(
    "the submission's stage",
    () => by(page, "submission-stage").getAttribute("data-stage").catch(() => "none"),
    stage,
  );
}

/** Reviews and signs the submission whose page is open. */
export async function signSubmission(page) {
  await by(page, "submission-review").click();
  await review(page);
  await confirm(page);
  await submissionIs(page, "Submitted");
}

/** The entries of the tray: target, stage and what is expected of each. */
export async function trayShown(page) {
  return page.getByTestId("tray-entry").evaluateAll((entries) =>
    entries.map(({ dataset }) => ({ target: dataset.target, stage: dataset.stage, paid: BigInt(dataset.paid) })),
  );
}

/** Waits for a page that tells which stages the tray's entries have, ordered. */
export function trayIs(page, stages) {
  return eventually(
    "the tray's stages",
    async () => (await trayShown(page)).map(({ stage }) => stage).join(" "),
    stages.join(" "),
  );
}

/** Goes to this account's data and claims. */
export async function openClaims(page) {
  await goTo(page, "targets");
  await by(page, "targets-claims").click();
  await by(page, "tray").waitFor();
}

/** Signs all of a plan; returns the change of the balance that was foretold. */
export async function confirmPlan(page, count) {
  await by(page, "plan").waitFor();
  assert.equal(await page.getByTestId("plan-claim").count(), count);
  const change = BigInt(await by(page, "plan-change").getAttribute("data-shannons"));
  await by(page, "plan-confirm").click();
  await by(page, "plan-done").waitFor({ timeout: 60_000 });
  assert.equal(await by(page, "plan-done").getAttribute("data-settled"), String(count));
  const changed = BigInt(await by(page, "plan-changed").getAttribute("data-shannons"));
  assert.equal(changed, change, "what was shown is what happened");
  return change;
}

