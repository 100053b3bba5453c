// Chromium without a window, as the tests want it.

import { chromium } from "playwright-core";

import { environment } from "./environment.mjs";
import { DIRECT, LOCAL } from "./ground.mjs";

/**
 * Flags for every test browser.
 *
 * @param {{ gpu?: boolean }} options `gpu` turns on WebGPU, in software.
 */
export function browserFlags({ gpu = false } = {}) {
  const flags = ["--enable-precise-memory-info", "--js-flags=--expose-gc"];
  // Chromium's sandbox refuses to run as root, which is what containers and test machines often are.
  if (process.getuid?.() === 0) {
    flags.push("--no-sandbox");
  }
  // Containers often have a /dev/shm of 64 MiB, which is less than one large page takes.
  flags.push("--disable-dev-shm-usage");
  if (environment.lane > 0) {
    flags.push(`--host-resolver-rules=MAP ${new URL(LOCAL).host} ${new URL(DIRECT).host}`);
  }
  if (gpu) {
    flags.push("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader");
  }
  return flags;
}

/** A browser that forgets everything when it is closed. */
export function launchBrowser(options = {}) {
  return chromium.launch({
    executablePath: environment.chrome,
    headless: true,
    args: browserFlags(options),
  });
}

/** A browser that keeps its storage in a folder, so that it can be closed and opened again. */
export function launchPersistentBrowser(folder, options = {}) {
  return chromium.launchPersistentContext(folder, {
    executablePath: environment.chrome,
    headless: true,
    args: browserFlags(options),
    acceptDownloads: true,
    ...options.context,
  });
}

/**
 * Collects what a page's console and its scripts complain about. Tests end with `complaints.length === 0`.
 *
 * @param {import("playwright-core").Page} page
 */
export function collectComplaints(page) {
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      const { url, lineNumber } = message.location();
      complaints.push(`console ${message.type()}: ${message.text()} (${url}:${lineNumber})`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error}`));
  return complaints;
}
