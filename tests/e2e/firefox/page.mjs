// The wallet as a page of the web, in Firefox: what a person does with it from the first day on.

import assert from "node:assert/strict";

import { keys } from "../support/vectors.mjs";
import { SOMA, balanceIs, by, confirm, createWallet, eventually, fee, goTo, review, toSoma, unlock } from "../support/wallet.mjs";

const FAUCET = 2n * SOMA;
const [RECIPIENT] = keys;

export const scenarios = {
  "a new wallet gets coins, sends some, is locked, and is there when Firefox is started again": async (world) => {
    await world.startNetwork();
    const first = await world.openFirefox({ profile: "kept" });
    const page = await first.openPage();
    const { address } = await createWallet(page);
    await balanceIs(page, 0n);
    await by(page, "faucet").click();
    await balanceIs(page, FAUCET);

    const amount = 123_456_789n;
    await goTo(page, "send");
    await by(page, "send-recipient").fill(RECIPIENT.address);
    await by(page, "send-amount").fill(toSoma(amount));
    await by(page, "send-review").click();
    assert.match((await review(page)).headline, /0\.123456789 SOMA/);
    const digest = await confirm(page);
    const left = FAUCET - amount - fee(2, amount);
    assert.equal(await world.node.balance(address), left);
    assert.equal(await world.node.balance(RECIPIENT.address), amount);
    await goTo(page, "home");
    await balanceIs(page, left);
    await page.locator(`[data-testid=activity-entry][data-digest="${digest}"][data-state=Done]`).waitFor();

    await by(page, "lock").click();
    await by(page, "unlock-form").waitFor();
    assert.equal(await page.getByTestId("balance").count(), 0, "nothing is shown of a locked wallet");
    await unlock(page);
    await balanceIs(page, left);
    await page.reload();
    await unlock(page);
    await balanceIs(page, left);

    await first.close();
    const again = await world.openFirefox({ profile: "kept" });
    const later = await again.openPage();
    await unlock(later);
    await balanceIs(later, left);
    await later.locator(`[data-testid=activity-entry][data-digest="${digest}"]`).waitFor();
  },
};
