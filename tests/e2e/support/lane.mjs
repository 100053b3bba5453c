// A process that plays scenarios for another one: both ends of what they say to each other.

import { fork } from "node:child_process";
import { on } from "node:events";

/** The node's port in the first lane, which is the one that the wallet knows; another lane's is so much further. */
const FIRST_PORT = 9000;
const STEP = 10;

/** Whether this process plays for another. */
export function isLane() {
  return process.env.SOMA_E2E_LANE !== undefined && process.send !== undefined;
}

/** The number of a lane's node's port. */
export function nodePort(lane) {
  return FIRST_PORT + lane * STEP;
}

/** A lane, from the process that has it played. */
export class Lane {
  constructor(number) {
    this.number = number;
  }

  /** Whether a scenario passed. A process that ends under it is one that fails it; the next scenario has another. */
  play(name) {
    const process = (this.process ??= this.start());
    return new Promise((resolve) => {
      const answered = ({ passed }) => {
        process.off("exit", ended);
        resolve(passed);
      };
      const ended = (code, signal) => {
        process.off("message", answered);
        this.process = undefined;
        console.log(`FAILED ${name}\n       its lane ended with ${signal ?? code}`);
        resolve(false);
      };
      process.once("message", answered);
      process.once("exit", ended);
      process.send({ name });
    });
  }

  start() {
    return fork(process.argv[1], [], { env: { ...process.env, SOMA_E2E_LANE: String(this.number) } });
  }

  /** Lets the process end by itself. */
  async end() {
    if (this.process) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      this.process.disconnect();
      await ended;
    }
  }
}

/** What there is to play, one after the other. `done` says whether it passed. */
export async function* hearParent() {
  const over = new AbortController();
  process.once("disconnect", () => over.abort());
  try {
    for await (const [{ name }] of on(process, "message", { signal: over.signal })) {
      yield { name, done: (passed) => process.send({ passed }) };
    }
  } catch (error) {
    if (error.name !== "AbortError") {
      throw error;
    }
  }
}
