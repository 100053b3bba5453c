// Other ways to publish: through a presigned link, from a backup in another browser, new weights, a missed reveal.

import assert from "node:assert/strict";
import { createDecipheriv, createHash } from "node:crypto";
import { writeFileSync } from "node:fs";

import {
  BACKUP_PASSWORD,
  EMBEDDING,
  beginPublication,
  endEpoch,
  goOnToReveal,
  saveBackup,
  stageIs,
  takeReveal,
  takeStep,
} from "./support/publishing.mjs";
import { weightsPath, withValue } from "./support/scoring.mjs";
import { presignedStorage } from "./support/servers.mjs";
import { keys } from "./support/vectors.mjs";
import { balanceIs, by, confirm, goTo, importKey, review, unlock } from "./support/wallet.mjs";
import { writeWeights } from "./support/weights.mjs";
import { direct } from "./support/world.mjs";

const [, OWNER] = keys;
const FUND = ["--fund", `${OWNER.address}=10`];
const FUNDED = 10_000_000_000n;

export const scenarios = {
  "a browser that starts no second worker seals on one processor core, and says so": async (world) => {
    await world.startNetwork(...FUND);
    // Chromium says that the script is not there, and so does the wallet.
    world.expectComplaints(/copyist|status of 404/);
    await world.serveChanged({ "copyist_loader.js": () => undefined });
    const page = await world.openProfile("owner");
    await importKey(page, OWNER.bech32);
    const file = world.file("slow.safetensors");
    const weights = await writeWeights(file, 96);
    await beginPublication(page, { file });
    await page.getByText("one processor core").waitFor();
    await goOnToReveal(page);
    await takeReveal(page);
    await stageIs(page, "Live");
    const [model] = Object.values(await world.node.models()).filter(({ owner }) => `0x${owner}` === OWNER.address);
    const sealed = Buffer.from(await (await fetch(direct(model.url))).arrayBuffer());
    const cipher = createDecipheriv("aes-256-ctr", model.decryptionKey, Buffer.alloc(16));
    assert.equal(sealed.length, weights.size);
    assert.equal(createHash("sha256").update(cipher.update(sealed)).digest("hex"), weights.sha256);
  },

  "a presigned link takes the file, is not kept, and is asked for again after a reload": async (world) => {
    await world.startNetwork(...FUND);
    const storage = await presignedStorage(world);
    const page = await world.openProfile("owner");
    await importKey(page, OWNER.bech32);
    const file = world.file("presigned.safetensors");
    const weights = await writeWeights(file, 8);
    await beginPublication(page, {
      file,
      destination: "presigned",
      fields: { "publish-public-url": storage.address },
    });
    await stageIs(page, "NeedsUploadLink");
    await page.reload();
    await unlock(page);
    await stageIs(page, "NeedsUploadLink");

    // A link that has expired is told, and another one taken.
    world.expectComplaints(/status of 403/);
    await by(page, "job-upload-link").fill(storage.link("expired"));
    await by(page, "job-continue").click();
    const problem = by(page, "job-problem");
    await problem.waitFor();
    assert.equal(await problem.getAttribute("data-code"), "upload/refused");
    assert.match(await problem.innerText(), /expired/);
    await page.reload();
    await unlock(page);
    await by(page, "job-upload-link").fill(storage.link("good"));
    await by(page, "job-continue").click();
    await stageIs(page, "ReadyToCreate");
    assert.equal(storage.uploads, 1);
    assert.equal(storage.stored.length, weights.size);
    assert.notEqual(createHash("sha256").update(storage.stored).digest("hex"), weights.sha256);
  },

  "a backup alone is enough to reveal in another browser": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    const file = world.file("here.safetensors");
    await writeWeights(file, 8);
    await beginPublication(page, { file });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    const backup = world.file("here.soma-model-backup");
    await saveBackup(page, backup);
    await takeStep(page);
    await stageIs(page, "Waiting");
    await page.context().close();

    const elsewhere = await world.openFresh();
    await importKey(elsewhere, OWNER.bech32);
    await goTo(elsewhere, "models");
    await by(elsewhere, "restore-publish").locator("summary").click();
    await by(elsewhere, "restore-file").setInputFiles(backup);
    await by(elsewhere, "restore-password").fill("not the password of the file");
    await by(elsewhere, "restore-start").click();
    await elsewhere.locator('[role=alert][data-code="backup/wrong-password"]').waitFor();
    await by(elsewhere, "restore-password").fill(BACKUP_PASSWORD);
    await by(elsewhere, "restore-start").click();
    await stageIs(elsewhere, "Waiting");
    await endEpoch(elsewhere);
    await stageIs(elsewhere, "ReadyToReveal");
    await takeReveal(elsewhere);
    await stageIs(elsewhere, "Live");
    const [model] = Object.values(await world.node.models());
    assert.equal(model.state, "active");
    assert.deepEqual(model.embedding, EMBEDDING);
  },

  "an active model is given new weights": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    const [first, second] = [world.file("first.safetensors"), world.file("second.safetensors")];
    await writeWeights(first, 8, "first");
    const weights = await writeWeights(second, 8, "second");
    await beginPublication(page, { file: first });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await takeStep(page);
    await stageIs(page, "Waiting");
    await endEpoch(page);
    await takeReveal(page);
    await stageIs(page, "Live");
    const [id] = Object.keys(await world.node.models());
    const before = (await world.node.models())[id];

    await beginPublication(page, { file: second, model: `0x${id.replace(/^0x/, "")}` });
    await stageIs(page, "ReadyToCommit");
    await takeStep(page);
    await stageIs(page, "Waiting");
    assert.equal((await world.node.models())[id].url, before.url, "the earlier weights stay in force");
    await endEpoch(page);
    await stageIs(page, "ReadyToReveal");
    await takeReveal(page);
    await stageIs(page, "Live");

    const after = (await world.node.models())[id];
    assert.equal(after.state, "active");
    assert.notEqual(after.url, before.url);
    assert.notDeepEqual(after.decryptionKey, before.decryptionKey);
    const blob = Buffer.from(await (await fetch(direct(after.url))).arrayBuffer());
    const opened = createDecipheriv("aes-256-ctr", after.decryptionKey, Buffer.alloc(16)).update(blob);
    assert.equal(createHash("sha256").update(opened).digest("hex"), weights.sha256);
  },

  "a commit whose checks fail waits until its owner says so, and one that passes does not": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    const file = world.file("no-model.safetensors");
    await writeWeights(file, 1);
    await beginPublication(page, { file });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await page.locator("[data-testid=job-checks][data-verdict=failed]").waitFor();
    await page.locator("[data-testid=job-check][data-kind=Header][data-passed=false]").waitFor();
    assert.equal(await page.locator("[data-testid=job-check][data-passed=true]").count(), 2);
    await by(page, "job-blocked").waitFor();
    const step = by(page, "job-step");
    assert.equal(await step.getAttribute("aria-disabled"), "true");
    await step.click({ force: true });
    await page.waitForTimeout(1_000);
    assert.equal(await page.getByTestId("review").count(), 0, "nothing is offered to be signed");
    const [waiting] = Object.values(await world.node.models());
    assert.equal(waiting.state, "created");

    await by(page, "job-despite").check();
    await step.click();
    await review(page);
    await by(page, "review-cancel").click();
    await by(page, "job-despite").uncheck();
    assert.equal(await step.getAttribute("aria-disabled"), "true", "taken back, it waits again");
    await by(page, "job-despite").check();
    await step.click();
    await review(page);
    await confirm(page);
    await by(page, "outcome-close").click();
    await stageIs(page, "Waiting");

    await beginPublication(page, { file: weightsPath("t_a") });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await page.locator("[data-testid=job-checks][data-verdict=passed]").waitFor();
    assert.equal(await page.getByTestId("job-despite").count(), 0);
    assert.equal(await step.getAttribute("aria-disabled"), null);
    // A trial with weights whose numbers are none takes that back.
    const broken = world.file("broken.safetensors");
    writeFileSync(broken, withValue(weightsPath("t_a"), "final_norm.gamma", Number.NaN));
    await by(page, "job-trial-file").setInputFiles(broken);
    await page.locator("[data-testid=job-checks][data-verdict=failed]").waitFor({ timeout: 60_000 });
    assert.equal(await step.getAttribute("aria-disabled"), "true");
  },

  "a reveal that was missed is told, with what it cost and what can be done": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    const file = world.file("late.safetensors");
    await writeWeights(file, 8);
    await beginPublication(page, { file });
    await goOnToReveal(page);
    // A review of a reveal does not outlive its epoch.
    await by(page, "job-step").click();
    await review(page, "unavailable");
    await world.node.advanceEpoch();
    await stageIs(page, "Missed");
    await page.getByTestId("review").waitFor({ state: "detached" });
    const told = await by(page, "job-stage").innerText();
    assert.match(told, /half of its stake/);
    const [model] = Object.values(await world.node.models());
    assert.equal(model.state, "inactive");
    assert.equal(model.decryptionKey?.some((byte) => byte !== 0) ?? false, false, "the key stayed secret");

    // The same sealed file goes on with a new model.
    await by(page, "job-step").click();
    await review(page);
    await confirm(page);
    await by(page, "outcome-close").click();
    await stageIs(page, "ReadyToCommit");
    await takeStep(page);
    await stageIs(page, "Waiting");
    await endEpoch(page);
    await stageIs(page, "ReadyToReveal");
    await takeReveal(page);
    await stageIs(page, "Live");
    const states = Object.values(await world.node.models()).map(({ state }) => state);
    assert.deepEqual(states.sort(), ["active", "inactive"]);
  },
};
