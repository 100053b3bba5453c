// What docs/connector.md tells its readers to write is run: each block in a page of its own that has the extension's
// wallet, which says yes to everything. What a block prints is what stands behind its arrows.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { CODES } from "../src/errors.js";
import { EXTENSION_ID, EXTENSION_NAME, createWallet } from "../src/provider.js";
import { registerWallet } from "../src/standard.js";
import { Site, told, transport } from "./support.js";

const here = path.dirname(fileURLToPath(import.meta.url));
const text = readFileSync(path.join(here, "../../docs/connector.md"), "utf8");
const source = (name) => pathToFileURL(path.join(here, "../src", name)).href;
const blocks = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
const SIGNED = { bytes: "AAEC", signature: "AwQF" };

/** A page with a wallet that says yes. */
function page() {
  const capabilities = { kinds: ["TransferCoin"], chains: ["soma:testnet"], maxTransactionBytes: 131072, simulates: true, autoApproval: true, modelVault: false };
  const answers = {
    connect: { accounts: [told(1), told(2)] },
    disconnect: {},
    signAndExecuteTransaction: { ...SIGNED, digest: "5XyT", effects: "AQID" },
    signPersonalMessage: SIGNED,
    getCapabilities: capabilities,
  };
  const site = new Site();
  registerWallet(createWallet({ id: EXTENSION_ID, name: EXTENSION_NAME, transport: transport(answers) }), site);
  return site;
}

for (const [at, block] of blocks.filter((code) => !code.startsWith("// in a browser")).entries()) {
  test(`block ${at + 1} of docs/connector.md prints what it says`, async (context) => {
    const wanted = [...block.matchAll(/\/\/ → (.*)$/gm)].map(([, line]) => line);
    const folder = mkdtempSync(path.join(tmpdir(), "soma-docs-"));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, "block.mjs");
    const code = block.replace(/"soma-wallet\/connector(?:\/(\w+))?"/g, (_, name) => JSON.stringify(source(`${name ?? "index"}.js`)));
    assert.doesNotMatch(code, /"soma-wallet/);
    writeFileSync(file, code);
    const printed = [];
    context.mock.method(console, "log", (...values) => printed.push(values.map(String).join(" ")));
    context.mock.method(console, "error", (...values) => printed.push(`error: ${values.join(" ")}`));
    globalThis.window = page();
    await import(pathToFileURL(file).href);
    assert.deepEqual(printed, wanted);
  });
}

test("the page has blocks to run, and names every number and word of an error", () => {
  assert.ok(blocks.length >= 9);
  for (const [reason, code] of Object.entries(CODES)) {
    assert.ok(text.includes(`\`${reason}\``) && text.includes(String(code)), `${reason} ${code}`);
  }
});
