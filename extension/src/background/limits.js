// What a site may ask for, and how often.

/** The longest message, in bytes. */
export const MOST_BYTES = 256 * 1024;
/** The longest name of a request, in characters. */
const LONGEST_ID = 64;
/** Requests that may wait, of all sites together. */
export const MOST_WAITING = 32;
/** What a person may refuse in a row before a site has to wait, and how long, from the last one on. */
const MOST_REFUSED = 3;
const REFUSED_MS = 5 * 60_000;
/** What one site may ask in a while, whatever it is. */
const MOST_ASKED = 120;
const ASKED_MS = 60_000;

const METHODS = ["connect", "disconnect", "signTransaction", "signAndExecuteTransaction", "signPersonalMessage", "getCapabilities"];
const OWN_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

/** Whether a site of this origin may ask at all: what comes over an open wire could be anybody's. */
export function mayAsk(origin) {
  let url;
  try {
    url = new URL(origin);
  } catch {
    // Opaque ones are named "null".
    return false;
  }
  const { protocol, hostname } = url;
  return url.origin === origin && (protocol === "https:" || (protocol === "http:" && OWN_MACHINE.includes(hostname)));
}

/** Whether a text is longer than any request. */
export function isTooLarge(text) {
  return text.length > MOST_BYTES || new TextEncoder().encode(text).length > MOST_BYTES;
}

/** The parts of a request that the background needs; nothing where it is none. The wallet reads all of it. */
export function readRequest(text) {
  let request;
  try {
    request = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { version, id, method, params } = request ?? {};
  const isName = typeof id === "string" && id !== "" && id.length <= LONGEST_ID;
  const isRequest = version === 1 && isName && METHODS.includes(method) && params !== null && typeof params === "object";
  return isRequest ? { id, method, silent: params.silent === true } : undefined;
}

/** Whether a person refused so often that a site has to wait. */
export function mustWait(refusals, now) {
  return refusals !== undefined && refusals.count >= MOST_REFUSED && now - refusals.last < REFUSED_MS;
}

/** Refusals in a row, one more. */
export function oneMore(refusals, now) {
  const fresh = refusals === undefined || now - refusals.last >= REFUSED_MS;
  return { count: fresh ? 1 : refusals.count + 1, last: now };
}

/** Counts what sites ask. It forgets when the background sleeps, which it does only while nobody asks. */
export class Count {
  #of = new Map();

  /** Whether one more is too many. */
  isTooMany(origin, now) {
    const { begun, asked } = this.#of.get(origin) ?? { begun: now, asked: 0 };
    const fresh = now - begun >= ASKED_MS;
    this.#of.set(origin, fresh ? { begun: now, asked: 1 } : { begun, asked: asked + 1 });
    return !fresh && asked >= MOST_ASKED;
  }
}
