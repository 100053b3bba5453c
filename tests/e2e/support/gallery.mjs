// Pictures of the pages for docs/pages.md, small enough to be kept in the repository.
//
// With SOMA_E2E_GALLERY=docs/pages, relative to the repository, every scenario that looks at one of these
// pages leaves its pictures there: on a desk in light, and on a telephone in dark.
//
//   SOMA_E2E_GALLERY=docs/pages cargo xtask test --only e2e

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const gallery = process.env.SOMA_E2E_GALLERY;

/** What `look` calls the views that stand for their pages. */
const PAGES = new Set([
  "account-one",
  "accounts",
  "activity",
  "address-book",
  "address-page",
  "calendar",
  "checkpoint",
  "claims",
  "coins",
  "create-words",
  "epoch",
  "graphql-leaders",
  "home",
  "match",
  "model",
  "models",
  "multisig-new",
  "multisig-proposal",
  "network",
  "object",
  "pay-many",
  "planner",
  "publish-commit",
  "publish-incomplete",
  "receive",
  "review",
  "review-forbidden",
  "review-lying",
  "score-result",
  "send",
  "settings",
  "settings-sites",
  "site-connect",
  "site-message",
  "site-transaction",
  "stake",
  "submission-ready",
  "submit",
  "sweep",
  "target-filled",
  "targets",
  "transaction",
  "unlock-wrong",
  "validator",
  "validators",
  "welcome",
]);
const VIEWS = [
  { place: "desk", width: 1280, height: 800, colorScheme: "light", most: 1600 },
  { place: "phone", width: 360, height: 740, colorScheme: "dark", most: 1400 },
];
const QUALITY = 80;

/** Takes the pictures of a view where they are wanted. */
export async function hang(page, name) {
  if (!gallery || !PAGES.has(name)) {
    return;
  }
  const folder = path.resolve(repository, gallery);
  mkdirSync(folder, { recursive: true });
  const session = await page.context().newCDPSession(page);
  for (const { place, width, height, colorScheme, most } of VIEWS) {
    await page.setViewportSize({ width, height });
    // Colours that fade from the other theme are not those of this one.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const whole = await page.evaluate(() => document.documentElement.scrollHeight);
    // As tall as the page, so that the bars at the edges do not lie across it.
    await page.setViewportSize({ width, height: Math.max(height, Math.min(whole, most)) });
    await page.evaluate(async () => {
      // One of something that is hidden meanwhile never ends.
      const ended = Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => {})));
      await Promise.race([ended, new Promise((late) => setTimeout(late, 1_000))]);
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    });
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: QUALITY });
    writeFileSync(path.join(folder, `${name}.${place}.webp`), Buffer.from(data, "base64"));
  }
  await page.emulateMedia({ reducedMotion: null });
  await session.detach();
}
