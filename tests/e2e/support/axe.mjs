// axe-core's rules for people who cannot see, hear or point, in a world of the page's own that no script of the page
// shares: neither the page's policy nor its Trusted Types have to be loosened for it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const sessions = new WeakMap();

/**
 * What axe-core finds wrong with the view that is open, as it stands there now.
 *
 * @param {import("playwright-core").Page} page
 * @returns one line for each element in violation.
 */
export async function violations(page) {
  const session = await sessionOf(page);
  const { frameTree } = await session.send("Page.getFrameTree");
  const world = { frameId: frameTree.frame.id, worldName: "axe" };
  const { executionContextId: contextId } = await session.send("Page.createIsolatedWorld", world);
  const evaluate = async (expression) => {
    const answer = await session.send("Runtime.evaluate", { expression, contextId, awaitPromise: true, returnByValue: true });
    if (answer.exceptionDetails) {
      throw new Error(`axe-core: ${answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text}`);
    }
    return answer.result.value;
  };
  if (!(await evaluate("typeof axe === 'object'"))) {
    await evaluate(`${SOURCE};undefined`);
  }
  return evaluate(`(${run})()`);
}

async function sessionOf(page) {
  if (!sessions.has(page)) {
    sessions.set(page, await page.context().newCDPSession(page));
  }
  return sessions.get(page);
}

/** Runs in the page, in a world of its own. */
async function run() {
  const options = {
    resultTypes: ["violations"],
    preload: false,
    // Not of the usual set: what is pressed is large enough for a finger, or far enough from its neighbour.
    rules: { "target-size": { enabled: true } },
  };
  const { violations } = await globalThis.axe.run(document, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, html, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join("; ");
      return `${id}: ${target.join(" ")}: ${why}: ${html.slice(0, 160)}`;
    }),
  );
}
