// Starts the one worker of a row, and asks it for one sample.

globalThis.sample = (row) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(row.worker, { type: "module" });
    worker.onerror = (event) => reject(new Error(event.message || `${row.worker} did not start`));
    worker.onmessage = ({ data }) => {
      if (data === "ready") {
        worker.postMessage({ row, file: document.querySelector("#file").files[0] });
        return;
      }
      worker.terminate();
      if (data.error) {
        reject(new Error(data.error));
      } else {
        resolve(data);
      }
    };
  });
