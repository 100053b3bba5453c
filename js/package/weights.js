// Weights: encrypted, decrypted and measured as they stream by, however large they are.

import { SomaError } from "./error.js";
import { isPage, Thread } from "./thread.js";
import { text, whole } from "./values.js";

export { SomaError } from "./error.js";

/** Bytes that go through the program at once. */
const PIECE = 256 * 1024;

/** A machine in this thread, or in a worker of its own. Pieces go to that one and come back, and are not copied. */
async function machineFor(kind, request, thread) {
  if (!thread) {
    const { makeMachine } = await import("./weight_machines.js");
    return makeMachine(kind, request);
  }
  const worker = new Thread();
  try {
    const { key } = await worker.call("machine", [kind, request]);
    return { key, update: (piece) => worker.call("update", [piece], [piece.buffer]), finish: () => worker.call("finish", []), end: () => worker.end() };
  } catch (error) {
    worker.end();
    throw error;
  }
}

/** A reader of anything that brings bytes. */
const readerOf = (source) => streamOf(source).getReader();

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

/** Lets every byte that is read through `machine`, piece by piece, as fast as the reader takes them. */
function through(reader, machine, { signal, onProgress }) {
  let size = 0n;
  let settle;
  const result = new Promise((resolve, reject) => (settle = { resolve, reject }));
  // whoever looks only at the stream hears of the failure there
  result.catch(() => {});
  const fail = (error) => {
    machine.end();
    settle.reject(error);
    return error;
  };
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
              const outcome = await machine.finish();
              if (isOver) {
                return;
              }
              end();
              machine.end();
              settle.resolve({ outcome, size });
              controller.close();
              return;
            }
            if (!(value instanceof Uint8Array)) {
              throw new SomaError("argument/invalid", "the source brought something else than a Uint8Array");
            }
            rest = value;
          }
          // a copy, which `slice` of Node's Buffer is not: what the caller gave stays as it is
          const next = new Uint8Array(rest.subarray(0, PIECE));
          rest = rest.subarray(next.length);
          const piece = await machine.update(next);
          if (isOver) {
            return;
          }
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
export async function sealWeights(source, { signal, onProgress, thread = isPage() } = {}) {
  const reader = readerOf(source);
  const machine = await machineFor("seal", undefined, thread);
  const { key } = machine;
  const { stream, result } = through(reader, machine, { signal, onProgress });
  // the commitment to a file is the hash that its manifest has as checksum
  const sealed = result.then(({ outcome, size }) => ({ checksum: outcome, weightsCommitment: outcome, size }));
  sealed.catch(() => {});
  return { key, stream, sealed };
}

/**
 * Decrypts weights. What the stream brings is not to be trusted before `verified` is there: only the end
 * tells whether it was the file of this checksum and size.
 */
export async function openWeights(source, { key, checksum, size, signal, onProgress, thread = isPage() }) {
  const request = { key: text(key, "the key"), checksum: text(checksum, "the checksum"), size: whole(size, "the size") };
  const reader = readerOf(source);
  const machine = await machineFor("open", request, thread);
  const { stream, result } = through(reader, machine, { signal, onProgress });
  const verified = result.then(({ size: read }) => ({ checksum, size: read }));
  verified.catch(() => {});
  return { stream, verified };
}
