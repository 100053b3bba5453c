// Starts the one worker, and passes on what it tells.

globalThis.score = (options) =>
  new Promise((resolve, reject) => {
    const worker = new Worker("worker.js", { type: "module" });
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    worker.onmessage = ({ data }) => {
      if (data.error) {
        reject(new Error(data.error));
      } else if (data.result) {
        resolve(data.result);
      } else {
        globalThis.tell(data);
      }
    };
    worker.postMessage(options);
  });
