// The package on a page and in a worker, without a bundler, under a policy that allows no more than it needs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { launch, open, serve } from "./page_support.mjs";
import { startNetwork, vectors } from "./support.mjs";

const PAGES = {
  "/": "<!doctype html><title>A page</title>",
  "/worker.js": `import { init, Keypair } from "/node_modules/soma-wallet/index.js";
    self.onmessage = async ({ data }) => { await init(); const key = Keypair.fromSeed(data.seed); postMessage(key.signTransaction(data.bytes).signature); };`,
};

test("a page signs in place and in a worker, pays, and seals a file", async (t) => {
  const network = await startNetwork(t);
  const { url, asked } = await serve(t, PAGES);
  const { page, trouble } = await open(await launch(t), url);
  const vector = (await vectors("transactions"))[6];

  await t.test("signing fetches the small program only, and equals the vector", async () => {
    const signature = await page.evaluate(async ({ seed, bytes }) => {
      const { init, Keypair } = await import("/node_modules/soma-wallet/index.js");
      await init();
      const of = (digits) => Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
      return Keypair.fromSeed(of(seed)).signTransaction(of(bytes)).signature;
    }, { seed: vector.secret_key, bytes: vector.transaction_data_bcs });
    assert.equal(Buffer.from(signature, "base64").toString("hex"), vector.signature);
    const programs = asked.filter((name) => name.endsWith(".wasm"));
    assert.deepEqual(programs, ["/node_modules/soma-wallet/wasm/keys_bg.wasm"]);
  });

  await t.test("a worker does the same", async () => {
    const signature = await page.evaluate(({ seed, bytes }) => {
      const of = (digits) => Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
      const worker = new Worker("/worker.js", { type: "module" });
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage({ seed: of(seed), bytes: of(bytes) });
      });
    }, { seed: vector.secret_key, bytes: vector.transaction_data_bcs });
    assert.equal(Buffer.from(signature, "base64").toString("hex"), vector.signature);
  });

  await t.test("a payment is prepared, signed by a key of the other program, and executed", async () => {
    const done = await page.evaluate(async ({ node, genesis, secret }) => {
      const { Client, Keypair, parseSoma } = await import("/node_modules/soma-wallet/client.js");
      const client = await Client.connect(node, { genesis });
      const alice = Keypair.fromPrivateKey(secret);
      const bob = Keypair.generate();
      const prepared = await client.prepareSend({ sender: alice.address, recipient: bob.address, amount: parseSoma("2.5") });
      const { succeeded, digest } = await client.signAndExecute(prepared, alice);
      await client.waitFor(digest);
      return { succeeded, balance: await client.balance(bob.address), agrees: prepared.review.simulation };
    }, { node: network.rpc_url, genesis: network.chain_id, secret: network.accounts[0].private_key });
    assert.deepEqual(done, { succeeded: true, balance: 2_500_000_000n, agrees: "Agrees" });
  });

  await t.test("a file is sealed and opened again", async () => {
    const done = await page.evaluate(async () => {
      const { openWeights, sealWeights } = await import("/node_modules/soma-wallet/weights.js");
      const file = new File([new Uint8Array(3_000_001).fill(7)], "weights.safetensors");
      const { key, stream, sealed } = await sealWeights(file);
      const encrypted = await new Response(stream).blob();
      const { checksum, size } = await sealed;
      const opened = await openWeights(encrypted, { key, checksum, size });
      const plain = new Uint8Array(await new Response(opened.stream).arrayBuffer());
      await opened.verified;
      return { size, length: plain.length, same: plain.every((byte) => byte === 7) };
    });
    assert.deepEqual(done, { size: 3_000_001n, length: 3_000_001, same: true });
  });

  assert.deepEqual(trouble, []);
});
