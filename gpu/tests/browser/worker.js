// Runs what the page asks for, one after the other.
import init, { Bench } from "./cases.js";

let bench;

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
  return bench.check(argument.id, argument.mebibytes);
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ value: await perform(data) });
  } catch (error) {
    self.postMessage({ error: String(error?.message ?? error) });
  }
};
