// Keeps the workers and passes questions on to them. An engine without threads of its own gets as many
// workers as it is to have threads; the first of them leads the others, over channels between them.

const teams = new Map();

function ask(worker, message, ports = []) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ ...message, ports }, ports);
  });
}

/** Builds that the wallet chooses from, the one with the fewest instructions first. */
const BUILDS = ["simd", "relaxed"];
let chosen;

/** The build that the wallet would take here, found out as it does: `browser/src/scorers/contest.rs`. */
async function choose() {
  const { default: start, Contest } = await import(`/wasm/${BUILDS[0]}/bench.js`);
  await start();
  const contest = new Contest(BUILDS.length);
  const workers = BUILDS.map(() => new Worker("/web/worker.js", { type: "module" }));
  await Promise.all(workers.map((worker, build) => ask(worker, { command: "open", engine: { kind: "trial", variant: BUILDS[build] } })));
  while (!contest.isOver()) {
    for (const [build, worker] of workers.entries()) {
      contest.take(build, ...(await ask(worker, { command: "run" })));
    }
  }
  workers.forEach((worker) => worker.terminate());
  const rates = BUILDS.map((build, at) => `${build} ${(contest.best(at) / 1e6).toFixed(1)}`).join(", ");
  return { variant: BUILDS[contest.winner()], told: `${BUILDS[contest.winner()]} (in the trial, in GFLOP/s: ${rates})` };
}

globalThis.open = async (engine, name, graph) => {
  if (engine.variant === "auto") {
    chosen ??= await choose();
    engine = { ...engine, variant: chosen.variant, told: chosen.told };
  }
  const members = Array.from({ length: engine.workers ?? 1 }, () => new Worker("/web/worker.js", { type: "module" }));
  const question = { command: "open", engine, name, graph, workers: members.length };
  const [useful] = await Promise.all(members.map((worker) => ask(worker, question)));
  for (const idle of members.splice(useful)) {
    idle.terminate();
  }
  teams.set(engine.id, { engine, members });
  return globalThis.run(engine.id);
};

/** One sample of a team. Of limits it is through when the last of them is, else when the first has the answer. */
globalThis.run = async (id) => {
  const { engine, members } = teams.get(id);
  const channels = engine.limit ? [] : members.slice(1).map(() => new MessageChannel());
  const portsOf = (index) => (engine.limit ? [] : index === 0 ? channels.map(({ port1 }) => port1) : [channels[index - 1].port2]);
  const start = performance.now();
  const samples = await Promise.all(members.map((worker, index) => ask(worker, { command: "run", index, members: members.length }, portsOf(index))));
  if (engine.limit && members.length > 1) {
    return { computing: performance.now() - start, operations: samples.reduce((sum, { operations }) => sum + operations, 0) };
  }
  return engine.told ? { ...samples[0], chosen: engine.told } : samples[0];
};
