// The wallet as a page of the web, in Firefox: what a person does with it from the first day on.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";

import { beginPublication, endEpoch, stageIs, takeReveal, takeStep } from "../support/publishing.mjs";
import { addModel, near, openScoring, recordedCase, score, seedIs } from "../support/scoring.mjs";
import { keys } from "../support/vectors.mjs";
import { SOMA, addressOf, balanceIs, by, confirm, createWallet, fee, goTo, importKey, review, toSoma, unlock } from "../support/wallet.mjs";
import { writeWeights } from "../support/weights.mjs";

const FAUCET = 2n * SOMA;
const [RECIPIENT, OWNER] = keys;
/** Firefox 153 froze about one in five workers that started others; the page starts them since. */
const ROUNDS = 5;

export const scenarios = {
  "a new wallet gets coins, sends some, is locked, and is there when Firefox is started again": async (world) => {
    await world.startNetwork();
    const first = await world.openFirefox({ profile: "kept" });
    const page = await first.openPage();
    const { address } = await createWallet(page);
    await balanceIs(page, 0n);
    await by(page, "faucet").click();
    await balanceIs(page, FAUCET);

    const amount = 123_456_789n;
    await goTo(page, "send");
    await by(page, "send-recipient").fill(RECIPIENT.address);
    await by(page, "send-amount").fill(toSoma(amount));
    await by(page, "send-review").click();
    assert.match((await review(page)).headline, /0\.123456789 SOMA/);
    const digest = await confirm(page);
    const left = FAUCET - amount - fee(2, amount);
    assert.equal(await world.node.balance(address), left);
    assert.equal(await world.node.balance(RECIPIENT.address), amount);
    await goTo(page, "home");
    await balanceIs(page, left);
    await page.locator(`[data-testid=activity-entry][data-digest="${digest}"][data-state=Done]`).waitFor();

    await by(page, "lock").click();
    await by(page, "unlock-form").waitFor();
    assert.equal(await page.getByTestId("balance").count(), 0, "nothing is shown of a locked wallet");
    await unlock(page);
    await balanceIs(page, left);
    await page.reload();
    await unlock(page);
    await balanceIs(page, left);

    await first.close();
    const again = await world.openFirefox({ profile: "kept" });
    const later = await again.openPage();
    await unlock(later);
    await balanceIs(later, left);
    await later.locator(`[data-testid=activity-entry][data-digest="${digest}"]`).waitFor();
  },

  "a second tab is a guest of the first, and has the wallet itself when that one closes": async (world) => {
    await world.startNetwork("--fund", `${OWNER.address}=${toSoma(3n * SOMA)}`);
    const firefox = await world.openFirefox();
    const first = await firefox.openPage();
    await importKey(first, OWNER.bech32);
    const second = await firefox.openPage();
    assert.equal(await addressOf(second), OWNER.address);
    await balanceIs(second, 3n * SOMA);
    await by(first, "lock").click();
    await by(second, "unlock-form").waitFor();
    await unlock(second);
    await balanceIs(first, 3n * SOMA);
    await first.close();
    await by(second, "unlock-form").waitFor();
    await unlock(second);
    await balanceIs(second, 3n * SOMA);
  },

  "a model is sealed, published and revealed": async (world) => {
    await world.startNetwork("--fund", `${OWNER.address}=100`);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    const file = world.file("llama.safetensors");
    await writeWeights(file, 24);
    await beginPublication(page, { file });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await takeStep(page);
    await stageIs(page, "Waiting");
    const [modelId] = (await by(page, "job-model-id").innerText()).match(/0x[0-9a-f]{64}/);
    await endEpoch(page);
    await stageIs(page, "ReadyToReveal");
    await takeReveal(page);
    await stageIs(page, "Live");
    assert.equal((await world.node.models())[modelId].state, "active");
  },

  "scorings give the recorded score, each with workers of its own": async (world) => {
    await world.startNetwork();
    const firefox = await world.openFirefox();
    const page = await firefox.openPage();
    await createWallet(page);
    const recorded = recordedCase();
    const data = world.file("recorded.bin");
    writeFileSync(data, recorded.bytes);
    for (let round = 0; round < ROUNDS; round += 1) {
      await openScoring(page);
      await by(page, "score-data").setInputFiles(data);
      await addModel(page, recorded.file);
      await seedIs(page, recorded.seed);
      const { losses, engine } = await score(page);
      near(losses[0], recorded.expected.loss, `the loss in round ${round}`);
      assert.match(engine, /^Processor · \d+ workers?/);
      // A lock ends the worker that scores, and whom it had to help.
      await by(page, "lock").click();
      await unlock(page);
    }
  },

  "a private window says that it forgets the wallet, and all else works": async (world) => {
    await world.startNetwork();
    const firefox = await world.openFirefox({ preferences: { "browser.privatebrowsing.autostart": true } });
    const page = await firefox.openPage();
    await by(page, "create-wallet").waitFor();
    assert.match(await by(page, "no-private-files").innerText(), /forgets the wallet when it is closed/);
    await createWallet(page);
    await by(page, "faucet").click();
    await balanceIs(page, FAUCET);
    await by(page, "no-private-files").waitFor();
    assert.equal(await page.getByTestId("vault-trouble").count(), 0, "no copy is called broken for which there is no place");
    await by(page, "lock").click();
    await unlock(page);
    await balanceIs(page, FAUCET);
  },
};
