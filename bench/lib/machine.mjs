// What was measured on, and with which versions: numbers mean nothing without.

import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readFile } from "node:fs/promises";

import { readJson } from "./files.mjs";

const here = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Facts of this machine and of the peers. */
export async function machine() {
  const { dependencies } = await readJson(path.join(here, "package.json"));
  const requirements = (await readFile(path.join(here, "requirements.txt"), "utf8")).trim().split("\n");
  const burn = /^burn = .*"=([^"]+)"/m.exec(await readFile(path.join(here, "burn/Cargo.toml"), "utf8"));
  const cpus = os.cpus();
  return {
    date: new Date().toISOString(),
    processor: cpus[0].model.trim(),
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    load: os.loadavg()[0],
    versions: { ...dependencies, ...Object.fromEntries(requirements.map((line) => line.split("=="))), burn: burn?.[1] },
  };
}
