// What the background must not lose when the browser puts it to sleep. Kept in the session's storage, which lives in
// memory, is closed to web pages, and ends with the browser.

const KEY = "background";

/**
 * @typedef {object} Asked a request that waits for a person
 * @property {string} key names it between background and wallet page
 * @property {string} origin as the browser attests it
 * @property {number} tab
 * @property {string} instance the document, as its relay named it
 * @property {number} call the number that the relay gave it
 * @property {string} id the number that the site gave it
 * @property {string} method
 * @property {string} message the text, as it came
 * @property {boolean} [given] the owner said yes, and what comes of it is not known yet
 */

export const state = {
  /** @type {Asked[]} the first of them is with the wallet page */
  asked: [],
  /** @type {{ instance: string, call: number, answer: string }[]} answers whose document is not on the line */
  answers: [],
  /** @type {number | undefined} the window that asks */
  window: undefined,
  /** @type {{ tab: number, instance: string, origin: string }[]} documents that may hear of changes */
  documents: [],
  /** @type {Record<string, { count: number, last: number }>} refusals in a row, by origin */
  refusals: {},
};

const MOST_DOCUMENTS = 256;
const MOST_ANSWERS = 64;

/** Reads what was kept, once for each time the background wakes. */
export const ready = chrome.storage.session.get(KEY).then((kept) => Object.assign(state, kept[KEY]));

let writing = Promise.resolve();

/** Keeps what there is now. */
export function keep() {
  state.documents = state.documents.slice(-MOST_DOCUMENTS);
  state.answers = state.answers.slice(-MOST_ANSWERS);
  const now = structuredClone(state);
  writing = writing.then(() => chrome.storage.session.set({ [KEY]: now }));
  return writing;
}
