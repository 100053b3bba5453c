// A node that means harm: it is slow, talks nonsense or without end, becomes another chain, or tells of old
// versions. The wallet never signs what it did not show, never hangs, and loses nothing.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

import { answerWith, give, rewrite, wholeAnswer } from "./support/meddling.mjs";
import { keys } from "./support/vectors.mjs";
import { SOMA, balanceIs, by, confirm, eventually, fee, goTo, importKey, review, toSoma } from "./support/wallet.mjs";

const [RECIPIENT, OWNER] = keys;
const FUNDED = 10n * SOMA;
const FUND = ["--fund", `${OWNER.address}=${toSoma(FUNDED)}`];
/** Longer than the wallet waits for a simulation. */
const SIMULATION_MS = 30_000;
/** A message of a gigabyte, as its header says. */
const ENORMOUS = Buffer.from([0, 0x40, 0, 0, 0]);

export const scenarios = {
  "a simulation that never comes, is nonsense or has no end leaves the wallet's own preview, and it goes on": async (world) => {
    const { page, node } = await begin(world);
    const endless = (response, first) => {
      const piece = Buffer.alloc(64 * 1024);
      response.write(first);
      const more = setInterval(() => response.write(piece), 5);
      response.on("close", () => clearInterval(more));
    };
    const kinds = [
      [/did not answer within 15 seconds/, () => {}],
      [/not understood/, (response) => response.end(Buffer.concat([Buffer.from([0, 0, 0, 0, 200]), randomBytes(200)]))],
      [/not understood/, (response) => endless(response, ENORMOUS)],
      // Message after message, each of them allowed.
      [/did not answer within 15 seconds|not understood/, (response) => endless(response, Buffer.alloc(0))],
      [/not understood|cannot be reached/, (response) => response.end(Buffer.from([0, 0, 0, 1, 0, 1, 2, 3]))],
    ];
    for (const [words, write] of kinds) {
      answerWith(node, /SimulateTransaction$/, write);
      await fillIn(page);
      await by(page, "review").waitFor({ timeout: SIMULATION_MS });
      await review(page, "unavailable");
      assert.match(await by(page, "review-simulation").innerText(), words);
      await by(page, "review-cancel").click();
    }
    node.meddle = undefined;
    await fillIn(page);
    await review(page);
    await confirm(page);
    assert.equal(await world.node.balance(RECIPIENT.address), SOMA);
  },

  "a node that becomes another chain under a review has nothing signed for it": async (world) => {
    const { page, node } = await begin(world);
    await fillIn(page);
    await review(page);
    const { chainId } = await world.node.info();
    const other = chainId.replace(/^./, (first) => (first === "5" ? "6" : "5"));
    rewrite(node, /GetServiceInfo$/, Buffer.from(chainId), Buffer.from(other));
    let sent = 0;
    node.sees = (request) => {
      sent += request.method === "POST" && request.url.endsWith("/ExecuteTransaction") ? 1 : 0;
    };
    // The review may be gone by itself before it can be confirmed: the wallet looks at its node now and then.
    await by(page, "review-confirm").click({ timeout: 5_000 }).catch(() => {});
    await page.locator("[data-testid=outcome][data-state=not-sent], [data-testid=network-trouble]").first().waitFor();
    assert.equal(sent, 0);
    assert.equal(await world.node.balance(OWNER.address), FUNDED);
    // A chain whose first checkpoint is another one than it says is none.
    await page.locator("[data-testid=network-trouble]", { hasText: /first checkpoint/ }).waitFor({ timeout: 30_000 });
    node.meddle = undefined;
    node.sees = undefined;
    await by(page, "network-trouble").waitFor({ state: "detached", timeout: 30_000 });
    await goTo(page, "home");
    await balanceIs(page, FUNDED);
    await fillIn(page);
    await review(page);
    await confirm(page);
    assert.equal(await world.node.balance(RECIPIENT.address), SOMA);
  },

  "old versions of coins are never signed for, and the wallet goes on once the node tells the truth": async (world) => {
    const { page, node } = await begin(world);
    let old;
    node.meddle = async (request, response) => {
      if (request.method === "OPTIONS" || !request.url.endsWith("/ListOwnedObjects")) {
        return false;
      }
      const { answered, bytes } = await wholeAnswer(node, request);
      old ??= bytes;
      give(response, answered, old);
      return true;
    };
    await fillIn(page);
    await review(page);
    await confirm(page);
    const left = FUNDED - SOMA - fee(2, SOMA);
    assert.equal(await world.node.balance(OWNER.address), left);
    await by(page, "send-again").click();
    let sent = 0;
    node.sees = (request) => {
      sent += request.method === "POST" && request.url.endsWith("/ExecuteTransaction") ? 1 : 0;
    };
    await fillIn(page);
    const said = page.locator("[data-testid=failure], [data-testid=finding-danger], [data-testid=finding-forbidden]");
    await said.first().waitFor();
    assert.equal(sent, 0);
    assert.equal(await world.node.balance(OWNER.address), left);
    node.meddle = undefined;
    node.sees = undefined;
    await goTo(page, "home");
    await balanceIs(page, left);
    await fillIn(page);
    await review(page);
    await confirm(page);
    assert.equal(await world.node.balance(RECIPIENT.address), 2n * SOMA);
  },

  "nonsense in place of an outcome is no outcome: it is looked up, and nothing is sent twice": async (world) => {
    const { page, node } = await begin(world);
    let sent = 0;
    await fillIn(page);
    await review(page);
    node.meddle = async (request, response) => {
      if (request.method === "OPTIONS" || !request.url.endsWith("/ExecuteTransaction")) {
        return false;
      }
      sent += 1;
      const { answered, bytes } = await wholeAnswer(node, request);
      give(response, answered, Buffer.concat([bytes.subarray(0, 5), randomBytes(bytes.length - 5)]));
      return true;
    };
    await by(page, "review-confirm").click();
    await page.locator("[data-testid=outcome]").waitFor();
    assert.notEqual(await by(page, "outcome").getAttribute("data-state"), "not-sent");
    await goTo(page, "activity");
    await page.locator("[data-testid=activity-entry][data-state=Done]", { hasText: "Send" }).waitFor({ timeout: 30_000 });
    assert.equal(sent, 1);
    assert.equal(await world.node.balance(RECIPIENT.address), SOMA);
    await eventually("what was received, and what was sent", () => page.getByTestId("activity-entry").count(), 2);
  },
};

async function begin(world) {
  const node = await world.startNetworkBehindProxy(...FUND);
  world.expectComplaints(/net::ERR_|status of|Failed to load resource/);
  const page = await world.openFresh();
  await importKey(page, OWNER.bech32);
  await balanceIs(page, FUNDED);
  return { page, node };
}

/** Fills in the form for sending and asks for the review. */
async function fillIn(page) {
  await goTo(page, "send");
  await by(page, "send-recipient").fill(RECIPIENT.address);
  await by(page, "send-amount").fill("1");
  await by(page, "send-review").click();
}
