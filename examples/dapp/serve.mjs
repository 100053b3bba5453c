// Serves this folder on this machine: `node serve.mjs`, and open what it prints. A page that asks the web wallet must
// not be cut off from its window, so no Cross-Origin-Opener-Policy is sent.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const port = Number(process.env.PORT ?? 8090);
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const file = path.join(here, pathname === "/" ? "index.html" : decodeURIComponent(pathname));
  const type = TYPES[path.extname(file)];
  try {
    if (!file.startsWith(here + path.sep) || !type) {
      throw new Error("not served");
    }
    const bytes = await readFile(file);
    response.writeHead(200, { "content-type": type, "cache-control": "no-cache" }).end(bytes);
  } catch {
    response.writeHead(404).end("not found");
  }
}).listen(port, "localhost", () => console.log(`http://localhost:${port}/`));
