// Scores once, or does its share, and counts on the way what buffers of the graphics device there are.

import { watchBuffers } from "./buffers.js";
import init, { Bench } from "./full_v1_bench.js";

async function score(bench, { engine, ports }) {
  const buffers = watchBuffers();
  let started;
  const begins = (device, plan, bytes) => {
    // Trials of kernels came before.
    buffers.most = buffers.live;
    started = performance.now();
    postMessage({ begins: { device, plan, bytes, layers: bench.layers(), buffers: buffers.live } });
  };
  const progress = (passed) => postMessage({ passed, seconds: (performance.now() - started) / 1000 });
  const { embedding, ...result } = await bench.score(engine, ports, begins, progress);
  const seconds = (performance.now() - started) / 1000;
  return { ...result, embedding: [...embedding], seconds, buffers };
}

async function perform(asked) {
  const { layers, memory, sealed, engine, workers } = asked;
  const { memory: heap } = await init();
  const manifest = new Uint8Array(await (await fetch("/vectors/manifest.json")).arrayBuffer());
  const bench = new Bench(manifest, layers, memory, sealed);
  if (asked.ask === "members") {
    return { members: engine === "cpu" ? bench.members(workers) : 1 };
  }
  const said = asked.ask === "score" ? await score(bench, asked) : await bench.follow(asked.ports[0], asked.index, asked.members);
  return { ...said, heap: heap.buffer.byteLength };
}

self.onmessage = async ({ data }) => {
  try {
    postMessage({ said: await perform(data) });
  } catch (error) {
    postMessage({ error: String(error?.message ?? error) });
  }
  if (data.ask === "members") {
    close();
  }
};
