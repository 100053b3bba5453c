// What is shown in as little room as the extension's popup has.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";

import { violations } from "./axe.mjs";
import { environment } from "./environment.mjs";

/** A popup's room, in pixels. */
const POPUP = { width: 400, height: 600 };

/** Measures a view by day and by night, and leaves pictures of it. */
export async function picture(page, name, size = POPUP) {
  const folder = path.join(environment.out, "extension");
  mkdirSync(folder, { recursive: true });
  const before = page.viewportSize();
  await page.setViewportSize(size);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(folder, `${name}-${colorScheme}.png`), animations: "disabled" });
    assert.deepEqual(await violations(page), [], `${name}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  if (before) {
    await page.setViewportSize(before);
  }
}
