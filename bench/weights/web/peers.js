// What a web developer would write with the libraries there are: WebCrypto with hash-wasm in one worker or
// two, and noble's ciphers and hashes. Each with the sizes that turned out best for it.

import { createBLAKE2b } from "/node_modules/hash-wasm/dist/index.esm.js";

import { answer, encrypt, hex, importKey, keyBytes, plainBytes } from "./bytes.js";

const BUFFERS_AHEAD = 32;

/** Hashes in this worker. */
async function hashHere() {
  const hasher = await createBLAKE2b(256);
  hasher.init();
  return {
    take: (buffer) => hasher.update(new Uint8Array(buffer)),
    end: () => hasher.digest("hex"),
  };
}

/** Hashes in a worker of its own; buffers are transferred to it. */
async function hashBeside() {
  const worker = new Worker("hasher.js", { type: "module" });
  const [heard, waiting] = [[], []];
  const next = () => (heard.length > 0 ? heard.shift() : new Promise((resolve) => waiting.push(resolve)));
  worker.onmessage = ({ data }) => (waiting.length > 0 ? waiting.shift()(data) : heard.push(data));
  await next();
  let underWay = 0;
  return {
    async take(buffer) {
      worker.postMessage(buffer, [buffer]);
      underWay += 1;
      for (; underWay > BUFFERS_AHEAD || (underWay > 0 && heard.length > 0); underWay--) {
        await next();
      }
    },
    async end() {
      worker.postMessage("end");
      for (;;) {
        const { check } = await next();
        if (check) {
          return check;
        }
      }
    },
  };
}

/** Keeps some parts being encrypted, and hands over those that are done. */
async function sealing({ part, parts, beside }) {
  const [key, hasher] = [await importKey(), await (beside ? hashBeside() : hashHere())];
  const underWay = [];
  let offset = 0;
  return {
    async take(bytes) {
      for (let at = 0; at < bytes.length; at += part) {
        const piece = bytes.subarray(at, at + part);
        underWay.push(encrypt(key, offset, piece));
        offset += piece.length;
        if (underWay.length >= parts) {
          await hasher.take(await underWay.shift());
        }
      }
    },
    async end() {
      while (underWay.length > 0) {
        await hasher.take(await underWay.shift());
      }
      return hasher.end();
    },
  };
}

/** Reads slices, one ahead. */
async function* slices(file, size) {
  const read = (at) => file.slice(at, at + size).arrayBuffer();
  let coming = read(0);
  for (let at = 0; at < file.size; at += size) {
    const buffer = await coming;
    coming = read(at + size);
    yield new Uint8Array(buffer);
  }
}

/** Reads a stream into two buffers in turn, one ahead. */
async function* stream(file, size) {
  const reader = file.stream().getReader({ mode: "byob" });
  const read = (buffer) => reader.read(new Uint8Array(buffer), { min: size });
  let spare = new ArrayBuffer(size);
  let coming = read(new ArrayBuffer(size));
  for (let at = 0; at < file.size; ) {
    const { value } = await coming;
    at += value.length;
    if (at < file.size) {
      coming = read(spare);
    }
    yield value;
    spare = value.buffer;
  }
}

answer({
  async hash({ total }) {
    const [plain, hasher] = [plainBytes(), await createBLAKE2b(256)];
    return () => {
      hasher.init();
      for (let at = 0; at < total; at += 1 << 20) {
        const start = at % plain.length;
        hasher.update(plain.subarray(start, start + (1 << 20)));
      }
      return hasher.digest("hex");
    };
  },
  async memory(row) {
    const [plain, seal] = [plainBytes(), await sealing(row)];
    return async () => {
      for (let at = 0; at < row.total; at += plain.length) {
        await seal.take(plain.subarray(0, Math.min(plain.length, row.total - at)));
      }
      return seal.end();
    };
  },
  async file(row, file) {
    const seal = await sealing(row);
    return async () => {
      for await (const bytes of row.stream ? stream(file, row.read) : slices(file, row.read)) {
        await seal.take(bytes);
      }
      return seal.end();
    };
  },
  async noble({ total }) {
    const [{ ctr }, { blake2b }] = await Promise.all([
      import("/node_modules/@noble/ciphers/aes.js"),
      import("/node_modules/@noble/hashes/blake2.js"),
    ]);
    const plain = plainBytes();
    return () => {
      const hasher = blake2b.create({ dkLen: 32 });
      const counter = new Uint8Array(16);
      for (let at = 0; at < total; at += 1 << 20) {
        const start = at % plain.length;
        new DataView(counter.buffer).setBigUint64(8, BigInt(at) / 16n);
        hasher.update(ctr(keyBytes(), counter.slice()).encrypt(plain.subarray(start, start + (1 << 20))));
      }
      return hex(hasher.digest());
    };
  },
});
