// What a node in between does to the answers of the one behind it.

import assert from "node:assert/strict";
import { request as ask } from "node:http";

/** Has some bytes of the answers of some methods replaced by as many others. */
export function rewrite(between, methods, from, to) {
  assert.equal(from.length, to.length);
  between.meddle = async (request, response) => {
    if (request.method === "OPTIONS" || !methods.test(request.url)) {
      return false;
    }
    const { answered, bytes } = await wholeAnswer(between, request);
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + to.length)) {
      to.copy(bytes, at);
    }
    give(response, answered, bytes);
    return true;
  };
}

/** What the node behind says to a request, whole. */
export async function wholeAnswer(between, request) {
  const onward = ask(new URL(request.url, between.target), { method: request.method, headers: request.headers });
  request.pipe(onward);
  const answered = await new Promise((resolve, reject) => onward.on("response", resolve).on("error", reject));
  const pieces = [];
  for await (const piece of answered) {
    pieces.push(piece);
  }
  return { answered, bytes: Buffer.concat(pieces) };
}

/** Answers as another answer did, with these bytes. */
export function give(response, answered, bytes) {
  for (const [name, value] of Object.entries(answered.headers)) {
    response.setHeader(name, value);
  }
  response.writeHead(answered.statusCode).end(bytes);
}

/** Refuses a request to one of these methods. @returns whether it did. */
export function refuse(methods, request, response) {
  if (request.method === "OPTIONS" || !methods.test(request.url)) {
    return false;
  }
  request.resume();
  response.writeHead(503).end();
  return true;
}

/** Answers requests to one of these methods with bytes of one's own, in the wrapping of gRPC-web. */
export function answerWith(between, methods, write) {
  between.meddle = (request, response) => {
    if (request.method === "OPTIONS" || !methods.test(request.url)) {
      return false;
    }
    request.resume();
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("content-type", "application/grpc-web+proto");
    response.writeHead(200);
    write(response);
    return true;
  };
}
