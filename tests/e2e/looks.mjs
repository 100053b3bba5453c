// Every view at every size, in light and dark, for eyes and for readers; and the keyboard alone.
//
// The pictures are left in out/screens. With SOMA_E2E_PICTURE=docs/wallet.png the home page is also
// written there, relative to the repository, for the README.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { Between } from "./support/between.mjs";
import { focused, tabTo } from "./support/keyboard.mjs";
import { look } from "./support/looks.mjs";
import {
  beginPublication,
  chooseFileAgain,
  endEpoch,
  saveBackup,
  stageIs,
  takeReveal,
  takeStep,
} from "./support/publishing.mjs";
import { addModel, drawn, engineIs, openScoring, score, weightsPath } from "./support/scoring.mjs";
import { keys } from "./support/vectors.mjs";
import {
  answerWordCheck,
  balanceIs,
  by,
  choosePassword,
  confirm,
  goTo,
  importKey,
  review,
  toSoma,
  unlock,
} from "./support/wallet.mjs";
import { writeWeights } from "./support/weights.mjs";
import { DIRECT, LOCAL } from "./support/world.mjs";

const [FRIEND, OWNER] = keys;
const FUNDED = 1_250_500_000_000n;
const FUND = ["--fund", `${OWNER.address}=${toSoma(FUNDED)}`];
const PICTURE = process.env.SOMA_E2E_PICTURE;

export const scenarios = {
  "the way in looks right": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await by(page, "create-wallet").waitFor();
    await look(page, "welcome");
    await by(page, "create-wallet").click();
    await by(page, "phrase-word-12").waitFor();
    await look(page, "create-words");
    const words = await page.getByTestId("phrase").locator(".words-word").allInnerTexts();
    await by(page, "phrase-written").click();
    await by(page, "check-done").click();
    await look(page, "create-check-wrong");
    await answerWordCheck(page, words);
    await by(page, "create-done").waitFor();
    await look(page, "create-password");
    await by(page, "back").click();
    await by(page, "back").click();
    await by(page, "back").click();
    await by(page, "import-wallet").click();
    for (const tab of ["phrase", "key", "keystore", "backup"]) {
      await by(page, `tab-${tab}`).click();
      await look(page, `import-${tab}`);
    }
    await by(page, "tab-key").click();
    await by(page, "import-key").fill("somaprivkey1nothing");
    await by(page, "import-inspect").click();
    await page.locator("[role=alert]").waitFor();
    await look(page, "import-key-wrong");
    await by(page, "import-key").fill(OWNER.bech32);
    await by(page, "import-inspect").click();
    await by(page, "import-accounts").waitFor();
    await look(page, "import-found");
    await choosePassword(page);
    await by(page, "import-done").click();
    await balanceIs(page, 0n);
    await look(page, "home-empty");

    await by(page, "lock").click();
    await by(page, "password").fill("not the password at all");
    await by(page, "unlock").click();
    await page.locator("[role=alert]").waitFor();
    await look(page, "unlock-wrong");
    await by(page, "forgot-password").click();
    await by(page, "erase-word").waitFor();
    await look(page, "erase");
  },

  "a page that cannot have the wallet looks right": async (world) => {
    await world.startNetwork();
    // Something of the same origin that keeps the wallet to itself and says nothing, as a page that sleeps does.
    const keeper = await world.openFresh();
    // Beside a picture, browsers ask for an icon.
    world.expectComplaints(/favicon\.ico/);
    await keeper.goto(new URL("public/icons/wallet.svg", world.walletUrl).href);
    await keeper.evaluate(() => void navigator.locks.request("soma-wallet", () => new Promise(() => {})));
    const page = await world.openPage(keeper.context());
    await page.locator('[data-code="wallet/host-silent"]').waitFor({ timeout: 30_000 });
    await look(page, "host-silent");
    await keeper.close();
    await by(page, "create-wallet").waitFor();
  },

  "the open wallet looks right": async (world) => {
    const node = await world.startNetworkBehindProxy(...FUND);
    world.expectComplaints(/net::ERR_(CONNECTION_REFUSED|EMPTY_RESPONSE|INCOMPLETE_CHUNKED_ENCODING)/);
    const page = await world.openFresh({ deviceScaleFactor: PICTURE ? 2 : 1 });
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);

    await goTo(page, "send");
    await by(page, "send-recipient").fill("0x1234");
    await by(page, "send-amount").fill("1.2345678901");
    await by(page, "send-review").click();
    await look(page, "send-wrong");
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-amount").fill("37.125");
    await by(page, "send-receiver").waitFor();
    await look(page, "send");
    await by(page, "send-review").click();
    await review(page);
    await look(page, "review");
    await confirm(page);
    await look(page, "outcome");

    await goTo(page, "home");
    await by(page, "faucet").click();
    await balanceIs(page, FUNDED - 37_125_000_000n - 1_600n - 37_125_000n + 2_000_000_000n);
    await look(page, "home");
    await takePicture(page);
    await by(page, "show-qr").click();
    await look(page, "address");
    await page.locator("[data-testid=dialog-close]:visible").click();

    await goTo(page, "activity");
    await look(page, "activity");
    await page.getByTestId("activity-entry").first().click();
    await by(page, "activity-one").waitFor();
    await look(page, "activity-one");
    await by(page, "activity-one").getByTestId("dialog-close").click();
    await goTo(page, "settings");
    await look(page, "settings");
    for (const folded of ["change-password", "backup"]) {
      await by(page, folded).locator("summary").click();
    }
    await look(page, "settings-unfolded");
    await by(page, "add-network").click();
    await by(page, "network-name").fill("A network with a long name of its own");
    await by(page, "network-rpc").fill(LOCAL);
    await by(page, "probe-network").click();
    await by(page, "probed").waitFor();
    await look(page, "add-network");
    await page.locator("[data-testid=dialog-close]:visible").click();
    await page.goto(new URL("nowhere", world.walletUrl).href);
    await unlock(page);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await look(page, "not-found");

    await node.down();
    await goTo(page, "home");
    await by(page, "network-trouble").waitFor({ timeout: 30_000 });
    await look(page, "node-down");
  },

  "scoring looks right": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await openScoring(page);
    await by(page, "score-example").waitFor();
    await look(page, "score-empty");
    await by(page, "score-example").click();
    await by(page, "score-target-facts").waitFor();
    await look(page, "score-example");
    await by(page, "score-all").click();
    await by(page, "score-all").click();
    await by(page, "tab-file").click();
    await by(page, "score-start").click();
    await by(page, "score-incomplete").waitFor();
    await look(page, "score-incomplete");
    await addModel(page, weightsPath("t_a"));
    await by(page, "score-target").selectOption({ index: 1 });
    await by(page, "score-target-facts").waitFor();
    await page.getByTestId("score-file-model").check();
    const data = world.file("a file with a rather long name of its own.bin");
    writeFileSync(data, drawn(5n, 1 << 20));
    await by(page, "score-data").setInputFiles(data);
    await engineIs(page, "remote");
    await look(page, "score");
    await engineIs(page, "cpu");
    await by(page, "score-start").click();
    await page.getByText(/tokens\/s/).waitFor();
    await look(page, "score-running");
    // It may have ended by itself while pictures were taken.
    await by(page, "score-cancel").click({ timeout: 2_000 }).catch(() => {});
    await page.locator("[data-testid=score-failure], [data-testid=score-result]").first().waitFor();
    await look(page, "score-cancelled");
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("What models make of a sentence.");
    await score(page);
    await look(page, "score-result");
  },

  "publishing looks right at every stage": async (world) => {
    await world.startNetwork(...FUND);
    const store = await Between.start(DIRECT);
    world.closeLater(() => store.down());
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await goTo(page, "models");
    await look(page, "models-empty");
    await by(page, "publish-new").click();
    await by(page, "publish-start").click();
    await by(page, "publish-incomplete").waitFor();
    await look(page, "publish-incomplete");
    await goTo(page, "models");

    const file = world.file("a-model-with-quite-a-long-name-v2.safetensors");
    await writeWeights(file, 24);
    await beginPublication(page, { file, destination: "disk" });
    await stageIs(page, "NeedsUrl");
    await look(page, "publish-needs-url");
    await by(page, "job-url").fill(`${LOCAL}/blobs/nothing`);
    world.expectComplaints(/status of 404/);
    await by(page, "job-url-check").click();
    await by(page, "job-problem").waitFor();
    await look(page, "publish-problem");

    store.hold();
    await beginPublication(page, { file, blobUrl: `${store.url}/blobs` });
    await by(page, "job-progress").waitFor();
    await look(page, "publish-sealing");
    await by(page, "job-pause").click();
    await stageIs(page, "NeedsFile");
    await look(page, "publish-needs-file");
    store.release();
    await chooseFileAgain(page, file);
    await stageIs(page, "ReadyToCreate");
    await look(page, "publish-create");
    await by(page, "job-step").click();
    await review(page);
    await look(page, "publish-create-review");
    await by(page, "review-cancel").click();
    await takeStep(page);
    await stageIs(page, "ReadyToCommit");
    await look(page, "publish-commit");
    await saveBackup(page, world.file("backup"));
    await takeStep(page);
    await stageIs(page, "Waiting");
    await look(page, "publish-waiting");
    await endEpoch(page);
    await stageIs(page, "ReadyToReveal");
    await look(page, "publish-reveal");
    await takeReveal(page);
    await stageIs(page, "Live");
    await look(page, "publish-live");
    await by(page, "job-remove").click();
    await by(page, "job-remove-confirm").waitFor();
    await look(page, "publish-remove");
    await page.locator("[data-testid=dialog-close]:visible").click();
    await goTo(page, "models");
    await page.getByTestId("publication").nth(1).waitFor();
    await look(page, "models");
  },

  "a telephone shows five places, and every other page behind one of them": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh({ viewport: { width: 360, height: 740 } });
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    const places = page.locator(".nav > .nav-link:visible");
    assert.equal(await places.count(), 5);
    const cut = await places.evaluateAll((links) => links.filter((link) => link.scrollWidth > link.clientWidth).length);
    assert.equal(cut, 0, "no word is cut");
    const further = page.locator(".nav-further .nav-link");
    assert.equal(await further.first().isVisible(), false);
    await tabTo(page, "nav-more");
    await page.keyboard.press("Enter");
    await further.first().waitFor();
    await look(page, "navigation-more");
    await page.setViewportSize({ width: 360, height: 740 });
    await by(page, "nav-more").focus();
    await page.keyboard.press("Escape");
    await further.first().waitFor({ state: "hidden" });
    assert.equal(await focused(page), "nav-more");
    const names = await further.evaluateAll((links) => links.map((link) => link.dataset.testid.replace("nav-", "")));
    for (const name of names) {
      await goTo(page, name);
      await by(page, `nav-${name}`).and(page.locator("[aria-current=page]")).waitFor({ state: "attached" });
      await by(page, "nav-more").and(page.locator(".is-current")).waitFor();
      assert.equal(await further.first().isVisible(), false, `it closes on the way to ${name}`);
    }
    await goTo(page, "home");
    assert.equal(await page.locator(".nav-more.is-current").count(), 0);
  },

  "coins are sent by the keyboard alone": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await tabTo(page, "nav-send");
    await page.keyboard.press("Enter");
    await by(page, "send-recipient").waitFor();
    await tabTo(page, "send-recipient");
    await page.keyboard.type(FRIEND.address);
    await tabTo(page, "send-amount");
    await page.keyboard.type("1");
    await page.keyboard.press("Enter");
    await review(page);
    assert.equal(await focused(page), "review-headline", "the review is read first");
    await tabTo(page, "review-confirm");
    await page.keyboard.press("Enter");
    await page.locator("[data-testid=outcome][data-state=succeeded]").waitFor();
    assert.equal(await world.node.balance(FRIEND.address), 1_000_000_000n);
    await tabTo(page, "outcome-home");
    await page.keyboard.press("Enter");
    await by(page, "balance").waitFor();
  },
};

/** The README's picture, where one is asked for. */
async function takePicture(page) {
  if (PICTURE) {
    const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
    const file = path.resolve(root, PICTURE);
    mkdirSync(path.dirname(file), { recursive: true });
    await page.locator(".toast").first().waitFor({ state: "detached" });
    await page.mouse.move(0, 0);
    await page.screenshot({ path: file, animations: "disabled" });
  }
}
