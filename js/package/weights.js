// Weights: encrypted, decrypted and measured as they stream by, however large they are.

import * as weightsNames from "./wasm/weights.js";
import { SomaError } from "./error.js";
import { Program } from "./programs.js";
import { text, whole } from "./values.js";

export { SomaError } from "./error.js";

const program = new Program(weightsNames, new URL("./wasm/weights_bg.wasm", import.meta.url));

/** Bytes that go through the program at once. */
const PIECE = 256 * 1024;

/** Anything that brings bytes, as a stream. */
function streamOf(source) {
  if (source instanceof ReadableStream) {
    return source;
  }
  if (typeof Blob !== "undefined" && source instanceof Blob) {
    return source.stream();
  }
  if (source instanceof Uint8Array) {
    return streamOf([source]);
  }
  if (typeof source?.[Symbol.asyncIterator] === "function" || typeof source?.[Symbol.iterator] === "function") {
    const items = source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]();
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await items.next();
        done ? controller.close() : controller.enqueue(value);
      },
      cancel: () => items.return?.(),
    });
  }
  throw new SomaError("argument/invalid", "weights come as a ReadableStream, Blob, File, Uint8Array or iterable of Uint8Array");
}

/** Lets every byte of a source through `machine`, piece by piece, as fast as the reader takes them. */
function through(source, machine, { signal, onProgress }) {
  let size = 0n;
  let settle;
  const result = new Promise((resolve, reject) => (settle = { resolve, reject }));
  // whoever looks only at the stream hears of the failure there
  result.catch(() => {});
  const fail = (error) => {
    machine.free();
    settle.reject(error);
    return error;
  };
  const reader = streamOf(source).getReader();
  const aborted = () => new SomaError("aborted", "the caller gave up", signal.reason);
  let isOver = false;
  let rest;
  const end = () => {
    isOver = true;
    signal?.removeEventListener("abort", onAbort);
  };
  let onAbort;
  const stream = new ReadableStream(
    {
      start(controller) {
        onAbort = () => {
          if (!isOver) {
            end();
            controller.error(fail(aborted()));
            reader.cancel(signal.reason).catch(() => {});
          }
        };
        signal?.aborted ? onAbort() : signal?.addEventListener("abort", onAbort);
      },
      async pull(controller) {
        try {
          while (rest === undefined || rest.length === 0) {
            const { done, value } = await reader.read();
            if (isOver) {
              return;
            }
            if (done) {
              const outcome = machine.finish();
              end();
              machine.free();
              settle.resolve({ outcome, size });
              controller.close();
              return;
            }
            if (!(value instanceof Uint8Array)) {
              throw new SomaError("argument/invalid", "the source brought something else than a Uint8Array");
            }
            rest = value;
          }
          const piece = rest.slice(0, PIECE);
          rest = rest.subarray(piece.length);
          machine.update(piece);
          size += BigInt(piece.length);
          onProgress?.(size);
          controller.enqueue(piece);
        } catch (error) {
          if (!isOver) {
            end();
            reader.cancel(error).catch(() => {});
            throw fail(error);
          }
        }
      },
      cancel(reason) {
        if (!isOver) {
          end();
          fail(new SomaError("aborted", "nobody reads any more", reason));
          return reader.cancel(reason);
        }
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, result };
}

/**
 * Encrypts weights with a fresh key. Returns the key in Base58, to be kept before a byte is read; a stream of
 * the encrypted file; and what the file must be, once all of it went by.
 */
export async function sealWeights(source, { signal, onProgress } = {}) {
  const { RawSealer } = await program.load();
  const machine = new RawSealer();
  const key = machine.exposeKey();
  const { stream, result } = through(source, machine, { signal, onProgress });
  // the commitment to a file is the hash that its manifest has as checksum
  const sealed = result.then(({ outcome, size }) => ({ checksum: outcome, weightsCommitment: outcome, size }));
  sealed.catch(() => {});
  return { key, stream, sealed };
}

/**
 * Decrypts weights. What the stream brings is not to be trusted before `verified` is there: only the end
 * tells whether it was the file of this checksum and size.
 */
export async function openWeights(source, { key, checksum, size, signal, onProgress }) {
  const { RawOpener } = await program.load();
  const machine = new RawOpener(text(key, "the key"), text(checksum, "the checksum"), whole(size, "the size"));
  const { stream, result } = through(source, machine, { signal, onProgress });
  const verified = result.then(({ size: read }) => ({ checksum, size: read }));
  verified.catch(() => {});
  return { stream, verified };
}
