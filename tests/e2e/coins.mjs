// Coins and other objects: joining, paying many, giving away, and what is in use meanwhile.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";

import { look } from "./support/looks.mjs";
import { keys } from "./support/vectors.mjs";
import {
  SOMA,
  balanceIs,
  by,
  confirm,
  eventually,
  fee,
  goTo,
  importKey,
  review,
  shannons,
  toSoma,
} from "./support/wallet.mjs";

const [FRIEND, OWNER, OTHER] = keys;
const FUND = ["--fund", `${OWNER.address}=10.0`];

export const scenarios = {
  "coins are listed by their references, kept apart while in use, and joined": async (world) => {
    const node = await world.startNetworkBehindProxy("--fund", `${OWNER.address}=10.0`, "--fund", `${OWNER.address}=3.0`, "--fund", `${OWNER.address}=0.5`);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 13_500_000_000n);
    await openCoins(page);
    await rowsAre(page, 3);
    const held = await page.getByTestId("object-holds").evaluateAll((all) => all.map((one) => one.dataset.shannons));
    assert.deepEqual(held, ["10000000000", "3000000000", "500000000"]);
    assert.equal(await shannons(page, "coins-spendable"), largestPayment(13_500_000_000n));
    const richest = await by(page, "object-row").getAttribute("data-object");

    // A payment that the node has not answered yet keeps its coin.
    await by(page, "send-one").click();
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-amount").fill("1");
    await by(page, "send-review").click();
    await review(page);
    let release;
    node.meddle = (request) =>
      request.url.endsWith("/ExecuteTransaction") ? new Promise((resolve) => { release = () => resolve(undefined); }) : undefined;
    await by(page, "review-confirm").click();
    await eventually("the node was asked", () => release !== undefined, true);
    await openCoins(page);
    await page.locator(`[data-testid=object-row][data-object="${richest}"][data-state=reserved]`).waitFor();
    assert.equal(await page.locator(`[data-object="${richest}"]`).getByTestId("object-tick").isDisabled(), true);
    assert.match(await by(page, "merge-offer").innerText(), /^2 coins/);
    await look(page, "coins-reserved");
    node.meddle = undefined;
    release();
    const left = 13_500_000_000n - SOMA - fee(2, SOMA);
    await eventually("it is free again", () => page.locator("[data-testid=object-row][data-state=reserved]").count(), 0, 30_000);
    await eventually("the balance", () => shannons(page, "coins-balance"), left);

    // Joined, they are one coin, less the fee of an object written.
    assert.equal(await shannons(page, "merge-fee"), fee(1));
    await by(page, "merge-review").click();
    assert.equal((await review(page)).fee, fee(1));
    await confirm(page);
    assert.equal(await world.node.balance(OWNER.address), left - fee(1));
    await by(page, "act-done").click();
    await rowsAre(page, 1);
    assert.equal(await page.getByTestId("merge-offer").count(), 0);

    // All of it, to the last shannon.
    await by(page, "send-one").click();
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-max").click();
    await by(page, "send-review").click();
    await review(page);
    await confirm(page);
    assert.equal(await world.node.balance(OWNER.address), 0n);
  },

  "many are paid from lines or a table, and each wrong line says why": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 10n * SOMA);
    await goTo(page, "send");
    await by(page, "send-many").click();

    await by(page, "pay-lines").fill(`address,amount\n${FRIEND.address},1.25\n${OTHER.address},1,5\n0x12,3\n${FRIEND.address},0.75\n`);
    const line = (number) => page.locator(`[data-testid=pay-line][data-line="${number}"]`);
    await line(2).waitFor();
    assert.equal(await line(2).getAttribute("data-state"), "good");
    assert.match(await line(3).getByTestId("pay-error").innerText(), /this one has 3 parts/);
    assert.match(await line(4).getByTestId("pay-error").innerText(), /64 digits/);
    assert.match(await line(5).getByTestId("pay-repeats").innerText(), /also in line 2/);
    assert.equal(await page.getByTestId("pay-totals").count(), 0);
    await by(page, "pay-review").click();
    assert.match(await page.locator(".field-error").first().innerText(), /2 of the lines cannot be paid/);
    assert.equal(await page.getByTestId("review").count(), 0);
    await look(page, "pay-wrong");

    const file = world.file("salaries.csv");
    writeFileSync(file, `"address","amount"\r\n"${FRIEND.address}","1.25"\r\n${OTHER.address};1.5\r\n\r\n${FRIEND.address},0.000000001\r\n`);
    await by(page, "pay-file").setInputFiles(file);
    const total = 2_750_000_001n;
    await eventually("the total", () => shannons(page, "pay-total").catch(() => 0n), total);
    assert.equal(await by(page, "pay-count").innerText(), "3");
    assert.equal(await shannons(page, "pay-fee"), fee(4, total));
    assert.equal(await shannons(page, "pay-left"), 10n * SOMA - total - fee(4, total));
    await look(page, "pay-many");
    await by(page, "pay-review").click();
    const reviewed = await review(page);
    assert.equal(reviewed.fee, fee(4, total));
    await confirm(page);
    assert.equal(await world.node.balance(FRIEND.address), 1_250_000_001n);
    assert.equal(await world.node.balance(OTHER.address), 1_500_000_000n);
    assert.equal(await world.node.balance(OWNER.address), 10n * SOMA - total - fee(4, total));
    await by(page, "act-done").click();
    assert.equal(await by(page, "pay-lines").inputValue(), "", "nothing is paid twice by mistake");

    await by(page, "pay-lines").fill(`${FRIEND.address} 100`);
    await by(page, "pay-too-much").waitFor();
    await by(page, "pay-review").click();
    assert.equal(await page.getByTestId("review").count(), 0, "more than there is is not even asked for");
  },

  "a stake and a coin are given away, with their dangers named, and are the receiver's": async (world) => {
    await world.startNetwork("--demo", ...FUND, "--fund", `${OWNER.address}=2.0`, "--fund", `${FRIEND.address}=1.0`);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 12n * SOMA);
    await by(page, "home-stake").click();
    await by(page, "places").waitFor();
    await by(page, "places-filter").selectOption("validators");
    await by(page, "place-choose").click();
    await by(page, "stake-amount").fill("5");
    await by(page, "stake-review").click();
    await review(page);
    await confirm(page);
    await by(page, "act-done").click();
    await by(page, "my-stake").waitFor();
    const stake = await by(page, "my-stake").getAttribute("data-stake");
    const before = await world.node.balance(OWNER.address);

    await openCoins(page);
    const coin = page.getByTestId("object-row").filter({ has: page.locator(`[data-testid=object-holds][data-shannons="${2n * SOMA}"]`) });
    await coin.getByTestId("object-tick").check();
    await page.locator(`[data-testid=object-row][data-object="${stake}"]`).getByTestId("object-tick").check();
    assert.equal(await shannons(page, "give-money"), 2n * SOMA);
    assert.equal(await shannons(page, "give-staked"), 5n * SOMA);
    assert.equal(await shannons(page, "give-fee"), fee(3));
    const warnings = (await page.getByTestId("give-warning").allInnerTexts()).join(" ");
    assert.match(warnings, /takes it back, with all that it earned/);
    assert.match(warnings, /Whole coins are given/);
    await by(page, "give-recipient").fill("0x12");
    await by(page, "give-review").click();
    assert.match(await page.locator(".field-error").first().innerText(), /64 digits/);
    await by(page, "give-recipient").fill(FRIEND.address);
    await look(page, "coins");
    await by(page, "give-review").click();
    assert.equal((await review(page)).fee, fee(3));
    assert.match(await by(page, "finding-danger").innerText(), /will belong to the receiver alone/);
    assert.equal(await by(page, "review-confirm").getAttribute("aria-disabled"), "true", "a danger wants a word");
    await look(page, "give-review");
    await by(page, "review-ack").check();
    await confirm(page);
    assert.equal(await world.node.balance(OWNER.address), before - 2n * SOMA - fee(3));
    assert.equal(await world.node.balance(FRIEND.address), 3n * SOMA);
    await by(page, "act-done").click();
    await eventually("they are gone", () => page.locator(`[data-object="${stake}"]`).count(), 0);
    assert.equal(await page.getByTestId("give").count(), 0);

    // The receiver has it, and takes it back.
    const friend = await world.openFresh();
    await importKey(friend, FRIEND.bech32);
    await balanceIs(friend, 3n * SOMA);
    await by(friend, "home-stake").click();
    const theirs = friend.locator(`[data-testid=my-stake][data-stake="${stake}"]`);
    await theirs.waitFor();
    const pays = BigInt(await theirs.getByTestId("stake-pays").getAttribute("data-shannons"));
    const cost = BigInt(await theirs.getByTestId("stake-fee").getAttribute("data-shannons"));
    assert.equal(pays, 5n * SOMA);
    await theirs.getByTestId("stake-withdraw").click();
    await review(friend);
    await confirm(friend);
    assert.equal(await world.node.balance(FRIEND.address), 3n * SOMA + pays - cost);
  },
};

async function openCoins(page) {
  await goTo(page, "send");
  await by(page, "coins").click();
  await by(page, "objects").waitFor();
}

function rowsAre(page, count) {
  return eventually("the objects listed", () => page.getByTestId("object-row").count(), count);
}

/** The most that can be sent out of so much, the fee on top. */
function largestPayment(balance) {
  let amount = ((balance - fee(2)) * 10_000n) / 10_010n;
  while (amount + 1n + fee(2, amount + 1n) <= balance) {
    amount += 1n;
  }
  return amount;
}
