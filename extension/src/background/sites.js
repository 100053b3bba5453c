// The line to web pages: what they ask is checked here, answered from public data, or laid before a person.

import { change, good, refusal } from "./answers.js";
import { Count, MOST_WAITING, isTooLarge, mayAsk, mustWait, readRequest } from "./limits.js";
import * as mirror from "./mirror.js";
import { keep, ready, state } from "./state.js";
import { withdraw, show } from "./wallet.js";

const count = new Count();
/** Lines of documents that are there now, by the document's name. */
const lines = new Map();

/** A page's relay calls. Whose page it is, the browser says. */
export function connect(port) {
  const { origin, frameId, tab } = port.sender ?? {};
  const instance = port.name.slice("site ".length);
  if (frameId !== 0 || tab?.id === undefined || !mayAsk(origin) || instance.length !== 36) {
    port.disconnect();
    return;
  }
  const site = { origin, tab: tab.id, instance };
  lines.set(instance, port);
  port.onMessage.addListener((said) => {
    hear(site, said).catch((error) => console.error("a request could not be taken\n", error));
  });
  port.onDisconnect.addListener(() => {
    if (lines.get(instance) === port) {
      lines.delete(instance);
      left(site);
    }
  });
}

async function hear(site, { call, message, drop }) {
  await ready;
  if (!Number.isSafeInteger(call)) {
    return;
  }
  if (drop === true) {
    await withdraw((asked) => asked.instance === site.instance && asked.call === call);
  } else if (typeof message === "string") {
    const answer = await take(site, call, message);
    if (answer !== undefined) {
      lines.get(site.instance)?.postMessage({ call, answer });
    }
  }
}

/** Answers a request at once, or lays it before a person and answers nothing yet. */
async function take(site, call, message) {
  const { origin, instance } = site;
  const isIt = (other) => other.instance === instance && other.call === call;
  const answered = state.answers.find(isIt);
  if (answered) {
    state.answers = state.answers.filter((other) => !isIt(other));
    await keep();
    return answered.answer;
  }
  if (state.asked.some(isIt)) {
    // Asked before the background slept: it waits already.
    return undefined;
  }
  if (isTooLarge(message)) {
    return refusal(null, "too-large", "the request is larger than 256 KiB and was not read");
  }
  const request = readRequest(message);
  if (!request) {
    return refusal(null, "malformed", "the request is not one that this wallet knows");
  }
  const { id, method, silent } = request;
  if (count.isTooMany(origin, Date.now())) {
    return refusal(id, "throttled", "this site asks too often; wait a minute");
  }
  switch (method) {
    case "getCapabilities": {
      const capabilities = await mirror.capabilities();
      return capabilities ? good(id, capabilities) : refusal(id, "locked", "the wallet was not opened yet");
    }
    case "disconnect":
      await mirror.drop(origin);
      return good(id, {});
    case "connect":
      if (silent) {
        remember(site);
        return good(id, { accounts: await mirror.accountsOf(origin) });
      }
      break;
    default:
      if ((await mirror.accountsOf(origin)).length === 0) {
        return refusal(id, "unauthorized", "connect this site with an account first");
      }
  }
  return ask(site, call, message, request);
}

function ask(site, call, message, { id, method }) {
  const { origin } = site;
  if (state.asked.some((asked) => asked.origin === origin)) {
    return refusal(id, "busy", "another request of this site waits for an answer");
  }
  if (state.asked.length >= MOST_WAITING) {
    return refusal(id, "busy", "too many sites wait for an answer");
  }
  if (mustWait(state.refusals[origin], Date.now())) {
    return refusal(id, "throttled", "requests of this site were refused several times; wait some minutes");
  }
  remember(site);
  state.asked.push({ ...site, key: crypto.randomUUID(), call, id, method, message });
  show().catch((error) => console.error("the wallet's window could not be opened\n", error));
  return undefined;
}

/** A document that may hear of changes. */
function remember({ tab, instance, origin }) {
  state.documents = state.documents.filter((other) => other.instance !== instance && other.tab !== tab);
  state.documents.push({ tab, instance, origin });
  keep();
}

/** A document is gone, or asleep; nobody waits for what it asked. */
async function left({ instance }) {
  await ready;
  await withdraw((asked) => asked.instance === instance);
}

/** Hands an answer to the document that asked, now or when it is on the line again. */
export function give({ instance, call }, answer) {
  const line = lines.get(instance);
  if (line) {
    line.postMessage({ call, answer });
  } else {
    state.answers.push({ instance, call, answer });
  }
}

/** Tells open documents what they may see from now on. */
export async function tellChanges(changed) {
  await ready;
  for (const { origin, accounts } of changed) {
    for (const { tab, instance } of state.documents.filter((document) => document.origin === origin)) {
      const message = { instance, origin, event: change(accounts) };
      chrome.tabs.sendMessage(tab, message, { frameId: 0 }).catch(() => {
        // The document is gone.
        state.documents = state.documents.filter((other) => other.instance !== instance);
        keep();
      });
    }
  }
}
