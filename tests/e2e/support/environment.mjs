// What `cargo xtask test` hands to the browser tests.

import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { nodePort } from "./lane.mjs";

const folder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

function required(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: start the browser tests with \`cargo xtask test\``);
  }
  return value;
}

export const environment = {
  /** Which of the processes that play at once this is, from 0. */
  get lane() {
    return Number(process.env.SOMA_E2E_LANE ?? 0);
  },
  /** The port of the local network's node. */
  get nodePort() {
    return nodePort(this.lane);
  },
  /** The browser's program. */
  get chrome() {
    return required("CHROME");
  },
  /** Firefox's program. */
  get firefox() {
    return required("FIREFOX");
  },
  /** The folder of the built wallet. */
  get dist() {
    return required("SOMA_E2E_DIST");
  },
  /** The folder of the extension that was made of it. */
  get extension() {
    return required("SOMA_E2E_EXTENSION");
  },
  /** The local network's program. */
  get localnet() {
    return required("SOMA_LOCALNET_BIN");
  },
  /** The program that serves the wallet with the headers of `Trunk.toml`. */
  get xtask() {
    return required("SOMA_XTASK_BIN");
  },
  /** The folder of the npm package. */
  get package() {
    return required("SOMA_NPM_PACKAGE");
  },
  /** Where logs, screenshots and traces go. */
  get out() {
    const out = process.env.SOMA_E2E_OUT || path.join(folder, "out");
    mkdirSync(out, { recursive: true });
    return out;
  },
};
