// A worker for each signer, asked one at a time.

const workers = new Map();

globalThis.ask = (id, message) =>
  new Promise((resolve, reject) => {
    if (!workers.has(id)) {
      workers.set(id, new Worker("worker.js", { type: "module" }));
    }
    const worker = workers.get(id);
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage(message);
  });
