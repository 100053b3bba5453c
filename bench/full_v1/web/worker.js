// Scores once, and counts on the way what buffers of the graphics device there are.

import init, { Bench } from "./full_v1_bench.js";

/** Bytes of the device's buffers that were made and not given back: now, and at most. */
const buffers = { live: 0, most: 0 };

function watchBuffers() {
  if (!globalThis.GPUDevice) {
    return;
  }
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    buffers.live += buffer.size;
    buffers.most = Math.max(buffers.most, buffers.live);
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  const gone = new WeakSet();
  GPUBuffer.prototype.destroy = function () {
    if (!gone.has(this)) {
      gone.add(this);
      buffers.live -= this.size;
    }
    destroy.call(this);
  };
}

async function score({ engine, layers, memory, sealed }) {
  watchBuffers();
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
