// What a person does to publish a model, as a scenario says it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { PASSWORD, by, confirm, goTo, review } from "./wallet.mjs";

/** An embedding of the small network's 16 values; all of them exact in 32 bits. */
export const EMBEDDING = Array.from({ length: 16 }, (_, at) => (at - 8) / 16);
export const BACKUP_PASSWORD = "a password for the model";

/** The longest that sealing, uploading and comparing a large file may take. */
const LARGE_FILE_MS = 120_000;

/**
 * Fills in the form of a new model, or of new weights for one, and begins.
 *
 * @returns the id of the publication.
 */
export async function beginPublication(page, options) {
  const { file, destination = "blob", blobUrl, stake = "1", model, fields = {} } = options;
  await goTo(page, "models");
  await by(page, "publish-new").click();
  await by(page, "publish-file").setInputFiles(file);
  await by(page, "publish-file-summary").waitFor();
  if (model) {
    await by(page, "publish-subject-existing").check();
    await by(page, "publish-model").fill(model);
  } else {
    await by(page, "publish-stake").fill(stake);
  }
  await by(page, "publish-embedding").fill(JSON.stringify(EMBEDDING));
  await by(page, "publish-embedding-good").waitFor();
  await by(page, `publish-destination-${destination}`).check();
  const filled = blobUrl ? { ...fields, "publish-blob-url": blobUrl } : fields;
  for (const [testid, text] of Object.entries(filled)) {
    await by(page, testid).fill(text);
  }
  await by(page, "publish-start").click();
  await page.waitForURL(/\/models\/publish\/[0-9a-f]{32}$/);
  return (await page.url()).split("/").at(-1);
}

/** The stage that the page shows. */
export async function stageOf(page) {
  return by(page, "job-stage").getAttribute("data-stage");
}

/** Waits until a publication has come to a stage; a problem that is told meanwhile fails the scenario. */
export async function stageIs(page, stage, limitMs = LARGE_FILE_MS) {
  const there = page.locator(`[data-testid=job-stage][data-stage=${stage}]`);
  const problem = page.getByTestId("job-problem");
  await there.or(problem).first().waitFor({ timeout: limitMs });
  const [told] = await problem.allInnerTexts();
  assert.equal(told, undefined, `a problem on the way to ${stage}`);
}

/** The code of the problem that is told, once it is. */
export async function problemOf(page, limitMs = LARGE_FILE_MS) {
  const problem = by(page, "job-problem");
  await problem.waitFor({ timeout: limitMs });
  return { code: await problem.getAttribute("data-code"), text: await problem.innerText() };
}

/** Prepares, reviews and signs the next transaction. @returns its review and digest. */
export async function takeStep(page, simulation) {
  await commitDespiteChecks(page);
  await by(page, "job-step").click();
  const reviewed = await review(page, simulation);
  const digest = await confirm(page);
  await by(page, "outcome-close").click();
  return { ...reviewed, digest };
}

/**
 * Where a commit is next: waits for its checks, and where they fail says to go on. What most scenarios publish
 * are bytes of some size and no model, and that fails the check of the weights.
 */
export async function commitDespiteChecks(page) {
  const checks = page.getByTestId("job-checks");
  if ((await checks.count()) === 0) {
    return;
  }
  await page.locator("[data-testid=job-checks]:not([data-verdict=looking])").waitFor();
  if ((await checks.getAttribute("data-verdict")) === "failed") {
    await by(page, "job-despite").check();
  }
}

/** The reveal. The node is not asked to simulate it: it would learn the key before the owner signs. */
export function takeReveal(page) {
  return takeStep(page, "unavailable");
}

/** Saves the encrypted backup; returns what was downloaded. */
export async function saveBackup(page, file) {
  await by(page, "job-backup-own-password").fill(PASSWORD);
  await by(page, "job-backup-password").fill(BACKUP_PASSWORD);
  await by(page, "job-backup-password-again").fill(BACKUP_PASSWORD);
  const saving = page.waitForEvent("download");
  await by(page, "job-backup-save").click();
  const download = await saving;
  await download.saveAs(file);
  await page.locator("[data-testid=job-backup][data-saved=true]").waitFor();
  return { name: download.suggestedFilename(), contents: readFileSync(file) };
}

/** Chooses the weights file again for a publication whose sealing was interrupted. */
export async function chooseFileAgain(page, file) {
  await by(page, "job-file").setInputFiles(file);
}

/** Ends the epoch by the switch that the home page has for a network of one's own; comes back afterwards. */
export async function endEpoch(page) {
  const here = await page.url();
  await goTo(page, "home");
  const clock = page.locator("[data-testid=epoch-clock]:visible");
  const before = Number(await clock.getAttribute("data-epoch"));
  await by(page, "advance-epoch").click();
  await page.locator(`[data-testid=epoch-clock][data-epoch="${before + 1}"]:visible`).waitFor();
  await page.goBack();
  await page.waitForURL(here);
}

/** Creates the model and commits to its weights, and ends the epoch: what is left is to reveal them. */
export async function goOnToReveal(page) {
  await stageIs(page, "ReadyToCreate");
  await takeStep(page);
  await stageIs(page, "ReadyToCommit");
  await takeStep(page);
  await stageIs(page, "Waiting");
  await endEpoch(page);
  await stageIs(page, "ReadyToReveal");
}
