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

globalThis.open = async (engine, name, graph) => {
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
  return samples[0];
};
