// The messages between a site and a wallet, as text: a request, its answer, and what the wallet says by itself.
// Both ways, the window of the web wallet and the extension, carry the same ones (see docs/connection.md).

import { walletError } from "./errors.js";

const VERSION = 1;
/** The longest message that a wallet reads, in bytes. */
export const MAX_BYTES = 256 * 1024;
/** The longest name that a site may call itself, in characters. */
export const MAX_APP_NAME = 64;

const METHODS = ["connect", "disconnect", "signTransaction", "signAndExecuteTransaction", "signPersonalMessage", "getCapabilities"];

/** Refuses a name that a wallet would not show. */
export function checkAppName(appName) {
  if (appName !== undefined && (typeof appName !== "string" || [...appName].length > MAX_APP_NAME)) {
    throw walletError("malformed", `the name of a site has ${MAX_APP_NAME} characters at most`);
  }
}

/**
 * A request as it crosses.
 *
 * @param {string} method
 * @param {object} params
 * @param {{ appName?: string, id?: string }} [options]
 * @returns {{ id: string, text: string }}
 */
export function writeRequest(method, params, { appName, id = crypto.randomUUID() } = {}) {
  if (!METHODS.includes(method)) {
    throw walletError("unsupported", `there is no method named ${method}`);
  }
  checkAppName(appName);
  const text = JSON.stringify({ version: VERSION, id, method, ...(appName ? { appName } : {}), params });
  if (new TextEncoder().encode(text).length > MAX_BYTES) {
    throw walletError("too-large", `a request has ${MAX_BYTES / 1024} KiB at most`);
  }
  return { id, text };
}

/**
 * What an answer says to the request with this id.
 *
 * @param {string} text
 * @param {string} id
 * @returns {object} its `ok`
 * @throws {SomaError} its `error`, or that it is no answer
 */
export function readAnswer(text, id) {
  const answer = readMessage(text);
  const { version, ok, error } = answer;
  if (version !== VERSION || answer.id !== id) {
    throw walletError("bad-answer", "the wallet answered another request than this one");
  }
  if (ok !== null && typeof ok === "object" && error === undefined) {
    return ok;
  }
  if (ok === undefined && error !== null && typeof error === "object" && Number.isSafeInteger(error.code)) {
    const { code, reason, message, digest, retryAfterMs } = error;
    throw walletError(String(reason), String(message ?? reason), {
      walletStandardCode: code,
      ...(typeof digest === "string" ? { digest } : {}),
      ...(Number.isSafeInteger(retryAfterMs) ? { retryAfterMs } : {}),
    });
  }
  throw walletError("bad-answer", "the wallet gave an answer that is none");
}

/** The accounts that a change event tells of; nothing if this is no such event. */
export function readChange(text) {
  const { version, event, accounts } = readMessage(text);
  return version === VERSION && event === "change" ? accounts : undefined;
}

function readMessage(text) {
  try {
    const message = JSON.parse(text);
    if (message !== null && typeof message === "object") {
      return message;
    }
  } catch (cause) {
    throw walletError("bad-answer", "what the wallet said is not JSON", { cause });
  }
  throw walletError("bad-answer", "what the wallet said is no message");
}
