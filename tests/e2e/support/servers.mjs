// Small web servers of the tests: storage that serves the wrong thing, nodes that are none.

import { createServer } from "node:http";

/** Answers every request by `answer(request, response)`; any page may read it. @returns its URL and `close`. */
export async function serve(answer, port = 0) {
  const server = createServer((request, response) => {
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "*");
    response.setHeader("access-control-allow-methods", "*");
    response.setHeader("cross-origin-resource-policy", "cross-origin");
    if (request.method === "OPTIONS") {
      response.writeHead(204).end();
    } else {
      answer(request, response);
    }
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/** Storage that takes one PUT by a signed link, whole, and serves the file to everybody. */
export async function presignedStorage(world) {
  const storage = { uploads: 0, stored: undefined };
  const server = await serve((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://storage");
    if (request.method === "PUT" && searchParams.get("signature") !== "good") {
      request.resume();
      request.on("end", () => response.writeHead(403).end("the signature has expired"));
    } else if (request.method === "PUT" && pathname === "/file") {
      const pieces = [];
      request.on("data", (piece) => pieces.push(piece));
      request.on("end", () => {
        storage.stored = Buffer.concat(pieces);
        storage.uploads += 1;
        response.writeHead(200).end();
      });
    } else if (pathname === "/file" && storage.stored) {
      response.writeHead(200, { "content-length": storage.stored.length }).end(storage.stored);
    } else {
      response.writeHead(404).end();
    }
  });
  world.closeLater(() => server.close());
  storage.address = `${server.url}/file`;
  /** A link to upload by: `good` is taken, any other has expired. */
  storage.link = (signature) => `${storage.address}?signature=${signature}`;
  return storage;
}
