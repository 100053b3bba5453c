// Staking: what is shown before is what happens, to the shannon, across epochs.

import assert from "node:assert/strict";

import { look } from "./support/looks.mjs";
import { validatorKeys } from "./support/validators.mjs";
import { keys } from "./support/vectors.mjs";
import {
  BASE_FEE,
  SOMA,
  VALUE_FEE_BPS,
  WRITE_FEE,
  balanceIs,
  by,
  confirm,
  eventually,
  goTo,
  importKey,
  review,
  shannons,
  toSoma,
} from "./support/wallet.mjs";

const [FRIEND, OWNER] = keys;
const FUNDS = 100_000n * SOMA;

export const scenarios = {
  "a stake earns across epochs, and taking it back pays exactly what was shown": async (world) => {
    await world.startNetwork("--demo", "--fund", `${OWNER.address}=${toSoma(FUNDS)}`);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDS);
    await by(page, "home-stake").click();
    await by(page, "places").waitFor();
    assert.match(await by(page, "my-stakes").innerText(), /Nothing is staked/);

    // In epoch 0, with a validator.
    const amount = 30_000n * SOMA + 1n;
    await chooseFirst(page, "validators");
    await by(page, "stake-amount").fill(toSoma(amount));
    assert.equal(await shannons(page, "stake-cost"), stakeFee(amount));
    assert.equal(await shannons(page, "stake-left"), FUNDS - amount - stakeFee(amount));
    await look(page, "stake-form");
    await by(page, "stake-review").click();
    assert.equal((await review(page)).fee, stakeFee(amount));
    await confirm(page);
    let left = FUNDS - amount - stakeFee(amount);
    assert.equal(await world.node.balance(OWNER.address), left, "what it took");
    await by(page, "act-done").click();
    await stakesAre(page, 1);
    const first = await by(page, "my-stake").getAttribute("data-stake");
    assert.deepEqual(await figures(page, first), { principal: amount, worth: amount, reward: 0n, pays: amount });
    assert.match(await row(page, first).innerText(), /from epoch 1 on/);
    assert.equal(await page.getByTestId("stake-form").count(), 0, "the form is done with");

    // In epoch 1 it counts; a stake with a model pays fees, of which the validator has its share.
    await world.node.advanceEpoch();
    await eventually("it counts", async () => /since epoch 1/.test(await row(page, first).innerText()), true);
    await chooseFirst(page, "models");
    assert.match(await page.getByTestId("stake-warning").allInnerTexts().then((all) => all.join(" ")), /paid no rewards/);
    const second = 40_000n * SOMA;
    await by(page, "stake-amount").fill(toSoma(second));
    await by(page, "stake-review").click();
    await review(page);
    await confirm(page);
    left = await world.node.balance(OWNER.address);
    assert.ok(left < FUNDS - amount - second, "stake and fee are gone");
    await by(page, "act-done").click();
    await stakesAre(page, 2);

    // In epoch 2 it has earned; what is shown is what is paid.
    await world.node.advanceEpoch();
    await eventually("it earned", async () => (await figures(page, first)).reward > 0n, true);
    const shown = await figures(page, first);
    assert.equal(shown.pays, amount + shown.reward);
    assert.equal(await shannons(page, "stakes-pays"), shown.pays + second);
    assert.equal(await shannons(page, "stakes-reward"), shown.reward);
    await look(page, "stake");
    left += await withdraw(world, page, first, left);
    assert.equal(await page.locator(`[data-testid=my-stake][data-stake="${first}"]`).count(), 0);
    await stakesAre(page, 1);

    // One that does not count yet comes back as it was.
    await chooseFirst(page, "validators");
    await by(page, "stake-amount").fill("3");
    await by(page, "stake-review").click();
    await review(page);
    await confirm(page);
    left = await world.node.balance(OWNER.address);
    await by(page, "act-done").click();
    await withdraw(world, page, await newest(page, 3n * SOMA), left, 3n * SOMA);

    // All that is left: nothing stays, and the review says what that means.
    await chooseFirst(page, "validators");
    // The most that leaves enough to take it back, and all there is.
    await by(page, "stake-max").click();
    await by(page, "stake-review").click();
    await review(page);
    assert.equal(await page.getByTestId("finding-caution").count(), 0, "its withdrawal can be paid");
    await by(page, "review-cancel").click();
    await by(page, "stake-all").click();
    const most = await shannons(page, "stakeable");
    assert.equal(await by(page, "stake-amount").inputValue(), toSoma(most).replace(/\.?0+$/, ""));
    await by(page, "stake-review").click();
    await review(page);
    assert.match(await by(page, "finding-caution").innerText(), /Taking this stake back costs about/);
    await confirm(page);
    const rest = await world.node.balance(OWNER.address);
    assert.ok(rest <= 1n, `all but the fee was staked, ${rest} shannons stay`);
    await by(page, "act-done").click();
    await stakesAre(page, 2);

    // Without a coin no fee can be paid, which is told before anything is signed.
    const third = await newest(page, most);
    await row(page, third).getByTestId("stake-withdraw").click();
    await by(page, "failure").waitFor();
    assert.match(await by(page, "failure").innerText(), /no coins|needs/i);
    assert.equal(await page.getByTestId("review").count(), 0);
  },

  "who asks for too much, is reported or leaves is told apart before anything is staked": async (world) => {
    const network = await world.startNetwork("--demo", "--fund", `${OWNER.address}=1000.0`);
    const [one, two] = await validatorKeys(network);

    const first = await world.openFresh();
    await importKey(first, one.key);
    await actAsValidator(first, one.address, async () => {
      await by(first, "commission").fill("60");
      await by(first, "commission-review").click();
    });
    await actAsValidator(first, two.address, () => by(first, "report").click());
    await first.context().close();

    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1000n * SOMA);
    await goTo(page, "stake");
    await by(page, "places").waitFor();
    await by(page, "places-search").fill(one.address.slice(2, 22));
    await eventually("the search leaves one", () => page.getByTestId("place").count(), 1);
    assert.match(await by(page, "place-commission").innerText(), /→ 60%/);
    assert.match(await by(page, "place-warning").innerText(), /over 50 %/);
    await by(page, "place-choose").click();
    assert.match(await by(page, "stake-warning").innerText(), /From the next epoch on its owner takes 60 % of the rewards/);
    await by(page, "stake-amount").fill("1000");
    await by(page, "stake-review").click();
    assert.match(await page.locator(".field-error").first().innerText(), /at most 999\.\d+ SOMA can be staked/i);
    await by(page, "stake-amount").fill("1");
    await by(page, "stake-review").click();
    await review(page);
    assert.match(await by(page, "finding-caution").innerText(), /60 % of the rewards/, "the review says it too");
    await by(page, "review-cancel").click();
    assert.equal(await by(page, "stake-amount").inputValue(), "1", "what was typed is still there");

    await by(page, "places-search").fill(two.address.slice(2, 22));
    await eventually("the search leaves the other", async () => /reported/.test((await page.getByTestId("place-warning").allInnerTexts()).join()), true);
    await by(page, "places-search").fill("");
    await by(page, "places-filter").selectOption("models");
    await eventually("six models", () => page.getByTestId("place").count(), 6);
    await by(page, "places-order").selectOption("commission");
    const commissions = await page.getByTestId("place-commission").allInnerTexts();
    assert.deepEqual(commissions, ["0%", "2.5%", "5%", "7.5%", "10%", "20%"]);
    await by(page, "places-filter").selectOption("open");
    await by(page, "places-order").selectOption("warnings");
    assert.equal(await page.getByTestId("place").last().getAttribute("data-pool").then((it) => it.length), 66);
    await look(page, "stake-warnings");

    // Somebody else's stakes are not this account's.
    assert.equal(await page.getByTestId("my-stake").count(), 0);
    assert.equal(await world.node.balance(FRIEND.address), 0n);
  },
};

/** Fee of a stake out of the gas coin, or of taking one back: half the rate of a payment. */
function stakeFee(amount) {
  return BASE_FEE + 3n * WRITE_FEE + (amount * (VALUE_FEE_BPS / 2n)) / 10_000n;
}

/** Chooses the first of a kind. */
async function chooseFirst(page, filter) {
  await by(page, "places-filter").selectOption(filter);
  await by(page, "place-choose").click();
  await by(page, "stake-form").waitFor();
}

function row(page, stake) {
  return page.locator(`[data-testid=my-stake][data-stake="${stake}"]`);
}

/** What the page says of a stake, in shannons. */
async function figures(page, stake) {
  const read = async (name) =>
    BigInt(await row(page, stake).getByTestId(`stake-${name}`).getAttribute("data-shannons"));
  return { principal: await read("principal"), worth: await read("worth"), reward: await read("reward"), pays: await read("pays") };
}

function stakesAre(page, count) {
  return eventually("the stakes listed", () => page.getByTestId("my-stake").count(), count);
}

/** The id of the stake of so much. */
async function newest(page, principal) {
  const line = page.getByTestId("my-stake").filter({ has: page.locator(`[data-testid=stake-principal][data-shannons="${principal}"]`) });
  await line.first().waitFor();
  return line.first().getAttribute("data-stake");
}

/** Takes a stake back; returns by how much the balance changed, which is what the page said before. */
async function withdraw(world, page, stake, before, wanted) {
  await row(page, stake).waitFor();
  const pays = BigInt(await row(page, stake).getByTestId("stake-pays").getAttribute("data-shannons"));
  const fee = BigInt(await row(page, stake).getByTestId("stake-fee").getAttribute("data-shannons"));
  if (wanted !== undefined) {
    assert.equal(pays, wanted);
  }
  await row(page, stake).getByTestId("stake-withdraw").click();
  assert.equal((await review(page)).fee, fee, "the fee was shown before");
  await confirm(page);
  assert.equal((await world.node.balance(OWNER.address)) - before, pays - fee, "what was shown is what happened");
  await by(page, "act-done").click();
  return pays - fee;
}

/** Does something about a validator as one, on its page, and signs it. */
async function actAsValidator(page, address, act) {
  await goTo(page, "network");
  await by(page, "to-validators").click();
  await page.locator(`[data-testid=validator][data-address="${address}"] a`).click();
  await act();
  await review(page);
  await confirm(page);
  await by(page, "act-done").click();
}
