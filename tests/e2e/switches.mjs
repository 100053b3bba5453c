// What changes under the wallet while it works: another network, another epoch, a node that tells less, numbers
// that are none, and records that cannot be read.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { refuse, rewrite } from "./support/meddling.mjs";
import { Node } from "./support/node.mjs";
import { beginPublication, saveBackup, stageIs, takeStep } from "./support/publishing.mjs";
import { freePorts, startLocalnet } from "./support/services.mjs";
import { openBoard, totalShown } from "./support/targets.mjs";
import { keys } from "./support/vectors.mjs";
import { SOMA, balanceIs, by, confirm, createWallet, eventually, fee, goTo, importKey, review, toSoma, unlock } from "./support/wallet.mjs";
import { weightsPath } from "./support/scoring.mjs";

const [RECIPIENT, OWNER, OTHER] = keys;
const FUNDED = 10n * SOMA;
const fund = (...accounts) => accounts.flatMap(({ address }) => ["--fund", `${address}=${toSoma(FUNDED)}`]);
/** What no number is, as 32 bits. */
const NOT_A_NUMBER = Buffer.from([0, 0, 0xc0, 0x7f]);
const WATCHED_MS = 9_000;

export const scenarios = {
  "a model whose place is no number is shown as that, and costs the wallet nothing else": async (world) => {
    const node = await world.startNetworkBehindProxy("--demo");
    const [[id, { embedding }]] = Object.entries(await world.node.models());
    rewrite(node, /GetEpoch$/, floats(embedding), Buffer.concat([NOT_A_NUMBER, floats(embedding.slice(1))]));
    const page = await world.openFresh();
    await createWallet(page);
    await goTo(page, "models");
    await eventually("all models are listed", () => page.getByTestId("model-row").count(), 6);
    await page.locator(`[data-testid=model-row][data-model="${id}"]`).getByTestId("model-link").click();
    await by(page, "model-standing").waitFor();
    assert.equal(await by(page, "model-standing").innerText(), "Active");
    await by(page, "model-embedding-broken").waitFor();
    await goTo(page, "home");
    await balanceIs(page, 0n);
  },

  "targets whose distance is no number are not offered to score for, and told as such when asked for": async (world) => {
    const node = await world.startNetworkBehindProxy("--demo");
    const { threshold } = await world.node.economy();
    const page = await world.openFresh();
    await createWallet(page);
    await openBoard(page);
    const target = await by(page, "board-row").getAttribute("data-target");
    rewrite(node, /(ListTargets|GetTarget)$/, floats([threshold]), NOT_A_NUMBER);
    await goTo(page, "score");
    await by(page, "score-target").waitFor();
    const offered = await by(page, "score-target").locator("option").evaluateAll((all) => all.map(({ value }) => value));
    assert.deepEqual(offered.filter((value) => value.startsWith("0x")), []);
    await by(page, "score-target").selectOption("by-id");
    await by(page, "score-target-id").fill(target);
    await by(page, "score-target-look").click();
    await page.locator("[data-code='score/target-not-finite']").waitFor();
    await goTo(page, "home");
    await balanceIs(page, 0n);
  },

  "a review ends with its epoch: nothing is signed, and it can be made again": async (world) => {
    await world.startNetwork(...fund(OWNER));
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    const amount = 3n * SOMA;
    await beginSending(page, RECIPIENT.address, amount);
    const epoch = await world.node.advanceEpoch();
    await page.locator(`[data-testid=epoch-clock][data-epoch="${epoch}"]`).first().waitFor({ state: "attached" });
    await by(page, "review-confirm").click();
    await page.locator("[data-testid=outcome][data-state=not-sent]").waitFor();
    assert.equal(await by(page, "outcome-failure").getAttribute("data-code"), "prepare/moved");
    assert.match(await by(page, "outcome-failure").innerText(), /epoch 0 ended since this was prepared/i);
    assert.equal(await world.node.balance(RECIPIENT.address), 0n);
    assert.equal(await world.node.balance(OWNER.address), FUNDED, "not even a fee");
    await by(page, "review-again").click();
    await review(page);
    await confirm(page);
    assert.equal(await world.node.balance(RECIPIENT.address), amount);
  },

  "a reveal that was reviewed in its epoch is never sent in the next one": async (world) => {
    const node = await world.startNetworkBehindProxy(...fund(OWNER));
    world.expectComplaints(/net::ERR_(FAILED|EMPTY_RESPONSE|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING)|status of 503/);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await beginPublication(page, { file: weightsPath("t_a") });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await saveBackup(page, world.file("backup"));
    await takeStep(page);
    await stageIs(page, "Waiting");
    await world.node.advanceEpoch();
    await stageIs(page, "ReadyToReveal");
    await by(page, "job-step").click();
    await review(page, "unavailable");
    // The wallet hears nothing of the end of the epoch before its owner confirms.
    await node.down();
    node.meddle = (request, response) => refuse(/(GetEpoch|SubscribeCheckpoints)$/, request, response);
    await node.up();
    await world.node.advanceEpoch();
    await by(page, "review-confirm").click();
    await page.locator("[data-testid=outcome][data-state=not-sent]").waitFor();
    assert.equal(await by(page, "outcome-failure").getAttribute("data-code"), "prepare/moved");
    node.meddle = undefined;
    await by(page, "outcome-back").click();
    await stageIs(page, "Missed");
    const [model] = Object.values(await world.node.models());
    assert.equal(model.decryptionKey?.some((byte) => byte !== 0) ?? false, false, "the key stayed secret");
  },

  "what an old network still says after a switch is not taken in for the new one": async (world) => {
    await world.startNetwork(...fund(OWNER, OTHER));
    const attic = await startAttic(world);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await addNetwork(page, attic.url);
    const sender = await world.openFresh();
    await importKey(sender, OTHER.bech32);
    await beginSending(sender, OWNER.address, SOMA);
    // The stream of the first network stands open; its next checkpoint comes right after the switch.
    await by(page, "network-picker").selectOption("Attic");
    await page.locator('[data-testid=network-picker][data-state="online"]').first().waitFor();
    await confirm(sender);
    assert.equal(await world.node.balance(OWNER.address), FUNDED + SOMA);
    await goTo(page, "activity");
    await page.waitForTimeout(1_500);
    assert.equal(await page.getByTestId("activity-entry").count(), 0, "nothing happened on this network");
    await by(page, "network-picker").selectOption("Local network");
    await goTo(page, "home");
    await balanceIs(page, FUNDED + SOMA);
  },

  "a payment whose answer was lost is looked up on its own network only, over a switch and back": async (world) => {
    const node = await world.startNetworkBehindProxy(...fund(OWNER));
    const attic = await startAttic(world);
    world.expectComplaints(/net::ERR_(CONNECTION_REFUSED|EMPTY_RESPONSE|FAILED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING)/);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await addNetwork(page, attic.url);
    const amount = 3n * SOMA;
    await beginSending(page, RECIPIENT.address, amount);
    node.loses = (request) => request.url.endsWith("/ExecuteTransaction");
    node.lost = () => node.down();
    await by(page, "review-confirm").click();
    await page.locator("[data-testid=outcome][data-state=unknown]").waitFor({ timeout: 60_000 });
    // The other network knows neither the payment nor its coins.
    await by(page, "network-picker").selectOption("Attic");
    await goTo(page, "activity");
    await page.locator('[data-testid=network-picker][data-state="online"]').first().waitFor();
    await page.waitForTimeout(5_000);
    assert.equal(await page.getByTestId("activity-entry").count(), 0);
    node.loses = undefined;
    await node.up();
    await by(page, "network-picker").selectOption("Local network");
    await page.locator("[data-testid=activity-entry][data-state=Done]", { hasText: "Send" }).waitFor({ timeout: 30_000 });
    assert.equal(await world.node.balance(RECIPIENT.address), amount, "and only once");
  },

  "a node without a stream is not asked for all of its targets again and again": async (world) => {
    const node = await world.startNetworkBehindProxy("--demo");
    world.expectComplaints(/status of 503/);
    let listings = 0;
    node.meddle = (request, response) => {
      listings += request.url.endsWith("/ListTargets") ? 1 : 0;
      return refuse(/SubscribeCheckpoints$/, request, response);
    };
    const page = await world.openFresh();
    await createWallet(page);
    await openBoard(page);
    await eventually("all targets are told", () => totalShown(page), 100);
    const before = listings;
    await page.waitForTimeout(WATCHED_MS);
    assert.ok(listings - before <= 1, `${listings - before} listings in ${WATCHED_MS / 1000} s`);
  },

  "a record that cannot be read hides no other, can be saved, and be removed": async (world) => {
    const network = await world.startNetwork("--demo");
    const page = await world.openFresh();
    await importKey(page, accountOf(network).key);
    const job = await beginPublication(page, { file: weightsPath("t_a") });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    const contents = '{"id":"broken","private_name":null,"of":"another version"}';
    await page.evaluate(putRecord, ["jobs", "broken", contents]);
    await page.evaluate(putRecord, ["submissions", "torn", "{"]);
    await page.reload();
    await unlock(page);
    await stageIs(page, "ReadyToCommit");
    await goTo(page, "home");
    await page.locator(`[data-testid=publication][data-job="${job}"]`).waitFor();
    await eventually("both are told", () => page.getByTestId("damaged-record").count(), 2);
    const saving = page.waitForEvent("download");
    await by(page, "damaged-save").click();
    const download = await saving;
    await download.saveAs(world.file("saved"));
    assert.equal(readFileSync(world.file("saved"), "utf8"), contents);
    await goTo(page, "models");
    await by(page, "models-own").click();
    await page.locator("[data-testid=calendar-deadline][data-duty=Commit]").waitFor();
    for (const left of [1, 0]) {
      await by(page, "damaged-remove").click();
      await by(page, "damaged-remove").click();
      await eventually("one less", () => page.getByTestId("damaged-record").count(), left);
    }
    await goTo(page, "home");
    await page.locator(`[data-testid=publication][data-job="${job}"]`).waitFor();
    assert.equal(await page.getByTestId("damaged-record").count(), 0);
  },

  "what falls due while the wallet is locked is counted at the tab all the same": async (world) => {
    const network = await world.startNetwork("--demo");
    const page = await world.openFresh();
    await importKey(page, accountOf(network).key);
    await beginPublication(page, { file: weightsPath("t_a") });
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await saveBackup(page, world.file("backup"));
    await takeStep(page);
    await stageIs(page, "Waiting");
    await goTo(page, "home");
    await by(page, "lock").click();
    await by(page, "unlock").waitFor();
    assert.doesNotMatch(await page.title(), /^\(/);
    await world.node.advanceEpoch();
    await eventually("the reveal is counted", async () => /^\(1\) /.test(await page.title()), true);
    await by(page, "due-while-locked").waitFor();
    await world.node.advanceEpoch();
    await eventually("its epoch is over", async () => /^\(/.test(await page.title()), false);
  },
};

async function beginSending(page, recipient, amount) {
  await balanceIs(page, FUNDED);
  await goTo(page, "send");
  await by(page, "send-recipient").fill(recipient);
  await by(page, "send-amount").fill(toSoma(amount));
  await by(page, "send-review").click();
  await review(page);
}

/** A second network, of another chain. */
async function startAttic(world) {
  const [rpc, faucet, admin] = await freePorts(3);
  const flags = ["--seed", "another", "--accounts", "1", "--small-model", "--epoch-duration-ms", "none"];
  const ports = ["--rpc-port", rpc, "--faucet-port", faucet, "--admin-port", admin].map(String);
  const network = await startLocalnet([...flags, ...ports], { port: rpc, name: `${world.name}.attic` });
  world.closeLater(() => network.stop());
  const url = `http://127.0.0.1:${rpc}`;
  return { url, node: new Node(url) };
}

/** Keeps a network under the name of Attic, without choosing it; ends at home. */
async function addNetwork(page, url) {
  await goTo(page, "settings");
  await by(page, "add-network").click();
  await by(page, "network-name").fill("Attic");
  await by(page, "network-rpc").fill(url);
  await by(page, "probe-network").click();
  await by(page, "probed-chain").waitFor();
  await by(page, "keep-network").click();
  await page.locator('[data-testid=network][data-name="Attic"]').waitFor();
  await goTo(page, "home");
}

/** The account that a network of tests prints with its key. */
function accountOf(network) {
  const [, address, key] = /^ {2}(0x[0-9a-f]{64}) +(somaprivkey\S+)/m.exec(readFileSync(network.log, "utf8"));
  return { address, key };
}

/** Floats as they lie on the wire. */
function floats(numbers) {
  const bytes = Buffer.alloc(4 * numbers.length);
  numbers.forEach((number, at) => bytes.writeFloatLE(number, 4 * at));
  return bytes;
}

/** In the page: writes a text into the wallet's database. */
function putRecord([drawer, key, text]) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("soma-wallet");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction([drawer], "readwrite");
      transaction.objectStore(drawer).put(text, key);
      transaction.oncomplete = () => resolve(opening.result.close());
      transaction.onerror = () => reject(transaction.error);
    };
  });
}
