// Every page of the open wallet: its addresses, and the way there.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { settled } from "./looks.mjs";
import { by, confirm, goTo, review } from "./wallet.mjs";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

/** Every route of the app, with something that is there wherever one is asked for. */
export async function addresses(world, page, friend) {
  const source = readFileSync(path.join(REPOSITORY, "app/src/routes.rs"), "utf8");
  const routes = [...source.matchAll(/path=path!\("([^"]+)"\)/g)].map(([, route]) => route);
  assert.ok(routes.length >= 28, `${routes.length} routes were found`);
  await goTo(page, "send");
  await by(page, "send-recipient").fill(friend);
  await by(page, "send-amount").fill("1");
  await by(page, "send-review").click();
  await review(page);
  const digest = await confirm(page);
  await goTo(page, "targets");
  await by(page, "board-row").waitFor();
  const target = await by(page, "board-row").getAttribute("data-target");
  await goTo(page, "network");
  await by(page, "latest-transaction").waitFor();
  await walkTo(page, `/tx/${digest}`);
  const object = await idIn(page, "/object/0x");
  await walkTo(page, "/validators");
  const validator = await idIn(page, "/validators/0x");
  const model = Object.keys(await world.node.models())[0];
  const there = new Map([
    ["/models/:id", model],
    ["/targets/:id", target],
    ["/targets/:id/submit", target],
    ["/tx/:digest", digest],
    ["/checkpoint/:name", "1"],
    ["/object/:id", object],
    ["/address/:address", friend],
    ["/epoch/:number", "0"],
    ["/validators/:address", validator],
  ]);
  // What the rest names is not there; that page has to be as good as any.
  return routes.map((route) => route.replace(/:\w+/g, there.get(route) ?? "0x1234"));
}

/** What the first link that begins like this ends in. */
async function idIn(page, beginning) {
  const link = page.locator(`main a[href*="${beginning}"]`).first();
  await link.waitFor({ state: "attached" });
  const href = await link.getAttribute("href");
  return href.slice(href.indexOf(beginning) + beginning.length - 2).split("/")[0];
}

/** To an address of the app, as its links lead there. */
export async function walkTo(page, address) {
  await page.evaluate((address) => {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate"));
  }, address);
  await page.waitForURL(new RegExp(`${address.replaceAll("?", "\\?")}$`));
  await ready(page);
}

/** Waits until a page has what it asked for. */
export async function ready(page) {
  await page.locator("h1").first().waitFor();
  await page.locator("main .skeleton, main [aria-busy=true]").first().waitFor({ state: "detached" });
  await settled(page);
}
