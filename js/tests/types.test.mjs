// Declarations and examples, as the TypeScript compiler sees them where everything is strict; and that they
// declare neither more nor less than there is.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { borrowed } from "./support.mjs";

const compiler = borrowed.resolve("typescript/bin/tsc");

const OPTIONS = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  skipLibCheck: false,
  allowJs: true,
  checkJs: true,
  target: "ES2022",
  module: "NodeNext",
  moduleResolution: "NodeNext",
  lib: ["ES2022", "ESNext.Disposable", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
  types: [],
};

function compile(...files) {
  writeFileSync("tsconfig.json", JSON.stringify({ compilerOptions: OPTIONS, files }));
  const { stdout, status } = spawnSync(process.execPath, [compiler, "--project", "tsconfig.json"], { encoding: "utf8" });
  return { stdout, status };
}

/** What the examples use of Node. */
const NODE = `
declare const process: { argv: string[]; exitCode?: number };
declare module "node:fs" { export function openAsBlob(path: string): Promise<Blob>; export function createWriteStream(path: string): object; }
declare module "node:stream" { export class Writable { static toWeb(stream: object): WritableStream<Uint8Array>; } }
`;

test("declarations and examples have no fault", () => {
  writeFileSync("node.d.ts", NODE);
  const examples = readdirSync("examples").filter((name) => name.endsWith(".mjs"));
  assert.ok(examples.length > 1);
  writeFileSync("everything.ts", ["soma-wallet", "soma-wallet/client", "soma-wallet/multisig", "soma-wallet/weights", "soma-wallet/scoring"].map((name, at) => `import * as all${at} from "${name}";\nvoid all${at};\n`).join(""));
  const { stdout, status } = compile("node.d.ts", "everything.ts", ...examples.map((name) => `examples/${name}`));
  assert.equal(status, 0, stdout);
});

test("wrong uses are found before they run", () => {
  const lines = [
    `import { Keypair, MultisigAccount, Transaction, parseSoma } from "soma-wallet/multisig";`,
    `Transaction.transferCoin({ amount: 5, recipient: "0x" });`,
    `Transaction.transferCoin({ amount: 5n });`,
    `Transaction.claimRewards({ target: "0x" });`,
    `const much: number = parseSoma("1");`,
    `new Keypair();`,
    `new MultisigAccount({ members: [{ publicKey: 5, weight: 1 }], threshold: 1 });`,
    `void much;`,
  ];
  writeFileSync("wrong.ts", lines.join("\n"));
  const { stdout } = compile("wrong.ts");
  const found = [...stdout.matchAll(/^wrong\.ts\((\d+),/gm)].map(([, line]) => Number(line));
  assert.deepEqual([...new Set(found)], [2, 3, 4, 5, 6, 7], stdout);
});

test("every declared name is there, and the other way round", async () => {
  for (const name of ["soma-wallet", "soma-wallet/client", "soma-wallet/multisig", "soma-wallet/weights", "soma-wallet/scoring"]) {
    const names = Object.keys(await import(name)).sort();
    writeFileSync("names.ts", `import * as all from "${name}";\nconst names: Record<keyof typeof all, true> = { ${names.map((it) => `${it}: true`).join(", ")} };\nvoid names;\n`);
    const { stdout, status } = compile("names.ts");
    assert.equal(status, 0, `${name}: ${stdout}`);
  }
});
