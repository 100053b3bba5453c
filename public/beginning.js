// What begins while the page's program is still on its way. Whoever comes for the first time sees the first screen before
// the wallet's worker is fetched; everybody else waits for that worker, so it starts at once.
// The program finds what was begun at `walletBeginning`: bridge/src/beginning.rs.

const KINDS = ["message", "messageerror", "error"];

/** Leaves a promise of the worker, of null where this browser holds nothing, or of nothing where it starts no worker. */
export function begin() {
  globalThis.walletBeginning = isBlank().then((blank) => (blank ? null : early()));
}

/**
 * Whether this origin has neither a database nor a private file. No wallet is without either, not even a damaged one.
 * A browser that does not tell is taken to hold something.
 */
async function isBlank() {
  try {
    if ((await indexedDB.databases()).length > 0) {
      return false;
    }
    const folder = await navigator.storage.getDirectory();
    const { done } = await folder.keys().next();
    return done === true;
  } catch {
    return false;
  }
}

function early() {
  try {
    return new EarlyWorker(new Worker("worker_loader.js", { type: "module" }));
  } catch {
    // The program tries, too, and says what is wrong.
    return undefined;
  }
}

/** A worker, and what it said before anybody listened. */
class EarlyWorker {
  #worker;
  #said = [];
  #keep = (event) => this.#said.push(event);

  constructor(worker) {
    this.#worker = worker;
    for (const kind of KINDS) {
      worker.addEventListener(kind, this.#keep);
    }
  }

  takeOver() {
    for (const kind of KINDS) {
      this.#worker.removeEventListener(kind, this.#keep);
    }
    // What it says from now on comes after that.
    queueMicrotask(() => {
      for (const event of this.#said.splice(0)) {
        this.#worker.dispatchEvent(again(event));
      }
    });
    return this.#worker;
  }
}

/** An event that has been told cannot be told again; one that is like it can. */
function again({ type, data, message }) {
  return type === "error" ? new ErrorEvent(type, { message }) : new MessageEvent(type, { data });
}
