// Scores once, and counts on the way what buffers of the graphics device there are.

import { watchBuffers } from "./buffers.js";
import init, { Bench } from "./full_v1_bench.js";

async function score({ engine, layers, memory, sealed }) {
  const buffers = watchBuffers();
  const { memory: heap } = await init();
  const manifest = new Uint8Array(await (await fetch("/vectors/manifest.json")).arrayBuffer());
  const bench = new Bench(manifest, layers, memory, sealed);
  let started;
  const begins = (device, plan, bytes) => {
    // Trials of kernels came before.
    buffers.most = buffers.live;
    started = performance.now();
    postMessage({ begins: { device, plan, bytes, layers: bench.layers(), buffers: buffers.live } });
  };
  const progress = (passed) => postMessage({ passed, seconds: (performance.now() - started) / 1000 });
  const { embedding, ...result } = await bench.score(engine, begins, progress);
  const seconds = (performance.now() - started) / 1000;
  return { ...result, embedding: [...embedding], seconds, buffers, heap: heap.buffer.byteLength };
}

self.onmessage = async ({ data }) => {
  try {
    postMessage({ result: await score(data) });
  } catch (error) {
    postMessage({ error: String(error?.message ?? error) });
  }
};
