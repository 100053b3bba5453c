// The review: what it says of a recipient, what it asks for before something dangerous, and when it ends.

import assert from "node:assert/strict";

import { look } from "./support/looks.mjs";
import { refuse, rewrite } from "./support/meddling.mjs";
import { keys } from "./support/vectors.mjs";
import { SOMA, balanceIs, by, confirm, fee, goTo, importKey, review, shannons, toSoma, unlock } from "./support/wallet.mjs";
import { askWorker, exposeWorker, lastReview } from "./support/worker.mjs";

const [RECIPIENT, OWNER, OTHER] = keys;
const FUNDED = 10n * SOMA;
const FUND = ["--fund", `${OWNER.address}=${toSoma(FUNDED)}`];
/** The system's own clock on networks of this family; nobody has such an address. */
const SYSTEM_ID = `0x${"0".repeat(63)}6`;

export const scenarios = {
  "a node that lies in its simulation is contradicted in red, and each danger is accepted by itself": async (world) => {
    const { page, node } = await begin(world, { proxied: true });
    rewrite(node, /SimulateTransaction$/, Buffer.from(RECIPIENT.address.slice(2)), Buffer.from(OTHER.address.slice(2)));
    await prepare(page, RECIPIENT.address, SOMA);
    await review(page, "differs");
    const row = page.locator(`[data-testid=balance-change][data-address="${RECIPIENT.address}"]`);
    assert.equal(await shannons(row, "balance-change-ours"), SOMA);
    assert.equal(await shannons(row, "balance-change-node"), 0n);
    assert.match(await row.getAttribute("class"), /row-differs/);
    assert.match(await by(page, "review-simulation").innerText(), /differs from the wallet/);
    assert.match(await by(page, "finding-danger").innerText(), /something else than the wallet computes/);
    await by(page, "review-objects").locator("summary").click();
    assert.ok((await page.locator("[data-testid=object-change].row-differs").count()) > 0, "and of its coin");
    await look(page, "review-lying");
    assert.ok(await by(page, "review-confirm").isDisabled());
    await by(page, "review-ack").check();
    await by(page, "review-ack").uncheck();
    assert.ok(await by(page, "review-confirm").isDisabled());

    // A page that skips the box is refused, and so is one that accepts something else.
    const id = await lastReview(page);
    for (const consent of [[], [1, 2, 3]]) {
      const { Err: refused } = await askWorker(page, { Confirm: { review: id, consent } });
      assert.equal(refused?.code, "sign/danger", JSON.stringify(refused));
    }
    assert.equal(await world.node.balance(OWNER.address), FUNDED, "nothing was signed");
    // What is signed is what the wallet showed, whatever the node foretold.
    await by(page, "review-ack").check();
    await confirm(page);
    assert.equal(await world.node.balance(RECIPIENT.address), SOMA);
    assert.equal(await world.node.balance(OTHER.address), 0n);
  },

  "who is paid is held against everybody who is known, and against the network's objects": async (world) => {
    const { page } = await begin(world);
    await prepare(page, RECIPIENT.address, SOMA);
    await review(page);
    assert.match(await by(page, "finding-caution").innerText(), /no earlier payment to this address/);
    assert.equal(await page.getByTestId("finding-danger").count(), 0);
    // Both sides stand beside each other, and the chain beside the digest of its first checkpoint.
    const own = page.locator(`[data-testid=balance-change][data-address="${OWNER.address}"]`);
    assert.equal(await shannons(own, "balance-change-node"), await shannons(own, "balance-change-ours"));
    assert.match(await by(page, "review-chain").innerText(), new RegExp((await world.node.info()).chainId));
    assert.match(await by(page, "review-chain").innerText(), /first checkpoint was computed anew and is the same/);
    await by(page, "review-objects").locator("summary").click();
    const objects = await page.getByTestId("object-change").evaluateAll((rows) => rows.map((row) => ({ id: row.dataset.object, text: row.innerText })));
    const made = objects.find(({ text }) => /is created/.test(text));
    assert.ok(made, "the recipient's coin");
    await look(page, "review-objects");
    await confirm(page);
    await by(page, "send-again").click();

    // Paid before: nothing to say.
    await prepare(page, RECIPIENT.address, SOMA);
    await review(page);
    assert.equal(await page.getByTestId("finding-caution").count(), 0);
    await by(page, "review-cancel").click();

    // Its middle is another one's.
    const alike = `${RECIPIENT.address.slice(0, 30)}${RECIPIENT.address[30] === "a" ? "b" : "a"}${RECIPIENT.address.slice(31)}`;
    await prepare(page, alike, SOMA);
    await review(page);
    assert.match(await by(page, "finding-danger").innerText(), /looks like an address that you paid before/);
    assert.ok(await by(page, "review-confirm").isDisabled());
    await look(page, "review-alike");
    await by(page, "review-cancel").click();

    // Ids of objects are never paid, whatever a page says.
    await prepare(page, made.id, SOMA);
    await review(page);
    assert.match(await by(page, "finding-forbidden").innerText(), /object on this network/);
    assert.ok(await by(page, "review-confirm").isDisabled());
    const forbidden = { review: await lastReview(page), consent: [0, 1, 2, 3] };
    const { Err: refused } = await askWorker(page, { Confirm: forbidden });
    assert.equal(refused?.code, "sign/refused", JSON.stringify(refused));
    await look(page, "review-forbidden");
    await by(page, "review-cancel").click();
    await by(page, "send-recipient").fill(SYSTEM_ID);
    await by(page, "send-review").click();
    await page.locator(".field-error", { hasText: /network keeps for itself/ }).waitFor();
    assert.equal(await page.getByTestId("review").count(), 0);
    assert.equal(await world.node.balance(RECIPIENT.address), SOMA);

    // All that there is.
    await by(page, "send-recipient").fill(RECIPIENT.address);
    await by(page, "send-max").click();
    await by(page, "send-review").click();
    await review(page);
    assert.match(await by(page, "finding-caution").innerText(), /everything in this account/);
    await by(page, "review-cancel").click();
  },

  "payments to several stand pair by pair": async (world) => {
    const { page } = await begin(world);
    await goTo(page, "send");
    await by(page, "send-many").click();
    await by(page, "pay-lines").fill(`${RECIPIENT.address} 1.25\n${OTHER.address} 2.5\n`);
    await by(page, "pay-review").click();
    await review(page);
    const paid = await page.getByTestId("review-points").evaluate((points) =>
      [...points.querySelectorAll("[data-testid=point-address]")].map((address) => {
        const amount = address.closest(".review-account").querySelector("[data-testid=point-amount]");
        return [address.dataset.address, amount?.dataset.shannons];
      }),
    );
    assert.deepEqual(paid, [[RECIPIENT.address, "1250000000"], [OTHER.address, "2500000000"]]);
    assert.match(await by(page, "finding-caution").innerText(), /2 of the 2 recipients/);
    await look(page, "review-pairs");
  },

  "a review ends when it is left, when the wallet locks, and when another network is chosen": async (world) => {
    const { page } = await begin(world);
    world.expectComplaints(/net::ERR_|status of|CORS|Failed to load resource/);
    const isOver = async (id) => {
      const { Err: refused } = await askWorker(page, { Confirm: { review: id, consent: [] } });
      assert.equal(refused?.code, "review/expired", JSON.stringify(refused));
    };
    await prepare(page, RECIPIENT.address, SOMA);
    await review(page);
    await goTo(page, "home");
    await by(page, "balance").waitFor();
    await isOver(await lastReview(page));

    await prepare(page, RECIPIENT.address, SOMA);
    await review(page);
    const locked = await lastReview(page);
    await by(page, "lock").click();
    await by(page, "unlock-form").waitFor();
    await isOver(locked);
    await unlock(page);
    await isOver(locked);

    await goTo(page, "home");
    await balanceIs(page, FUNDED);
    await prepare(page, RECIPIENT.address, SOMA);
    await review(page);
    const elsewhere = await lastReview(page);
    await by(page, "network-picker").selectOption("Testnet");
    await page.locator("[data-testid=outcome][data-state=not-sent]", { hasText: /account or network changed/ }).waitFor();
    assert.equal(await page.getByTestId("review").count(), 0);
    await isOver(elsewhere);
    await by(page, "network-picker").selectOption("Local network");
    await isOver(elsewhere);
    assert.equal(await world.node.balance(OWNER.address), FUNDED, "nothing was signed");
  },

  "without the node's simulation its half is missing, and never the wallet's own": async (world) => {
    const { page, node } = await begin(world, { proxied: true });
    world.expectComplaints(/status of 503/);
    node.meddle = (request, response) => refuse(/SimulateTransaction$/, request, response);
    await prepare(page, RECIPIENT.address, SOMA);
    const { fee: foreseen } = await review(page, "unavailable");
    assert.equal(foreseen, fee(2, SOMA));
    const row = page.locator(`[data-testid=balance-change][data-address="${RECIPIENT.address}"]`);
    assert.equal(await shannons(row, "balance-change-ours"), SOMA);
    assert.equal(await page.getByTestId("balance-change-node").count(), 0);
    assert.match(await by(page, "review-simulation").innerText(), /Not simulated by the node.*own preview alone/s);
    await look(page, "review-alone");
    await confirm(page);
    assert.equal(await world.node.balance(RECIPIENT.address), SOMA);
  },
};

/** A network and an owner's wallet, whose worker can be asked past the page. */
async function begin(world, { proxied = false } = {}) {
  const node = proxied ? await world.startNetworkBehindProxy(...FUND) : await world.startNetwork(...FUND);
  const page = await world.openFresh();
  await exposeWorker(page);
  await page.reload();
  await importKey(page, OWNER.bech32);
  await balanceIs(page, FUNDED);
  return { page, node };
}

/** Fills in the form for sending, from wherever the page is, and asks for the review. */
async function prepare(page, recipient, amount) {
  await goTo(page, "send");
  await by(page, "send-recipient").fill(recipient);
  await by(page, "send-amount").fill(toSoma(amount));
  await by(page, "send-review").click();
  await by(page, "review").waitFor();
}
