// What the package computes in a worker of its own: scoring, and weights on their way through. A page starts this by
// itself, see thread.js.

import { packed } from "./thread.js";

const say = (message, given = []) => self.postMessage(message, given);
let machine;

const CALLS = {
  async score(data, options) {
    const { evaluate } = await import("./evaluation.js");
    return { value: await evaluate(data, { ...options, onProgress: (progress) => say({ progress }) }) };
  },
  async machine(kind, request) {
    const { makeMachine } = await import("./weight_machines.js");
    machine = await makeMachine(kind, request);
    return { value: { key: machine.key } };
  },
  async update(piece) {
    const value = await machine.update(piece);
    return { value, given: [value.buffer] };
  },
  async finish() {
    return { value: await machine.finish() };
  },
};

self.onmessage = async ({ data: { call, name, args } }) => {
  try {
    const { value, given } = await CALLS[name](...args);
    say({ call, value }, given);
  } catch (error) {
    say({ call, error: packed(error) });
  }
};
