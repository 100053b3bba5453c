// Models: the list, the picture, one model, one's own with calendar and vault, and where to place another.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { look } from "./support/looks.mjs";
import { by, createWallet, eventually, goTo, importKey } from "./support/wallet.mjs";

export const scenarios = {
  "the network's models are listed, searched, sorted and drawn": async (world) => {
    const network = await world.startNetwork("--demo");
    const page = await world.openFresh();
    await createWallet(page);
    await goTo(page, "models");
    await eventually("six models are listed", () => page.getByTestId("model-row").count(), 6);
    const models = await world.node.models();
    assert.deepEqual((await idsShown(page)).sort(), Object.keys(models).sort());
    await eventually(
      "open targets are counted",
      async () => (await numbers(page, "model-drawn")).reduce((sum, count) => sum + count, 0),
      300,
    );
    assert.deepEqual(await numbers(page, "model-wins"), [0, 0, 0, 0, 0, 0]);

    // Most stake first; then by the targets that draw them, both ways.
    const byStake = await idsShown(page);
    await by(page, "sort-drawn").click();
    assert.deepEqual(await numbers(page, "model-drawn"), (await numbers(page, "model-drawn")).sort((a, b) => b - a));
    await by(page, "sort-drawn").click();
    assert.deepEqual(await numbers(page, "model-drawn"), (await numbers(page, "model-drawn")).sort((a, b) => a - b));
    await by(page, "sort-stake").click();
    assert.deepEqual(await idsShown(page), byStake);

    await by(page, "models-search").fill(byStake[2].slice(4, 20));
    assert.deepEqual(await idsShown(page), [byStake[2]]);
    await by(page, "models-search").fill("nobody is called this");
    await by(page, "models-none").waitFor();
    await by(page, "models-search").fill("");

    // The picture: every mark can be pointed at, and walked to.
    assert.equal(await page.getByTestId("map-model").count(), 6);
    assert.equal(await page.getByTestId("map-target").count(), 100);
    const model = page.getByTestId("map-model").first();
    await model.hover();
    const id = await model.getAttribute("data-model");
    await eventually("a model that is pointed at is told", async () => (await by(page, "map-told").innerText()).includes(id), true);
    await by(page, "map").focus();
    await page.mouse.move(0, 0);
    await page.keyboard.press("Home");
    const first = await by(page, "map-told").innerText();
    assert.match(first, /Open target|Model/);
    await page.keyboard.press("ArrowRight");
    await eventually("the next mark is told", async () => (await by(page, "map-told").innerText()) !== first, true);
    await page.keyboard.press("Home");
    await eventually("keys walk back", () => by(page, "map-told").innerText(), first);
    await look(page, "models");

    // Those of one's own come first, whatever the order.
    const owner = await world.openFresh();
    await importKey(owner, accountOf(network).key);
    await goTo(owner, "models");
    await eventually("one's own models are marked", () => owner.locator("[data-testid=model-row][data-own=true]").count(), 6);
  },
};

/** The account that owns the models of the demonstration, as the network printed it. */
function accountOf(network) {
  const [, address, key] = /^ {2}(0x[0-9a-f]{64}) +(somaprivkey\S+)/m.exec(readFileSync(network.log, "utf8"));
  return { address, key };
}

async function idsShown(page) {
  return page.getByTestId("model-row").evaluateAll((rows) => rows.map((row) => row.dataset.model));
}

/** The numbers of a column, from above. */
async function numbers(page, testid) {
  return (await page.getByTestId(testid).allInnerTexts()).map(Number);
}
