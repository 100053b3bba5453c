// Several sign together, each in a browser of their own: proposals travel as links, files and texts, and nothing that
// came with them is believed.

import assert from "node:assert/strict";
import { createPrivateKey, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

import { look } from "./support/looks.mjs";
import { keys, multisig } from "./support/vectors.mjs";
import { PASSWORD, SOMA, balanceIs, by, confirm, eventually, fee, goTo, importKey, review, unlock } from "./support/wallet.mjs";

/** Two of three, each of weight 1; keys and address are the network's own. */
const SHARED = multisig.find(({ threshold, weights }) => threshold === 2 && weights.length === 3);
const [FRIEND, OUTSIDER] = keys;
const FUND = ["--fund", `${SHARED.address}=10.0`];

/** A public key as the command-line wallet prints it. */
function printed(hex) {
  return Buffer.concat([Buffer.from([0]), Buffer.from(hex, "hex")]).toString("base64");
}

/** A signature of any bytes, as the command-line wallet prints one. */
function signatureOf(secretHex, publicHex, message) {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.from(secretHex, "hex")]);
  const signature = sign(null, message, createPrivateKey({ key: der, format: "der", type: "pkcs8" }));
  return Buffer.concat([Buffer.from([0]), signature, Buffer.from(publicHex, "hex")]).toString("base64");
}

/** A browser with the key of one member. */
async function member(world, at) {
  const page = await world.openFresh();
  await importKey(page, SHARED.secret_keys[at]);
  return page;
}

/** Makes the account of all three members on a page that has one of the keys, and works with it. */
async function makeAccount(page, label) {
  await goTo(page, "multisig");
  await by(page, "multisig-new").click();
  await by(page, "own-key-add").waitFor();
  await by(page, "multisig-label").fill(label);
  await by(page, "member-add").click();
  const fields = page.getByTestId("member-key");
  for (const [at, key] of SHARED.public_keys.entries()) {
    await fields.nth(at).fill(printed(key));
  }
  await by(page, "multisig-threshold").fill("2");
  const shown = () => by(page, "multisig-address").getAttribute("data-address");
  await eventually("the address", shown, SHARED.address);
}

/** Reviews a payment of the account in use and makes a proposal of it; returns its digest. */
async function propose(page, recipient, amount) {
  await goTo(page, "send");
  await by(page, "send-recipient").fill(recipient);
  await by(page, "send-amount").fill(amount);
  await by(page, "send-review").click();
  await review(page);
  assert.equal(await page.getByTestId("review-confirm").count(), 0, "nobody signs this alone");
  await by(page, "review-propose").click();
  await by(page, "proposal-standing").waitFor();
  return digestOf(page);
}

async function digestOf(page) {
  return (await by(page, "proposal-digest").innerText()).trim();
}

/** Signs the proposal in sight as this wallet's only member. */
async function signHere(page, weight) {
  await by(page, "proposal-review").click();
  await review(page);
  await by(page, "multisig-sign").click();
  await eventually("the weight", () => by(page, "multisig-weight").getAttribute("data-weight"), String(weight));
  await by(page, "review-cancel").click();
  await by(page, "proposal-standing").waitFor();
}

function stateIs(page, wanted) {
  return eventually("the proposal's state", () => by(page, "proposal-standing").getAttribute("data-state"), wanted, 30_000);
}

const text = (page) => by(page, "multisig-text").getAttribute("data-text");

async function openText(page, given) {
  await goTo(page, "multisig");
  await by(page, "multisig-open-text").fill(given);
  await by(page, "multisig-open-go").click();
}

async function add(page, given) {
  await by(page, "multisig-add-text").fill(given);
  await by(page, "multisig-add-go").click();
}

const refusal = (page, code) => page.locator(`[data-testid=multisig-add] [data-code="${code}"], [data-testid=multisig-open] [data-code="${code}"]`);

export const scenarios = {
  "two of three sign in browsers of their own, and what was shown to each is executed once": async (world) => {
    await world.startNetwork(...FUND);
    const [first, second, third] = [await member(world, 0), await member(world, 1), await member(world, 2)];
    await makeAccount(first, "Treasury");
    await look(first, "multisig-new");
    await by(first, "multisig-create").click();
    await balanceIs(first, 10n * SOMA);

    const digest = await propose(first, FRIEND.address, "1.5");
    assert.equal(await by(first, "proposal-standing").getAttribute("data-state"), "open");
    assert.equal(await first.locator("[data-testid=member][data-state=missing]").count(), 3);
    await look(first, "multisig-proposal");
    await signHere(first, 1);
    assert.equal(await first.locator("[data-testid=member][data-state=signed]").count(), 1);

    // A link, opened by a wallet that is locked; what is behind the number sign was sent to nobody.
    const link = await by(first, "multisig-link").getAttribute("data-link");
    assert.match(link, /\/multisig\/open#soma-multisig-1\./);
    const asked = [];
    second.on("request", (request) => asked.push(request.url()));
    await second.goto(link);
    await second.reload();
    await unlock(second, PASSWORD);
    // Any page can lead here: nothing is kept before it is asked for.
    await by(second, "multisig-from-link").waitFor();
    await eventually("the proposal in the field", () => by(second, "multisig-open-text").inputValue(), link.split("#")[1]);
    const blocked = () => by(second, "multisig-open-go").getAttribute("aria-disabled");
    await eventually("a network to compare with", async () => (await blocked()) === "true", false);
    await look(second, "multisig-from-link");
    await by(second, "multisig-open-go").click();
    await by(second, "proposal-standing").waitFor();
    assert.equal(await digestOf(second), digest);
    assert.equal(await second.getByTestId("proposal-hearsay").count(), 0, "a member has signed it");
    assert.ok(asked.every((url) => !url.split("#")[0].includes("soma-multisig")), asked.join("\n"));
    assert.match(await by(second, "proposal-headline").innerText(), /1\.5 SOMA/);
    assert.equal(await by(second, "proposal-account").getAttribute("data-address"), SHARED.address);
    await signHere(second, 2);
    const download = second.waitForEvent("download");
    await by(second, "multisig-save").click();
    const file = world.file("signed-by-second.txt");
    await (await download).saveAs(file);

    // The third has the text without the second's signature, and signs that.
    await openText(third, await text(first));
    await by(third, "proposal-standing").waitFor();
    await signHere(third, 2);

    // Both copies come back, one after the other, and a third time for nothing.
    await by(first, "multisig-add-file").setInputFiles(file);
    await by(first, "multisig-added").filter({ hasText: /signature/ }).waitFor();
    await stateIs(first, "ready");
    await add(first, await text(third));
    await eventually("all have signed", () => first.locator("[data-testid=member][data-state=signed]").count(), 3);
    await add(first, readFileSync(file, "utf8"));
    await by(first, "multisig-added").filter({ hasText: /Nothing new/ }).waitFor();

    await by(first, "proposal-review").click();
    await review(first);
    await look(first, "multisig-execute");
    assert.equal(await confirm(first), digest);
    assert.equal(await world.node.balance(FRIEND.address), 1_500_000_000n);
    assert.equal(await world.node.balance(SHARED.address), 10n * SOMA - 1_500_000_000n - fee(2, 1_500_000_000n));
    await by(first, "act-done").click();
    await stateIs(first, "executed");

    // The others learn of it from the network.
    await second.reload();
    await unlock(second, PASSWORD);
    await stateIs(second, "executed");
    assert.equal(await second.getByTestId("proposal-review").count(), 0);
    await goTo(third, "multisig");
    await third.locator(`[data-testid=proposal][data-digest="${digest}"][data-state=executed]`).waitFor();
    await look(third, "multisig-list");
    await goTo(first, "activity");
    await first.locator(`[data-digest="${digest}"]`).first().waitFor();
  },

  "foreign, wrong and tampered signatures are refused with words, and change nothing": async (world) => {
    await world.startNetwork(...FUND);
    const page = await member(world, 0);
    await makeAccount(page, "Treasury");

    // What the network would not take is named before there is an account.
    await by(page, "multisig-threshold").fill("4");
    await eventually("no address", () => page.getByTestId("multisig-address").count(), 0);
    await by(page, "multisig-threshold").fill("2");
    await page.getByTestId("member-key").nth(2).fill(printed(SHARED.public_keys[1]));
    await by(page, "multisig-broken").filter({ hasText: /twice/ }).waitFor();
    await page.getByTestId("member-key").nth(2).fill(FRIEND.address);
    await by(page, "multisig-create").click();
    await page.locator(".field-error").filter({ hasText: /address/ }).first().waitFor();
    await page.getByTestId("member-key").nth(2).fill(printed(SHARED.public_keys[2]));
    await by(page, "multisig-create").click();
    await balanceIs(page, 10n * SOMA);

    const digest = await propose(page, FRIEND.address, "1.5");
    const unsigned = await text(page);
    const message = Buffer.from("something else");
    await add(page, signatureOf(OUTSIDER.secret_key, OUTSIDER.public_key, message));
    await refusal(page, "multisig/signature").filter({ hasText: /not a member/ }).waitFor();
    await add(page, signatureOf(SHARED.secret_keys[1], SHARED.public_keys[1], message));
    await refusal(page, "multisig/signature").filter({ hasText: /member 2 does not fit/ }).waitFor();
    await add(page, `${unsigned.slice(0, -9)}AAAA${unsigned.slice(-5)}`);
    await refusal(page, "multisig/text").filter({ hasText: /cut or changed/ }).waitFor();
    await add(page, "hello");
    await refusal(page, "multisig/text").waitFor();
    await look(page, "multisig-refused");
    assert.equal(await text(page), unsigned, "nothing has changed");

    // Another transaction would take the same coin: its review says so, and whichever comes first ends the other.
    await goTo(page, "send");
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-amount").fill("2");
    await by(page, "send-review").click();
    await review(page);
    await page.getByTestId("finding-caution").filter({ hasText: /proposal that is kept here/ }).waitFor();
    await by(page, "review-propose").click();
    await by(page, "proposal-standing").waitFor();
    const second = await digestOf(page);
    assert.notEqual(second, digest);
    await add(page, unsigned);
    await refusal(page, "multisig/other").filter({ hasText: /another proposal/ }).waitFor();

    // Signed by a second member elsewhere, the other one is executed, and the first can never be.
    await signHere(page, 1);
    const other = await member(world, 1);
    await openText(other, await text(page));
    await by(other, "proposal-standing").waitFor();
    await signHere(other, 2);
    await by(other, "proposal-review").click();
    await review(other);
    assert.equal(await confirm(other), second);
    assert.equal(await world.node.balance(FRIEND.address), 2n * SOMA);
    await goTo(page, "multisig");
    await page.locator(`[data-testid=proposal][data-digest="${digest}"][data-state=moved]`).click();
    await by(page, "proposal-trouble").filter({ hasText: /moved on/ }).waitFor();
    await by(page, "proposal-remove").click();
    await by(page, "proposal-remove").click();
    await by(page, "proposals").waitFor();
    assert.equal(await page.locator(`[data-testid=proposal][data-digest="${digest}"]`).count(), 0);
  },

  "a wallet without any member's key looks on, and executes what others signed": async (world) => {
    await world.startNetwork(...FUND);
    const [page, watcher] = [await member(world, 0), await world.openFresh()];
    await importKey(watcher, OUTSIDER.bech32);
    await makeAccount(page, "Treasury");
    await by(page, "multisig-create").click();
    await balanceIs(page, 10n * SOMA);
    const digest = await propose(page, FRIEND.address, "0.25");
    assert.equal(await page.getByTestId("proposal-hearsay").count(), 0, "it was made here");
    await openText(watcher, await text(page));
    await by(watcher, "proposal-hearsay").filter({ hasText: /no member has signed it/ }).waitFor();
    await look(watcher, "multisig-hearsay");
    await signHere(page, 1);
    await by(page, "multisig-show-qr").click();
    await by(page, "multisig-code").waitFor();
    await look(page, "multisig-qr");

    // All codes one after the other, as a telephone reads them; or one, which holds the link.
    const codes = new Set();
    for (;;) {
      const code = await by(page, "multisig-code").getAttribute("data-code");
      if (codes.has(code)) break;
      codes.add(code);
      const next = page.getByTestId("multisig-code-next");
      if ((await next.count()) === 0) break;
      await next.click();
    }
    await openText(watcher, [...codes].reverse().join("\n"));
    await by(watcher, "proposal-standing").waitFor();
    assert.equal(await digestOf(watcher), digest);
    await eventually("a member's word for it", () => watcher.getByTestId("proposal-hearsay").count(), 0);
    await by(watcher, "proposal-review").click();
    await review(watcher);
    await by(watcher, "multisig-no-key").waitFor();
    assert.equal(await watcher.getByTestId("multisig-sign").count(), 0);
    assert.equal(await by(watcher, "review-confirm").getAttribute("aria-disabled"), "true");
    await look(watcher, "multisig-no-key");
    await by(watcher, "review-cancel").click();

    // Kept among the accounts, its balance is seen here too.
    await by(watcher, "multisig-keep-label").fill("Their treasury");
    await by(watcher, "multisig-keep-go").click();
    await eventually("it is kept", () => watcher.getByTestId("multisig-keep").count(), 0);
    const inUse = () => by(watcher, "account-switch").getAttribute("data-address");
    assert.equal(await inUse(), OUTSIDER.address, "what somebody sent does not become the account in use");
    assert.equal(await watcher.getByTestId("shared-notice").count(), 0);
    await by(watcher, "account-switch").click();
    await watcher.locator(`[data-testid=account-choice][data-address="${SHARED.address}"]`).click();
    await eventually("the account in use", inUse, SHARED.address);
    await by(watcher, "shared-notice").filter({ hasText: /no key of this account/ }).waitFor();
    await goTo(watcher, "home");
    await balanceIs(watcher, 10n * SOMA);
    await look(watcher, "multisig-shared");

    await by(page, "multisig-qr").getByTestId("dialog-close").click();
    const signer = await member(world, 2);
    await openText(signer, await text(page));
    await by(signer, "proposal-standing").waitFor();
    await signHere(signer, 2);
    writeFileSync(world.file("enough.txt"), await text(signer));
    await goTo(watcher, "multisig");
    await by(watcher, "multisig-open-file").setInputFiles(world.file("enough.txt"));
    await stateIs(watcher, "ready");
    await by(watcher, "proposal-review").click();
    await review(watcher);
    assert.equal(await confirm(watcher), digest);
    assert.equal(await world.node.balance(FRIEND.address), 250_000_000n);
    await by(watcher, "act-done").click();
    await stateIs(watcher, "executed");
  },
};
