// What is measured where.
//
// Rows of a group are compared with its `reference`, the peer that most people would take, and with its
// `bound`: what the processor or the device does at best, in loops that nothing holds up.

const threads = (count) => (count > 1 ? `${count} threads` : "1 thread");
const workers = (count) => (count > 1 ? `${count} workers` : "1 worker");

const inWasm = (count) => {
  const ours = (variant, label) => ({ id: `ours, ${label}, ${workers(count)}`, kind: "ours", variant, workers: count });
  const bound = (variant, label) => ({ id: `limit: product in L1, ${label}, ${workers(count)}`, kind: "limit", variant, workers: count, limit: true });
  const peers = [
    { id: `onnxruntime-web, wasm, ${threads(count)}`, kind: "onnxruntime", provider: "wasm", threads: count, reference: true },
    { id: `tfjs, wasm, ${threads(count)}`, kind: "tfjs", provider: "wasm", threads: count },
  ];
  if (count === 1) {
    // It has no threads in a browser.
    peers.push({ id: "burn, flex, 1 thread", kind: "burn", provider: "flex" });
  }
  return [
    ours("plain", "plain"),
    ours("simd", "simd128"),
    ours("relaxed", "relaxed-simd"),
    // Whichever of the two the wallet takes on this machine.
    ours("auto", "auto"),
    ...peers,
    bound("simd", "simd128"),
    { ...bound("relaxed", "relaxed-simd"), bound: true },
  ];
};

const natively = (count) => [
  { id: `ours, native, ${threads(count)}`, kind: "ours", threads: count },
  { id: `PyTorch, ${threads(count)}`, kind: "torch", threads: count, reference: true },
  { id: `onnxruntime, ${threads(count)}`, kind: "onnxruntime", threads: count },
  { id: `limit: product in L1, ${threads(count)}`, kind: "limit", loop: "product", threads: count, limit: true },
  { id: `limit: in registers, ${threads(count)}`, kind: "limit", loop: "registers", threads: count, limit: true, bound: true },
];

const onWebGpu = [
  { id: "ours, WebGPU", kind: "ours-gpu" },
  { id: "onnxruntime-web, WebGPU", kind: "onnxruntime", provider: "webgpu", reference: true },
  { id: "tfjs, WebGPU", kind: "tfjs", provider: "webgpu" },
  { id: "burn, WebGPU", kind: "burn", provider: "webgpu" },
  { id: "limit: WGSL in registers", kind: "wgsl-limit", limit: true, bound: true },
];

const grouped = (group, engines) => engines.map((engine) => ({ ...engine, group }));

/** Engines by where they run. */
export const ENGINES = {
  wasm: [1, 2].flatMap((count) => grouped(count, inWasm(count))),
  native: [1, 2].flatMap((count) => grouped(count, natively(count))),
  webgpu: grouped("device", onWebGpu),
};
