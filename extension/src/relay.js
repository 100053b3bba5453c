// Runs beside every page that may ask, in a world of its own: carries texts between the page's provider and the
// extension's background, and reads none of them.
//
// The background sleeps whenever it likes. What was asked and not answered is asked again then, under the same number:
// the background knows it by that, and by the name that this document gave itself.

import { HELLO, LINE } from "./names.js";

/** The longest text that is carried, in characters; the background counts bytes. */
const LONGEST = 300 * 1024;
/** Questions that may be open at once. Beyond that a page gets no answer from here but that it is too many. */
const MOST_OPEN = 64;
/** Before the background is called anew; it was most likely put to sleep. */
const PAUSE_MS = 50;
/** How often a background is called in a row that does not take the line, as where the extension was removed. */
const TRIES = 5;
/** A line that held for so long was taken: since then the background was put to sleep. */
const TAKEN_MS = 1_000;

const instance = crypto.randomUUID();
const open = new Map();
let page;
let line;
let failures = 0;

window.addEventListener(LINE, take, { capture: true });
// The provider comes second in most browsers, and then this is heard by nobody.
window.dispatchEvent(new Event(HELLO));

/** Takes the first port that is offered, before any script of the page runs, and no other. */
function take(event) {
  const [port] = event.ports ?? [];
  if (port instanceof MessagePort) {
    window.removeEventListener(LINE, take, { capture: true });
    event.preventDefault();
    page = port;
    page.onmessage = ({ data }) => fromPage(data);
  }
}

function toPage(message) {
  page?.postMessage(JSON.stringify(message));
}

function fromPage(data) {
  let said;
  try {
    said = typeof data === "string" && data.length <= LONGEST ? JSON.parse(data) : undefined;
  } catch {
    // Not from our provider: nobody waits for an answer.
  }
  const call = said?.call;
  if (!Number.isSafeInteger(call)) {
    return;
  }
  if (said.drop === true) {
    if (open.delete(call)) {
      post({ call, drop: true });
    }
  } else if (typeof said.message === "string" && !open.has(call)) {
    if (open.size >= MOST_OPEN) {
      toPage({ call, lost: "too many questions are open at once" });
      return;
    }
    open.set(call, said.message);
    post({ call, message: said.message });
  }
}

/** Says something to the background, which is woken for it. */
function post(message) {
  if (line) {
    line.postMessage(message);
  } else {
    connect();
  }
}

/** Calls the background and asks it everything that is open. */
function connect() {
  try {
    line = chrome.runtime.connect({ name: `site ${instance}` });
  } catch {
    // The extension was updated or removed under this page.
    line = undefined;
    lose();
    return;
  }
  const begun = performance.now();
  line.onMessage.addListener(fromBackground);
  line.onDisconnect.addListener(() => {
    // Read, so that the browser does not report it.
    void chrome.runtime?.lastError;
    line = undefined;
    if (open.size === 0) {
      return;
    }
    // A person may think for longer than a background stays awake, and it sleeps as often as it likes.
    failures = performance.now() - begun >= TAKEN_MS ? 1 : failures + 1;
    if (failures > TRIES) {
      lose();
    } else {
      setTimeout(() => line ?? connect(), PAUSE_MS * failures);
    }
  });
  for (const [call, message] of open) {
    line.postMessage({ call, message });
  }
}

/** Nobody will answer what is open. */
function lose() {
  failures = 0;
  for (const call of open.keys()) {
    toPage({ call, lost: "the wallet does not answer: reload this page" });
  }
  open.clear();
}

function fromBackground({ call, answer }) {
  failures = 0;
  if (open.delete(call)) {
    toPage({ call, answer });
  }
}

// What the wallet says by itself. It names the document and the origin that it is for.
chrome.runtime.onMessage.addListener((message, sender) => {
  const ours = sender.id === chrome.runtime.id && sender.tab === undefined;
  if (ours && message.instance === instance && message.origin === location.origin) {
    toPage({ event: message.event });
  }
});

// A document that the browser kept hears nothing meanwhile; what it asked before is asked again.
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted && !line && open.size > 0) {
    connect();
  }
});
