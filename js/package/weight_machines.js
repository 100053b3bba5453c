// What weights go through, piece by piece, in this thread: a sealer with a fresh key, or an opener.

import * as weightsNames from "./wasm/weights.js";
import { Program } from "./programs.js";

const program = new Program(weightsNames, new URL("./wasm/weights_bg.wasm", import.meta.url));

const MAKERS = {
  seal: ({ RawSealer }) => new RawSealer(),
  open: ({ RawOpener }, { key, checksum, size }) => new RawOpener(key, checksum, size),
};

/** A machine of one of these kinds. It turns pieces in place, and the end of the file tells what it was. */
export async function makeMachine(kind, request) {
  const raw = MAKERS[kind](await program.load(), request);
  return {
    key: kind === "seal" ? raw.exposeKey() : undefined,
    update: (piece) => (raw.update(piece), piece),
    finish: () => raw.finish(),
    end: () => raw.free(),
  };
}
