// Keeps the workers and passes questions on to them. An engine without threads of its own gets as many
// workers as it is to have threads, and each of them its share of the sequences.

const teams = new Map();

function ask(worker, message) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message);
  });
}

globalThis.open = async (engine, name, graph) => {
  const size = engine.workers ?? 1;
  if (graph.rows % size !== 0) {
    throw new Error(`${size} workers share out whole sequences, and there is ${graph.rows}`);
  }
  const share = graph.rows / size;
  const members = Array.from({ length: size }, (_, at) => ({ worker: new Worker("/web/worker.js", { type: "module" }), rows: [at * share, (at + 1) * share] }));
  teams.set(engine.id, members);
  return together(members, ({ worker, rows }) => ask(worker, { command: "open", engine, name, graph, rows }));
};

globalThis.run = (id) => together(teams.get(id), ({ worker }) => ask(worker, { command: "run" }));

/** One sample of a team: it is through when the last is. */
async function together(members, question) {
  const start = performance.now();
  const samples = await Promise.all(members.map(question));
  if (samples.length === 1) {
    return samples[0];
  }
  const wall = performance.now() - start;
  const reading = Math.min(...samples.map((sample) => sample.reading));
  const crossEntropy = samples.reduce((sum, sample) => sum + sample.crossEntropy, 0) / samples.length;
  return { computing: wall - reading, reading, crossEntropy };
}
