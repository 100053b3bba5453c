// The example for sites with the package beside it, as `npm install` would put it there.

import { cpSync, mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { environment } from "./environment.mjs";
import { LOCAL } from "./ground.mjs";
import { serve } from "./sites.mjs";

const EXAMPLE = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../../examples/dapp");

/** Serves it until the scenario ends; `address` has the wallet and the node in it. */
export async function serveExample(world) {
  const folder = world.file("example");
  cpSync(EXAMPLE, folder, { recursive: true, filter: (file) => !file.includes("node_modules") });
  mkdirSync(path.join(folder, "node_modules"));
  cpSync(environment.package, path.join(folder, "node_modules/soma-wallet"), { recursive: true });
  const { origin, stop } = await serve({ "/": folder });
  world.closeLater(stop);
  const places = new URLSearchParams({ wallet: new URL(world.walletUrl).origin, node: LOCAL, chain: "soma:localnet" });
  return { address: `${origin}/?${places}`, origin };
}
