// The WebAssembly programs of this package: each is fetched when it is first needed, and once.

import { SomaError } from "./error.js";

/** One of the programs: the names that wasm-bindgen made, and where its code lies. */
export class Program {
  #names;
  #url;
  #loading;
  #ready = false;

  /** @param names the names, or a function that fetches them */
  constructor(names, url) {
    this.#names = names;
    this.#url = url;
  }

  /** Fetches and starts it. `source`: the code, where a host keeps it elsewhere. */
  load(source) {
    this.#loading ??= this.#start(source).catch((cause) => {
      this.#loading = undefined;
      throw new SomaError("module/load", `the program ${this.#url} could not be started`, cause);
    });
    return this.#loading;
  }

  async #start(source) {
    if (typeof this.#names === "function") {
      this.#names = await this.#names();
    }
    await this.#names.default({ module_or_path: source ?? (await code(this.#url)) });
    this.#ready = true;
    return this.#names;
  }

  get isBegun() {
    return this.#loading !== undefined;
  }

  /** Its names. */
  get names() {
    if (!this.#ready) {
      throw new SomaError("module/not-ready", "call `await init()` once before anything else");
    }
    return this.#names;
  }
}

/** Node reads files; everybody else fetches. */
async function code(url) {
  if (url.protocol !== "file:") {
    return url;
  }
  const { readFile } = await import("node:fs/promises");
  return readFile(url);
}

let chosen;

/** The program of keys and transactions, where there is no other. */
export function offer(program) {
  chosen ??= program;
}

/** A program that has all names of that one, and is loaded in its place where that was not begun. */
export function prefer(larger) {
  if (!chosen?.isBegun) {
    chosen = larger;
  }
}

const more = new Set();

/** A program that is started with that one. */
export const also = (program) => void more.add(program);

/** Starts whatever the modules that were imported need at once. */
export async function init(source) {
  await Promise.all([chosen.load(source), ...[...more].map((program) => program.load())]);
}

/** The names of whichever program has keys and transactions. */
export const raw = () => chosen.names;
