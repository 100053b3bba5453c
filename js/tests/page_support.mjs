// What tests in a browser share: a host that serves the package under a strict policy, and pages that note their trouble.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { borrowed } from "./support.mjs";

const { chromium } = borrowed("playwright-core");
const folder = path.dirname(fileURLToPath(import.meta.url));
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

/** No more than the package needs. */
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self' http://127.0.0.1:*";

/** Serves the project with the package, and pages by their paths. `asked` has whatever was fetched. */
export async function serve(t, pages, policy = POLICY) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    asked.push(pathname);
    const head = { "content-security-policy": policy };
    if (pathname in pages) {
      response.writeHead(200, { ...head, "content-type": TYPES[path.extname(pathname)] ?? "text/html" }).end(pages[pathname]);
      return;
    }
    try {
      const body = await readFile(path.join(folder, path.normalize(pathname)));
      response.writeHead(200, { ...head, "content-type": TYPES[path.extname(pathname)] ?? "text/plain" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/`, asked };
}

/** A browser. With `gpu`, a processor plays a graphics device in it. */
export async function launch(t, { gpu = false } = {}) {
  const args = ["--disable-dev-shm-usage", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])];
  const device = gpu ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"] : [];
  const browser = await chromium.launch({ executablePath: process.env.CHROME, headless: true, args: [...args, ...device] });
  t.after(() => browser.close());
  return browser;
}

/** A page at an address; `trouble` has whatever it complained about. */
export async function open(browser, url) {
  const page = await browser.newPage();
  const trouble = [];
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  await page.goto(url);
  return { page, trouble };
}
