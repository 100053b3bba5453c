// What the tests of the package share: vectors, a local network, and packages of the browser tests.

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

const { SOMA_REPOSITORY: repository, SOMA_LOCALNET_BIN: localnet } = process.env;

export const inRepository = (...parts) => path.join(repository, ...parts);

/** Packages that the browser tests have installed. */
export const borrowed = createRequire(inRepository("tests/e2e/package.json"));

export const vectors = async (name) => JSON.parse(await readFile(inRepository("tests/vectors/protocol", `${name}.json`), "utf8"));

export const fromHex = (digits) => Uint8Array.from(Buffer.from(digits, "hex"));
export const toHex = (bytes) => Buffer.from(bytes).toString("hex");

/** A network of its own for a test, on free ports; epochs end when the test says so. */
export async function startNetwork(t) {
  const ports = ["rpc", "faucet", "admin", "scoring"].flatMap((name) => [`--${name}-port`, "0"]);
  const child = spawn(localnet, ["--json", "--demo", ...ports, "--epoch-duration-ms", "none"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  t.after(async () => {
    child.kill();
    await ended;
  });
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([new Promise((resolve) => lines.once("line", resolve)), ended]);
  if (typeof line !== "string") {
    throw new Error(`the local network ended at once (${line})`);
  }
  return JSON.parse(line);
}

/** Base58 of bytes in hexadecimal digits, written apart from the package's own. */
export function toBase58(digits) {
  const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  let text = "";
  for (let number = BigInt(`0x${digits}`); number > 0n; number /= 58n) {
    text = alphabet[Number(number % 58n)] + text;
  }
  return "1".repeat(/^(00)*/.exec(digits)[0].length / 2) + text;
}
