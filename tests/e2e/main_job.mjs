// The main job: from an empty machine to a published model.

import assert from "node:assert/strict";
import { createDecipheriv, createHash } from "node:crypto";

import { MemoryWatch } from "./support/memory.mjs";
import {
  EMBEDDING,
  beginPublication,
  endEpoch,
  saveBackup,
  stageIs,
  takeReveal,
  takeStep,
} from "./support/publishing.mjs";
import { keys } from "./support/vectors.mjs";
import {
  SOMA,
  balanceIs,
  by,
  confirm,
  createWallet,
  fee,
  goTo,
  importKey,
  review,
  toSoma,
} from "./support/wallet.mjs";
import { writeWeights } from "./support/weights.mjs";
import { direct } from "./support/world.mjs";

const FAUCET = 2n * SOMA;
const STAKE = SOMA;
const [RECIPIENT] = keys;
/**
 * By how much a tab may grow, whatever the size of the file. What it has before is mostly the wallet's own
 * code, which a build without optimisations makes many times as large.
 */
const GROWTH_LIMIT_MIB = 100;
const WEIGHTS_MIB = 256;

export const scenarios = {
  "a new wallet gets coins, sends some and publishes a model": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();

    const { address } = await createWallet(page);
    assert.match(address, /^0x[0-9a-f]{64}$/);
    await balanceIs(page, 0n);
    await by(page, "faucet").click();
    await balanceIs(page, FAUCET);
    assert.equal(await world.node.balance(address), FAUCET);

    const left = await sendSome(world, page, address, FAUCET);

    const file = world.file("llama.safetensors");
    const weights = await writeWeights(file, WEIGHTS_MIB);
    const modelId = await publish(world, page, file, left, address);
    await comparePublished(world, modelId, weights, address);
  },
};

/** Sends an odd amount; returns what must be left. */
async function sendSome(world, page, address, before) {
  const amount = 123_456_789n;
  const cost = fee(2, amount);
  await goTo(page, "send");
  await by(page, "send-recipient").fill(RECIPIENT.address);
  await by(page, "send-amount").fill(toSoma(amount));
  await by(page, "send-review").click();
  const reviewed = await review(page);
  assert.match(reviewed.headline, /0\.123456789 SOMA/);
  assert.equal(reviewed.fee, cost);
  const digest = await confirm(page);

  const left = before - amount - cost;
  assert.equal(await world.node.balance(address), left, "the sender's balance on the chain");
  assert.equal(await world.node.balance(RECIPIENT.address), amount, "the receiver's balance on the chain");
  await goTo(page, "home");
  await balanceIs(page, left);
  await page.locator(`[data-testid=activity-entry][data-digest="${digest}"][data-state=Done]`).waitFor();

  // The receiver sees it in a wallet of their own.
  const receiver = await world.openFresh();
  assert.equal(await importKey(receiver, RECIPIENT.bech32), RECIPIENT.address);
  await balanceIs(receiver, amount);
  await receiver.context().close();
  return left;
}

/** Publishes weights from the file to the revealed model; returns its id. */
async function publish(world, page, file, balance, address) {
  // The code of these pages is no part of what sealing takes.
  await goTo(page, "models");
  await page.locator("h1", { hasText: "Models" }).waitFor();
  const memory = await MemoryWatch.start(await world.browser());
  memory.enter("sealing and uploading");
  await beginPublication(page, { file, stake: toSoma(STAKE) });
  await by(page, "job-progress").waitFor();
  await stageIs(page, "Verifying");
  memory.enter("comparing");
  await stageIs(page, "ReadyToCreate");
  const { first, peak, phases, samples } = await memory.stop();
  const took = `memory of the tab, MiB: ${JSON.stringify(phases)}, ${samples} looks`;
  console.log(`       ${took}`);
  assert.ok(samples >= 5, "the memory was looked at while it worked");

  let left = balance;
  const create = await takeStep(page);
  left -= create.fee + STAKE;
  await stageIs(page, "ReadyToCommit");
  const backup = await saveBackup(page, world.file("model.backup"));
  assert.match(backup.name, /\.soma-model-backup$/);
  assert.ok(backup.contents.length > 200, "the backup holds something");
  assert.ok(!backup.contents.includes("llama"), "and nothing that can be read without its password");
  const commit = await takeStep(page);
  left -= commit.fee;
  await stageIs(page, "Waiting");
  const modelId = (await by(page, "job-model-id").innerText()).match(/0x[0-9a-f]{64}/)[0];
  assert.equal((await world.node.models())[modelId].state, "pending");
  assert.equal((await world.node.models())[modelId].decryptionKey, undefined, "the key is not public yet");

  await endEpoch(page);
  await stageIs(page, "ReadyToReveal");
  const reveal = await takeReveal(page);
  left -= reveal.fee;
  await stageIs(page, "Live");
  assert.equal(await world.node.balance(address), left, "fees and stake, and nothing else, were taken");
  await goTo(page, "home");
  await balanceIs(page, left);
  assert.ok(peak - first < GROWTH_LIMIT_MIB, took);
  return modelId;
}

/** Opens what was published as anybody can, from the chain and the blob store alone. */
async function comparePublished(world, modelId, weights, owner) {
  const model = (await world.node.models())[modelId];
  assert.equal(model.state, "active");
  assert.equal(`0x${model.owner}`, owner);
  assert.deepEqual(model.embedding, EMBEDDING);
  const response = await fetch(direct(model.url));
  assert.equal(response.status, 200);
  const cipher = createDecipheriv("aes-256-ctr", model.decryptionKey, Buffer.alloc(16));
  const [opened, sealed] = [createHash("sha256"), createHash("sha256")];
  let size = 0;
  for await (const piece of response.body) {
    size += piece.length;
    sealed.update(piece);
    opened.update(cipher.update(piece));
  }
  assert.equal(size, weights.size);
  assert.equal(opened.digest("hex"), weights.sha256, "the opened blob is the original file");
  assert.notEqual(sealed.digest("hex"), weights.sha256, "and was not open before");
}
