// Weights files made by the tests: real safetensors of any size, the same bytes for the same seed.

import { createCipheriv, createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";

const CHUNK = 1 << 20;

/**
 * Writes a safetensors file of F32 tensors with `mebibytes` of values.
 *
 * @returns its size and SHA-256.
 */
export async function writeWeights(file, mebibytes, seed = "weights") {
  const tensors = 4;
  const each = (mebibytes * CHUNK) / tensors;
  const header = { __metadata__: { format: "pt" } };
  for (let at = 0; at < tensors; at++) {
    header[`layers.${at}.weight`] = {
      dtype: "F32",
      shape: [each / 4 / 256, 256],
      data_offsets: [at * each, (at + 1) * each],
    };
  }
  let text = JSON.stringify(header);
  text += " ".repeat((8 - (text.length % 8)) % 8);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));

  const hash = createHash("sha256");
  const out = createWriteStream(file);
  const write = async (bytes) => {
    hash.update(bytes);
    if (!out.write(bytes)) {
      await once(out, "drain");
    }
  };
  await write(Buffer.concat([length, Buffer.from(text)]));
  // A cipher's key stream is as random as it gets, fast, and the same every time.
  const key = createHash("sha256").update(seed).digest();
  const stream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  const zeros = Buffer.alloc(CHUNK);
  for (let at = 0; at < mebibytes; at++) {
    await write(stream.update(zeros));
  }
  out.end();
  await once(out, "close");
  return { size: 8 + text.length + mebibytes * CHUNK, sha256: hash.digest("hex") };
}
