// Validators of the local network as a scenario says them.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { environment } from "./environment.mjs";

/** Keys and addresses of the validators, as the network prints them when it begins. */
export function validatorKeys(network) {
  return network.until("validators' accounts", () => {
    const list = network.output.split("Validators' accounts")[1] ?? "";
    const found = [...list.matchAll(/(0x[0-9a-f]{64})\s+(somaprivkey1\w+)/g)];
    return found.length >= 2 && found.map(([, address, key]) => ({ address, key }));
  });
}

/** What the node's own tool makes for a validator to be: its account, and the files for wallet and network. */
export function newValidator(world) {
  const folder = world.file("validator");
  mkdirSync(folder);
  execFileSync(environment.localnet, ["validator-info", "validator.example", "--dir", folder], { stdio: "ignore" });
  const info = path.join(folder, "validator.info");
  const [, digits] = readFileSync(info, "utf8").match(/account-address:\s*['"]?(?:0x)?([0-9a-f]{64})/);
  return {
    address: `0x${digits}`,
    key: readFileSync(path.join(folder, "account.key"), "utf8").trim(),
    info,
    protocolKey: path.join(folder, "protocol.key"),
  };
}
