// The wallet in other languages: chosen, kept, whole, and with numbers as they are written there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

import { environment } from "./support/environment.mjs";
import { settled, tooWide } from "./support/looks.mjs";
import { addresses, walkTo } from "./support/pages.mjs";
import { fieldSays } from "./support/said.mjs";
import { keys } from "./support/vectors.mjs";
import { SOMA, balanceIs, by, confirm, eventually, goTo, importKey, review, toSoma, unlock } from "./support/wallet.mjs";

const [FRIEND, OWNER] = keys;
const FUND = ["--fund", `${OWNER.address}=${toSoma(1234n * SOMA + SOMA / 2n)}`];
/** Catalogues are changed on their way, which a service worker would not let happen. */
const OPEN = { serviceWorkers: "block" };

export const scenarios = {
  "a language is chosen, kept, and decides how numbers are written and read": async (world) => {
    await world.startNetwork(...FUND);
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1234n * SOMA + SOMA / 2n);
    assert.equal(await by(page, "balance").innerText(), "1,234.5 SOMA");
    await goTo(page, "settings");
    await by(page, "language").selectOption("de");
    await eventually("the title is German", () => page.locator("h1").innerText(), "Einstellungen");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "de");

    await page.reload();
    await unlock(page);
    await goTo(page, "home");
    await balanceIs(page, 1234n * SOMA + SOMA / 2n);
    assert.equal(await by(page, "balance").innerText(), "1.234,5 SOMA");

    await goTo(page, "send");
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-amount").fill("1.234");
    await by(page, "send-review").click();
    await fieldSays(page, "send-amount", /1,25/);
    await by(page, "send-amount").fill("1,25");
    await by(page, "send-review").click();
    await review(page);
    await confirm(page);
    assert.equal(await world.node.balance(FRIEND.address), SOMA + SOMA / 4n);

    await by(page, "send-again").click();
    await by(page, "send-many").click();
    await by(page, "pay-lines").fill(`Adresse;Betrag\n${FRIEND.address};1,5\n${FRIEND.address};1.500`);
    const line = (number) => page.locator(`[data-testid=pay-line][data-line="${number}"]`);
    await line(2).waitFor();
    assert.equal(await line(2).getAttribute("data-state"), "good");
    assert.match(await line(3).getByTestId("pay-error").innerText(), /1500 oder 1,500/);
    await by(page, "pay-lines").fill(`${FRIEND.address};1,5\n`);
    assert.equal(await by(page, "pay-total").getAttribute("data-shannons"), String(SOMA + SOMA / 2n));
    await goTo(page, "send");
    await by(page, "send-max").click();
    const max = await by(page, "send-amount").inputValue();
    assert.match(max, /^\d+,\d+$/, "what the wallet writes is written as a person would");
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-review").click();
    await review(page);
    await confirm(page);
    assert.equal(await world.node.balance(OWNER.address), 0n, "all of it, to the last shannon");

    await goTo(page, "settings");
    await by(page, "language").selectOption("es");
    await eventually("the title is Spanish", () => page.locator("h1").innerText(), "Ajustes");
    await by(page, "language").selectOption("en");
    await eventually("the title is English", () => page.locator("h1").innerText(), "Settings");
  },

  "the browser's language is the first choice, and one that cannot be fetched changes nothing": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh({ ...OPEN, locale: "es-AR" });
    await by(page, "create-wallet").waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "es");
    await importKey(page, OWNER.bech32);
    const named = () => page.locator(".account-switch-name").innerText();
    const network = () => page.locator("[data-testid=network-picker] option:checked").textContent();
    assert.equal(await named(), "Clave importada", "what is made is called in the language that it is made in");
    assert.equal(await network(), "Red local");
    await goTo(page, "settings");
    world.expectComplaints(/de\.json|Failed to load resource/);
    await page.route("**/languages/de.json", (route) => route.abort());
    await by(page, "language").selectOption("de");
    await page.locator(".toast").first().waitFor();
    assert.equal(await page.locator("h1").innerText(), "Ajustes");
    assert.equal(await by(page, "language").inputValue(), "", "the choice is what it was");
    await page.unroute("**/languages/de.json");
    await by(page, "language").selectOption("de");
    await eventually("the title is German", () => page.locator("h1").innerText(), "Einstellungen");
    assert.equal(await named(), "Clave importada", "its name is its owner's");
    assert.equal(await network(), "Lokales Netzwerk");
  },

  "no word of any page is outside the catalogue": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh({ ...OPEN, locale: "en-GB" });
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1234n * SOMA + SOMA / 2n);
    const all = await addresses(world, page, FRIEND.address);
    await page.route("**/languages/de.json", (route) => route.fulfill({ json: marked() }));
    await goTo(page, "settings");
    await by(page, "language").selectOption("de");
    await eventually("texts are marked", async () => (await page.locator("h1").innerText()).startsWith("\u27e6"), true);
    // What was read aloud before stays in the language it was read in.
    await page.reload();
    await unlock(page);
    const found = [];
    for (const address of all) {
      await walkTo(page, address);
      for (const text of await page.evaluate(unmarked)) {
        found.push(`${address}: ${text}`);
      }
    }
    await walkTo(page, "/send");
    await by(page, "send-recipient").fill(FRIEND.address);
    await by(page, "send-amount").fill("1");
    await by(page, "send-review").click();
    await review(page);
    found.push(...(await page.evaluate(unmarked)).map((text) => `review: ${text}`));
    await confirm(page);
    found.push(...(await page.evaluate(unmarked)).map((text) => `outcome: ${text}`));
    assert.deepEqual(found, []);
  },

  "longer words fit on every page at every width": async (world) => {
    await world.startNetwork("--demo", ...FUND);
    const page = await world.openFresh({ reducedMotion: "reduce" });
    await importKey(page, OWNER.bech32);
    await balanceIs(page, 1234n * SOMA + SOMA / 2n);
    const all = await addresses(world, page, FRIEND.address);
    for (const tag of ["de", "es"]) {
      await goTo(page, "settings");
      await by(page, "language").selectOption(tag);
      await eventually("the language is in force", () => page.evaluate(() => document.documentElement.lang), tag);
      for (const address of all) {
        await walkTo(page, address);
        for (const width of [1280, 400, 360]) {
          await page.setViewportSize({ width, height: 740 });
          await settled(page);
          assert.deepEqual(await page.evaluate(tooWide), [], `${address} in ${tag} is too wide at ${width} px`);
        }
        await page.setViewportSize({ width: 1280, height: 800 });
      }
    }
  },
};

/** A catalogue in which every English text is its own translation, between marks. */
function marked() {
  const german = JSON.parse(readFileSync(path.join(environment.dist, "public/languages/de.json"), "utf8"));
  const mark = (text) => `\u27e6${text}\u27e7`;
  return Object.fromEntries(
    Object.entries(german).map(([english, words]) => [english, Array.isArray(words) ? words.map(mark) : mark(words)]),
  );
}

/** What a person reads or hears on the page that did not go through the catalogue. */
function unmarked() {
  const found = new Set();
  // Addresses, digests and raw data; and what is read by nobody while scripts run.
  const isData = (element) => element.closest("code, pre, svg, script, style, noscript, select[data-testid=language]");
  // Names that people or nodes chose, and what is the same in every language.
  const names = ["SOMA", "Soma Wallet", "Imported key", "localnet", "kB", "MB", "GB", "TB", "MiB", "GiB", "CSV", "PNG", "soma-model-backup"];
  const words = (text) => {
    const left = names.reduce((left, name) => left.replaceAll(name, " "), text.replace(/0x[0-9a-f…]+|https?:\S+|soma-node\/\S+|[1-9A-HJ-NP-Za-km-z]{40,}|\bTransferCoin\b|\/ip4\S+/gi, " "));
    return left.match(/\p{L}{2,}/gu) ?? [];
  };
  const note = (left, text, element) => {
    if (words(left).length > 0 && !isData(element)) {
      found.add(`${text.trim().slice(0, 80)} <${element.localName} class="${element.className}" data-testid="${element.dataset?.testid ?? ""}">`);
    }
  };
  // A marked text may have elements inside: what is within marks is counted through all of the page.
  let depth = 0;
  const outside = (text) => {
    let left = "";
    for (const sign of text) {
      depth += (sign === "\u27e6") - (sign === "\u27e7");
      left += depth === 0 && sign !== "\u27e7" ? sign : "";
    }
    return left;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    note(outside(walker.currentNode.data), walker.currentNode.data, walker.currentNode.parentElement);
  }
  if (depth !== 0) {
    found.add(`marks are left open: ${depth}`);
  }
  for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    for (const attribute of ["aria-label", "title", "placeholder", "alt"]) {
      const text = element.getAttribute(attribute) ?? "";
      note(outside(text), text, element);
    }
  }
  return [...found];
}
