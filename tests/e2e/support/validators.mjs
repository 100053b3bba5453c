// Validators of the local network as a scenario says them.

import assert from "node:assert/strict";

/** Keys and addresses of the validators, as the network prints them when it begins. */
export function validatorKeys(output) {
  const list = output.split("Validators' accounts")[1] ?? "";
  const found = [...list.matchAll(/(0x[0-9a-f]{64})\s+(somaprivkey1\w+)/g)];
  assert.ok(found.length >= 2, `the network prints its validators:\n${output}`);
  return found.map(([, address, key]) => ({ address, key }));
}
