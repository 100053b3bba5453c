// The line to the wallet's page: a window of its own asks a person, one request after the other.

import { REJECTED, refusal } from "./answers.js";
import { oneMore } from "./limits.js";
import * as mirror from "./mirror.js";
import { give } from "./sites.js";
import { keep, ready, state } from "./state.js";

const PAGE = "index.html?request";
const SIZE = { width: 400, height: 640 };
/** How long the page of a window that is there may be off the line before it is asked whether it lives. */
const OFF_MS = 1_500;
/** How long a new one may take. */
const NEW_MS = 6_000;
/** How long it may take to say so. */
const SIGN_MS = 3_000;

/** The page that asks, while it is on the line. */
let page;
/** What it was given. */
let shown = null;
let opening = Promise.resolve();

/** The wallet's page calls. Only our own pages can use this name. */
export async function connect(port) {
  const own = chrome.runtime.getURL("");
  if (port.sender?.id !== chrome.runtime.id || !port.sender.url?.startsWith(own)) {
    port.disconnect();
    return;
  }
  page = port;
  shown = null;
  port.onMessage.addListener((said) => {
    hear(said).catch((error) => console.error("an answer could not be given\n", error));
  });
  port.onDisconnect.addListener(() => {
    // Read, so that the browser does not report it.
    void chrome.runtime.lastError;
    if (page === port) {
      page = undefined;
      expectPage(OFF_MS);
    }
  });
  await ready;
  next();
}

/** Gives the page the request whose turn it is. */
function next() {
  const [first] = state.asked;
  if (page && shown !== first?.key) {
    shown = first?.key;
    page.postMessage(first ? { key: first.key, origin: first.origin, message: first.message } : { idle: true });
  }
}

async function hear({ key, answer, given }) {
  await ready;
  const asked = state.asked.find((asked) => asked.key === key);
  if (asked && given === true) {
    asked.given = true;
    await keep();
    return;
  }
  if (!asked || typeof answer !== "string") {
    return;
  }
  const { origin, method } = asked;
  const { ok, error } = JSON.parse(answer);
  if (error?.code === REJECTED) {
    state.refusals[origin] = oneMore(state.refusals[origin], Date.now());
  } else if (ok) {
    delete state.refusals[origin];
  }
  if (ok && method === "connect") {
    await mirror.connected(origin, ok.accounts);
  }
  settle(asked, answer);
  await keep();
  next();
}

function settle(asked, answer) {
  state.asked = state.asked.filter(({ key }) => key !== asked.key);
  give(asked, answer);
}

/** Takes back what nobody waits for any more. What its owner agreed to is done all the same. */
export async function withdraw(isIt) {
  const before = state.asked.length;
  state.asked = state.asked.filter((asked) => asked.given || !isIt(asked));
  if (state.asked.length < before) {
    await keep();
    next();
  }
}

/** Brings the window that asks to the front, opening it where there is none. */
export function show() {
  opening = opening.then(front, front);
  return opening;
}

async function front() {
  await keep();
  if (state.asked.length === 0) {
    return;
  }
  const there = state.window !== undefined && (await chrome.windows.update(state.window, { focused: true }).catch(() => undefined));
  if (!there) {
    const window = await chrome.windows.create({ url: PAGE, type: "popup", ...SIZE });
    state.window = window.id;
    await keep();
  }
  expectPage(there ? OFF_MS : NEW_MS);
  next();
}

let expecting;

/** Looks after a while whether the page that asks is there, as long as something waits. */
function expectPage(after) {
  clearTimeout(expecting);
  expecting = setTimeout(() => {
    lookForPage().catch((error) => console.error("it is not known whether the wallet's window is there\n", error));
  }, after);
}

async function lookForPage() {
  await ready;
  if (page || state.window === undefined || state.asked.length === 0) {
    return;
  }
  const looked = state.window;
  if (await lives()) {
    // It loads, or calls soon: the browser holds up what nobody looks at.
    return expectPage(NEW_MS);
  }
  if (!page && state.window === looked) {
    // What is asked from now on gets a window of its own.
    state.window = undefined;
    await lose();
    await chrome.windows.remove(looked).catch(() => {
      // It was closed just now.
    });
  }
}

/** Whether a page that asks is there, on the line or not: extension/src/boot.js answers. */
function lives() {
  const silence = new Promise((resolve) => setTimeout(resolve, SIGN_MS, false));
  const sign = chrome.runtime.sendMessage({ lives: "request" }).then((sign) => sign === true, () => false);
  return Promise.race([sign, silence]);
}

/** The page that asks crashed or was led away: nobody said no, and nobody will say yes. */
async function lose() {
  for (const asked of state.asked) {
    const [reason, words] = asked.given
      ? ["failed", "the wallet's window stopped after the owner's yes: look what became of it"]
      : ["expired", "the wallet's window stopped before its owner answered; nothing was signed"];
    settle(asked, refusal(asked.id, reason, words));
  }
  await keep();
}

/** Whoever closes the window has said no to all that was not agreed to before. */
export async function closed(window) {
  await ready;
  if (window !== state.window) {
    return;
  }
  state.window = undefined;
  const now = Date.now();
  for (const asked of state.asked) {
    if (asked.given) {
      settle(asked, refusal(asked.id, "failed", "the wallet's window was closed after the owner's yes: look what became of it"));
    } else {
      state.refusals[asked.origin] = oneMore(state.refusals[asked.origin], now);
      settle(asked, refusal(asked.id, "rejected", "the wallet's window was closed"));
    }
  }
  await keep();
}

/** A window that was closed, or stopped, while the background could not hear of it. */
export async function look() {
  await ready;
  if (state.window !== undefined) {
    await chrome.windows.get(state.window).catch(() => closed(state.window));
    expectPage(OFF_MS);
  }
}
