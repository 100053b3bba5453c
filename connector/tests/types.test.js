// The declarations, checked by the TypeScript compiler with everything strict, against the Wallet Standard's own ones.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const source = path.join(here, "../src");
const packages = process.env.SOMA_CONNECTOR_PACKAGES ?? path.join(here, "../../tests/e2e");
const require = createRequire(path.join(packages, "package.json"));

/** What the compiler complains about in some files. */
function compile(files) {
  const folder = mkdtempSync(path.join(tmpdir(), "soma-types-"));
  try {
    const standard = (name) => [path.join(packages, "node_modules/@wallet-standard", name, "lib/types/index.d.ts")];
    const options = {
      compilerOptions: {
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        noEmit: true,
        skipLibCheck: false,
        target: "ES2022",
        module: "ESNext",
        moduleResolution: "Bundler",
        lib: ["ES2022", "DOM", "DOM.Iterable"],
        types: [],
        paths: {
          "soma-wallet/connector": [path.join(source, "index.d.ts")],
          "soma-wallet/connector/*": [path.join(source, "*.d.ts")],
          "@wallet-standard/app": standard("app"),
          "@wallet-standard/base": standard("base"),
        },
      },
      files,
    };
    const project = path.join(folder, "tsconfig.json");
    writeFileSync(project, JSON.stringify(options));
    const compiler = path.join(path.dirname(require.resolve("typescript")), "tsc.js");
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, "--project", project, "--pretty", "false"], { encoding: "utf8" });
    return { status, said: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("a site written in TypeScript compiles with everything strict, and what it must not do does not", () => {
  const { status, said } = compile([path.join(here, "types/uses.ts")]);
  assert.equal(status, 0, said);
});

test("the compiler does complain where there is something to complain about", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "soma-types-"));
  const file = path.join(folder, "wrong.ts");
  writeFileSync(file, 'import { connect } from "soma-wallet/connector";\nexport const wrong: number = connect;\n');
  const { status, said } = compile([file]);
  rmSync(folder, { recursive: true, force: true });
  assert.notEqual(status, 0);
  assert.match(said, /TS2322/);
});

test("what is declared is there, and what is there is declared", async () => {
  for (const file of readdirSync(source).filter((name) => name.endsWith(".d.ts"))) {
    const text = readFileSync(path.join(source, file), "utf8");
    const own = [...text.matchAll(/^export declare (?:const|function|class) (\w+)/gm)].map(([, name]) => name);
    const passedOn = [...text.matchAll(/^export \{([^}]*)\}/gm)]
      .flatMap(([, names]) => names.split(","))
      .map((name) => name.trim())
      .filter((name) => name && !name.startsWith("type "));
    const declared = new Set([...own, ...passedOn]);
    // The element defines itself where there are elements; in Node its names come from the file beside it.
    const name = file === "element.d.ts" ? "soma_connect.js" : file.replace(".d.ts", ".js");
    const present = new Set(Object.keys(await import(pathToFileURL(path.join(source, name)))));
    assert.deepEqual([...declared].sort(), [...present].sort(), file);
  }
});
