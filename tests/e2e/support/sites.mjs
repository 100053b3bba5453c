// Web sites of a scenario: files of this repository under origins of their own, with the headers that it wants.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };

/** As strict as a policy can be for a page with scripts of its own: nothing inline, no markup out of texts. */
export const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

/** The connector's source, and the Wallet Standard's own library for sites. */
export const CONNECTOR = path.join(here, "../../../connector/src");
export const STANDARD = path.join(path.dirname(require.resolve("@wallet-standard/app")), "../esm");

/**
 * Serves folders by the beginning of their paths, the longest first; `/` is the page.
 *
 * @param {Record<string, string>} folders by prefix, such as `{ "/": …, "/connector/": … }`
 * @param {Record<string, string>} headers
 * @returns {Promise<{ origin: string, asked: string[], stop: () => Promise<void> }>}
 */
export async function serve(folders, headers = {}) {
  const asked = [];
  const prefixes = Object.keys(folders).sort((one, other) => other.length - one.length);
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    asked.push(request.url);
    const prefix = prefixes.find((each) => pathname.startsWith(each));
    const file = path.join(folders[prefix], pathname.slice(prefix.length) || "index.html");
    for (const [name, value] of Object.entries(headers)) {
      response.setHeader(name, value);
    }
    if (!file.startsWith(folders[prefix])) {
      return response.writeHead(404).end();
    }
    try {
      const bytes = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" }).end(request.method === "HEAD" ? undefined : bytes);
    } catch {
      // Browsers ask for an icon, and complain where there is none.
      response.writeHead(pathname === "/favicon.ico" ? 204 : 404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const stop = () => new Promise((resolve) => server.close(resolve) && server.closeAllConnections());
  return { origin: `http://localhost:${server.address().port}`, asked, stop };
}
