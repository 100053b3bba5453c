// How it looks: every view in every size and theme, as pictures for people and as rules for this test.
// Nothing may stick out of the page, and everything that can be operated has a name.
//
// The pictures lie in `out/screens`. With SOMA_E2E_PICTURE set, the picture of the README is written there.

import assert from "node:assert/strict";
import { request as ask } from "node:http";
import { mkdirSync } from "node:fs";
import path from "node:path";

import { environment } from "./support/environment.mjs";
import { BACKUP_PASSWORD, EMBEDDING, endEpoch, saveBackup, stageIs, takeStep } from "./support/publishing.mjs";
import { serve } from "./support/servers.mjs";
import { keys } from "./support/vectors.mjs";
import {
  PASSWORD,
  SOMA,
  addressOf,
  answerWordCheck,
  balanceIs,
  by,
  choosePassword,
  confirm,
  goTo,
  review,
  unlock,
} from "./support/wallet.mjs";
import { writeWeights } from "./support/weights.mjs";
import { LOCAL } from "./support/world.mjs";

const SIZES = [
  { width: 1280, height: 800 },
  // An extension's window.
  { width: 400, height: 600 },
  { width: 360, height: 740 },
];
const THEMES = ["light", "dark"];
/** What assistive technology announces as something to operate. */
const OPERABLE = new Set([
  "button", "checkbox", "combobox", "DisclosureTriangle", "link", "listbox", "menuitem", "radio", "searchbox",
  "slider", "spinbutton", "switch", "tab", "textbox",
]);

const [FRIEND, IMPORTED] = keys;
const FAUCET = 250n * SOMA;

export const scenarios = {
  "every view fits every size and theme, and everything in it has a name": async (world) => {
    await world.startNetwork("--faucet-amount", "250");
    const page = await world.openFresh();
    const looks = await Looks.at(page);

    await beginWallet(page, looks);
    await importLooks(await world.openFresh());
    await looks.at("home-empty");
    await goTo(page, "models");
    await looks.at("models-empty");
    await goTo(page, "home");
    await by(page, "faucet").click();
    await balanceIs(page, FAUCET);

    await sendLooks(page, looks);
    await publishLooks(world, page, looks);
    await goTo(page, "activity");
    await by(page, "activity-list").waitFor();
    await looks.at("activity");
    await settingsLooks(page, looks);

    await by(page, "lock").click();
    await by(page, "unlock-form").waitFor();
    await looks.at("unlock");
    await unlock(page, "not the password");
    await page.getByRole("alert").waitFor();
    await looks.at("unlock-refused");
  },
};

/** From the first page to an open wallet. */
async function beginWallet(page, looks) {
  await by(page, "create-wallet").waitFor();
  await looks.at("welcome");
  await by(page, "create-wallet").click();
  await by(page, "phrase-word-12").waitFor();
  await looks.at("create-words");
  const words = await page.getByTestId("phrase").locator(".words-word").allInnerTexts();
  await by(page, "phrase-written").click();
  await by(page, "check-done").waitFor();
  await looks.at("create-check");
  await answerWordCheck(page, words);
  await by(page, "password").fill(PASSWORD);
  await looks.at("create-password");
  await choosePassword(page);
  await by(page, "create-done").click();
  await addressOf(page);
  await balanceIs(page, 0n);
}

/** Bringing a key along, in a browser of its own. */
async function importLooks(page) {
  const looks = await Looks.at(page);
  await by(page, "import-wallet").click();
  for (const kind of ["phrase", "keystore", "backup", "key"]) {
    await by(page, `tab-${kind}`).click();
    await looks.at(`import-${kind}`);
  }
  await by(page, "import-key").fill(IMPORTED.bech32);
  await by(page, "import-inspect").click();
  await by(page, "import-accounts").waitFor();
  await looks.at("import-found");
  await page.context().close();
}

/** Receiving and sending. */
async function sendLooks(page, looks) {
  await looks.at("home-money");
  await by(page, "show-qr").click();
  await by(page, "qr-dialog").waitFor();
  await looks.at("receive");
  await by(page, "dialog-close").click();
  await goTo(page, "send");
  await by(page, "send-recipient").fill(FRIEND.address);
  await by(page, "send-amount").fill("1,5");
  await by(page, "send-review").click();
  await looks.at("send-form");
  await by(page, "send-amount").fill("12.75");
  await by(page, "send-review").click();
  await review(page);
  await page.locator("[data-testid=review-bytes] summary").click();
  await looks.at("send-review");
  await confirm(page);
  await looks.at("send-outcome");
}

/** A publication from the form to the active model. */
async function publishLooks(world, page, looks) {
  const store = await slowStore();
  world.closeLater(() => store.close());
  const file = world.file("llama-3-finetuned-on-everything.safetensors");
  await writeWeights(file, 1);
  await goTo(page, "models");
  await by(page, "publish-new").click();
  await by(page, "publish-start").click();
  await looks.at("publish-incomplete");
  await by(page, "publish-file").setInputFiles(file);
  await by(page, "publish-file-summary").waitFor();
  await by(page, "publish-name").fill("Llama, fine-tuned on everything there is");
  await by(page, "publish-stake").fill("100");
  await by(page, "publish-embedding").fill(JSON.stringify(EMBEDDING));
  await by(page, "publish-embedding-good").waitFor();
  await by(page, "publish-blob-url").fill(`${store.url}/blobs`);
  await looks.at("publish-form");
  await by(page, "publish-start").click();
  await by(page, "job-progress").waitFor();
  await looks.at("publication-sealing");
  store.open();
  await stageIs(page, "ReadyToCreate");
  await looks.at("publication-create");
  await by(page, "job-step").click();
  await review(page);
  await looks.at("publication-review");
  await confirm(page);
  await by(page, "outcome-close").click();
  await stageIs(page, "ReadyToCommit");
  await by(page, "job-backup-password").fill(BACKUP_PASSWORD);
  await looks.at("publication-commit");
  await saveBackup(page, world.file("model.backup"));
  await looks.at("publication-backed-up");
  await takeStep(page);
  await stageIs(page, "Waiting");
  await looks.at("publication-waiting");
  await goTo(page, "home");
  await by(page, "running-publications").waitFor();
  await by(page, "activity-list").waitFor();
  await takePicture(page);
  await goTo(page, "models");
  await by(page, "publication").waitFor();
  await looks.at("models-list");
  await by(page, "publication").locator("a").click();
  await endEpoch(page);
  await stageIs(page, "ReadyToReveal");
  await looks.at("publication-reveal");
  await goTo(page, "home");
  await by(page, "reveal-due").waitFor();
  await looks.at("home-reveal-due");
  await by(page, "go-reveal").click();
  await takeStep(page);
  await stageIs(page, "Live");
  await looks.at("publication-live");
}

/** Settings, with everything in them unfolded. */
async function settingsLooks(page, looks) {
  await goTo(page, "settings");
  for (const folded of await page.locator("main details:not([open]) > summary").all()) {
    await folded.click();
  }
  await looks.at("settings");
  await by(page, "add-network").click();
  await by(page, "add-network-dialog").waitFor();
  await by(page, "network-name").fill("The same once more");
  await by(page, "network-rpc").fill(LOCAL);
  await by(page, "probe-network").click();
  await by(page, "probed-chain").waitFor();
  await looks.at("settings-add-network");
  await by(page, "dialog-close").click();
  await by(page, "erase-wallet").click();
  await by(page, "erase-dialog").waitFor();
  await looks.at("settings-erase");
  await by(page, "dialog-close").click();
}

/** The local network's blob store behind a door that stays shut until it is opened. */
async function slowStore() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  const server = await serve(async (request, response) => {
    await opened;
    const { method, url, headers } = request;
    const onward = ask(LOCAL + url, { method, headers: { ...headers, host: new URL(LOCAL).host } }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  return { ...server, open };
}

/** The picture of the README. */
async function takePicture(page) {
  const file = process.env.SOMA_E2E_PICTURE;
  if (file) {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(SIZES[0]);
    await page.screenshot({ path: file, animations: "disabled" });
  }
}

/** Looks at a page in every size and theme. */
class Looks {
  static async at(page) {
    const looks = new Looks();
    looks.page = page;
    looks.devtools = await page.context().newCDPSession(page);
    looks.folder = path.join(environment.out, "screens");
    mkdirSync(looks.folder, { recursive: true });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.evaluate(() => document.fonts.ready);
    return looks;
  }

  async at(name) {
    for (const size of SIZES) {
      await this.page.setViewportSize(size);
      await this.fits(`${name} at ${size.width} pixels`);
      await this.isNamed(`${name} at ${size.width} pixels`);
      for (const colorScheme of THEMES) {
        await this.page.emulateMedia({ colorScheme });
        const file = path.join(this.folder, `${name}-${size.width}-${colorScheme}.png`);
        await this.page.screenshot({ path: file, fullPage: true, animations: "disabled" });
      }
    }
    await this.page.emulateMedia({ colorScheme: "light" });
    await this.page.setViewportSize(SIZES[0]);
  }

  /** Nothing makes the page scroll sideways, and nothing in it is cut off at its right edge. */
  async fits(where) {
    const found = await this.page.evaluate(async () => {
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      window.scrollTo(0, 0);
      const { scrollWidth, clientWidth } = document.documentElement;
      const shown = [...document.querySelectorAll("main *, dialog[open] *, header *, nav *")].filter(
        (element) => element.checkVisibility() && !element.closest(".visually-hidden, .skip-link, pre, textarea"),
      );
      const beyond = shown
        .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
        .map((element) => `${element.tagName}.${element.className} "${element.textContent.slice(0, 30)}"`);
      return { scrollWidth, clientWidth, shown: shown.length, beyond };
    });
    assert.ok(found.shown > 5, `${where}: there is something to see`);
    assert.ok(found.scrollWidth <= found.clientWidth, `${where} is ${found.scrollWidth} pixels wide: ${found.beyond}`);
    assert.deepEqual(found.beyond, [], `${where}: beyond the right edge`);
  }

  /** Whatever can be operated has a name, as the browser itself computes it for assistive technology. */
  async isNamed(where) {
    const { nodes } = await this.devtools.send("Accessibility.getFullAXTree");
    const operable = nodes.filter(({ ignored, role }) => !ignored && OPERABLE.has(role?.value));
    assert.ok(operable.length > 0, `${where}: there is something to operate`);
    const nameless = operable.filter(({ name }) => !name?.value?.trim());
    const what = [];
    for (const { backendDOMNodeId } of nameless) {
      const { node } = await this.devtools.send("DOM.describeNode", { backendNodeId: backendDOMNodeId });
      what.push(`${node.localName} ${node.attributes?.join(" ")}`);
    }
    assert.deepEqual(what, [], `${where}: without a name`);
  }
}
