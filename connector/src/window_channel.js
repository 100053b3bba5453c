// Requests to a wallet in a window of its own: the site's end of the channel.
//
// The window is opened in the click. The wallet says `ready` with a nonce, the site answers with its request, and
// the wallet with its answer, under the same nonce. The browser vouches for who said what: here only messages of the
// wallet's origin and of that very window count. Where the window stays open and says `ready` again, it gets the
// next request.
//
// A window that crashed stays open and says nothing more, so each end may ask whether the other is there: `ping` is
// answered by `pong`. A page that is left says `gone`.

import { aborted, walletError } from "./errors.js";
import { readAnswer } from "./messages.js";

const CHANNEL = "soma-wallet";
const VERSION = 1;
const WATCH_MS = 400;
/** How long after it said `ready` a window gets another request; soon afterwards it may close itself. */
const REUSE_MS = 900;
/** While a request waits, the window is asked whether it is there at each so many looks. */
const PING_EVERY = 3;
/** So many looks without a word, and a window that knows of pings is taken for one that crashed. */
const SILENT_LOOKS = 30;
/** So many, and one that is closed by then had crashed before. */
const QUIET_LOOKS = 8;
const [WIDTH, HEIGHT] = [440, 720];

/**
 * @param {object} options
 * @param {string} options.origin the wallet's
 * @param {Window} options.site the page's own window
 * @param {(open: () => boolean) => { done: Promise<boolean>, close: () => void }} options.whenBlocked shows
 *   a button that opens the window when it is pressed; `done` says whether it was, and not given up
 * @param {(text: unknown) => void} options.changed hears what the wallet says by itself while its window is open
 */
export function windowChannel({ origin, site, whenBlocked, changed }) {
  /** The window, if there is one: `{ popup, nonce, wasReady, timer }`; its nonce is one that no request has used. */
  let opened;
  /**
   * The one request at a time: `{ id, text, nonce, looks, silent, answers, sleeps, resolve, reject }`, without text until it
   * is known; with how often the window was looked at, how often since it said anything, whether it knows of pings, and
   * whether it said that the browser puts it to sleep.
   */
  let pending;

  const close = () => {
    clearInterval(opened?.timer);
    opened = undefined;
    site.removeEventListener("message", heard);
  };

  const settle = (act) => {
    const { resolve, reject, fallback, signal, gaveUp } = pending;
    pending = undefined;
    fallback?.close();
    signal?.removeEventListener("abort", gaveUp);
    try {
      resolve(act());
    } catch (error) {
      reject(error);
    }
  };

  const fail = (error) => settle(() => { throw error; });

  /** Sends the request, once there is one and a window that takes it. */
  const send = () => {
    if (!pending?.text || !opened?.nonce) {
      return;
    }
    pending.nonce = opened.nonce;
    opened.nonce = undefined;
    pending.silent = 0;
    post("request", { nonce: pending.nonce, message: pending.text });
  };

  const post = (type, more) => {
    opened.popup.postMessage({ channel: CHANNEL, version: VERSION, type, ...more }, origin);
  };

  /** Says something of the request that waits, once it was sent. */
  const sayOfIt = (type) => {
    if (opened && pending?.nonce !== undefined) {
      post(type, { nonce: pending.nonce });
    }
  };

  const heard = ({ origin: from, source, data }) => {
    if (!opened || source !== opened.popup || from !== origin || data?.channel !== CHANNEL) {
      return;
    }
    if (data.version !== VERSION) {
      const words = `the wallet speaks version ${data.version} of the channel, this site version ${VERSION}`;
      return pending && fail(walletError("unsupported", words));
    }
    if (pending) {
      pending.silent = 0;
      pending.sleeps = data.type === "asleep";
      pending.answers ||= ["ping", "pong"].includes(data.type) && data.nonce === pending.nonce;
    }
    if (data.type === "ping" && data.nonce === pending?.nonce) {
      return sayOfIt("pong");
    }
    if (data.type === "ready" && typeof data.nonce === "string") {
      opened.wasReady = true;
      opened.nonce = data.nonce;
      opened.readyAt = Date.now();
      // A wallet that says so once more in the middle of a request was loaded anew and knows nothing of it.
      return send();
    }
    if (data.type === "answer" && pending?.nonce !== undefined && data.nonce === pending.nonce) {
      const { id } = pending;
      return settle(() => readAnswer(data.message, id));
    }
    if (data.type === "event") {
      changed(data.message);
    }
  };

  /** Opens the window; false where the browser does not let it. */
  const open = () => {
    const popup = site.open(`${origin}/connect`, "_blank", features(site));
    if (!popup) {
      return false;
    }
    const mine = { popup, nonce: undefined, wasReady: false, gone: 0 };
    mine.timer = setInterval(() => opened === mine && watch(), WATCH_MS);
    opened = mine;
    site.addEventListener("message", heard);
    return true;
  };

  /** Asks the window whether it is there, and gives up on one that answered before and does not any more. */
  const askWhetherThere = () => {
    if (pending?.nonce === undefined || pending.sleeps) {
      return;
    }
    pending.looks += 1;
    pending.silent += 1;
    if (pending.answers && pending.silent > SILENT_LOOKS) {
      const { popup } = opened;
      close();
      fail(lost());
      return popup.close();
    }
    if (pending.looks % PING_EVERY === 0) {
      sayOfIt("ping");
    }
  };

  const watch = () => {
    if (!opened?.popup.closed) {
      return askWhetherThere();
    }
    // An answer that was on its way when the window closed still arrives.
    if ((opened.gone += 1) < 2) {
      return;
    }
    const { wasReady } = opened;
    close();
    if (!pending) {
      return;
    }
    if (pending.answers && pending.silent >= QUIET_LOOKS) {
      return fail(lost());
    }
    if (wasReady) {
      return fail(walletError("rejected", "the wallet's window was closed"));
    }
    const mine = pending;
    cutOff(site).then((cut) => pending === mine && fail(cut ? openerCut() : walletError("rejected", CLOSED_EARLY)));
  };

  /** Makes room for the answer to one request. */
  const expect = (more) => {
    const promise = new Promise((resolve, reject) => {
      pending = { id: undefined, text: undefined, nonce: undefined, looks: 0, silent: 0, answers: false, sleeps: false, resolve, reject, ...more };
    });
    // It may fail before anybody listens.
    promise.catch(() => {});
    return promise;
  };

  /** Asks what needs no person in the window that just answered; nothing where that does not work at once. */
  const askBeside = async ({ id, text }, patience) => {
    if (pending || !opened) {
      return undefined;
    }
    const promise = expect({ id, text });
    const mine = pending;
    const timer = setTimeout(() => pending === mine && fail(walletError("failed", "the window went away")), patience);
    send();
    try {
      return await promise;
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };

  /** Opens the window, or takes the one that waits. Nothing is awaited before. */
  const begin = (signal) => {
    if (pending) {
      opened?.popup.focus();
      throw walletError("busy", "the wallet has another request of this site; answer that one first");
    }
    if (site.origin === "null") {
      throw walletError("unsupported", "this page has no origin that a browser could vouch for");
    }
    if (site.crossOriginIsolated) {
      throw openerCut();
    }
    const waits = opened?.nonce !== undefined && !opened.popup.closed && Date.now() - opened.readyAt < REUSE_MS;
    if (!waits) {
      close();
    }
    const gaveUp = () => {
      fail(aborted(signal));
      opened?.popup.close();
      close();
    };
    const promise = expect({ signal, gaveUp });
    signal?.addEventListener("abort", gaveUp, { once: true });
    if (waits) {
      opened.popup.focus();
    } else if (!open()) {
      const mine = pending;
      mine.fallback = whenBlocked(open);
      mine.fallback.done.then((went) => {
        if (!went && pending === mine) {
          fail(walletError("rejected", "the wallet's window was not opened"));
        }
      });
    }
    const mine = pending;
    return {
      /** Hands the request over; its answer comes back. */
      hand({ id, text }) {
        if (pending === mine) {
          Object.assign(mine, { id, text });
          send();
        }
        return promise;
      },
      /** There will be no request after all. */
      cancel() {
        if (pending === mine) {
          fail(aborted());
          opened?.popup.close();
          close();
        }
      },
    };
  };

  /** This page is left: nobody waits for the answer, and the wallet need not keep the request. */
  const leave = () => {
    sayOfIt("gone");
    if (pending) {
      fail(walletError("disconnected", "this page was left while the request waited"));
    }
    close();
  };
  site.addEventListener("pagehide", leave);

  /** Gives up what is asked, and leaves the window to its owner. */
  const end = () => {
    site.removeEventListener("pagehide", leave);
    sayOfIt("gone");
    if (pending) {
      fail(walletError("disconnected", "this page took the wallet away"));
    }
    close();
  };

  return { begin, askBeside, end };
}

const CLOSED_EARLY = "the wallet's window was closed before the wallet was ready, or the wallet's host cut it off from this page";

function lost() {
  const words =
    "the wallet's window crashed or does not answer any more; what became of the request is not known here, so look " +
    "before asking again";
  return walletError("lost", words);
}

function openerCut() {
  const words =
    "this page's Cross-Origin-Opener-Policy cuts the wallet's window off from it: the site has to send " +
    "same-origin-allow-popups or none of it on the pages that ask the wallet";
  return walletError("opener-cut", words);
}

/** Whether this page's own headers are why a window of another origin seems closed. */
async function cutOff(site) {
  try {
    const { headers } = await site.fetch(site.location.href, { method: "HEAD" });
    const policy = (headers.get("cross-origin-opener-policy") ?? "").split(";")[0].trim();
    return policy === "same-origin" || policy === "noopener-allow-popups";
  } catch {
    // Nobody can tell, so nothing is claimed.
    return false;
  }
}

/** A small window in the middle of the page's own. */
function features({ screenX = 0, screenY = 0, outerWidth = WIDTH, outerHeight = HEIGHT }) {
  const left = Math.max(0, Math.round(screenX + (outerWidth - WIDTH) / 2));
  const top = Math.max(0, Math.round(screenY + (outerHeight - HEIGHT) / 2));
  return `popup=yes,width=${WIDTH},height=${HEIGHT},left=${left},top=${top}`;
}
