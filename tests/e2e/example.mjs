// The example for sites, with the real wallet in a window: everything that it imports is the npm package as it would
// be published, and what it asks for happens on the local network.

import assert from "node:assert/strict";

import { violations } from "./support/axe.mjs";
import { serveExample } from "./support/example.mjs";
import { keys } from "./support/vectors.mjs";
import { SOMA, by, eventually, fee, importKey, toSoma } from "./support/wallet.mjs";

const [RECIPIENT, OWNER] = keys;
const FUNDED = 10n * SOMA;

export const scenarios = {
  "a site made of the package alone connects, sends what its owner reviewed, and has a message signed that it verifies": async (world) => {
    await world.startNetwork("--fund", `${OWNER.address}=${toSoma(FUNDED)}`);
    const wallet = await world.openFresh();
    await importKey(wallet, OWNER.bech32);
    const { address, origin } = await serveExample(world);
    const page = await world.openPage(wallet.context(), address);
    assert.deepEqual(await violations(page), []);

    const connecting = await opens(page, () => by(page, "soma-connect").click());
    await by(connecting, "asked-connect").waitFor();
    assert.ok((await connecting.locator("body").innerText()).includes(new URL(origin).host), "the wallet says who asks");
    await by(connecting, "asked-approve").click();
    await eventually("the balance", () => page.locator("#balance").innerText(), "10 SOMA");
    assert.deepEqual(await violations(page), []);
    await closed(connecting);

    await page.locator("#recipient").fill(RECIPIENT.address);
    await page.locator("#amount").fill("1.25");
    const sending = await opens(page, () => page.getByRole("button", { name: "Review in the wallet" }).click());
    await by(sending, "review").waitFor();
    await by(sending, "review-confirm").click();
    await page.locator("#said", { hasText: /^Sent: [1-9A-HJ-NP-Za-km-z]{43,44}$/ }).waitFor();
    const sent = (5n * SOMA) / 4n;
    assert.equal(await world.node.balance(RECIPIENT.address), sent);
    const left = FUNDED - sent - fee(2, sent);
    assert.equal(await world.node.balance(OWNER.address), left);
    await eventually("the balance", () => page.locator("#balance").innerText(), `${toSoma(left).replace(/\.?0+$/, "")} SOMA`);
    await closed(sending);

    const signing = await opens(page, () => page.getByRole("button", { name: "Sign in the wallet" }).click());
    await by(signing, "asked-message").waitFor();
    await by(signing, "asked-approve").click();
    const words = `Signed by ${OWNER.address} for ${origin}:\nI agree to nothing in particular.`;
    await eventually("what the example says", () => page.locator("#said").innerText(), words);
    await closed(signing);

    const refusing = await opens(page, () => page.getByRole("button", { name: "Sign in the wallet" }).click());
    await by(refusing, "asked-message").waitFor();
    await by(refusing, "asked-refuse").click();
    await eventually("what the example says", () => page.locator("#said").innerText(), "You refused it in the wallet.");
    await closed(refusing);

    // After a reload it is connected as before, and no window opens.
    await page.reload();
    await page.locator("#balance", { hasText: /SOMA/ }).waitFor();
  },
};

/** The window that opens. */
async function opens(page, act) {
  const [popup] = await Promise.all([page.waitForEvent("popup"), act()]);
  return popup;
}

/** Waits until the wallet's window has closed itself: while it is there, the next request goes to it. */
async function closed(popup) {
  if (!popup.isClosed()) {
    await popup.waitForEvent("close");
  }
}
