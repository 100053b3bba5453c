// How much memory a tab takes, as the operating system sees it.
//
// A page and its workers live in one renderer process. Measured is what that process has for itself:
// on Linux RssAnon (heaps, stacks, WebAssembly memory and compiled code) plus RssShmem (buffers it shares
// with the browser's other processes, counted in full), both from /proc/PID/status, which everybody may
// read. Pages of files that the process maps, that is the browser's own program, are left aside, as a
// browser without any tab has them, too. Elsewhere it is the resident size, which counts those as well.
//
// The browser under test has no other tab. It may keep a spare renderer for the next one; of several
// renderers the largest counts, which is never less than the tab's.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const EVERY_MS = 200;
const MIB = 1024 * 1024;

/** Bytes that a process has for itself; nothing once it has ended. */
function memoryOf(pid) {
  try {
    if (process.platform === "linux") {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]);
      return (field("RssAnon") + field("RssShmem")) * 1024;
    }
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
  } catch {
    return undefined;
  }
}

/** Watches the one tab of a browser, or another of its processes. */
export class MemoryWatch {
  /**
   * @param {import("playwright-core").Browser} browser of one tab.
   * @param {"renderer" | "GPU"} type which process, as Chromium names it.
   */
  static async start(browser, type = "renderer") {
    const watch = new MemoryWatch();
    watch.type = type;
    watch.devtools = await browser.newBrowserCDPSession();
    watch.phase = "before";
    watch.peaks = {};
    watch.samples = 0;
    await watch.sample();
    watch.first = watch.last;
    watch.loop = watch.run();
    // Whoever stops the watch is told; a browser that goes away first ends no other scenario.
    watch.loop.catch(() => {});
    return watch;
  }

  async sample() {
    const { processInfo } = await this.devtools.send("SystemInfo.getProcessInfo");
    const processes = processInfo.filter(({ type }) => type === this.type);
    const sizes = processes.map(({ id }) => memoryOf(id)).filter(Number.isFinite);
    if (sizes.length === 0) {
      throw new Error(`no ${this.type} process to measure`);
    }
    this.last = Math.max(...sizes);
    this.peaks[this.phase] = Math.max(this.peaks[this.phase] ?? 0, this.last);
    this.samples += 1;
  }

  async run() {
    while (!this.ended) {
      await this.sample();
      await sleep(EVERY_MS);
    }
  }

  /** Peaks are kept by phase, so that a failure says when it was. */
  enter(phase) {
    this.phase = phase;
  }

  /** Ends the watch. @returns the first size, the peak of all phases and of each, in MiB, and how often was looked. */
  async stop() {
    this.ended = true;
    await this.loop;
    const phases = Object.fromEntries(
      Object.entries(this.peaks).map(([phase, bytes]) => [phase, Math.round(bytes / MIB)]),
    );
    return { first: Math.round(this.first / MIB), peak: Math.max(...Object.values(phases)), phases, samples: this.samples };
  }
}
