// What a page tells a person when something is wrong, as a scenario looks for it.

import assert from "node:assert/strict";

/** The error beneath the field of a test id, or what the page says instead. */
export async function fieldSays(page, testid, wanted) {
  const field = page.locator(".field").filter({ has: page.getByTestId(testid) });
  const told = field.locator(".field-error").filter({ hasText: wanted }).first();
  await told.waitFor().catch(async () => {
    const said = (await field.locator(".field-error").allInnerTexts()).join(" ");
    assert.match(said, wanted, `beneath ${testid}`);
  });
  const wrong = await page.getByTestId(testid).first().getAttribute("aria-invalid");
  assert.equal(wrong, "true", `${testid} says to every reader that it is wrong`);
}

/** Waits for an alert with these words that can be seen. @returns all of its words and its code. */
export async function alertSays(page, wanted) {
  const alert = page.locator("[role=alert]:visible").filter({ hasText: wanted }).first();
  await alert.waitFor().catch(async () => {
    const said = (await page.locator("[role=alert]:visible").allInnerTexts()).join("\n");
    assert.match(said, wanted, "what the page's alerts say");
  });
  return { text: await alert.innerText(), code: await alert.getAttribute("data-code") };
}

/** Fails if a text for people shows what only programs understand. */
export function isPlain(text) {
  assert.doesNotMatch(text, /undefined|\[object|panicked|Error\(|Some\(|None\b|\{"/, "plain words");
  assert.ok(text.trim().length > 20, "more than a word");
}
