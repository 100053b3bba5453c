// What a page shows where its browser did not let the wallet's window open: a button, which is a click of its own.

import { dress, element } from "./dom.js";

const WORDS = Object.freeze({
  title: "Continue in your wallet",
  blocked: "Your browser kept the wallet's window from opening. Open it with this button.",
  still: "It was blocked again. Allow pop-up windows for this page in your browser, and try once more.",
  open: "Open the wallet",
  cancel: "Cancel",
});

/**
 * Shows the button.
 *
 * @param {() => boolean} open opens the window; false if it is blocked
 * @param {Partial<typeof WORDS>} [words] in the page's language
 * @returns {{ done: Promise<boolean>, close: () => void }} `done`: whether the window is open
 */
export function askToOpen(open, words = {}) {
  const said = { ...WORDS, ...words };
  const host = element("div", { "data-soma-wallet": "blocked" });
  const root = host.attachShadow({ mode: "open" });
  dress(root);
  let finish;
  const done = new Promise((resolve) => {
    finish = (went) => {
      resolve(went);
      host.remove();
    };
  });
  const text = element("p", { id: "text", role: "status" }, said.blocked);
  const press = () => (open() ? finish(true) : (text.textContent = said.still));
  const dialog = element(
    "dialog",
    { "aria-labelledby": "title", "aria-describedby": "text", oncancel: () => finish(false), onclose: () => finish(false) },
    element("h2", { id: "title" }, said.title),
    text,
    element(
      "div",
      { class: "row" },
      element("button", { type: "button", "data-testid": "blocked-cancel", onclick: () => finish(false) }, said.cancel),
      element("button", { type: "button", class: "main", autofocus: true, "data-testid": "blocked-open", onclick: press }, said.open),
    ),
  );
  root.append(dialog);
  document.body.append(host);
  dialog.showModal();
  return { done, close: () => finish(false) };
}
