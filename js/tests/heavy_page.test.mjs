// Heavy work in a page: it is done in workers of the package, on several cores or on a graphics device, and ends when
// the page gives it up.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { sealWeights } from "soma-wallet/weights";

import { launch, open, POLICY, serve } from "./page_support.mjs";
import { inRepository } from "./support.mjs";

const VECTORS = "tests/vectors/scoring";
const manifest = JSON.parse(await readFile(inRepository(VECTORS, "manifest.json"), "utf8"));
const batching = { sequenceLength: 32, batchRows: 4 };
const one = manifest.cases.find(({ id }) => id === "one-byte");
const data = [...Buffer.from(manifest.data[one.data].hex, "hex")];
const weights = await readFile(inRepository(VECTORS, `weights/${one.weights}.safetensors`));

/** What each page has: vectors, and the scoring that tests ask for. */
const PAGES = {
  "/": "<!doctype html><title>A page</title><script type=module src=/page.js></script>",
  "/page.js": `
    window.vector = async (name) => new File([await (await fetch("/" + name)).arrayBuffer()], name);
    window.score = async (options, { name = "weights", key } = {}) => {
      const { scoreData } = await import("/node_modules/soma-wallet/scoring.js");
      const models = [{ weights: await vector(name), key }];
      const { losses, embedding, ...rest } = await scoreData(new Uint8Array(${JSON.stringify(data)}), { models, seed: ${one.seed}n, batching: ${JSON.stringify(batching)}, ...options });
      return { loss: losses[0], embedding: [...embedding], ...rest };
    };
    window.failed = (error) => ({ code: error.code, message: error.message, cause: error.cause?.message });`,
  "/own.js": `
    import { scoreData } from "/node_modules/soma-wallet/scoring.js";
    self.onmessage = ({ data: { data, weights, options } }) =>
      scoreData(data, { models: [{ weights }], ...options }).then(({ losses }) => postMessage(losses[0]), (error) => postMessage(String(error)));`,
  "/weights": weights,
};

const near = ({ loss, embedding }) => {
  assert.ok(Math.abs(loss - one.expected.loss) < 1e-4, `${loss}`);
  one.expected.embedding.forEach((value, at) => assert.ok(Math.abs(embedding[at] - value) < 1e-3, `${at}: ${embedding[at]}`));
};
const programs = (asked) => [...new Set(asked.filter((name) => name.endsWith(".wasm")).map((name) => name.split("/").at(-1)))].sort();
const soon = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Workers end a moment after they were told to. The browser's driver may still name one that does not answer any more. */
async function noneIsLeft(page) {
  const answers = (worker) => Promise.race([worker.evaluate(() => true).catch(() => false), soon(1000).then(() => false)]);
  for (let left = 50; (await Promise.all(page.workers().map(answers))).includes(true); left--) {
    assert.ok(left > 0, `${page.workers().map((worker) => worker.url())} are left`);
    await soon(100);
  }
}

test("a page scores on several cores in workers, and gives up", async (t) => {
  const { url, asked } = await serve(t, PAGES);
  const { page, trouble } = await open(await launch(t), url);
  let tuning;

  await t.test("workers of the fastest build compute, and nothing is fetched for graphics devices", async () => {
    const told = await page.evaluate(async () => {
      const shares = [];
      const result = await score({ workers: 2, onProgress: (share) => shares.push(share) });
      return { result, last: shares.at(-1), own: performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".wasm")).length };
    });
    near(told.result);
    assert.deepEqual([told.result.engine, told.result.workers, told.last], ["cpu", 2, 1]);
    assert.ok(["SIMD", "relaxed SIMD"].includes(told.result.instructions), told.result.instructions);
    assert.equal(told.own, 0, "the page itself runs no program");
    assert.ok(!programs(asked).includes("webgpu_bg.wasm"));
    ({ tuning } = told.result);
    await noneIsLeft(page);
  });

  await t.test("what was found out is not tried again", async () => {
    asked.length = 0;
    const known = tuning ?? JSON.stringify({ browser: await page.evaluate(() => navigator.userAgent), instructions: "SIMD" });
    const result = await page.evaluate((tuning) => score({ workers: 1, tuning }), known);
    near(result);
    assert.equal(result.instructions, JSON.parse(known).instructions);
    const scorers = [...new Set(asked.filter((name) => /scorer-.*_loader/.test(name)))];
    assert.equal(scorers.length, 1, scorers.join());
  });

  await t.test("encrypted weights are scored with their key", async () => {
    const { key, stream } = await sealWeights(weights);
    PAGES["/sealed"] = Buffer.from(await new Response(stream).arrayBuffer());
    near(await page.evaluate((key) => score({ workers: 1 }, { name: "sealed", key }), key));
  });

  await t.test("a page's own worker and a page's own thread score as well", async () => {
    const loss = await page.evaluate(async ([data, seed, batching]) => {
      const worker = new Worker("/own.js", { type: "module" });
      const answer = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      });
      worker.postMessage({ data: new Uint8Array(data), weights: await vector("weights"), options: { seed: BigInt(seed), batching, workers: 2 } });
      return answer.finally(() => worker.terminate());
    }, [data, one.seed, batching]);
    assert.ok(Math.abs(loss - one.expected.loss) < 1e-4, `${loss}`);
    const here = await page.evaluate(() => score({ workers: 0, thread: false }));
    near(here);
    assert.equal(here.workers, 0);
  });

  await t.test("who gives up ends the workers at once", async () => {
    const error = await page.evaluate(() => {
      const controller = new AbortController();
      const options = { workers: 2, signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) };
      return score(options).then(() => ({ code: "none" }), failed);
    });
    assert.deepEqual([error.code, error.cause], ["aborted", "enough"]);
    await noneIsLeft(page);
  });

  await t.test("what a worker finds wrong has its code here", async () => {
    const code = (options, model) => page.evaluate(([options, model]) => score(options, model).then(() => "none", ({ code }) => code), [options, model]);
    PAGES["/nonsense"] = "nonsense";
    assert.equal(await code({}, { name: "nonsense" }), "scoring/weights");
    assert.equal(await code({ target: [1, 2] }), "scoring/target");
    assert.equal(await code({ engine: "webgpu" }), "scoring/no-device");
    assert.equal(await code({ engine: "abacus" }), "argument/invalid");
  });

  assert.deepEqual(trouble, []);
});

test("weights go through a worker, from streams and files, and whoever gives up or fails is told", async (t) => {
  const { url } = await serve(t, PAGES);
  const { page, trouble } = await open(await launch(t), url);
  const told = await page.evaluate(async () => {
    const { openWeights, sealWeights } = await import("/node_modules/soma-wallet/weights.js");
    const pieces = () => new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < 5; at++) {
          controller.enqueue(new Uint8Array(700_001).fill(at));
        }
        controller.close();
      },
    });
    // a Response would tell of a failure in words of its own
    const drained = async (stream) => {
      try {
        for (const reader = stream.getReader(); !(await reader.read()).done; );
        return {};
      } catch (error) {
        return failed(error);
      }
    };
    const { key, stream, sealed } = await sealWeights(pieces());
    const blob = await new Response(stream).blob();
    const { checksum, size } = await sealed;
    const opened = await openWeights(new File([blob], "sealed"), { key, checksum, size });
    const plain = new Uint8Array(await new Response(opened.stream).arrayBuffer());
    await opened.verified;
    const expected = new Uint8Array(await new Response(pieces()).arrayBuffer());
    const same = plain.length === expected.length && plain.every((byte, at) => byte === expected[at]);

    const wrong = await openWeights(blob, { key, checksum, size: size + 1n });
    const isRefused = await drained(wrong.stream);
    const controller = new AbortController();
    const given = await sealWeights(pieces(), { signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) });
    const isGivenUp = await drained(given.stream);
    const broken = await sealWeights(new ReadableStream({ pull: () => { throw new Error("the disk is gone"); } }));
    const isBroken = await drained(broken.stream);
    const own = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".wasm")).length;
    return { same, size, isRefused, isGivenUp, isBroken, own };
  });
  assert.deepEqual([told.same, told.size, told.own], [true, 3_500_005n, 0]);
  assert.equal(told.isRefused.code, "weights/size");
  assert.deepEqual([told.isGivenUp.code, told.isGivenUp.cause], ["aborted", "enough"]);
  assert.equal(told.isBroken.message, "the disk is gone");
  await noneIsLeft(page);
  assert.deepEqual(trouble, []);
});

test("a graphics device scores, unless a processor plays it and nobody insists", async (t) => {
  const { url, asked } = await serve(t, PAGES);
  const { page, trouble } = await open(await launch(t, { gpu: true }), url);
  const first = await page.evaluate(() => score({ engine: "webgpu" }));
  near(first);
  assert.deepEqual([first.engine, first.isSoftware], ["webgpu", true]);
  assert.match(first.device, /swiftshader/i);
  assert.ok(programs(asked).includes("webgpu_bg.wasm"));
  const { device, kernels } = JSON.parse(first.tuning);
  assert.equal(device, first.device);
  assert.match(kernels, /^\S+ \d\.\d+e\d+$/);

  const other = JSON.stringify({ ...JSON.parse(first.tuning), kernels: kernels.replace(/ .*/, " 1.234e9") });
  const again = await page.evaluate((tuning) => score({ engine: "webgpu", tuning }), other);
  near(again);
  assert.equal(again.tuning, other, "what was found out before is not tried again");

  const automatic = await page.evaluate(() => score({ workers: 1 }));
  near(automatic);
  assert.equal(automatic.engine, "cpu");
  await noneIsLeft(page);
  assert.deepEqual(trouble, []);
});

test("pages that demand Trusted Types have workers, and pages that forbid workers are told what to do", async (t) => {
  const browser = await launch(t);
  const strict = await serve(t, PAGES, `${POLICY}; require-trusted-types-for 'script'; trusted-types soma-wallet-package`);
  const { page } = await open(browser, strict.url);
  near(await page.evaluate(() => score({ workers: 1 })));

  const without = await serve(t, PAGES, POLICY.replace("worker-src 'self'", "worker-src 'none'"));
  const other = await open(browser, without.url);
  const error = await other.page.evaluate(() => score({}).then(() => ({}), failed));
  assert.equal(error.code, "module/worker");
  near(await other.page.evaluate(() => score({ thread: false, workers: 0 })));
});
