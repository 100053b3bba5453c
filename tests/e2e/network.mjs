// The network at a glance, the explorer and the validators, on the local network with life in it.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

import { look } from "./support/looks.mjs";
import { newValidator, validatorKeys } from "./support/validators.mjs";
import { keys } from "./support/vectors.mjs";
import {
  balanceIs,
  by,
  confirm,
  eventually,
  fee,
  goTo,
  importKey,
  review,
  shannons,
  SOMA,
  toSoma,
  unlock,
} from "./support/wallet.mjs";

const [FRIEND, OWNER] = keys;
const FUND = ["--fund", `${OWNER.address}=${toSoma(1000n * SOMA)}`];

export const scenarios = {
  "the dashboard is live and its numbers are the network's": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1000n * SOMA);
    await goTo(page, "network");
    await by(page, "tile-stake").waitFor();
    const said = await world.node.economy();
    assert.equal(await tile(page, "tile-stake"), said.totalStake);
    assert.equal(await tile(page, "tile-pool"), said.emissionPool);
    assert.equal(await tile(page, "tile-emission"), said.emissionPerEpoch);
    assert.equal(await tile(page, "tile-reward"), said.rewardPerTarget);
    assert.equal(await by(page, "tile-validators").innerText(), "4");
    assert.equal(await by(page, "tile-models").innerText(), "6");
    assert.equal(Math.fround(Number(await by(page, "tile-threshold").innerText())), said.threshold);
    assert.equal(await by(page, "network-epoch").getAttribute("data-epoch"), "0");
    const height = await checkpointShown(page);

    await sendTo(page, FRIEND.address, "1.5");
    await goTo(page, "network");
    await eventually("the checkpoint moved on by itself", async () => (await checkpointShown(page)) > height, true);
    await by(page, "latest-transaction").waitFor();
    assert.match(await by(page, "latest-transaction").innerText(), /^Send 1\.5 SOMA/);
    await eventually("the rate is told", async () => Number(await by(page, "tile-rate").innerText()) > 0, true);
    await eventually(
      "the session's chart has a bar",
      async () => (await page.locator("[data-testid=chart-session-transactions] .chart-bars").getAttribute("d")) !== "",
      true,
    );

    await world.node.advanceEpoch();
    await world.node.advanceEpoch();
    await eventually("the epoch", () => by(page, "network-epoch").getAttribute("data-epoch"), "2");
    await eventually("the tile of the pool follows", async () => tile(page, "tile-pool"), (await world.node.economy()).emissionPool);
    const fees = page.getByTestId("chart-fees");
    await eventually("the fees of the epoch that ended", async () => /SOMA/.test(await fees.locator(".chart-value").innerText()), true);
    await fees.getByTestId("chart-table").click();
    await eventually("both epochs that ended are told", () => fees.locator("tbody tr").count(), 2);
    const rows = await fees.locator("tbody tr").allInnerTexts();
    const paid = toSoma(fee(2, 1_500_000_000n)).replace(/0+$/, "");
    assert.ok(rows.at(-1).includes(`${paid} SOMA`), `${rows} has ${paid}`);

    await fees.locator(".chart-plot").focus();
    await page.keyboard.press("Home");
    assert.equal(await fees.locator(".chart-plot").getAttribute("aria-valuetext"), `Epoch 0: ${paid} SOMA`);

    const csv = await saved(page, () => by(page, "epochs-csv").click());
    const lines = csv.toString().trim().split("\r\n");
    assert.equal(lines.length, 4, "a title and three epochs");
    assert.ok(lines[1].includes(`,${paid},`), lines[1]);
    const one = await saved(page, () => fees.getByTestId("chart-csv").click());
    assert.match(one.toString(), new RegExp(`^Epoch,Fees collected \\(SOMA\\)\\r\\n0,${paid}\\r\\n`));
    const picture = await saved(page, () => fees.getByTestId("chart-png").click());
    assert.deepEqual([...picture.subarray(1, 4)], [...Buffer.from("PNG")]);
    assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [2400, 1200]);
  },

  "whatever is typed into the search leads to what it is": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1000n * SOMA);
    const digest = await sendTo(page, FRIEND.address, "2");

    await find(page, digest);
    await by(page, "tx").waitFor();
    assert.equal(await by(page, "tx-status").getAttribute("data-state"), "succeeded");
    assert.match(await by(page, "tx-headline").innerText(), /^Send 2 SOMA/);
    assert.equal(await shannons(page, "tx-fee"), fee(2, 2n * SOMA));
    const changes = await page.getByTestId("tx-balance-change").evaluateAll((rows) =>
      Object.fromEntries(rows.map((row) => [row.dataset.address, row.querySelector("[data-shannons]").dataset.shannons])),
    );
    assert.deepEqual(changes, {
      [FRIEND.address]: String(2n * SOMA),
      [OWNER.address]: String(-2n * SOMA - fee(2, 2n * SOMA)),
    });
    await by(page, "tx-raw").locator("summary").click();
    assert.match(await by(page, "tx-raw").innerText(), /It has the digest above/);

    await by(page, "tx-checkpoint").locator("a").click();
    await by(page, "checkpoint").waitFor();
    const line = page.getByTestId("transaction-line").filter({ hasText: "Send 2 SOMA" });
    const number = page.url().split("/").at(-1);
    const checkpointDigest = (await by(page, "checkpoint-digest").innerText()).trim();
    await line.click();
    await by(page, "tx-object").first().locator("a").first().click();
    await by(page, "object").waitFor();
    assert.equal(await by(page, "object-writer").getAttribute("title"), digest);
    const object = (await by(page, "object-id").innerText()).trim();

    await find(page, object);
    await by(page, "object").waitFor();
    await find(page, checkpointDigest);
    await by(page, "checkpoint").waitFor();
    assert.equal(page.url().split("/").at(-1), number);
    await find(page, FRIEND.address);
    await eventually("the friend's balance", () => shannons(page, "address-balance"), 2n * SOMA);
    assert.match(await by(page, "address-history").innerText(), /keeps no list of transactions by address/);
    await find(page, "0");
    await page.locator(".top-search").getByRole("link", { name: "Epoch 0" }).click();
    await by(page, "epoch").waitFor();
    assert.equal(await by(page, "epoch-ended").innerText(), "It is going on");
    await find(page, "0x5");
    await by(page, "object").waitFor();

    for (const [text, told] of [
      ["99999999999999999999999", /no checkpoint or epoch has a number that large/i],
      ["0x1234", /has 64 digits/],
      ["somaprivkey1qqqqqq", /keep it to yourself/],
      ["hello", /no address, id, digest or number/],
      [digest.slice(0, -4) + "1111", /Nothing on this network/],
    ]) {
      await type(page, text);
      await eventually(`what is said of ${text}`, async () => told.test(await by(page, "search-told").innerText().catch(() => "")), true);
    }
    await page.goto(new URL("checkpoint/123456", world.walletUrl).href);
    await unlock(page);
    await by(page, "not-here").waitFor();
    assert.match(await by(page, "not-here").innerText(), /not there yet/);
    await page.goto(new URL("tx/nonsense", world.walletUrl).href);
    await unlock(page);
    await by(page, "not-a-name").waitFor();
  },

  "a search that is slow gives way to the next one": async (world) => {
    const between = await world.startNetworkBehindProxy("--demo", ...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1000n * SOMA);
    await goTo(page, "network");
    let asked = 0;
    let letGo;
    const held = new Promise((resolve) => (letGo = resolve));
    between.meddle = async (request) => {
      if (request.url.endsWith("/GetObject")) {
        asked += 1;
        await held;
      }
    };
    await find(page, FRIEND.address);
    await eventually("the first search has reached the node", async () => asked > 0, true);
    await find(page, "0");
    const choice = page.locator(".top-search").getByRole("link", { name: "Epoch 0" });
    await choice.waitFor();
    letGo();
    // Whatever the first would do, it does as soon as its answer is there.
    await page.waitForTimeout(1_000);
    assert.equal(await by(page, "search").inputValue(), "0");
    await choice.click();
    await by(page, "epoch").waitFor();
  },

  "a shared link leads to the same thing, and says when it is of another chain": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh({ permissions: ["clipboard-read", "clipboard-write"] });
    await importKey(page, OWNER.bech32);
    await goTo(page, "network");
    await find(page, "0");
    await page.locator(".top-search").getByRole("link", { name: "Checkpoint 0" }).click();
    await by(page, "checkpoint").waitFor();
    assert.match(await by(page, "transaction-line").innerText(), /first objects of a network/);
    await by(page, "share").click();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const { chainId } = await world.node.info();
    assert.equal(link, new URL(`checkpoint/0?chain=${chainId}`, world.walletUrl).href);
    await page.goto(link);
    await unlock(page);
    await by(page, "checkpoint").waitFor();
    assert.equal(await page.getByTestId("other-chain").count(), 0);
    await page.goto(link.replace(/chain=.*/, "chain=964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd"));
    await unlock(page);
    await by(page, "other-chain").waitFor();
  },

  "a validator sets its commission, reports another and takes it back": async (world) => {
    const network = await world.startNetwork("--demo");
    const [own, other] = await validatorKeys(network);
    const page = await world.openFresh();
    const address = await importKey(page, own.key);
    assert.equal(address, own.address);
    await goTo(page, "network");
    await by(page, "to-validators").click();
    await by(page, "validator").waitFor();
    const rows = page.getByTestId("validator");
    assert.equal(await rows.count(), 4);
    assert.equal(await rows.first().getAttribute("data-address"), address, "one's own comes first");
    await by(page, "validators-search").fill(other.address.slice(0, 20));
    await eventually("the search leaves one", () => rows.count(), 1);
    await by(page, "validators-search").fill("");
    await rows.first().locator("a").click();

    await by(page, "commission").fill("7.25");
    await by(page, "commission-review").click();
    assert.match((await review(page)).headline, /commission/i);
    await confirm(page);
    await by(page, "act-done").click();
    await eventually(
      "the next commission is told",
      async () => /→ 7\.25%/.test(await by(page, "validator-commission").innerText()),
      true,
    );
    await find(page, other.address);
    await by(page, "report").click();
    assert.match((await review(page)).headline, /^Report validator/);
    await confirm(page);
    await by(page, "act-done").click();
    await by(page, "undo-report").waitFor();
    assert.match(await by(page, "validator-reports").innerText(), /^1 with/);
    await by(page, "undo-report").click();
    await review(page);
    await confirm(page);
    await by(page, "act-done").click();
    await by(page, "report").waitFor();
    assert.match(await by(page, "validator-reports").innerText(), /^0 with/);

    await find(page, address);
    await by(page, "update-validator").locator("summary").click();
    await by(page, "update-network").fill("/dns/validator.example/tcp/8080/http");
    await by(page, "update-review").click();
    await review(page);
    await confirm(page);
    await by(page, "act-done").click();
    await by(page, "validator-keys").locator("summary").click();
    assert.match(await by(page, "validator-keys").innerText(), /validator\.example/);
    await by(page, "leave").locator("summary").click();
    await by(page, "leave-review").click();
    await review(page);
    await confirm(page);
    await by(page, "act-done").click();
    await eventually("it leaves", async () => /Leaves/.test(await by(page, "validator-state").innerText()), true);
    await world.node.advanceEpoch();
    await eventually("it has left", async () => /^Left/.test((await by(page, "validator-state").innerText()).trim()), true);
  },

  "what is typed about a validator outlasts the epoch, and a review that is left": async (world) => {
    const network = await world.startNetwork("--demo");
    const [own] = await validatorKeys(network);
    const page = await world.openFresh();
    await importKey(page, own.key);
    await goTo(page, "network");
    await by(page, "to-validators").click();
    await by(page, "validator").first().waitFor();
    await by(page, "validators-search").pressSequentially(own.address.slice(2, 20));
    await by(page, "validators-order").selectOption("stake");
    await endEpoch(world, page);
    const rows = page.getByTestId("validator");
    await eventually("the list is of the new epoch, and still searched", () => rows.count(), 1);
    assert.equal(await by(page, "validators-search").inputValue(), own.address.slice(2, 20));
    assert.equal(await by(page, "validators-order").inputValue(), "stake");
    await rows.first().locator("a").click();

    await by(page, "update-validator").locator("summary").click();
    await by(page, "update-network").fill("/dns/elsewhere.example/tcp/8080/http");
    await by(page, "commission").pressSequentially("7.2");
    // The newest point of the pool's chart is the epoch that the page tells of.
    const chart = page.getByTestId("chart-pool-rate").locator(".chart-plot");
    const newest = () => chart.getAttribute("aria-valuetext");
    const before = await newest();
    await endEpoch(world, page);
    await eventually("the page is of the new epoch", async () => (await newest()) !== before, true);
    await page.keyboard.type("5");
    assert.equal(await by(page, "commission").inputValue(), "7.25", "the field kept text and focus");
    assert.equal(await by(page, "update-network").inputValue(), "/dns/elsewhere.example/tcp/8080/http");

    await by(page, "commission-review").click();
    await review(page);
    await by(page, "review-cancel").click();
    await by(page, "commission").waitFor();
    assert.equal(await by(page, "commission").inputValue(), "7.25");
    assert.equal(await by(page, "update-network").inputValue(), "/dns/elsewhere.example/tcp/8080/http");
    await by(page, "commission-review").click();
    await review(page);
    await confirm(page);
    await by(page, "act-done").click();
    await eventually("what is done is not left standing", () => by(page, "commission").inputValue(), "");
    assert.equal(await by(page, "update-network").inputValue(), "/dns/elsewhere.example/tcp/8080/http");
  },

  "somebody becomes a validator, with an epoch and enough stake, and leaves again": async (world) => {
    const joining = newValidator(world);
    await world.startNetwork("--demo", "--fund", `${joining.address}=50000`, "--protocol-key", joining.protocolKey);
    const page = await world.openFresh();
    assert.equal(await importKey(page, joining.key), joining.address);
    await balanceIs(page, 50_000n * SOMA);
    await goTo(page, "network");
    await by(page, "to-validators").click();
    await by(page, "join").locator("summary").click();
    const network = world.file("nonsense.info");
    writeFileSync(network, "info: nonsense");
    await by(page, "validator-info").setInputFiles(network);
    await eventually("what is no such file is refused", async () => (await by(page, "validator-info-error").innerText()) !== "", true);
    await by(page, "validator-info").setInputFiles(joining.info);
    await by(page, "join-info").waitFor();
    await by(page, "join-review").click();
    assert.match((await review(page)).headline, /validator/i);
    await confirm(page);
    await by(page, "act-done").click();
    const row = page.locator(`[data-testid=validator][data-address="${joining.address}"]`);
    await eventually("it waits", async () => /Waits to join/.test(await row.innerText()), true);
    await eventually("it cannot join twice", () => page.getByTestId("join").count(), 0);

    await row.locator("a").click();
    const outlook = () => by(page, "own-outlook").innerText();
    assert.match(await outlook(), /waits to join.*0\.12 %/i);
    await endEpoch(world, page);
    await eventually("without stake it waits on", async () => /Waits to join/.test(await by(page, "validator-state").innerText()), true);
    assert.equal(await page.getByTestId("commission").count(), 0);

    // A little more than 0.12 % of all stake, its own included.
    const { totalStake } = await world.node.economy();
    const stake = (totalStake * 13n) / 10_000n;
    await by(page, "validator-stake-amount").fill(toSoma(stake));
    await by(page, "validator-stake-review").click();
    assert.match((await review(page)).headline, /^Stake/);
    await confirm(page);
    await by(page, "act-done").click();
    await eventually("the stake is told", () => shannons(page, "validator-stake"), stake);
    assert.match(await by(page, "validator-state").innerText(), /Waits to join/);
    await endEpoch(world, page);
    await eventually("it validates", async () => /Active/.test(await by(page, "validator-state").innerText()), true);
    assert.equal(await shannons(page, "validator-stake"), stake);
    await by(page, "commission").waitFor();
    assert.equal(await page.getByTestId("own-outlook").count(), 0);

    await by(page, "leave").locator("summary").click();
    await by(page, "leave-review").click();
    await review(page);
    await confirm(page);
    await by(page, "act-done").click();
    await eventually("it leaves", async () => /leaves with the end/.test(await outlook()), true);
    assert.equal(await page.getByTestId("leave").count(), 0);
    await endEpoch(world, page);
    await eventually("it has left", async () => /validates no more/.test(await outlook()), true);
    assert.match((await by(page, "validator-state").innerText()).trim(), /^Left/);
    await goTo(page, "network");
    await by(page, "to-validators").click();
    await by(page, "join").waitFor();
  },

  "past epochs are there after a reload, and are not asked for again": async (world) => {
    const between = await world.startNetworkBehindProxy("--demo", ...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1000n * SOMA);
    await goTo(page, "network");
    for (let epoch = 0; epoch < 4; epoch++) {
      await endEpoch(world, page);
    }
    const table = page.getByTestId("chart-fees");
    await table.getByTestId("chart-table").click();
    await eventually("all epochs that ended are told", () => table.locator("tbody tr").count(), 4);
    const told = await table.locator("tbody tr").allInnerTexts();

    const asked = new Set();
    between.sees = (request, bytes) => {
      // A frame of five bytes, then the number of the epoch where one is named.
      if (request.url.endsWith("/GetEpoch") && bytes?.[5] === 0x08) {
        asked.add(bytes[6]);
      }
    };
    await page.reload();
    await unlock(page);
    await table.getByTestId("chart-table").click();
    await eventually("they are told again", () => table.locator("tbody tr").count(), 4);
    assert.deepEqual(await table.locator("tbody tr").allInnerTexts(), told);
    assert.deepEqual([...asked], [4], "only the epoch that goes on is asked for");
  },

  "the network looks right": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1000n * SOMA);
    await goTo(page, "network");
    for (let epoch = 0; epoch < 6; epoch++) {
      const digest = await sendTo(page, FRIEND.address, String(epoch + 1));
      assert.ok(digest);
      await world.node.advanceEpoch();
    }
    await sendTo(page, FRIEND.address, "0.25");
    await goTo(page, "network");
    await eventually("seven epochs are drawn", async () => page.getByTestId("chart-stake").getByTestId("chart-table").count(), 1);
    await by(page, "latest-transaction").waitFor();
    await eventually("the newest epoch", () => by(page, "network-epoch").getAttribute("data-epoch"), "6");
    await eventually(
      "all epochs are drawn",
      async () => /^6/.test(await page.locator("[data-testid=chart-stake] .chart-label").last().innerText()),
      true,
    );
    await look(page, "network");
    await page.getByTestId("chart-stake").locator(".chart-plot").focus();
    await page.keyboard.press("ArrowLeft");
    await page.getByTestId("chart-fees").getByTestId("chart-table").click();
    await look(page, "network-read");
    await by(page, "latest-transaction").click();
    await by(page, "tx").waitFor();
    await by(page, "tx-raw").locator("summary").click();
    await look(page, "transaction");
    await by(page, "tx-checkpoint").locator("a").click();
    await by(page, "checkpoint").waitFor();
    await look(page, "checkpoint");
    // The first of a checkpoint is consensus's own and touches nothing.
    await page.getByTestId("transaction-line").last().click();
    await by(page, "tx-object").first().locator("a").first().click();
    await by(page, "object").waitFor();
    await look(page, "object");
    await find(page, OWNER.address);
    await by(page, "address-coins").waitFor();
    await look(page, "address-page");
    await find(page, "3");
    await look(page, "search-choice");
    await page.locator(".top-search").getByRole("link", { name: "Epoch 3" }).click();
    await by(page, "epoch").waitFor();
    await look(page, "epoch");
    await goTo(page, "network");
    await by(page, "to-validators").click();
    await by(page, "validator").waitFor();
    await look(page, "validators");
    await by(page, "validator").locator("a").click();
    await by(page, "validator-facts").waitFor();
    await look(page, "validator");
    await find(page, "somaprivkey1q");
    await by(page, "search-told").waitFor();
    await look(page, "search-refused");
  },
};

/** Ends the epoch; waits until the page knows. */
async function endEpoch(world, page) {
  const epoch = await world.node.advanceEpoch();
  await page.locator(`[data-testid=epoch-clock][data-epoch="${epoch}"]`).first().waitFor({ state: "attached" });
}

/** Shannons of a tile's first amount. */
async function tile(page, testid) {
  const amount = by(page, testid).locator("[data-shannons]").first();
  const own = await by(page, testid).getAttribute("data-shannons");
  return BigInt(own ?? (await amount.getAttribute("data-shannons")));
}

async function checkpointShown(page) {
  return Number((await by(page, "tile-checkpoint").innerText()).replaceAll(",", ""));
}

/** Sends coins; returns the digest. What was sent before stays on its page until one leaves it. */
async function sendTo(page, address, amount) {
  await goTo(page, "network");
  await goTo(page, "send");
  await by(page, "send-recipient").fill(address);
  await by(page, "send-amount").fill(amount);
  await by(page, "send-review").click();
  await review(page);
  return confirm(page);
}

async function type(page, text) {
  const line = page.locator("[data-testid=search]:visible, [data-testid=search-page]:visible").first();
  await line.fill(text);
  await line.press("Enter");
}

/** Types into the search and goes where it leads. */
async function find(page, text) {
  await type(page, text);
}

/** What a click saves. */
async function saved(page, click) {
  const download = page.waitForEvent("download");
  await click();
  return readFileSync(await (await download).path());
}
