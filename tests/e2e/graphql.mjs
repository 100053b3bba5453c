// What an indexer deepens: the past of addresses, settled targets, leaderboards; and what is said without one.

import assert from "node:assert/strict";

import { parse, validate } from "graphql";

import { beyondLimits, documents, schema, serveIndexer } from "./support/graphql.mjs";
import { call } from "./support/grpc_web.mjs";
import { look } from "./support/looks.mjs";
import { Node } from "./support/node.mjs";
import { freePorts, startLocalnet } from "./support/services.mjs";
import { confirmPlan, openBoard, openClaims, openFirstTarget, signSubmission, submitByHand, trayIs } from "./support/targets.mjs";
import { keys } from "./support/vectors.mjs";
import { balanceIs, by, eventually, goTo, importKey, shannons, toSoma, unlock } from "./support/wallet.mjs";

const [FRIEND, OWNER] = keys;
const FUNDED = 1_000_000_000_000n;
const FUND = ["--fund", `${OWNER.address}=${toSoma(FUNDED)}`];
/** Transactions that an indexer tells at once: of a sender, and of an address. */
const [SENT_AT_ONCE, TOUCHED_AT_ONCE] = [50, 20];

/** A network with an owner's wallet open, and an indexer beside it. */
async function begin(world) {
  await world.startNetwork("--demo", ...FUND);
  const indexer = await serveIndexer(world.node);
  let served = true;
  indexer.down = async () => {
    if (served) {
      served = false;
      await indexer.close();
    }
  };
  world.closeLater(indexer.down);
  const page = await world.openFresh();
  await importKey(page, OWNER.bech32);
  await balanceIs(page, FUNDED);
  return { page, indexer };
}

/** Gives the local network's indexer an address, under Settings. */
async function giveIndexer(page, url) {
  await goTo(page, "settings");
  await by(page, "set-indexer").click();
  await by(page, "indexer-url").fill(url);
  await by(page, "indexer-keep").click();
}

/** Does so, and waits until it is kept. */
async function keepIndexer(page, url) {
  await giveIndexer(page, url);
  await eventually("the indexer is kept", () => by(page, "network-indexer").innerText().catch(() => "none"), `Indexer ${url}`);
}

/** Opens a page by its address, as a shared link does. */
async function open(world, page, path) {
  await page.goto(new URL(path, world.walletUrl).href);
  await unlock(page);
}

/** Has the faucet send coins so many times; returns who the faucet is. */
async function busyFaucet(world, indexer, times) {
  const recipient = new TextEncoder().encode(FRIEND.address);
  for (let at = 0; at < times; at += 1) {
    await call(world.node.url, "/faucet.Faucet/RequestGas", Uint8Array.of(recipient.length, ...recipient));
  }
  await indexer.indexer.catchUp();
  return indexer.indexer.transactions.at(-1).sender;
}

function digestsShown(page) {
  return page.getByTestId("indexed-transaction").evaluateAll((lines) => lines.map((line) => line.dataset.digest));
}

/** The amounts of a card's shares, by address. */
function sharesShown(page) {
  return page.getByTestId("indexed-share").evaluateAll((rows) =>
    Object.fromEntries(rows.map((row) => [row.dataset.address, row.querySelector("[data-shannons]").dataset.shannons])),
  );
}

/** Submits data for the first target and claims its reward two epochs later; returns the target. */
async function earn(world, page, { indexer }) {
  await openBoard(page);
  const target = await openFirstTarget(page);
  await submitByHand(world, page, "What the indexer will remember");
  await signSubmission(page);
  for (let at = 0; at < 2; at += 1) {
    // It knows of an epoch what it read in it.
    await indexer.catchUp();
    const epoch = await world.node.advanceEpoch();
    await page.locator(`[data-testid=epoch-clock][data-epoch="${epoch}"]`).first().waitFor({ state: "attached" });
  }
  await openClaims(page);
  await trayIs(page, ["due"]);
  await by(page, "tray-claim-all").click();
  await confirmPlan(page, 1);
  await by(page, "plan-close").click();
  return target;
}

export const scenarios = {
  "every question is one that the schema of the network's indexer answers, within its limits": async () => {
    const all = documents();
    assert.ok(all.length >= 12, `${all.length} documents`);
    for (const { name, text } of all) {
      const document = parse(text);
      const errors = [...validate(schema, document), ...beyondLimits(document, { first: SENT_AT_ONCE })];
      assert.deepEqual(errors.map(({ message }) => message), [], name);
    }
    const [tooMuch] = beyondLimits(parse("{ transactions(first: 50) { nodes { digest kind epoch sender timestamp metadataJson sequenceNumber a: kind b: kind c: kind d: kind e: kind f: kind g: kind h: kind i: kind j: kind k: kind l: kind } } }"));
    assert.match(tooMuch.message, /too complex/, "the limits are not for show");
  },

  "without an indexer each place says what is missing, and where to add one": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    const model = Object.keys(await world.node.models())[0];
    const never = `0x${"7".repeat(64)}`;
    for (const [path, missing] of [
      [`address/${OWNER.address}`, /earlier transactions are missing/],
      [`models/${model}`, /place on the leaderboard/],
      ["models", /wins on targets that were settled/],
      [`targets/${never}`, /targets that were settled/],
      ["targets/claims", /earned in all is missing/],
      ["epoch/0", /targets, scores and claims are missing/],
      ["network", /totals over the whole chain/],
    ]) {
      await open(world, page, path);
      await by(page, "no-indexer").waitFor();
      assert.match(await by(page, "no-indexer").innerText(), missing, path);
      assert.equal(await page.getByTestId("indexers-word").count(), 0, `nothing of ${path} claims to be an indexer's`);
    }
    await look(page, "graphql-none-network");
    await by(page, "no-indexer").locator("a").click();
    await by(page, "networks").waitFor();
  },

  "the history of an address is told page by page, and every line leads to its transaction": async (world) => {
    const { page, indexer } = await begin(world);
    const faucet = await busyFaucet(world, indexer, SENT_AT_ONCE + 3);
    await keepIndexer(page, indexer.url);
    const known = indexer.indexer.transactions;

    await open(world, page, `address/${faucet}`);
    await by(page, "indexed-transaction").waitFor();
    const sent = known.filter(({ sender }) => sender === faucet).map(({ digest }) => digest).reverse();
    assert.ok(sent.length > SENT_AT_ONCE);
    assert.deepEqual(await digestsShown(page), sent.slice(0, SENT_AT_ONCE));
    await by(page, "indexed-more").click();
    await eventually("all of them", async () => (await digestsShown(page)).length, sent.length);
    assert.deepEqual(await digestsShown(page), sent);
    assert.equal(await page.getByTestId("indexed-more").count(), 0, "there are no more");
    await by(page, "indexers-word").waitFor();
    await look(page, "graphql-address");

    await open(world, page, `address/${FRIEND.address}`);
    await by(page, "indexed-none").waitFor();
    await by(page, "tab-touched").click();
    await by(page, "indexed-transaction").waitFor();
    const touched = known.filter((one) => one.touched.has(FRIEND.address)).map(({ digest }) => digest);
    assert.deepEqual(await digestsShown(page), touched.slice(0, TOUCHED_AT_ONCE));
    await by(page, "indexed-more").click();
    await eventually("the next page", async () => (await digestsShown(page)).length, 2 * TOUCHED_AT_ONCE);
    assert.deepEqual(await digestsShown(page), touched.slice(0, 2 * TOUCHED_AT_ONCE));
    assert.match(await by(page, "indexed-transaction").innerText(), /(Transfer|Pay) coin/);
    await by(page, "indexed-transaction").locator("a").first().click();
    await by(page, "tx").waitFor();
    assert.ok(page.url().includes(touched[0]));
  },

  "a settled target is found again with its reward, and what was won shows wherever it counts": async (world) => {
    const { page, indexer } = await begin(world);
    await keepIndexer(page, indexer.url);
    const target = await earn(world, page, indexer);
    await indexer.indexer.catchUp();
    const [reward] = indexer.indexer.rewards;
    assert.equal(reward.target, target);
    const seen = indexer.indexer.targets.get(target);

    await open(world, page, `targets/${target}`);
    await by(page, "target-gone").waitFor();
    await by(page, "indexed-target-state").waitFor();
    assert.match(await by(page, "indexed-target-state").innerText(), /filled, and its reward was claimed/);
    assert.equal(await shannons(page, "indexed-target-reward"), seen.reward);
    const shares = Object.fromEntries(reward.balances.map(({ recipient, amount }) => [recipient, amount]));
    assert.ok(BigInt(shares[OWNER.address]) > 0n);
    assert.deepEqual(await sharesShown(page), shares);
    await look(page, "graphql-target");
    await by(page, "indexed-claim").click();
    await by(page, "tx").waitFor();
    assert.ok(page.url().includes(reward.digest));

    await open(world, page, "models");
    await by(page, "leader").waitFor();
    assert.equal(await by(page, "leader").getAttribute("data-model"), seen.model, "who won stands first");
    assert.match(await by(page, "leader").innerText(), /^1\s/);
    await look(page, "graphql-leaders");
    await open(world, page, `models/${seen.model}`);
    await by(page, "model-place").waitFor();
    assert.equal(await by(page, "model-place-number").innerText(), "1");
    assert.equal(await shannons(page, "model-earned"), (seen.reward * 4_975n) / 10_000n);
    assert.equal(await by(page, "indexed-win").getAttribute("data-target"), target);
    await eventually("three epochs of it", () => page.getByTestId("model-epoch").count(), 3);
    await look(page, "graphql-model");

    await openClaims(page);
    await by(page, "stats-targets").waitFor();
    assert.equal(await by(page, "stats-targets").innerText(), "1");
    const share = seen.reward - (seen.reward * 4_975n) / 10_000n - (seen.reward * 50n) / 10_000n;
    assert.equal(await shannons(page, "stats-reward"), share);
    await look(page, "graphql-claims");

    await open(world, page, "epoch/2");
    await by(page, "account-claims").waitFor();
    assert.equal(await by(page, "account-claims").innerText(), "1");
    const moved = reward.balances.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    assert.equal(await shannons(page, "account-claimed"), moved);
    await open(world, page, "epoch/0");
    await by(page, "account-filled").waitFor();
    assert.equal(await by(page, "account-filled").innerText(), "1");
    await look(page, "graphql-epoch");

    await goTo(page, "network");
    await by(page, "submitter").waitFor();
    assert.equal(await by(page, "submitter").getAttribute("data-address"), OWNER.address);
    assert.equal((await by(page, "totals-transactions").innerText()).replaceAll(",", ""), String(indexer.indexer.transactions.length));
    await look(page, "graphql-network");
  },

  "an indexer of another chain is refused, and shows nothing where one answers later": async (world) => {
    const [rpc, faucet, admin] = await freePorts(3);
    const ports = ["--rpc-port", rpc, "--faucet-port", faucet, "--admin-port", admin].map(String);
    const flags = ["--seed", "another", "--accounts", "1", "--small-model", "--epoch-duration-ms", "none"];
    const other = await startLocalnet([...flags, ...ports], { port: rpc, name: `${world.name}.other` });
    world.closeLater(() => other.stop());
    const stranger = await serveIndexer(new Node(`http://127.0.0.1:${rpc}`));
    const { chainId } = await stranger.indexer.node.info();
    const { page, indexer } = await begin(world);

    await giveIndexer(page, stranger.url);
    await by(page, "indexer-dialog").getByTestId("failure").waitFor();
    const said = await by(page, "indexer-dialog").getByTestId("failure").innerText();
    assert.match(said, /of another chain/);
    assert.ok(said.includes(chainId), said);
    await look(page, "graphql-refused");
    await page.keyboard.press("Escape");
    assert.equal(await page.getByTestId("network-indexer").count(), 0);

    // A new network with an indexer of another one is not even offered to be kept.
    await by(page, "add-network").click();
    await by(page, "network-name").fill("Mixed");
    await by(page, "network-rpc").fill(world.node.url);
    await by(page, "add-network-dialog").locator("summary").click();
    await by(page, "network-graphql").fill(stranger.url);
    await by(page, "probe-network").click();
    await by(page, "add-network-dialog").getByTestId("failure").waitFor();
    assert.equal(await page.getByTestId("keep-network").count(), 0);
    await by(page, "network-graphql").fill(indexer.url);
    await by(page, "probe-network").click();
    await by(page, "keep-network").waitFor();
    await page.keyboard.press("Escape");

    // One that was right when it was kept, and is another's after a while.
    await keepIndexer(page, indexer.url);
    const port = Number(new URL(indexer.url).port);
    await indexer.down();
    await stranger.close();
    const impostor = await serveIndexer(new Node(`http://127.0.0.1:${rpc}`), port);
    world.closeLater(impostor.close);
    await open(world, page, `address/${OWNER.address}`);
    await by(page, "address-balance").waitFor();
    const card = by(page, "indexed-history");
    await card.getByTestId("failure").waitFor();
    assert.match(await card.innerText(), /of another chain/);
    assert.equal(await page.getByTestId("indexed-transaction").count(), 0);
  },

  "pages keep working while their indexer is down or refuses, and say so": async (world) => {
    world.expectComplaints(/ERR_CONNECTION_REFUSED|the server responded with a status of 503/);
    const { page, indexer } = await begin(world);
    await keepIndexer(page, indexer.url);

    indexer.failing = "the database is being vacuumed";
    await goTo(page, "network");
    await by(page, "totals").getByTestId("failure").waitFor();
    assert.match(await by(page, "totals").innerText(), /database is being vacuumed/);
    await by(page, "tile-stake").waitFor();
    indexer.failing = undefined;
    await by(page, "totals").getByTestId("retry").click();
    await by(page, "totals-transactions").waitFor();

    indexer.failing = 503;
    await open(world, page, `address/${OWNER.address}`);
    await by(page, "indexed-history").getByTestId("failure").waitFor();
    assert.match(await by(page, "indexed-history").innerText(), /HTTP status 503/);
    await eventually("the balance is told", () => shannons(page, "address-balance"), FUNDED);

    await indexer.down();
    await open(world, page, "models");
    await by(page, "leaders").getByTestId("failure").waitFor();
    assert.match(await by(page, "leaders").innerText(), /cannot be reached/);
    await by(page, "model-row").first().waitFor();
    await look(page, "graphql-down");

    await goTo(page, "settings");
    await by(page, "set-indexer").click();
    await by(page, "indexer-forget").click();
    await eventually("it is forgotten", () => page.getByTestId("network-indexer").count(), 0);
    await goTo(page, "models");
    await by(page, "no-indexer").waitFor();
  },
};
