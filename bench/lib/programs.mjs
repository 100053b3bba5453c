// Engines outside of the browser: programs that read a line and answer with one.

import { spawn } from "node:child_process";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

function program(command, args) {
  const env = { ...process.env };
  // Some machines choose OpenBLAS's kernels for old libraries; the current ones know better.
  delete env.OPENBLAS_CORETYPE;
  delete env.OPENBLAS_L2_SIZE;
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env });
  const ended = new Promise((_, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${path.basename(command)} ended with ${code}`)));
  });
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value } = await Promise.race([lines.next(), ended]);
      return JSON.parse(value);
    },
    close: () => child.stdin.end(),
  };
}

/** @param {string} graphs the folder of graphs */
export async function openPrograms(graphs) {
  const ours = program(process.env.SOMA_BENCH_NATIVE, [graphs]);
  const peers = program(process.env.SOMA_BENCH_PYTHON, [path.join(here, "peers.py"), "serve", graphs]);
  let current;
  const run = ({ kind, loop, threads }) => {
    if (kind === "limit") {
      return ours.ask(`${loop} ${threads}`);
    }
    return kind === "ours" ? ours.ask(`${current} ${threads}`) : peers.ask(`${kind} ${current} ${threads}`);
  };
  return {
    open(engine, name) {
      current = name;
      return run(engine);
    },
    run,
    async close() {
      ours.close();
      peers.close();
    },
  };
}
