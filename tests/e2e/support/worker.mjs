// Asking the wallet's worker past its page, as a page that skips something would.

/** Has the page's worker be at hand. Called before the page is opened. */
export async function exposeWorker(page) {
  await page.addInitScript(() => {
    const Plain = window.Worker;
    window.asked = { last: 900_000, open: new Map(), reviews: [] };
    window.Worker = class extends Plain {
      constructor(...given) {
        super(...given);
        if (given[0] === "worker_loader.js") {
          window.asked.worker = this;
          this.addEventListener("message", ({ data: [words] }) => {
            const said = JSON.parse(words);
            if (said.Reply?.result.Ok?.Review) {
              window.asked.reviews.push(said.Reply.result.Ok.Review.id);
            }
            window.asked.open.get(said.Reply?.id)?.(said.Reply.result);
          });
        }
      }
    };
  });
}

/** Asks the worker; gives what it answers, `Ok` or `Err`. */
export function askWorker(page, request) {
  return page.evaluate((request) => {
    const { asked } = window;
    const id = ++asked.last;
    const answer = new Promise((resolve) => asked.open.set(id, resolve));
    asked.worker.postMessage([JSON.stringify([id, request])]);
    return answer;
  }, request);
}

/** The number of the review that was told last. */
export function lastReview(page) {
  return page.evaluate(() => window.asked.reviews.at(-1));
}
