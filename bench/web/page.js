// Keeps the workers and passes questions on to them, one at a time.

const workers = new Map();

globalThis.ask = (id, message) => {
  if (!workers.has(id)) {
    workers.set(id, new Worker("/web/worker.js", { type: "module" }));
  }
  const worker = workers.get(id);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message);
  });
};
