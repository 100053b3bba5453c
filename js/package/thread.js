// A worker of our own for work that would hold a page up. What is called in it is in worker.js.

import { SomaError } from "./error.js";

/** Whether heavy work leaves this thread by itself: it does in a page. A worker or Node does it in place. */
export const isPage = () => typeof document !== "undefined" && typeof Worker === "function";

let policy;

/**
 * Starts a script of ours as a worker. Bundlers know workers by the form of the first function. The second one is for
 * pages that demand Trusted Types: there a script's address has to come from a policy, `soma-wallet-package`.
 */
function started(plainly, trusted) {
  try {
    return plainly();
  } catch (error) {
    if (!(error instanceof TypeError) || !globalThis.trustedTypes) {
      throw error;
    }
    policy ??= globalThis.trustedTypes.createPolicy("soma-wallet-package", { createScriptURL: (address) => address });
    return trusted((address) => policy.createScriptURL(address.href));
  }
}

/** Workers that evaluate models, by the names that the core has for them. */
const SCORERS = {
  "scorer-simd_loader.js": () =>
    started(
      () => new Worker(new URL("./wasm/scorer-simd_loader.js", import.meta.url), { type: "module" }),
      (trust) => new Worker(trust(new URL("./wasm/scorer-simd_loader.js", import.meta.url)), { type: "module" }),
    ),
  "scorer-relaxed_loader.js": () =>
    started(
      () => new Worker(new URL("./wasm/scorer-relaxed_loader.js", import.meta.url), { type: "module" }),
      (trust) => new Worker(trust(new URL("./wasm/scorer-relaxed_loader.js", import.meta.url)), { type: "module" }),
    ),
};

/** Starts one of the workers that evaluate models. */
export function startScorer(script) {
  const start = SCORERS[script];
  if (!start) {
    throw new Error("this package scores with vector instructions only, and this browser has none");
  }
  return start();
}

const startThread = () =>
  started(
    () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }),
    (trust) => new Worker(trust(new URL("./worker.js", import.meta.url)), { type: "module" }),
  );

/** An error as it crosses between threads. */
export const packed = (error) => ({
  code: error instanceof SomaError ? error.code : "module/failed",
  message: String(error?.message ?? error),
  cause: error?.cause === undefined ? undefined : String(error.cause?.message ?? error.cause),
});

const unpacked = ({ code, message, cause }) => new SomaError(code, message, cause === undefined ? undefined : new Error(cause));

/** One worker for one piece of work. */
export class Thread {
  #worker;
  #onProgress;
  #waiting = new Map();
  #next = 1;
  #ended;

  /** @param {(told: any) => void} [onProgress] */
  constructor(onProgress) {
    this.#onProgress = onProgress;
    try {
      this.#worker = startThread();
    } catch (cause) {
      throw new SomaError("module/worker", "this page could not start the worker of the package; `thread: false` does without one", cause);
    }
    const broken = (message) => this.end(new SomaError("module/worker", message));
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onmessageerror = () => broken("what the worker of the package says cannot be read");
    this.#worker.onerror = (event) => {
      event.preventDefault();
      broken(event.message || "the worker of the package could not be loaded");
    };
  }

  #hear({ call, value, error, progress }) {
    if (call === undefined) {
      this.#onProgress?.(progress);
      return;
    }
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    error ? waiting?.reject(unpacked(error)) : waiting?.resolve(value);
  }

  /** Calls a function of worker.js. What is in `given` is handed over, and gone from here. */
  call(name, args, given = []) {
    const call = this.#next++;
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(this.#ended);
        return;
      }
      this.#waiting.set(call, { resolve, reject });
      this.#worker.postMessage({ call, name, args }, given);
    });
  }

  /** Ends the worker, whatever it does. Who waits for it hears why. */
  end(reason = new SomaError("aborted", "the worker was ended")) {
    this.#ended ??= reason;
    this.#worker.terminate();
    this.#waiting.forEach(({ reject }) => reject(reason));
    this.#waiting.clear();
  }
}

/** Lets one function of worker.js do all of the work, in a worker that lives as long as that takes. */
export async function inThread(name, args, { signal, onProgress }) {
  const gaveUp = () => new SomaError("aborted", "the caller gave up", signal.reason);
  if (signal?.aborted) {
    throw gaveUp();
  }
  const thread = new Thread(onProgress);
  const onAbort = () => thread.end(gaveUp());
  signal?.addEventListener("abort", onAbort);
  try {
    return await thread.call(name, args);
  } finally {
    signal?.removeEventListener("abort", onAbort);
    thread.end();
  }
}
