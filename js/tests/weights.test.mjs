// Weights in Node: a large file goes by in constant memory, vectors agree, and trouble has a code.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { openWeights, sealWeights, SomaError } from "soma-wallet/weights";

import { fromHex, toBase58, toHex, vectors } from "./support.mjs";

const MIB = 1024 * 1024;

async function drain(stream) {
  const chunks = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A stream of so many MiB, of which none is kept. */
function* file(mebibytes) {
  for (let at = 0; at < mebibytes; at++) {
    yield new Uint8Array(MIB).fill(at);
  }
}

test("files of the vectors open with their keys, and with no other", async () => {
  let opened = 0;
  for (const vector of await vectors("aes_ctr")) {
    const sealed = fromHex(vector.ciphertext);
    const request = { key: vector.key_base58, checksum: toBase58(vector.ciphertext_commitment), size: BigInt(sealed.length) };
    const { stream, verified } = await openWeights(sealed, request);
    assert.equal(toHex(await drain(stream)), vector.plaintext);
    assert.deepEqual(await verified, { checksum: request.checksum, size: request.size });
    opened += 1;
    const short = await openWeights(sealed, { ...request, size: request.size + 1n });
    await assert.rejects(drain(short.stream), { code: "weights/size" });
    await assert.rejects(short.verified, { code: "weights/size" });
    if (sealed.length > 0) {
      const flipped = Uint8Array.from(sealed);
      flipped[0] ^= 1;
      const wrong = await openWeights(flipped, request);
      await assert.rejects(drain(wrong.stream), { code: "weights/checksum" });
    }
  }
  assert.ok(opened > 5);
});

test("64 MiB go there and back in constant memory", async () => {
  const plain = createHash("sha256");
  const source = (function* () {
    for (const piece of file(64)) {
      plain.update(piece);
      yield piece;
    }
  })();
  let told = 0n;
  const { key, stream, sealed } = await sealWeights(source, { onProgress: (bytes) => (told = bytes) });
  // the checksum is known at the end only, so what is opened is sealed once more with the same bytes: by hand
  const kept = [];
  const before = process.memoryUsage();
  let most = 0;
  for await (const piece of stream) {
    kept.push(piece.length > 0 ? piece[0] : 0);
    const { external, heapUsed } = process.memoryUsage();
    most = Math.max(most, external + heapUsed - before.external - before.heapUsed);
  }
  assert.ok(most < 48 * MIB, `${most / MIB} MiB more than before`);
  const { checksum, size, weightsCommitment } = await sealed;
  assert.equal(size, BigInt(64 * MIB));
  assert.equal(told, size);
  assert.equal(weightsCommitment, checksum);
  assert.equal(key.length > 40, true);

  // AES is its own inverse here: what opens the plain file gives the sealed one, whose checksum is known.
  const again = await openWeights(file(64), { key, checksum, size });
  const encrypted = await new Promise((resolve, reject) => {
    const pieces = [];
    (async () => {
      try {
        for await (const piece of again.stream) {
          pieces.push(piece);
        }
        reject(new Error("a plain file passed for the sealed one"));
      } catch (error) {
        assert.equal(error.code, "weights/checksum");
        resolve(pieces);
      }
    })();
  });
  const opened = await openWeights(new ReadableStream({ pull: (controller) => (encrypted.length > 0 ? controller.enqueue(encrypted.shift()) : controller.close()) }), { key, checksum, size });
  const back = createHash("sha256");
  for await (const piece of opened.stream) {
    back.update(piece);
  }
  await opened.verified;
  assert.equal(back.digest("hex"), plain.digest("hex"));
});

test("what is handed in stays as it is", async () => {
  for (const source of [new Uint8Array(1000).fill(7), Buffer.alloc(1000, 7)]) {
    const { stream } = await sealWeights(source);
    assert.notDeepEqual([...(await drain(stream))], [...source]);
    assert.ok(source.every((byte) => byte === 7));
  }
});

test("every file has a key of its own", async () => {
  const [first, second] = await Promise.all([sealWeights(new Uint8Array(3)), sealWeights(new Uint8Array(3))]);
  assert.notEqual(first.key, second.key);
  await Promise.all([first, second].map(({ stream }) => drain(stream)));
});

test("who gives up ends the work, and the source hears of it", async () => {
  const controller = new AbortController();
  let isCancelled = false;
  const source = new ReadableStream({
    pull: (inner) => inner.enqueue(new Uint8Array(MIB)),
    cancel: () => void (isCancelled = true),
  });
  const { stream, sealed } = await sealWeights(source, { signal: controller.signal, onProgress: (bytes) => bytes > 4n * BigInt(MIB) && controller.abort(new Error("enough")) });
  await assert.rejects(drain(stream), (error) => error instanceof SomaError && error.code === "aborted" && error.cause.message === "enough");
  await assert.rejects(sealed, { code: "aborted" });
  assert.ok(isCancelled);
  const early = await sealWeights(new Uint8Array(3), { signal: AbortSignal.abort() });
  await assert.rejects(drain(early.stream), { code: "aborted" });
});

test("a source that fails fails the stream with its own error", async () => {
  const source = (function* () {
    yield new Uint8Array(5);
    throw new Error("the disk is gone");
  })();
  const { stream, sealed } = await sealWeights(source);
  await assert.rejects(drain(stream), { message: "the disk is gone" });
  await assert.rejects(sealed, { message: "the disk is gone" });
  await assert.rejects(sealWeights(5), { code: "argument/invalid" });
});
