// Matching files with targets, as a scenario says it.

import { by, eventually, goTo } from "./wallet.mjs";

/** The longest that small models take for some files. */
export const MATCHING_MS = 90_000;

/** Opens the page, with the models told that open targets draw. */
export async function openMatching(page) {
  await goTo(page, "targets");
  await by(page, "targets-match").click();
  await by(page, "match-covered-words").waitFor();
}

/** Drops texts as files, as a person does with the mouse. */
export async function dropTexts(page, texts) {
  const zone = page.locator(".files-drop");
  const carried = await page.evaluateHandle((texts) => {
    const data = new DataTransfer();
    for (const [name, text] of Object.entries(texts)) {
      data.items.add(new File([text], name));
    }
    return data;
  }, texts);
  for (const type of ["dragover", "drop"]) {
    await zone.dispatchEvent(type, { dataTransfer: carried });
  }
}

/** Waits until so many files are queued and none is on its way. */
export async function filesAre(page, count) {
  const shown = () => by(page, "match-file-count").getAttribute("data-count").catch(() => "0");
  await eventually("files that are queued", shown, String(count));
  await eventually("nothing is being added", () => page.getByTestId("match-adding").count(), 0);
}

/** Names of the files that are in sight. */
export function namesShown(page) {
  return page.getByTestId("match-file").evaluateAll((rows) => rows.map(({ dataset }) => dataset.name));
}

/** Evaluations done and to do, as the page says. */
export async function counts(page) {
  const progress = page.getByTestId("match-progress").first();
  return {
    done: Number(await progress.getAttribute("data-done")),
    total: Number(await progress.getAttribute("data-total")),
  };
}

/** Where the queue stands. */
export function stateOf(page) {
  return by(page, "match-state").getAttribute("data-state");
}

/** Waits until all is scored. */
export async function allIsScored(page, total) {
  await eventually("the queue is worked off", () => stateOf(page), "idle", MATCHING_MS);
  await eventually("all is scored", async () => JSON.stringify(await counts(page)), JSON.stringify({ done: total, total }));
}

/** Rows of the table that are in the page, as numbers. */
export function rowsShown(page) {
  return page.getByTestId("match-row").evaluateAll((rows) =>
    rows.map(({ dataset }) => ({
      ...dataset,
      loss: Number(dataset.loss),
      distance: Number(dataset.distance),
      threshold: Number(dataset.threshold),
      passes: dataset.passes === "true",
    })),
  );
}

/** How many rows there are in all. */
export async function rowsInAll(page) {
  return Number(await by(page, "match-rows").getAttribute("data-total"));
}
