// The programs a test runs beside the browser: the local network, and the wallet's web server.

import { spawn } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { environment } from "./environment.mjs";

const START_LIMIT_MS = 30_000;
const END_LIMIT_MS = 5_000;

const running = new Set();

// Whatever happens to this process, its children end with it.
process.on("exit", () => {
  for (const child of running) {
    child.kill("SIGKILL");
  }
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => process.exit(1));
}

/** A program that a test started; what it prints is kept in `out/NAME.log`. */
export class Service {
  constructor(name, program, args) {
    this.name = name;
    this.log = path.join(environment.out, `${name}.log`);
    this.output = "";
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    running.add(this.child);
    const log = createWriteStream(this.log, { flags: "a" });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        this.output = (this.output + text).slice(-64_000);
        log.write(text);
      });
    }
    this.ended = new Promise((resolve) => {
      this.child.on("error", (error) => resolve(`could not start: ${error.message}`));
      this.child.on("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
    }).then((how) => {
      running.delete(this.child);
      log.end();
      this.how = how;
      return how;
    });
  }

  /** Waits until `probe` returns something, or fails if the program ends or takes too long. */
  async until(what, probe) {
    const deadline = Date.now() + START_LIMIT_MS;
    for (;;) {
      const found = await probe();
      if (found) {
        return found;
      }
      if (this.how) {
        throw new Error(`${this.name} ${this.how} before ${what}; it wrote:\n${this.output.slice(-2000)}`);
      }
      if (Date.now() > deadline) {
        throw new Error(`${this.name}: no ${what} within ${START_LIMIT_MS / 1000} s; see ${this.log}`);
      }
      await sleep(50);
    }
  }

  /** Asks the program to end, and makes it end if it does not. */
  async stop() {
    if (!this.how) {
      this.child.kill("SIGTERM");
      const late = sleep(END_LIMIT_MS, "late", { ref: false });
      if ((await Promise.race([this.ended, late])) === "late") {
        this.child.kill("SIGKILL");
      }
    }
    return this.ended;
  }
}

/** Whether something on this machine takes connections on a port. */
export function answers(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => resolve(true) || socket.destroy());
    socket.once("error", () => resolve(false) || socket.destroy());
  });
}

/** Ports that nothing listens on. */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Starts the local network with these flags; returns once its node answers on `port`. */
export async function startLocalnet(flags = [], { port = environment.nodePort, name = "localnet" } = {}) {
  if (await answers(port)) {
    throw new Error(`port ${port} is taken: is a \`cargo xtask dev\` running?`);
  }
  const service = new Service(name, environment.localnet, flags);
  await service.until(`an answer on port ${port}`, () => answers(port));
  return service;
}

/** Serves the wallet on a free port; the service has its `url`. */
export async function startWallet({ dist = environment.dist, port = 0, name = "wallet" } = {}) {
  const service = new Service(name, environment.xtask, ["serve", "--dist", dist, "--port", String(port)]);
  service.url = await service.until("a URL", () => service.output.match(/http:\/\/localhost:\d+\//)?.[0]);
  return service;
}

/** The last lines of a service's log, for a failure's report. */
export function tail(service, lines = 40) {
  return readFileSync(service.log, "utf8").split("\n").slice(-lines).join("\n");
}
