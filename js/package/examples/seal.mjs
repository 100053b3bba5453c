// Encrypts a file of weights, however large:
//   node seal.mjs weights.safetensors weights.sealed

import { createWriteStream, openAsBlob } from "node:fs";
import { Writable } from "node:stream";

import { sealWeights } from "soma-wallet/weights";

const [from = "weights.safetensors", to = "weights.sealed"] = process.argv.slice(2);

const { key, stream, sealed } = await sealWeights(await openAsBlob(from));
console.log(`keep this key before anything else: ${key}`);
await stream.pipeTo(Writable.toWeb(createWriteStream(to)));
const { checksum, size } = await sealed;
console.log(`manifest: checksum ${checksum}, ${size} bytes`);
