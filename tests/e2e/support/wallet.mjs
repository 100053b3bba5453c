// What a person does in the wallet, as a scenario says it. Every step waits for what it brought about.

import assert from "node:assert/strict";

export const PASSWORD = "a lantern in the harbour";
/** One SOMA in shannons. */
export const SOMA = 1_000_000_000n;
/** The network's fees at genesis. */
export const BASE_FEE = 1_000n;
export const WRITE_FEE = 300n;
export const VALUE_FEE_BPS = 10n;

/** The first element of a test id. */
export function by(page, testid) {
  return page.getByTestId(testid).first();
}

/** Amounts are read from the attribute that holds shannons, never from text for people. */
export async function shannons(page, testid) {
  return BigInt(await by(page, testid).getAttribute("data-shannons"));
}

/** Waits until `probe` gives `wanted`; what it gave last is in the failure. */
export async function eventually(what, probe, wanted, limitMs = 30_000) {
  const deadline = Date.now() + limitMs;
  let last;
  do {
    last = await probe();
    if (last === wanted) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < deadline);
  assert.equal(last, wanted, `${what}, after ${limitMs / 1000} s`);
}

/** Waits until the page shows a balance of exactly so many shannons. */
export function balanceIs(page, wanted) {
  return eventually("the balance shown", () => shannons(page, "balance"), wanted);
}

/** Walks through the creation of a wallet; returns its words and address. */
export async function createWallet(page, password = PASSWORD) {
  await by(page, "create-wallet").click();
  await by(page, "phrase-word-12").waitFor();
  const words = await page.getByTestId("phrase").locator(".words-word").allInnerTexts();
  assert.equal(words.length, 12, "twelve words are shown");
  await by(page, "phrase-written").click();
  await answerWordCheck(page, words);
  await choosePassword(page, password);
  await by(page, "create-done").click();
  return { words, address: await addressOf(page) };
}

/** Types the words that are asked for. */
export async function answerWordCheck(page, words) {
  await by(page, "check-done").waitFor();
  const asked = await page.locator("[data-testid^=check-word-]").all();
  assert.ok(asked.length >= 3, "several words are asked for");
  for (const field of asked) {
    const number = Number((await field.getAttribute("data-testid")).split("-").at(-1));
    await field.fill(words[number - 1]);
  }
  await by(page, "check-done").click();
}

export async function choosePassword(page, password = PASSWORD) {
  await by(page, "password").fill(password);
  await by(page, "password-again").fill(password);
}

/** The address that the home page shows. */
export async function addressOf(page) {
  return by(page, "address").getAttribute("data-address");
}

/** Imports a private key into a browser without a wallet. */
export async function importKey(page, key, password = PASSWORD) {
  await by(page, "import-wallet").click();
  await by(page, "tab-key").click();
  await by(page, "import-key").fill(key);
  await by(page, "import-inspect").click();
  await by(page, "import-accounts").waitFor();
  await choosePassword(page, password);
  await by(page, "import-done").click();
  return addressOf(page);
}

export async function unlock(page, password = PASSWORD) {
  await by(page, "password").fill(password);
  await by(page, "unlock").click();
}

/** Follows a link of the navigation; on a narrow screen some are behind "More". */
export async function goTo(page, name) {
  const link = page.locator(`[data-testid=nav-${name}]:visible`).first();
  const more = page.locator("[data-testid=nav-more]:visible");
  await link.or(more).first().waitFor();
  if (!(await link.isVisible())) {
    await more.click();
  }
  await link.click();
}

/** Fee of a transaction that writes so many objects and moves so much, shannons. */
export function fee(writes, moved = 0n) {
  return BASE_FEE + BigInt(writes) * WRITE_FEE + (moved * VALUE_FEE_BPS) / 10_000n;
}

/** Shannons as the decimal number of SOMA that people and flags write. */
export function toSoma(amount) {
  const digits = amount.toString().padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** Waits for the review and checks that the node foresees the same as the wallet. @returns what it says. */
export async function review(page, simulation = "agrees") {
  await by(page, "review").waitFor();
  assert.equal(await by(page, "review-simulation").getAttribute("data-simulation"), simulation);
  return {
    headline: (await by(page, "review-headline").innerText()).trim(),
    fee: await shannons(page, "review-fee"),
  };
}

/** Signs what is reviewed; returns the digest. Money lost by a failure on chain fails the scenario. */
export async function confirm(page) {
  await by(page, "review-confirm").click();
  await by(page, "outcome").waitFor();
  const failure = page.getByTestId("outcome-failure");
  assert.equal(await failure.count(), 0, (await failure.allInnerTexts()).join(" "));
  return digestShown(page);
}

/** The digest of the outcome. */
export async function digestShown(page) {
  const shown = (await by(page, "outcome-digest").innerText()).match(/[1-9A-HJ-NP-Za-km-z]{43,44}/);
  assert.ok(shown, "the outcome has a digest");
  return shown[0];
}
