// The keyboard alone: where the focus is, that it can be seen, and how Tab gets it somewhere.

import assert from "node:assert/strict";

/** The test id of what has the focus. */
export function focused(page) {
  return page.evaluate(() => document.activeElement?.dataset.testid);
}

/** Checks that what has the focus shows it, by itself or by what is drawn around it. */
export async function focusIsSeen(page, where) {
  const unseen = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) {
      return undefined;
    }
    const marked = (one) => {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && outlineColor !== "rgba(0, 0, 0, 0)";
    };
    const around = [element, element.parentElement, element.closest("label, .network-picker")];
    if (!around.some((one) => one && marked(one))) {
      return element.outerHTML.slice(0, 160);
    }
    const box = element.getBoundingClientRect();
    const inside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    return inside ? undefined : `out of sight: ${element.outerHTML.slice(0, 160)}`;
  });
  assert.equal(unseen, undefined, `${where}: nobody sees that this has the focus`);
}

/** Presses Tab until an element has the focus, and checks that this can be seen. */
export async function tabTo(page, testid) {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press("Tab");
    if ((await focused(page)) === testid) {
      await focusIsSeen(page, testid);
      return;
    }
  }
  assert.fail(`60 presses of Tab did not reach ${testid}`);
}
