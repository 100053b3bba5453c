// Files, and serving them to a browser.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";

const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

export async function readJson(file) {
  return JSON.parse(await readFile(file, "utf8"));
}

/**
 * Serves folders on this machine, isolated from other origins so that peers may have threads.
 *
 * @param {Record<string, string>} folders what lies where, by the first part of the path
 */
export async function serveFolders(folders) {
  const server = createServer(async (request, response) => {
    const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
    try {
      const url = new URL(request.url, "http://localhost");
      const [, first, ...rest] = decodeURIComponent(url.pathname).split("/");
      const file = path.join(folders[first], path.normalize(`/${rest.join("/")}`));
      const type = TYPES[path.extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { ...isolated, "Content-Type": type }).end(await readFile(file));
    } catch {
      response.writeHead(404, isolated).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}
