// The main job: from an empty machine to a published model.

import assert from "node:assert/strict";

import { SOMA, addressOf, balanceIs, by, createWallet } from "./support/wallet.mjs";

export const scenarios = {
  "a new wallet gets coins, sends some and publishes a model": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    const { address } = await createWallet(page);
    assert.match(address, /^0x[0-9a-f]{64}$/);
    await balanceIs(page, 0n);

    await by(page, "faucet").click();
    await balanceIs(page, 2n * SOMA);
    assert.equal(await world.node.balance(address), 2n * SOMA);
  },
};
