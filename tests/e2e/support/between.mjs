// A proxy between the wallet and a service, for what goes wrong on the way.

import { request as ask } from "node:http";

import { serve } from "./servers.mjs";

/** Stands where the wallet expects a service, and passes everything on as long as nothing else is said. */
export class Between {
  constructor(target, port) {
    this.target = target;
    this.port = port;
    /** Called with each request before it is passed on; what it returns, if anything, answers instead. */
    this.meddle = undefined;
    /** Called with each request and the first bytes of its body, whatever becomes of it. */
    this.sees = undefined;
    /** Says of a request whether its answer gets lost on the way back. */
    this.loses = undefined;
    /** Called once one was lost. */
    this.lost = undefined;
    this.waiting = [];
  }

  static async start(target, port = 0) {
    const between = new Between(target, port);
    await between.up();
    return between;
  }

  /** Listens, always on the same port. */
  async up() {
    this.server = await serve((request, response) => this.answer(request, response), this.port);
    this.port = Number(new URL(this.server.url).port);
    this.url = this.server.url;
  }

  /** Hangs up on everybody; from now on connections are refused. */
  async down() {
    await this.server?.close();
    this.server = undefined;
  }

  /** Lets requests arrive and answers none of them, until `release`. */
  hold() {
    this.meddle = () => new Promise((resolve) => this.waiting.push(resolve));
  }

  release() {
    this.meddle = undefined;
    for (const resolve of this.waiting.splice(0)) {
      resolve(undefined);
    }
  }

  async answer(request, response) {
    if (this.sees) {
      this.sees(request, await firstBytes(request));
    }
    const other = await this.meddle?.(request, response);
    if (other) {
      return;
    }
    const options = { method: request.method, headers: request.headers };
    const onward = ask(new URL(request.url, this.target), options, (answered) => {
      for (const [name, value] of Object.entries(answered.headers)) {
        response.setHeader(name, value);
      }
      response.writeHead(answered.statusCode);
      // A stream may have nothing to say for long.
      response.flushHeaders();
      this.loses?.(request) ? this.lose(answered, response) : answered.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  }

  /** Lets the service do what it was asked, and breaks the connection before anybody hears of it. */
  lose(answered, response) {
    answered.resume();
    answered.on("end", () => {
      response.destroy();
      this.lost?.();
    });
  }
}

/** The bytes that a body begins with, left where they are. */
function firstBytes(request) {
  return new Promise((resolve) => {
    request.once("readable", () => {
      const bytes = request.read();
      if (bytes) {
        request.unshift(bytes);
      }
      resolve(bytes);
    });
  });
}
