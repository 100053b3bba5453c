// The vectors that other tests hold the core against, for scenarios that type them.

import { readFileSync } from "node:fs";

function load(name) {
  return JSON.parse(readFileSync(new URL(`../../vectors/protocol/${name}.json`, import.meta.url), "utf8"));
}

/** Phrases with the accounts derived from them. */
export const mnemonics = load("mnemonics");
/** Private keys in every notation, with their addresses. */
export const keys = load("keys");

/** Accounts of several keys, with the private keys of their members. */
export const multisig = load("multisig");
