// How a view looks and reads: pictures at every size in light and dark, and what must hold for all of them.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";

import { violations } from "./axe.mjs";
import { environment } from "./environment.mjs";
import { hang } from "./gallery.mjs";

/** A desk, a browser's side panel, and the narrowest telephone that is in use. */
const SIZES = [
  { width: 1280, height: 800 },
  { width: 400, height: 600 },
  { width: 360, height: 740 },
];
const SCHEMES = ["light", "dark"];
/** Roles that are worth nothing to somebody who cannot see, unless they have a name. */
const NAMED_ROLES = /^(button|textbox|link|checkbox|radio|combobox|tab|searchbox|spinbutton|dialog|heading|img|progressbar)$/;

/** Takes pictures of the view that is open, and checks it at every size. */
export async function look(page, name) {
  const folder = path.join(environment.out, "screens");
  mkdirSync(folder, { recursive: true });
  await check(page, name, ({ width, height }, colorScheme) =>
    page.screenshot({
      path: path.join(folder, `${name}.${width}x${height}.${colorScheme}.png`),
      fullPage: true,
      animations: "disabled",
    }),
  );
  await hang(page, name);
  await page.setViewportSize(SIZES[0]);
  await page.emulateMedia({ colorScheme: SCHEMES[0] });
}

/**
 * Checks the view that is open at every size, in light and dark: nobody is kept out of it, and nothing lies beyond the
 * edge. `seen` is called at each size in each scheme.
 */
export async function check(page, name, seen = () => settled(page)) {
  // A room that is fetched for the first time is not there yet.
  await page.locator("h1").first().waitFor();
  await page.evaluate(async () => {
    await document.fonts.ready;
    // What sticks to the edges is at its place in a picture of the whole page.
    window.scrollTo(0, 0);
  });
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await seen(size, colorScheme);
      assert.deepEqual(await violations(page), [], `${name} keeps somebody out at ${size.width} px, ${colorScheme}`);
    }
    assert.deepEqual(await page.evaluate(tooWide), [], `${name} is too wide at ${size.width} px`);
  }
  await page.setViewportSize(SIZES[0]);
  await page.emulateMedia({ colorScheme: SCHEMES[0] });
  assert.deepEqual(namelessIn(await page.locator("body").ariaSnapshot()), [], `${name} has parts without a name`);
  assert.deepEqual(await page.evaluate(disorder), [], `${name} is out of order`);
}

/** Waits until colours have faded into those of the present scheme. */
export function settled(page) {
  return page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const ending = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime < Infinity);
    const ended = Promise.all(ending.map(({ finished }) => finished.catch(() => {})));
    // One of something that is hidden meanwhile never ends; none of ours takes this long.
    await Promise.race([ended, new Promise((late) => setTimeout(late, 1_000))]);
  });
}

/** What reaches beyond the right edge, outside of anything that scrolls by itself. */
export function tooWide() {
  const edge = document.documentElement.clientWidth;
  const found = [];
  if (document.documentElement.scrollWidth > edge) {
    found.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  }
  const scrolls = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (getComputedStyle(at).overflowX !== "visible") {
        return true;
      }
    }
    return false;
  };
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (box.width > 1 && box.height > 1 && box.right > edge + 1 && !scrolls(element)) {
      found.push(`<${element.localName} class="${element.className}"> ends at ${Math.round(box.right)} px`);
    }
  }
  return found.slice(0, 5);
}

/** Parts of an ARIA snapshot that must have a name and have none. */
function namelessIn(snapshot) {
  return snapshot
    .split("\n")
    .map((line) => /^\s*- ([a-z]+)(?! ")(?: \[[^\]]*\])*:?.*$/.exec(line))
    .filter((match) => match && NAMED_ROLES.test(match[1]))
    .map(([line]) => line.trim());
}

/** What is wrong with the document's order: one title, one main part, no id twice, no label for nothing. */
function disorder() {
  const found = [];
  const shown = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  for (const selector of ["h1", "main"]) {
    if (shown(selector).length !== 1) {
      found.push(`${shown(selector).length} times ${selector}`);
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  found.push(...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `id ${id} twice`));
  for (const label of document.querySelectorAll("label[for]")) {
    if (!document.getElementById(label.htmlFor)) {
      found.push(`a label for ${label.htmlFor}, which is not there`);
    }
  }
  for (const attribute of ["aria-labelledby", "aria-describedby", "aria-controls"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(/\s+/)) {
        if (!document.getElementById(id)) {
          found.push(`${attribute} of <${element.localName}> names ${id}, which is not there`);
        }
      }
    }
  }
  return [...new Set(found)];
}
