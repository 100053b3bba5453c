// The package for JavaScript in pages of Firefox: the example for sites with the wallet's page in a window, and keys, a
// client and scoring in a page of their own.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { serveExample } from "../support/example.mjs";
import { LOCAL } from "../support/ground.mjs";
import { near, recordedCompetition, weightsPath } from "../support/scoring.mjs";
import { keys } from "../support/vectors.mjs";
import { SOMA, by, eventually, importKey, toSoma } from "../support/wallet.mjs";

const [RECIPIENT, OWNER] = keys;

export const scenarios = {
  "the example for sites connects by the wallet's window, and sends what its owner reviewed": async (world) => {
    await world.startNetwork("--fund", `${OWNER.address}=${toSoma(10n * SOMA)}`);
    const firefox = await world.openFirefox();
    await importKey(await firefox.openPage(), OWNER.bech32);
    const { address } = await serveExample(world);
    const page = await firefox.openPage(address);
    await by(page, "soma-connect").click();
    const connecting = await firefox.opened(/\/connect/);
    await by(connecting, "asked-approve").click();
    await eventually("the balance", () => page.locator("#balance").innerText(), "10 SOMA");
    await isGone(firefox);
    await page.locator("#recipient").fill(RECIPIENT.address);
    await page.locator("#amount").fill("1.25");
    await page.locator("#send button").click();
    const sending = await firefox.opened(/\/connect/);
    await by(sending, "review").waitFor();
    await by(sending, "review-confirm").click();
    await page.locator("#said").filter({ hasText: "Sent: " }).waitFor();
    assert.equal(await world.node.balance(RECIPIENT.address), (5n * SOMA) / 4n);
    await isGone(firefox);
  },

  "keys sign, a client pays, and data are scored in a page": async (world) => {
    await world.startNetwork("--fund", `${OWNER.address}=${toSoma(10n * SOMA)}`);
    const firefox = await world.openFirefox();
    const { origin } = await serveExample(world);
    const page = await firefox.openPage(`${origin}/style.css`);
    const paid = await page.evaluate(
      async ({ node, secret, recipient }) => {
        const { Client, Keypair, init, parseSoma } = await import("/node_modules/soma-wallet/client.js");
        await init();
        const key = Keypair.fromPrivateKey(secret);
        const client = await Client.connect(node);
        const prepared = await client.prepareSend({ sender: key.address, recipient, amount: parseSoma("2.5") });
        const { succeeded, digest } = await client.signAndExecute(prepared, key);
        await client.waitFor(digest);
        return { address: key.address, succeeded };
      },
      { node: LOCAL, secret: OWNER.bech32, recipient: RECIPIENT.address },
    );
    assert.deepEqual(paid, { address: OWNER.address, succeeded: true });
    assert.equal(await world.node.balance(RECIPIENT.address), (5n * SOMA) / 2n);

    // Without workers beside the one that scores: Firefox now and then freezes one that starts others. See the README.
    const recorded = recordedCompetition();
    const weights = recorded.models.map((name) => readFileSync(weightsPath(name)).toString("base64"));
    const { losses, winner } = await page.evaluate(
      async ({ weights, data, seed }) => {
        const { scoreData } = await import("/node_modules/soma-wallet/scoring.js");
        const models = weights.map((text) => ({ weights: Uint8Array.fromBase64(text) }));
        const { losses, winner } = await scoreData(Uint8Array.fromBase64(data), { models, seed: BigInt(seed), engine: "cpu", workers: 0 });
        return { losses: [...losses], winner };
      },
      { weights, data: recorded.bytes.toString("base64"), seed: recorded.seed },
    );
    assert.equal(winner, recorded.expected.winner);
    for (const [at, loss] of losses.entries()) {
      near(loss, recorded.expected.losses[at], `the loss of ${recorded.models[at]}`);
    }
  },
};

/** While the wallet's window is there, the next request goes to it. */
function isGone(firefox) {
  const isOpen = async () => (await firefox.addresses()).some((address) => address.includes("/connect"));
  return eventually("the wallet's window", isOpen, false);
}
