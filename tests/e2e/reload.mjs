// A tab that is closed anywhere loses nothing: the publication goes on where it stood.

import assert from "node:assert/strict";

import { Between } from "./support/between.mjs";
import {
  beginPublication,
  chooseFileAgain,
  saveBackup,
  stageIs,
  takeReveal,
  takeStep,
} from "./support/publishing.mjs";
import { keys } from "./support/vectors.mjs";
import { SOMA, balanceIs, by, fee, goTo, importKey, review, toSoma, unlock } from "./support/wallet.mjs";
import { writeWeights } from "./support/weights.mjs";
import { DIRECT } from "./support/world.mjs";

const [, OWNER, OTHER] = keys;
const FUND = ["--fund", `${OWNER.address}=10`];

export const scenarios = {
  "a publication goes on after a reload while encrypting, after the commit, and after all": async (world) => {
    await world.startNetwork(...FUND);
    const store = await Between.start(DIRECT);
    world.closeLater(() => store.down());
    const file = world.file("small.safetensors");
    await writeWeights(file, 40);

    let page = await world.openProfile("owner");
    await importKey(page, OWNER.bech32);
    // A store that does not answer holds the encryption up: it waits for the upload beside it.
    const firstPieces = recordFirstPieces(store);
    store.hold();
    const job = await beginPublication(page, { file, blobUrl: `${store.url}/blobs` });
    await by(page, "job-progress").waitFor();
    await stageIs(page, "Sealing");
    await firstPieces.count(1);

    await page.reload();
    store.release();
    await unlock(page);
    await stageIs(page, "NeedsFile");
    assert.ok(page.url().endsWith(job), "the page that was open is open again");
    await chooseFileAgain(page, file);
    await stageIs(page, "ReadyToCreate");
    const [before, after] = await firstPieces.count(2);
    assert.equal(before.length, after.length);
    assert.ok(!before.equals(after), "the same bytes are never encrypted twice under one key");

    await page.reload();
    await unlock(page);
    await stageIs(page, "ReadyToCreate");
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await page.reload();
    await unlock(page);
    await stageIs(page, "ReadyToCommit");
    await saveBackup(page, world.file("backup"));
    await takeStep(page);
    await stageIs(page, "Waiting");

    // The browser is closed over the end of the epoch.
    await page.reload();
    await unlock(page);
    await stageIs(page, "Waiting");
    await page.context().close();
    await world.node.advanceEpoch();
    page = await world.openProfile("owner", `models/publish/${job}`);
    await unlock(page);
    await stageIs(page, "ReadyToReveal");
    await takeReveal(page);
    await stageIs(page, "Live");

    await page.reload();
    await unlock(page);
    await stageIs(page, "Live");
    const [model] = Object.values(await world.node.models());
    assert.equal(model.state, "active");
    assert.equal(`0x${model.owner}`, OWNER.address);
  },

  "an upload and a comparison go on by themselves after a reload": async (world) => {
    await world.startNetwork(...FUND);
    const store = await Between.start(DIRECT);
    world.closeLater(() => store.down());
    const file = world.file("small.safetensors");
    await writeWeights(file, 24);
    const page = await world.openProfile("owner");
    await importKey(page, OWNER.bech32);

    // The store refuses what is uploaded beside the encryption, then does not answer.
    world.expectComplaints(/status of 503/);
    store.meddle = (request, response) => {
      store.hold();
      request.resume();
      response.writeHead(503).end("full of other things");
      return true;
    };
    await beginPublication(page, { file, blobUrl: `${store.url}/blobs` });
    await stageIs(page, "Uploading");
    await page.reload();
    store.release();
    // What serves the file for the comparison holds it back.
    store.meddle = (request) => {
      if (request.method === "GET") {
        store.hold();
        return store.meddle(request);
      }
    };
    await unlock(page);
    await stageIs(page, "Verifying");
    await page.reload();
    store.release();
    await unlock(page);
    await stageIs(page, "ReadyToCreate");
  },

  "a transaction whose answer is lost is looked up and never signed again": async (world) => {
    const node = await world.startNetworkBehindProxy(...FUND);
    world.expectComplaints(/net::ERR_(CONNECTION_REFUSED|EMPTY_RESPONSE|FAILED|CONNECTION_RESET|INCOMPLETE_CHUNKED_ENCODING)/);
    const page = await world.openProfile("owner");
    await importKey(page, OWNER.bech32);
    const amount = 3n * SOMA;
    const left = 10n * SOMA - amount - fee(2, amount);

    // The node executes it; then it is gone, and its answer with it.
    await beginSending(page, OTHER.address, amount);
    node.loses = (request) => request.url.endsWith("/ExecuteTransaction");
    node.lost = () => node.down();
    await by(page, "review-confirm").click();
    await page.locator("[data-testid=outcome][data-state=unknown]").waitFor({ timeout: 60_000 });
    assert.match(await by(page, "outcome-failure").innerText(), /not known|look/i);
    assert.equal(await page.getByTestId("review-again").count(), 0, "what may have been executed is not offered again");
    assert.equal(await world.node.balance(OTHER.address), amount, "it was executed");

    // Neither a reload nor a node that is gone makes it forget what it sent.
    await page.reload();
    await unlock(page);
    await goTo(page, "activity");
    await by(page, "network-trouble").waitFor();
    node.loses = undefined;
    await node.up();
    await page.locator("[data-testid=activity-entry][data-state=Done]", { hasText: "Send" }).waitFor({ timeout: 30_000 });
    await goTo(page, "home");
    await balanceIs(page, left);
    assert.equal(await world.node.balance(OTHER.address), amount, "and only once");
  },
};

async function beginSending(page, recipient, amount) {
  await balanceIs(page, 10n * SOMA);
  await goTo(page, "send");
  await by(page, "send-recipient").fill(recipient);
  await by(page, "send-amount").fill(toSoma(amount));
  await by(page, "send-review").click();
  await review(page);
}

/** The first bytes of every blob that is uploaded through a proxy. */
function recordFirstPieces(store) {
  const pieces = [];
  store.sees = (request, bytes) => {
    if (request.method === "PUT" && /^bytes 0-/.test(request.headers["content-range"] ?? "")) {
      pieces.push(Buffer.from(bytes.subarray(0, 4096)));
    }
  };
  return {
    async count(wanted) {
      const deadline = Date.now() + 15_000;
      while (pieces.length < wanted) {
        assert.ok(Date.now() < deadline, `${pieces.length} of ${wanted} uploads began`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.equal(pieces.length, wanted);
      return pieces;
    },
  };
}
