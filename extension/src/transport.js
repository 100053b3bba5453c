// The connector's transport over a port to the relay.
//
// Both ways go texts. To the relay: `{ call, message }`, `{ call, drop: true }`. From it: `{ call, answer }`,
// `{ call, lost }`, `{ event }`; `message`, `answer` and `event` are the texts of docs/connection.md.

import { aborted, walletError } from "../../connector/src/errors.js";
import { readAnswer, readChange, writeRequest } from "../../connector/src/messages.js";

/** A transport over a port. */
export function transportOver(port) {
  const open = new Map();
  const listeners = new Set();
  let next = 1;

  port.onmessage = ({ data }) => {
    const { call, answer, lost, event } = JSON.parse(data);
    if (event !== undefined) {
      const accounts = readChange(event);
      if (accounts !== undefined) {
        listeners.forEach((listener) => listener(accounts));
      }
      return;
    }
    const waiting = open.get(call);
    open.delete(call);
    if (lost !== undefined) {
      waiting?.reject(walletError("disconnected", lost));
    } else {
      waiting?.resolve(answer);
    }
  };

  const request = async (method, params, signal) => {
    const { id, text } = writeRequest(method, params);
    const call = next++;
    const give = { call };
    const answered = new Promise((resolve, reject) => {
      open.set(call, { resolve, reject });
      give.up = () => {
        if (open.delete(call)) {
          port.postMessage(JSON.stringify({ call, drop: true }));
          reject(aborted(signal));
        }
      };
    });
    signal?.addEventListener("abort", give.up, { once: true });
    port.postMessage(JSON.stringify({ call, message: text }));
    try {
      return readAnswer(await answered, id);
    } finally {
      signal?.removeEventListener("abort", give.up);
    }
  };

  const onEvent = (listener) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };

  return { request, onEvent };
}
