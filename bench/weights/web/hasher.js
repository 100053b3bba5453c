// The second worker of peers: hashes the buffers that it is sent.

import { createBLAKE2b } from "/node_modules/hash-wasm/dist/index.esm.js";

const hasher = await createBLAKE2b(256);
hasher.init();
onmessage = ({ data }) => {
  if (data === "end") {
    postMessage({ check: hasher.digest("hex") });
  } else {
    hasher.update(new Uint8Array(data));
    postMessage({});
  }
};
postMessage({});
