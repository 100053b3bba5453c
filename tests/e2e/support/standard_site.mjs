// A web site that finds the extension by the Wallet Standard's own library for sites.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { serve } from "./servers.mjs";

const SITE = path.join(path.dirname(fileURLToPath(import.meta.url)), "extension");
const STANDARD = path.join(path.dirname(createRequire(import.meta.url).resolve("@wallet-standard/app")), "../esm");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

/** Serves it at an origin of its own, until the scenario ends. */
export async function serveSite(world) {
  const server = await serve(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const [, beyond] = pathname.split("/standard/");
    const file = path.basename(pathname);
    const bytes = await readFile(path.join(beyond ? STANDARD : SITE, file)).catch(() => undefined);
    // Browsers ask for an icon, and complain where there is none.
    response.writeHead(bytes ? 200 : 204, { "content-type": TYPES[path.extname(file)] ?? "text/plain" }).end(bytes);
  });
  world.closeLater(() => server.close());
  return { origin: new URL(server.url).origin };
}
