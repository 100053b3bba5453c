// Engines in headless Chromium, each in a worker of its own, all in one page.

import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { serveFolders } from "./files.mjs";

const here = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Flags for WebGPU on this machine's own device, and on a program that plays one. */
const WEBGPU = {
  hardware: ["--enable-unsafe-webgpu", "--ignore-gpu-blocklist", "--enable-features=Vulkan", "--use-angle=vulkan", "--disable-vulkan-surface"],
  software: ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
};

/** @param {{ graphs: string, gpu: false | keyof typeof WEBGPU }} options */
export async function openBrowser({ graphs, gpu }) {
  const server = await serveFolders({ graphs, web: path.join(here, "web"), wasm: process.env.SOMA_BENCH_WASM, node_modules: path.join(here, "node_modules") });
  const args = ["--disable-dev-shm-usage"];
  if (process.getuid?.() === 0) {
    args.push("--no-sandbox");
  }
  if (gpu) {
    args.push(...WEBGPU[gpu]);
  }
  const browser = await chromium.launch({ executablePath: process.env.CHROME, headless: true, args });
  const page = await browser.newPage();
  page.on("console", (message) => message.type() === "error" && console.error(`browser: ${message.text()}`));
  // A machine may be busy: nothing here is a matter of seconds.
  await page.goto(`${server.url}web/page.html`, { timeout: 0 });
  return {
    open: (engine, name, graph) => page.evaluate((words) => globalThis.open(...words), [engine, name, graph]),
    run: ({ id }) => page.evaluate((id) => globalThis.run(id), id),
    async close() {
      await browser.close();
      server.close();
    },
  };
}
