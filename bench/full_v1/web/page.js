// Starts the workers, and passes on what the first tells.

/** A worker, and what it says first. */
function begin(options, ports = []) {
  const worker = new Worker("worker.js", { type: "module" });
  const said = new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message || "the worker did not start"));
    worker.onmessage = ({ data }) => {
      if (data.error) {
        reject(new Error(data.error));
      } else if (data.said) {
        resolve(data.said);
      } else {
        globalThis.tell(data);
      }
    };
  });
  worker.postMessage({ ...options, ports }, ports);
  return said;
}

globalThis.score = async (options) => {
  const { members } = await begin({ ...options, ask: "members" });
  const channels = Array.from({ length: members - 1 }, () => new MessageChannel());
  const followed = channels.map(({ port2 }, at) => begin({ ...options, ask: "follow", index: at + 1, members }, [port2]));
  const led = begin({ ...options, ask: "score", members }, channels.map(({ port1 }) => port1));
  const [result, ...others] = await Promise.all([led, ...followed]);
  return { ...result, members, heaps: [result.heap, ...others.map(({ heap }) => heap)] };
};
