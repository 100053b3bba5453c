// Runs what the page asks for, one after the other.
import { watchBuffers } from "./buffers.js";
import init, { Bench } from "./cases.js";

const buffers = watchBuffers();
let bench;

/** Checks a case, and that its buffers are what was planned, to the byte, and all given back. */
async function check({ id, mebibytes }) {
  const before = (buffers.most = buffers.live);
  const row = await bench.check(id, mebibytes);
  const [taken, planned] = [buffers.most - before, bench.planned(id, mebibytes)];
  if (taken !== planned) {
    throw new Error(`${taken} bytes of buffers were made where ${planned} were planned`);
  }
  if (buffers.live !== before) {
    throw new Error(`${buffers.live - before} bytes of buffers were not given back`);
  }
  return { row, taken };
}

async function perform({ what, argument }) {
  if (what === "open") {
    await init();
    const paths = await (await fetch("/vectors/files.json")).json();
    const load = async (path) => [path, new Uint8Array(await (await fetch(`/vectors/${path}`)).arrayBuffer())];
    bench = await Bench.open(new Map(await Promise.all(paths.map(load))));
    return { device: bench.device(), cases: bench.cases(), columns: Bench.columns() };
  }
  if (what === "speed") {
    return bench.speed();
  }
  return check(argument);
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ value: await perform(data) });
  } catch (error) {
    self.postMessage({ error: String(error?.message ?? error) });
  }
};
