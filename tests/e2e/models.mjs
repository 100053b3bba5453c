// Models: the list, the picture, one model, one's own with calendar and vault, and where to place another.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { look } from "./support/looks.mjs";
import { EMBEDDING, beginPublication, endEpoch, saveBackup, stageIs, takeStep } from "./support/publishing.mjs";
import { PASSWORD, by, confirm, createWallet, eventually, goTo, importKey, review, unlock } from "./support/wallet.mjs";
import { weightsPath } from "./support/scoring.mjs";

export const scenarios = {
  "the network's models are listed, searched, sorted and drawn": async (world) => {
    const network = await world.startNetwork("--demo");
    const page = await world.openFresh();
    await createWallet(page);
    await goTo(page, "models");
    await eventually("six models are listed", () => page.getByTestId("model-row").count(), 6);
    const models = await world.node.models();
    assert.deepEqual((await idsShown(page)).sort(), Object.keys(models).sort());
    await eventually(
      "open targets are counted",
      async () => (await numbers(page, "model-drawn")).reduce((sum, count) => sum + count, 0),
      300,
    );
    assert.deepEqual(await numbers(page, "model-wins"), [0, 0, 0, 0, 0, 0]);

    // Most stake first; then by the targets that draw them, both ways.
    const byStake = await idsShown(page);
    await by(page, "sort-drawn").click();
    assert.deepEqual(await numbers(page, "model-drawn"), (await numbers(page, "model-drawn")).sort((a, b) => b - a));
    await by(page, "sort-drawn").click();
    assert.deepEqual(await numbers(page, "model-drawn"), (await numbers(page, "model-drawn")).sort((a, b) => a - b));
    await by(page, "sort-stake").click();
    assert.deepEqual(await idsShown(page), byStake);

    await by(page, "models-search").fill(byStake[2].slice(4, 20));
    assert.deepEqual(await idsShown(page), [byStake[2]]);
    await by(page, "models-search").fill("nobody is called this");
    await by(page, "models-none").waitFor();
    await by(page, "models-search").fill("");

    // The picture: every mark can be pointed at, and walked to.
    assert.equal(await page.getByTestId("map-model").count(), 6);
    assert.equal(await page.getByTestId("map-target").count(), 100);
    const model = page.getByTestId("map-model").first();
    await model.hover();
    const id = await model.getAttribute("data-model");
    await eventually("a model that is pointed at is told", async () => (await by(page, "map-told").innerText()).includes(id), true);
    await by(page, "map").focus();
    await page.mouse.move(0, 0);
    await page.keyboard.press("Home");
    const first = await by(page, "map-told").innerText();
    assert.match(first, /Open target|Model/);
    await page.keyboard.press("ArrowRight");
    await eventually("the next mark is told", async () => (await by(page, "map-told").innerText()) !== first, true);
    await page.keyboard.press("Home");
    await eventually("keys walk back", () => by(page, "map-told").innerText(), first);
    await look(page, "models");

    // Those of one's own come first, whatever the order.
    const owner = await world.openFresh();
    await importKey(owner, accountOf(network).key);
    await goTo(owner, "models");
    await eventually("one's own models are marked", () => owner.locator("[data-testid=model-row][data-own=true]").count(), 6);
  },

  "one model is shown whole, its weights are fetched, checked, opened and saved": async (world) => {
    await world.startNetwork("--demo");
    const page = await world.openFresh();
    await createWallet(page);
    await goTo(page, "models");
    await by(page, "model-link").click();
    await by(page, "model-standing").waitFor();
    assert.equal(await by(page, "model-standing").innerText(), "Active");
    const checksum = (await by(page, "weights-checksum").innerText()).trim();
    await by(page, "weights-fetch").click();
    await by(page, "weights-report").waitFor();
    assert.equal(await by(page, "weights-report").getAttribute("data-checksum"), checksum);
    await by(page, "weights-architecture").waitFor();
    await by(page, "weights-tensors").locator("summary").click();
    assert.equal(await page.getByTestId("weights-tensor").count(), 37);
    const [encrypted, plain] = [await saved(page, "weights-save"), await saved(page, "weights-save-plain")];
    assert.equal(encrypted.length, plain.length);
    assert.notDeepEqual(encrypted, plain);
    const header = JSON.parse(plain.subarray(8, 8 + Number(plain.readBigUInt64LE(0))).toString());
    assert.deepEqual(header["embedding.weight"].shape, [264, 16]);
    await look(page, "model");
    await by(page, "weights-score").click();
    await page.waitForURL(/\/score$/);
    await eventually("the model is chosen to score with", () => page.locator("[data-testid=score-model]:checked").count(), 1);
  },

  "an owner sets the commission, stakes and retires a model through the one review": async (world) => {
    const network = await world.startNetwork("--demo");
    const page = await world.openFresh();
    await importKey(page, accountOf(network).key);
    await goTo(page, "models");
    await eventually("one's own models are listed", () => page.locator("[data-testid=model-row][data-own=true]").count(), 6);
    const id = (await idsShown(page))[0];
    await by(page, "model-link").click();
    await by(page, "commission-percent").fill("7.5");
    await by(page, "commission-review").click();
    await reviewed(page);
    await eventually("the next commission is told", () => by(page, "model-commission").innerText(), "5%, then 7.5%");

    await by(page, "stake-amount").fill("12");
    await by(page, "stake-review").click();
    await reviewed(page);
    await by(page, "own-stake").waitFor();
    await by(page, "models-own").click();
    await eventually("what comes is in the calendar", () => page.getByTestId("calendar-coming").count(), 2);
    await page.goBack();
    await endEpoch(page);
    await eventually("the commission has changed", () => by(page, "model-commission").innerText(), "7.5%");
    await by(page, "past-ask").click();
    await eventually("the past is told", () => page.getByTestId("past-row").count(), 1);

    await by(page, "retire").locator("summary").click();
    await by(page, "retire-review").click();
    await reviewed(page, { warned: true });
    await eventually("it is out of service", () => by(page, "model-standing").innerText(), "Out of service");
    assert.equal((await world.node.models())[id].state, "inactive");
  },

  "a commit is checked, kept in the vault, called for in its epoch and revealed by one click": async (world) => {
    const network = await world.startNetwork("--demo");
    const page = await world.openFresh();
    await importKey(page, accountOf(network).key);
    const job = await beginPublication(page, { file: weightsPath("t_a") });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await eventually("everything is looked at", () => page.locator("[data-testid=job-check][data-passed=true]").count(), 3);
    await by(page, "job-trial-file").setInputFiles(weightsPath("t_a"));
    await page.locator("[data-testid=job-trial][data-passed=true]").waitFor({ timeout: 60_000 });
    await look(page, "checks");
    await saveBackup(page, world.file("backup"));
    await takeStep(page);
    await stageIs(page, "Waiting");

    await goTo(page, "models");
    await by(page, "models-own").click();
    await page.locator("[data-testid=calendar-deadline][data-duty=Reveal][data-due=false]").waitFor();
    await by(page, "vault-secrets").locator("summary").click();
    await by(page, "vault-password").fill("not the password");
    await by(page, "vault-show").click();
    await eventually("another password shows nothing", () => page.locator("[data-code='vault/wrong-password']").count(), 1, 60_000);
    assert.equal(await page.getByTestId("vault-key").count(), 0);
    await by(page, "vault-password").fill(PASSWORD);
    await by(page, "vault-show").click();
    await by(page, "vault-key").waitFor({ timeout: 60_000 });
    assert.equal((await by(page, "vault-embedding").innerText()).trim(), EMBEDDING.join(", "));
    await by(page, "vault-hide").click();
    assert.equal(await page.getByTestId("vault-key").count(), 0);
    assert.doesNotMatch(await page.title(), /^\(/);

    await endEpoch(page);
    await page.locator("[data-testid=calendar-deadline][data-duty=Reveal][data-due=true]").waitFor();
    await eventually("the tab counts what is due", async () => /^\(1\) /.test(await page.title()), true);
    await look(page, "calendar");
    await by(page, "calendar-reveal").click();
    await page.waitForURL(new RegExp(`/models/publish/${job}`));
    await review(page, "unavailable");
    await confirm(page);
    await stageIs(page, "Live");
    await eventually("nothing is due any more", async () => /^\(/.test(await page.title()), false);
  },

  "what is due is told once by the browser and counted at the tab, over a reload and until it is done": async (world) => {
    const network = await world.startNetwork("--demo");
    const browser = await world.browser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ["notifications"] });
    await context.addInitScript(recordReminders);
    const page = await world.openPage(context);
    await importKey(page, accountOf(network).key);
    const job = await beginPublication(page, { file: weightsPath("t_a") });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await goTo(page, "models");
    await by(page, "models-own").click();
    await by(page, "reminders-ask").click();
    await page.locator("[data-testid=reminders][data-state=Granted]").waitFor();
    assert.deepEqual(await reminded(page), [], "nothing is due in this epoch alone");
    assert.doesNotMatch(await page.title(), /^\(/);

    await endEpoch(page);
    await eventually("the commit is called for", async () => (await reminded(page)).length, 1);
    const [commit] = await reminded(page);
    assert.match(commit.body, /^Commit the weights of .* before epoch 1 ends\.$/);
    assert.match(await page.title(), /^\(1\) /);
    assert.equal((await badges(page)).at(-1), 1);
    await page.goto(new URL(`models/publish/${job}`, world.walletUrl).href);
    await unlock(page);
    await stageIs(page, "ReadyToCommit");
    await eventually("the tab counts it again", async () => /^\(1\) /.test(await page.title()), true);
    assert.deepEqual(await reminded(page), [], "it was told before the page was loaded anew");
    await takeStep(page);
    await stageIs(page, "Waiting");
    await eventually("the commit is done", async () => /^\(/.test(await page.title()), false);
    assert.equal((await badges(page)).at(-1), 0);

    await endEpoch(page);
    await stageIs(page, "ReadyToReveal");
    await eventually("the reveal is called for", async () => (await reminded(page)).length, 1);
    const [reveal] = await reminded(page);
    assert.match(reveal.body, /^Reveal .* now: only epoch 2 counts\.$/);
    assert.notEqual(reveal.tag, commit.tag);
    // Whatever is told meanwhile, it is said once.
    await goTo(page, "home");
    await by(page, "lock").click();
    await unlock(page);
    await eventually("the tab still counts it", async () => /^\(1\) /.test(await page.title()), true);
    await page.waitForTimeout(4_000);
    assert.equal((await reminded(page)).length, 1);
    assert.deepEqual((await badges(page)).filter((count) => count > 1), []);
  },

  "the planner counts as the network draws, and proposes places that are drawn more": async (world) => {
    const network = await world.startNetwork("--demo");
    const page = await world.openFresh();
    await importKey(page, accountOf(network).key);
    await goTo(page, "models");
    const counted = async () => {
      const drawn = await numbers(page, "model-drawn");
      return drawn.length > 2 && drawn.every(Number.isFinite);
    };
    await eventually("targets are counted", counted, true);
    const id = (await idsShown(page))[2];
    const drawn = (await numbers(page, "model-drawn"))[2];
    await by(page, "models-planner").click();
    // Where it stands, with what it has: the network's own count.
    await by(page, "plan-replaces").locator(`option[value="${id}"]`).waitFor({ state: "attached" });
    await by(page, "plan-replaces").selectOption(id);
    await by(page, "plan-of-model").selectOption(id);
    await by(page, "plan-stake").fill("10000");
    await eventually("the position is taken over", async () => (await by(page, "plan-numbers").inputValue()).split(",").length, 16);
    await by(page, "plan-start").click();
    await by(page, "plan-outcome").waitFor({ timeout: 60_000 });
    assert.equal(Number(await by(page, "plan-drawn").innerText()), drawn);
    const counts = await page.getByTestId("plan-stake-row").evaluateAll((rows) => rows.map((row) => Number(row.dataset.drawn)));
    assert.deepEqual(counts, [...counts].sort((a, b) => a - b), "more stake is never drawn less");
    await look(page, "planner");

    await by(page, "plan-search").locator("summary").click();
    await by(page, "plan-propose").click();
    await by(page, "plan-proposal").waitFor({ timeout: 60_000 });
    const best = Number(await by(page, "plan-proposal").getAttribute("data-drawn"));
    assert.ok(best >= drawn, `a proposal is no worse: ${best} and ${drawn}`);
    await by(page, "plan-take").click();
    await by(page, "plan-start").click();
    await eventually("the proposal holds", () => by(page, "plan-drawn").innerText().catch(() => ""), String(best), 60_000);

    await by(page, "plan-sample").locator("summary").click();
    await by(page, "plan-sample-weights").setInputFiles(weightsPath("t_a"));
    await by(page, "plan-sample-data").setInputFiles({ name: "sample", mimeType: "text/plain", buffer: Buffer.from("What a model makes of this.") });
    const before = await by(page, "plan-numbers").inputValue();
    await by(page, "plan-sample-start").click();
    await eventually("a position is computed", async () => (await by(page, "plan-numbers").inputValue()) !== before, true, 60_000);
    assert.equal((await by(page, "plan-numbers").inputValue()).split(",").length, 16);
  },
};

/** Notes what the browser is asked to show, instead of showing it. Runs in the page before anything else. */
function recordReminders() {
  window.reminded = [];
  window.badges = [];
  const { Notification: real } = window;
  window.Notification = class extends EventTarget {
    constructor(title, { body, tag }) {
      super();
      window.reminded.push({ title, body, tag });
    }
    static get permission() {
      return real.permission;
    }
    static requestPermission() {
      return real.requestPermission();
    }
  };
  navigator.setAppBadge = async (count) => window.badges.push(count);
  navigator.clearAppBadge = async () => window.badges.push(0);
}

function reminded(page) {
  return page.evaluate(() => window.reminded);
}

function badges(page) {
  return page.evaluate(() => window.badges);
}

/** Signs what is reviewed, with its warning read where there is one, and closes what came of it. */
async function reviewed(page, { warned = false } = {}) {
  await review(page);
  if (warned) {
    await by(page, "review-ack").check();
  }
  await confirm(page);
  await by(page, "outcome-close").click();
}

/** The bytes that a press of this button saves. */
async function saved(page, testid) {
  const download = page.waitForEvent("download");
  await by(page, testid).click();
  return readFileSync(await (await download).path());
}

/** The account that owns the models of the demonstration, as the network printed it. */
function accountOf(network) {
  const [, address, key] = /^ {2}(0x[0-9a-f]{64}) +(somaprivkey\S+)/m.exec(readFileSync(network.log, "utf8"));
  return { address, key };
}

async function idsShown(page) {
  return page.getByTestId("model-row").evaluateAll((rows) => rows.map((row) => row.dataset.model));
}

/** The numbers of a column, from above. */
async function numbers(page, testid) {
  return (await page.getByTestId(testid).allInnerTexts()).map(Number);
}
