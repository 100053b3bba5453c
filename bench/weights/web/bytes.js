// What is sealed, with which key, and how a sample is taken.

const PLAIN = 64 << 20;
const KEY = new Uint8Array(32).fill(7);

/** The bytes that the native program makes, too. */
export function plainBytes() {
  const plain = new Uint8Array(PLAIN);
  const words = new Uint32Array(plain.buffer);
  let state = 123456789;
  for (let at = 0; at < words.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    words[at] = state;
  }
  return plain;
}

export const keyBytes = () => KEY.slice();

export const importKey = () => crypto.subtle.importKey("raw", KEY, "AES-CTR", false, ["encrypt"]);

/** AES-CTR of the bytes at an offset of the file; a promise of a buffer. */
export function encrypt(key, offset, bytes) {
  const counter = new Uint8Array(16);
  new DataView(counter.buffer).setBigUint64(8, BigInt(offset) / 16n);
  return crypto.subtle.encrypt({ name: "AES-CTR", counter, length: 128 }, key, bytes);
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Answers the page: each way of doing it gets ready, then is timed. */
export function answer(ways) {
  onmessage = async ({ data: { row, file } }) => {
    try {
      const run = await ways[row.way](row, file);
      const start = performance.now();
      const check = await run();
      postMessage({ milliseconds: performance.now() - start, check });
    } catch (error) {
      postMessage({ error: String(error?.stack ?? error) });
    }
  };
  postMessage("ready");
}
