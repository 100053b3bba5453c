// Scoring where something fails: a right number in the end, or a clear word, and never a wrong number.

import assert from "node:assert/strict";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";

import { Between } from "./support/between.mjs";
import { launchBrowser } from "./support/browser.mjs";
import { beginPublication, goOnToReveal, stageIs, takeReveal } from "./support/publishing.mjs";
import {
  addModel,
  drawn,
  engineIs,
  near,
  openScoring,
  recordedCase,
  resultShown,
  score,
  seedIs,
  weightsPath,
  withValue,
} from "./support/scoring.mjs";
import { keys } from "./support/vectors.mjs";
import { balanceIs, by, createWallet, eventually, goTo, importKey, unlock } from "./support/wallet.mjs";
import { DIRECT } from "./support/world.mjs";

const [, OWNER] = keys;
const FUNDED = 10_000_000_000n;
/** Chromium says so of every graphics device that is a program. */
const SOFTWARE = /powerPreference|No available adapters|software|experimental/i;

export const scenarios = {
  "weights of which half came are gone on with where they broke off": async (world) => {
    await world.startNetwork("--fund", `${OWNER.address}=10`);
    const store = await Between.start(DIRECT);
    world.closeLater(() => store.down());
    const page = await world.openFresh();
    await importKey(page, OWNER.bech32);
    await balanceIs(page, FUNDED);
    await beginPublication(page, { file: weightsPath("t_a"), blobUrl: `${store.url}/blobs` });
    await goOnToReveal(page);
    await takeReveal(page);
    await stageIs(page, "Live");

    // The store hangs up after some bytes, and then takes nobody any more.
    const ranges = [];
    const [some, all] = [20_000, readFileSync(weightsPath("t_a")).length];
    store.meddle = async (request, response) => {
      ranges.push(request.headers.range ?? "all");
      if (ranges.length > 1) {
        response.writeHead(503).end();
        return true;
      }
      const whole = Buffer.from(await (await fetch(new URL(request.url, DIRECT))).arrayBuffer());
      response.writeHead(200, { "content-length": whole.length });
      response.write(whole.subarray(0, some), () => setTimeout(() => response.destroy(), 200));
      return true;
    };
    world.expectComplaints(/status of 50\d|ERR_CONTENT_LENGTH_MISMATCH|ERR_INCOMPLETE|ERR_CONNECTION|ERR_EMPTY_RESPONSE/);
    await openScoring(page);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Some data.");
    await by(page, "score-model").check();
    await by(page, "score-start").click();
    await by(page, "score-failure").waitFor({ timeout: 60_000 });
    assert.equal(await failureCode(page), "score/download");
    assert.equal(await page.getByTestId("score-result").count(), 0);

    ranges.length = 0;
    const parts = [];
    store.meddle = undefined;
    store.sees = (request) => parts.push(request.headers.range ?? "all");
    const there = await score(page);
    assert.deepEqual(parts, [`bytes=${some}-`], "what had come is not fetched again");
    await addModel(page, weightsPath("t_a"));
    const both = await score(page);
    assert.equal(both.losses[0], both.losses[1], `all of ${all} bytes are right`);
    assert.deepEqual(both.losses.slice(0, 1), there.losses);
  },

  "weights make room for others, those first that were fetched longest ago": async (world) => {
    await world.startNetwork("--demo");
    // Chromium holds the files of a browser that forgets them in memory.
    const page = await world.openProfile("full");
    await createWallet(page);
    await openScoring(page);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Some data.");
    const models = page.getByTestId("score-model");
    const alone = async (at) => {
      for (const other of await models.all()) {
        await other.uncheck();
      }
      await models.nth(at).check();
      return score(page);
    };
    const first = await alone(0);
    const [kept] = await keptFiles(page);

    // More than is kept beside the file in use: the elder of two enormous ones goes.
    const cdp = await page.context().newCDPSession(page);
    const origin = new URL(page.url()).origin;
    await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 100 * 2 ** 30 });
    await keepFile(page, "weights-elder", 8 * 2 ** 30);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await keepFile(page, "weights-younger", 8 * 2 ** 30);
    await alone(1);
    let names = await keptFiles(page);
    assert.ok(!names.includes("weights-elder") && names.includes("weights-younger"), names.join(" "));
    assert.ok(!names.includes(kept), "the first file was older still");
    await forgetFile(page, "weights-younger");

    // A browser that is full, which it does not tell before: what is eldest goes, and no more than has to.
    const [second] = await keptFiles(page);
    await keepFile(page, "weights-ballast", 2 ** 30);
    await forgetFile(page, second);
    await alone(1);
    const { usage } = await page.evaluate(() => navigator.storage.estimate());
    await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: usage + 10_000 });
    await alone(2);
    names = await keptFiles(page);
    assert.ok(names.length === 2 && names.includes(second), names.join(" "));
    const again = await alone(0);
    assert.deepEqual(again.losses, first.losses);

    // One in which even that is of no use.
    await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
    await models.nth(0).uncheck();
    await models.nth(3).check();
    await by(page, "score-start").click();
    await by(page, "score-failure").waitFor();
    assert.match(await by(page, "score-failure").innerText(), /no more room/);
    assert.equal(await page.getByTestId("score-result").count(), 0);
  },

  "scoring that a reload ended begins again with the weights that are kept": async (world) => {
    await world.startNetwork("--demo");
    const page = await world.openFresh();
    await createWallet(page);
    let fetched = 0;
    page.context().on("request", (request) => (fetched += /\/blobs\/demo-/.test(request.url()) ? 1 : 0));
    const large = world.file("large.bin");
    writeFileSync(large, drawn(7n, 1 << 20));
    const choose = async () => {
      await openScoring(page);
      await by(page, "score-data").setInputFiles(large);
      await page.getByTestId("score-model").first().check();
      await by(page, "score-start").click();
      await progressIsTold(page);
    };
    await choose();
    assert.equal(fetched, 1);
    await page.reload();
    await unlock(page);
    await choose();
    assert.equal(fetched, 1, "nothing is fetched again");
    await by(page, "score-cancel").click();
    await by(page, "score-failure").waitFor();
    assert.match(await by(page, "score-failure").innerText(), /Cancelled\. Weights that were fetched are kept/);
  },

  "a tab that slept goes on to the same number": async (world) => {
    await world.startNetwork("--demo");
    const page = await world.openFresh();
    await createWallet(page);
    await openScoring(page);
    const data = world.file("data.bin");
    writeFileSync(data, drawn(9n, 1 << 15));
    await by(page, "score-data").setInputFiles(data);
    await page.getByTestId("score-model").first().check();
    const awake = await score(page);
    await by(page, "score-start").click();
    await progressIsTold(page);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Page.setWebLifecycleState", { state: "frozen" });
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    await cdp.send("Page.setWebLifecycleState", { state: "active" });
    await by(page, "score-result").waitFor({ timeout: 120_000 });
    assert.deepEqual([Number(await by(page, "score-row").getAttribute("data-loss"))], awake.losses);
  },

  "a graphics device that is lost ends in a word and no number, and the next scoring opens another": async (world) => {
    const { page, browser } = await onGraphics(world);
    const data = world.file("large.bin");
    writeFileSync(data, drawn(7n, 1 << 20));
    await by(page, "score-data").setInputFiles(data);
    await addModel(page, weightsPath("t_a"));
    await engineIs(page, "gpu");
    await by(page, "score-start").click();
    await progressIsTold(page);
    // The program that drives the device ends, as when a driver fails.
    const cdp = await browser.newBrowserCDPSession();
    await cdp.send("Browser.crashGpuProcess");
    await by(page, "score-failure").waitFor({ timeout: 60_000 });
    assert.equal(await failureCode(page), "score/device-lost");
    assert.equal(await page.getByTestId("score-result").count(), 0);
    await engineIs(page, "cpu");
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Short.");
    const onProcessor = await score(page);
    await engineIs(page, "gpu");
    const onDevice = await score(page);
    near(onDevice.losses[0], onProcessor.losses[0], "the loss on the device that was opened again");
  },

  "a graphics device with less memory than it was asked for is given less to do, and one without any says so": async (world) => {
    // Memory cannot be made scarce from outside, so the browser's answer to too large a demand is given here.
    await world.serveChanged({ "scoring_loader.js": (script) => `import "./scarce.js";${script}`, "scarce.js": () => SCARCE });
    const { page } = await onGraphics(world);
    const recorded = recordedCase();
    const data = world.file("recorded.bin");
    writeFileSync(data, recorded.bytes);
    await by(page, "score-data").setInputFiles(data);
    await addModel(page, recorded.file);
    await seedIs(page, recorded.seed);
    await engineIs(page, "gpu");
    const plenty = await score(page);
    near(plenty.losses[0], recorded.expected.loss, "the loss");
    // Without the trial of kernels, of which there is one for each device.
    await scarce(page, "allow", Number.MAX_SAFE_INTEGER);
    assert.deepEqual((await score(page)).losses, plenty.losses);
    const { most } = await scarce(page, "tell");
    assert.ok(most > 1 << 20, `${most} bytes were asked for`);

    await scarce(page, "allow", 0.7 * most);
    const less = await score(page);
    near(less.losses[0], plenty.losses[0], "the loss with less memory");
    for (const [at, number] of less.embedding.entries()) {
      near(number, plenty.embedding[at], `number ${at} of the embedding`);
    }
    assert.match(less.engine, /WebGPU/);
    const told = await scarce(page, "tell");
    assert.ok(told.refused > 0 && told.last <= 0.7 * most, `refused ${told.refused} times, then ${told.last} of ${most} bytes`);

    await scarce(page, "allow", 1_000);
    await by(page, "score-start").click();
    await by(page, "score-failure").waitFor({ timeout: 60_000 });
    assert.equal(await failureCode(page), "score/memory");
    assert.match(await by(page, "score-failure").innerText(), /[Nn]othing was scored/);
    assert.equal(await page.getByTestId("score-result").count(), 0);
  },

  "a model whose loss is no number is told in words, and loses where another stands before it": async (world) => {
    await world.startNetwork();
    const page = await world.openFresh();
    await createWallet(page);
    await openScoring(page);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Some data.");
    const broken = world.file("broken.safetensors");
    writeFileSync(broken, withValue(weightsPath("t_a"), "predictor.bias", Number.NaN));
    await addModel(page, broken);
    const alone = await score(page);
    assert.deepEqual(alone.losses, [null]);
    assert.match(await by(page, "score-no-number").innerText(), /no number/);
    assert.match(await by(page, "score-row").innerText(), /not a number/);
    await addModel(page, weightsPath("t_b"));
    const first = await score(page);
    assert.equal(first.winner, 0, "standing first it is not displaced, as on the network");

    await page.getByTestId("score-file-remove").first().click();
    await addModel(page, broken);
    const second = await score(page);
    assert.equal(second.winner, 0, "it displaces nobody");
    assert.ok(Number.isFinite(second.losses[0]) && second.losses[1] === null);
    assert.equal(await page.getByTestId("score-no-number").count(), 0);

    // Another shape, and none.
    for (const [name, change] of [
      ["shape", (header) => (header["final_norm.gamma"].shape = [4, 4])],
      ["missing", (header) => delete header["encoder.layers.1.norm_2.beta"]],
      ["type", (header) => (header["final_norm.beta"].dtype = "F8_E4M3")],
    ]) {
      const file = world.file(`${name}.safetensors`);
      writeFileSync(file, withHeader(weightsPath("t_a"), change));
      await by(page, "score-file").setInputFiles(file);
      await by(page, "score-file-add").click();
      await eventually(`${name} is refused`, () => failureCode(page), "score/no-model");
      assert.match(await page.locator("[data-code]").last().innerText(), /holds no model that can be scored: .{10}/);
    }
  },

  "data is dropped, a key ends with Enter, and what was chosen stays while other pages are open": async (world) => {
    await world.startNetwork("--demo");
    const page = await world.openFresh();
    await createWallet(page);
    await openScoring(page);
    await by(page, "score-first").waitFor();
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["What was dropped."], "dropped.txt"));
      return transfer;
    });
    await page.locator(".file-drop").first().dispatchEvent("drop", { dataTransfer: dropped });
    await page.getByText("dropped.txt").waitFor();
    assert.equal(await page.getByTestId("score-first").count(), 0, "whoever has begun needs no first steps");

    await by(page, "score-add-file").locator("summary").click();
    await by(page, "score-file").setInputFiles(weightsPath("t_a"));
    await by(page, "score-file-key").focus();
    await page.keyboard.press("Enter");
    await by(page, "score-file-model").waitFor();
    assert.equal(await page.getByTestId("score-incomplete").count(), 0, "the form was not sent");

    await engineIs(page, "gpu");
    await by(page, "score-memory").selectOption({ label: "1 GiB" });
    await by(page, "score-target").selectOption({ index: 1 });
    await by(page, "score-target-facts").waitFor();
    await goTo(page, "home");
    await openScoring(page);
    await page.getByText("dropped.txt").waitFor();
    assert.ok(await by(page, "score-engine-gpu").isChecked());
    assert.notEqual(await by(page, "score-target").inputValue(), "");
    assert.ok((await page.locator("[data-testid=score-model]:checked").count()) > 0);

    // What is preferred stays on this device; what was chosen goes with the open wallet.
    await page.reload();
    await unlock(page);
    await openScoring(page);
    assert.equal(await page.getByText("dropped.txt").count(), 0);
    assert.equal(await by(page, "score-memory").inputValue(), String(2 ** 30));
    await engineIs(page, "cpu");
    await by(page, "score-example").click();
    const result = await score(page);
    assert.ok(result.losses.length > 1 && result.losses.every(Number.isFinite));
    assert.notEqual(result.verdict, "unknown");
  },

  "a graphics device that is lost while nobody uses it is opened anew for the next scoring": async (world) => {
    const { page, browser } = await onGraphics(world);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Short.");
    await addModel(page, weightsPath("t_a"));
    await engineIs(page, "gpu");
    const before = await score(page);
    const cdp = await browser.newBrowserCDPSession();
    await cdp.send("Browser.crashGpuProcess");
    // The browser takes a moment to tell, and to start its program anew.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const after = await score(page);
    near(after.losses[0], before.losses[0], "the loss on the device that was opened again");
    assert.match(after.engine, /WebGPU/);
  },

  "kernels are tried once for a device and a version of the browser, and a device is opened once": async (world) => {
    await world.serveChanged({ "scoring_loader.js": (script) => `import "./counting.js";${script}`, "counting.js": () => COUNTING });
    const { page } = await onGraphics(world);
    const kept = world.file("kept.safetensors");
    writeFileSync(kept, readFileSync(weightsPath("t_a")));
    const losses = async () => {
      await by(page, "tab-text").click();
      await by(page, "score-text").fill("Short.");
      await addModel(page, kept);
      await engineIs(page, "gpu");
      return (await score(page)).losses;
    };
    const first = await losses();
    assert.ok((await counted(page)).trials > 0, "nothing is known of this device");

    // A file that cannot be read any more is not the device's fault.
    const bytes = readFileSync(kept);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    writeFileSync(kept, Buffer.concat([bytes, Buffer.alloc(8)]));
    await by(page, "score-start").click();
    await by(page, "score-failure").waitFor();
    assert.equal(await failureCode(page), "score/weights-unreadable");
    await page.getByTestId("score-file-remove").first().click();
    writeFileSync(kept, bytes);
    assert.deepEqual(await losses(), first);
    assert.equal((await counted(page)).devices, 1, "the device was good and is used on");

    const asIs = (text) => text;
    const another = (text) => text.replaceAll(/"browser":"[^"]*"/g, '"browser":"another"');
    const unknown = (text) => text.replaceAll(/"choice":"[^"]*"/g, '"choice":"matrix_of_old 1e9"');
    const unreadable = () => "{";
    for (const [what, change, isTried] of [
      ["what is kept is used", asIs, false],
      ["another version of the browser is tried anew", another, true],
      ["kernels that there are no more are tried anew", unknown, true],
      ["what cannot be read is tried anew", unreadable, true],
      ["and kept in its place", asIs, false],
    ]) {
      const was = await changeKept(page, "kernels", change);
      assert.ok(change === unreadable || change(was) !== was || change === asIs, `${what}: ${was}`);
      await page.reload();
      await unlock(page);
      await openScoring(page);
      near((await losses())[0], first[0], what);
      assert.equal((await counted(page)).trials > 0, isTried, what);
    }
  },

  "the build that scores on the processor is tried once for a browser and a wallet, kept, and told": async (world) => {
    await world.startNetwork();
    // What clocks tell decides, and here they tell the same again and again.
    await serveTimed(world, { Simd: 10, RelaxedSimd: 10 });
    const equal = await scoredByWorkers(await onProcessor(world));
    assert.match(equal.engine, toldOf("Simd"), "more instructions have to be faster");

    await serveTimed(world, { Simd: 10, RelaxedSimd: 5 });
    const page = await onProcessor(world);
    const first = await scoredByWorkers(page);
    const [candidates, scorers] = [first.started.slice(0, 2), new Set(first.started.slice(2))];
    assert.deepEqual(candidates.sort(), [BUILDS.RelaxedSimd.script, BUILDS.Simd.script], "both are tried");
    const fastest = "RelaxedSimd";
    assert.deepEqual([...scorers], [BUILDS[fastest].script], "the faster one scores");
    assert.match(first.engine, toldOf(fastest));
    await eventually("the page tells it from now on", async () => toldOf(fastest).test((await by(page, "score-device").locator("p").first().innerText()).trim()), true);
    const again = await scoredByWorkers(page);
    assert.deepEqual(new Set(again.started.slice(first.started.length)), scorers, "it is not tried again");

    const another = (key) => (text) => text.replace(new RegExp(`"${key}":"[^"]*"`), `"${key}":"another"`);
    const scoredAfter = async (change) => {
      const was = await changeKept(page, "instructions", change);
      await page.reload();
      await unlock(page);
      await openScoring(page);
      return { was, ...(await scoredByWorkers(page)) };
    };
    for (const [what, change, isTried] of [
      ["what is kept is used", (text) => text, false],
      ["another version of the browser is tried anew", another("browser"), true],
      ["another version of the wallet is tried anew", another("wallet"), true],
      ["a build that there is no more is tried anew", another("instructions"), true],
      ["what cannot be read is tried anew", () => "{", true],
      ["and kept in its place", (text) => text, false],
    ]) {
      const { was, losses, started } = await scoredAfter(change);
      assert.ok(!isTried || change(was) !== was, `${what}: ${was}`);
      near(losses[0], first.losses[0], what);
      assert.equal(new Set(started).size > 1, isTried, `${what}: ${started}`);
    }
    for (const name of Object.keys(BUILDS)) {
      const { engine, losses } = await scoredAfter((text) => text.replace(/"instructions":"[^"]*"/, `"instructions":"${name}"`));
      assert.match(engine, toldOf(name), "what is kept decides");
      near(losses[0], first.losses[0], `the loss by ${name}`);
    }
  },

  "a build that does not load gives way to one with fewer instructions, which is told and not kept": async (world) => {
    const fails = () => `throw new Error("this build does not load");`;
    world.expectComplaints(/this build does not load/);
    await world.startNetwork();
    for (const [broken, told] of [
      [["RelaxedSimd"], /, SIMD$/],
      [["Simd"], /, relaxed SIMD$/],
      [["Simd", "RelaxedSimd"], /^Processor · \d workers?$/],
    ]) {
      await world.serveChanged({
        "scoring_loader.js": (script) => `import "./counting.js";${script}`,
        "counting.js": () => COUNTING_WORKERS,
        ...Object.fromEntries(broken.map((name) => [BUILDS[name].script, fails])),
      });
      const page = await onProcessor(world);
      const { engine, losses } = await scoredByWorkers(page);
      assert.match(engine, told);
      assert.ok(Number.isFinite(losses[0]));
      assert.equal(await changeKept(page, "instructions", () => "{"), undefined, "it may load the next time");
    }
  },

  "a model that takes more memory than is allowed is told with what can be done, by the engine": async (world) => {
    const { page } = await onGraphics(world);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Short.");
    const wide = world.file("wide.safetensors");
    writeWide(wide, { width: 8192, hidden: 1024 });
    await addModel(page, wide);
    const told = async () => {
      await by(page, "score-start").click();
      await eventually("it is told", () => failureCode(page), "score/memory", 60_000);
      const said = await by(page, "score-failure").innerText();
      assert.equal(await page.getByTestId("score-result").count(), 0);
      return said;
    };
    await engineIs(page, "gpu");
    const onDevice = await told();
    assert.match(onDevice, /takes at least \d+ MiB of graphics memory, and \d+ MiB are allowed/);
    const field = await page.locator("label", { has: by(page, "score-memory") }).or(page.locator(`label[for="${await by(page, "score-memory").getAttribute("id")}"]`)).first().innerText();
    assert.ok(onDevice.includes(`\u{201c}${field.trim()}\u{201d}`), `${onDevice} names ${field}`);
    await engineIs(page, "cpu");
    const onProcessor = await told();
    assert.match(onProcessor, /takes at least \d+ MiB of memory on the processor, and \d+ MiB are allowed/);
    assert.match(onProcessor, /Choose the graphics device/);
    assert.doesNotMatch(onProcessor, /choose the processor/);
  },

  "workers that cannot read each other end a scoring with a word": async (world) => {
    const page = await workersGarbled(world, { "scoring_loader.js": GARBLED_WORKERS });
    await by(page, "score-start").click();
    await by(page, "score-failure").waitFor({ timeout: 30_000 });
    assert.equal(await failureCode(page), "score/worker-ended");
    assert.match(await by(page, "score-failure").innerText(), /what it says cannot be read/);
    assert.equal(await page.getByTestId("score-result").count(), 0);
  },

  "workers whose ports bring what cannot be read end a scoring with a word": async (world) => {
    const scorers = ["scorer_loader.js", "scorer-simd_loader.js", "scorer-relaxed_loader.js"];
    const page = await workersGarbled(world, Object.fromEntries(scorers.map((name) => [name, GARBLED_PORTS])));
    await by(page, "score-start").click();
    await by(page, "score-failure").waitFor({ timeout: 30_000 });
    assert.equal(await failureCode(page), "score/worker-ended");
    assert.match(await by(page, "score-failure").innerText(), /what another says cannot be read/);
    assert.equal(await page.getByTestId("score-result").count(), 0);
  },

  "a scoring worker that crashes is told of in its own words, and the next scoring starts another": async (world) => {
    await world.serveChanged({ "scoring_loader.js": (script) => `import "./crashing.js";${script}`, "crashing.js": () => CRASHING });
    const page = await scoringMuch(world);
    world.expectComplaints(/it crashed/);
    await page.evaluate(() => new BroadcastChannel("crash").postMessage("now"));
    await by(page, "score-failure").waitFor();
    assert.equal(await failureCode(page), "bridge/scoring-stopped");
    const said = await by(page, "score-failure").innerText();
    assert.match(said, /part of the wallet that scores has stopped .*it crashed.*starts anew by itself/s);
    assert.doesNotMatch(said, /keys/);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Short.");
    assert.ok(Number.isFinite((await score(page)).losses[0]));
  },

  "a scoring worker that stands still is ended by whoever gives it up, and the next scoring starts another": async (world) => {
    await world.serveChanged({ "scoring_loader.js": (script) => `import "./freezing.js";${script}`, "freezing.js": () => FREEZING });
    const page = await scoringMuch(world);
    await page.evaluate(() => new BroadcastChannel("freeze").postMessage("now"));
    await by(page, "score-cancel").click();
    await by(page, "score-failure").waitFor();
    assert.equal(await failureCode(page), "bridge/scoring-stopped");
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Short.");
    // A browser takes a moment to take back the files that the worker had open; nothing else may be wrong.
    const again = async () => {
      await by(page, "score-start").click();
      await page.locator("[data-testid=score-result], [data-testid=score-failure]").first().waitFor({ timeout: 60_000 });
      if ((await page.getByTestId("score-failure").count()) === 0) {
        return resultShown(page).then(({ losses }) => Number.isFinite(losses[0]));
      }
      assert.equal(await failureCode(page), "storage/busy");
      return false;
    };
    await eventually("the next scoring", again, true, 60_000);
  },

  "a wallet that is erased while it scores leaves no failure to the next one": async (world) => {
    const page = await scoringMuch(world);
    await goTo(page, "settings");
    await by(page, "erase-wallet").click();
    await by(page, "erase-word").fill("erase");
    await by(page, "erase-confirm").click();
    await createWallet(page);
    await openScoring(page);
    assert.equal(await page.getByTestId("score-failure").count(), 0);
    assert.equal(await page.getByTestId("score-progress").count(), 0);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Short.");
    await page.getByTestId("score-model").first().check();
    assert.ok(Number.isFinite((await score(page)).losses[0]));
  },

  "weights that are in use are passed over when room is made": async (world) => {
    await world.startNetwork("--demo");
    const page = await world.openProfile("busy");
    await createWallet(page);
    await openScoring(page);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Some data.");
    const cdp = await page.context().newCDPSession(page);
    const origin = new URL(page.url()).origin;
    await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 100 * 2 ** 30 });
    await keepFile(page, "weights-elder", 8 * 2 ** 30);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await keepFile(page, "weights-younger", 8 * 2 ** 30);
    await page.evaluate(async () => {
      const handle = await (await navigator.storage.getDirectory()).getFileHandle("weights-elder");
      window.held = await handle.createWritable({ keepExistingData: false });
    });
    await page.getByTestId("score-model").first().check();
    assert.ok(Number.isFinite((await score(page)).losses[0]));
    const names = await keptFiles(page);
    assert.ok(names.includes("weights-elder") && !names.includes("weights-younger"), names.join(" "));
    await page.evaluate(() => window.held.abort());
  },

  "a model whose weights are being saved is scored once they are": async (world) => {
    // Saving takes long.
    await world.serveChanged({ "scoring_loader.js": (script) => `import "./slow.js";${script}`, "slow.js": () => SLOW_SAVING });
    await world.startNetwork("--demo");
    const page = await world.openFresh();
    await page.addInitScript(REPEATING);
    await page.reload();
    await createWallet(page);
    await openScoring(page);
    await by(page, "tab-text").click();
    await by(page, "score-text").fill("Some data.");
    await page.getByTestId("score-model").first().check();
    assert.ok(Number.isFinite((await score(page)).losses[0]));
    const id = await page.evaluate(() => JSON.parse(window.scored[1][0])[1].Score.models[0].Network);
    await goTo(page, "models");
    await page.locator(`[data-testid=model-row][data-model="${id}"]`).getByTestId("model-link").click();
    await by(page, "weights-fetch").click();
    await by(page, "weights-report").waitFor();
    const download = page.waitForEvent("download");
    await by(page, "weights-save-plain").click();
    // The same scoring again, as the queue of files or another page might ask for it.
    const steps = await page.evaluate(() => window.repeat());
    assert.equal(steps[0], "Waiting", steps.join(" "));
    assert.equal(steps.at(-1), "Ok", steps.join(" "));
    assert.equal(readFileSync(await (await download).path()).length, readFileSync(weightsPath("t_a")).length);
  },
};

/** A wallet in a browser that has a graphics device, at the Score page. */
async function onGraphics(world) {
  await world.startNetwork();
  const browser = await launchBrowser({ gpu: true });
  world.closeLater(() => browser.close());
  world.expectComplaints(SOFTWARE);
  const page = await world.openPage(await browser.newContext({ viewport: { width: 1280, height: 800 } }));
  await createWallet(page);
  await openScoring(page);
  return { page, browser };
}

/** What is told of an engine that scores with a build. */
const toldOf = (name) => new RegExp(`^Processor · \\d workers?, ${BUILDS[name].told}$`);

/** Serves a wallet whose builds are as fast as is said here: milliseconds from one look at the clock to the next. */
async function serveTimed(world, pace) {
  const clock = (ms) => `let told = 0; Performance.prototype.now = () => (told += ${ms});`;
  const timed = Object.entries(pace).flatMap(([name, ms]) => [
    [BUILDS[name].script, (script) => `import "./clock-${name}.js";${script}`],
    [`clock-${name}.js`, () => clock(ms)],
  ]);
  await world.serveChanged({
    "scoring_loader.js": (script) => `import "./counting.js";${script}`,
    "counting.js": () => COUNTING_WORKERS,
    ...Object.fromEntries(timed),
  });
}

/** A page that scores on the processor. */
async function onProcessor(world) {
  const page = await world.openFresh();
  await createWallet(page);
  await openScoring(page);
  return page;
}

/** Scores a little on the processor. Beside the result: the scripts of all workers that were started for it, or before. */
async function scoredByWorkers(page) {
  await by(page, "tab-text").click();
  await by(page, "score-text").fill("Short.");
  if ((await page.getByTestId("score-file-model").count()) === 0) {
    await addModel(page, weightsPath("t_a"));
  }
  await engineIs(page, "cpu");
  return { ...(await score(page)), started: await counted(page) };
}

/** A page on which two workers are about to score, with programs of theirs begun by others. */
async function workersGarbled(world, beginnings) {
  const changed = ([name, beginning]) => [
    [name, (script) => `import "./garbled.js";${script}`],
    ["garbled.js", () => beginning],
  ];
  await world.serveChanged(Object.fromEntries(Object.entries(beginnings).flatMap(changed)));
  await world.startNetwork();
  const page = await world.openFresh();
  await createWallet(page);
  await openScoring(page);
  await by(page, "tab-text").click();
  await by(page, "score-text").fill("Short.");
  // Of a small one, no part is worth another worker's while.
  const wide = world.file("wide.safetensors");
  writeWide(wide, { width: 512, hidden: 2048 });
  await addModel(page, wide);
  await engineIs(page, "cpu");
  await by(page, "score-workers").selectOption("2");
  return page;
}

/** Waits until a model is being computed. */
function progressIsTold(page) {
  const told = async () =>
    /layer \d+ of \d+/.test(await page.getByTestId("score-progress").innerText({ timeout: 100 }).catch(() => ""));
  return eventually("progress is told", told, true, 120_000);
}

/** The code of the failure that is shown last. */
async function failureCode(page) {
  const failure = page.locator("[data-code]").last();
  return (await failure.count()) > 0 ? failure.getAttribute("data-code") : "";
}

/** Names of the weights that are kept. */
function keptFiles(page) {
  return page.evaluate(async () => {
    const names = [];
    for await (const name of (await navigator.storage.getDirectory()).keys()) {
      if (name.startsWith("weights-")) {
        names.push(name);
      }
    }
    return names;
  });
}

/** Keeps a file of so many bytes, none of which is on the disk. */
function keepFile(page, name, size) {
  return page.evaluate(
    async ([name, size]) => {
      const handle = await (await navigator.storage.getDirectory()).getFileHandle(name, { create: true });
      const stream = await handle.createWritable();
      await stream.truncate(size);
      await stream.close();
    },
    [name, size],
  );
}

function forgetFile(page, name) {
  return page.evaluate(async (name) => (await navigator.storage.getDirectory()).removeEntry(name), name);
}

/** Changes what the wallet keeps under a key of its settings; returns what it was. */
function changeKept(page, key, change) {
  const store = ([key, text]) =>
    new Promise((resolve, reject) => {
      const opening = indexedDB.open("soma-wallet");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const transaction = opening.result.transaction("settings", "readwrite");
        const settings = transaction.objectStore("settings");
        const asked = text === undefined ? settings.get(key) : settings.put(text, key);
        transaction.oncomplete = () => (opening.result.close(), resolve(asked.result));
        transaction.onabort = () => reject(transaction.error);
      };
    });
  return page.evaluate(store, [key]).then(async (was) => (await page.evaluate(store, [key, change(was)]), was));
}

/** Writes a model of one layer, of which all values are zero and none is on the disk. */
function writeWide(file, { width, hidden }) {
  const layer = "encoder.layers.0";
  const matrices = ["query", "key", "value", "output"].map((name) => `${layer}.attention.${name}`);
  const shapes = {
    "embedding.weight": [264, width],
    ...Object.fromEntries(matrices.flatMap((name) => [[`${name}.weight`, [width, width]], [`${name}.bias`, [width]]])),
    [`${layer}.pwff.linear_inner.weight`]: [width, hidden],
    [`${layer}.pwff.linear_inner.bias`]: [hidden],
    [`${layer}.pwff.linear_outer.weight`]: [hidden, width],
    [`${layer}.pwff.linear_outer.bias`]: [width],
    "final_norm.gamma": [width],
    "final_norm.beta": [width],
    "predictor.weight": [width, 264],
    "predictor.bias": [264],
  };
  for (const norm of ["norm_1", "norm_2"]) {
    Object.assign(shapes, { [`${layer}.${norm}.gamma`]: [width], [`${layer}.${norm}.beta`]: [width] });
  }
  let end = 0;
  const entry = ([name, shape]) => {
    const start = end;
    end += 4 * shape.reduce((product, size) => product * size);
    return [name, { dtype: "F32", shape, data_offsets: [start, end] }];
  };
  const header = Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(shapes).map(entry))));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(file, Buffer.concat([length, header]));
  truncateSync(file, 8 + header.length + end);
}

/** A file with its header changed. */
function withHeader(file, change) {
  const bytes = readFileSync(file);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, end));
  change(header);
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, bytes.subarray(end)]);
}

/** In the worker that scores: counts what is asked for, and answers as a browser whose memory is at an end. */
const SCARCE = `
const { pushErrorScope, popErrorScope, createBuffer } = GPUDevice.prototype;
const scopes = [];
const state = { most: 0, allowed: Infinity, refused: 0 };
GPUDevice.prototype.pushErrorScope = function (filter) {
  scopes.push({ filter, bytes: 0 });
  return pushErrorScope.call(this, filter);
};
GPUDevice.prototype.createBuffer = function (descriptor) {
  for (const scope of scopes) {
    scope.bytes += descriptor.size;
    state.most = Math.max(state.most, scope.bytes);
  }
  return createBuffer.call(this, descriptor);
};
GPUDevice.prototype.popErrorScope = async function () {
  const { filter, bytes } = scopes.pop();
  const error = await popErrorScope.call(this);
  state.last = bytes;
  if (filter === "out-of-memory" && bytes > state.allowed) {
    state.refused += 1;
    return new GPUOutOfMemoryError("there is no more memory");
  }
  return error;
};
// The wallet's own worker has no device to tell of.
if (self.name === "scoring") {
  const channel = new BroadcastChannel("scarce");
  channel.onmessage = ({ data: { allowed } }) => {
    if (allowed !== undefined) {
      Object.assign(state, { allowed, most: 0, refused: 0 });
    }
    channel.postMessage({ told: state });
  };
}
`;

/** Asks the worker what was asked for, or says how many bytes there are from now on. */
function scarce(page, what, allowed) {
  return page.evaluate(
    ([what, allowed]) =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel("scarce");
        channel.onmessage = ({ data: { told } }) => told && (channel.close(), resolve(told));
        channel.postMessage(what === "allow" ? { allowed } : {});
      }),
    [what, allowed],
  );
}

/** In the worker that scores: counts devices, and what kernels are tried with. */
const COUNTING = `
const { requestDevice } = GPUAdapter.prototype;
const { createBuffer } = GPUDevice.prototype;
const counts = { devices: 0, trials: 0 };
GPUAdapter.prototype.requestDevice = function (...parts) {
  counts.devices += 1;
  return requestDevice.apply(this, parts);
};
GPUDevice.prototype.createBuffer = function (descriptor) {
  counts.trials += descriptor.label === "trial" ? 1 : 0;
  return createBuffer.call(this, descriptor);
};
if (self.name === "scoring") {
  const channel = new BroadcastChannel("counts");
  channel.onmessage = ({ data }) => data === "tell" && channel.postMessage(counts);
}
`;

/** Builds of a worker that scores, by what is kept: their scripts, and how they are told of. */
const BUILDS = {
  Simd: { script: "scorer-simd_loader.js", told: "SIMD" },
  RelaxedSimd: { script: "scorer-relaxed_loader.js", told: "relaxed SIMD" },
};

/** In the worker that scores: the scripts that it has the page start. */
const COUNTING_WORKERS = `
if (self.name === "scoring") {
  const started = [];
  const post = self.postMessage.bind(self);
  self.postMessage = (message, ...rest) => {
    const script = typeof message[0] === "string" && JSON.parse(message[0]).Program?.script;
    if (script) {
      started.push(script);
    }
    post(message, ...rest);
  };
  const channel = new BroadcastChannel("counts");
  channel.onmessage = ({ data }) => data === "tell" && channel.postMessage(started);
}
`;

/** What was counted since the worker that scores began. */
function counted(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel("counts");
        channel.onmessage = ({ data }) => (channel.close(), resolve(data));
        channel.postMessage("tell");
      }),
  );
}

/** In the worker that scores: what those who compute say cannot be read from their first task on. */
const GARBLED_WORKERS = `
const { postMessage } = MessagePort.prototype;
MessagePort.prototype.postMessage = function (...parts) {
  postMessage.apply(this, parts);
  if (self.name === "scoring") {
    this.dispatchEvent(new MessageEvent("messageerror"));
  }
};
`;

/** In those who compute: whatever comes through a port between them cannot be read. */
const GARBLED_PORTS = `
const { get, set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
const garbled = (port) => () => port.dispatchEvent(new MessageEvent("messageerror"));
Object.defineProperty(MessagePort.prototype, "onmessage", {
  get,
  set(heard) {
    set.call(this, heard && garbled(this));
  },
});
`;

/** In the worker that scores: crashes when it is told to. */
const CRASHING = `
if (self.name === "scoring") {
  new BroadcastChannel("crash").onmessage = () => {
    throw new Error("it crashed");
  };
}
`;

/** In the worker that scores: it waits for what never comes, and hears nothing any more. */
const FREEZING = `
if (self.name === "scoring") {
  new BroadcastChannel("freeze").onmessage = () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}
`;

/** In the worker that scores: what is saved is opened late. */
const SLOW_SAVING = `
const { createSyncAccessHandle } = FileSystemFileHandle.prototype;
FileSystemFileHandle.prototype.createSyncAccessHandle = async function (...parts) {
  if (this.name.startsWith("plain-")) {
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
  return createSyncAccessHandle.apply(this, parts);
};
`;

/** In the page: remembers the last scoring, and asks for it again; tells the steps, and how it ended. */
const REPEATING = `
const { postMessage } = Worker.prototype;
Worker.prototype.postMessage = function (message, ...rest) {
  if (typeof message?.[0] === "string" && JSON.parse(message[0])[1]?.Score) {
    window.scored = [this, message];
  }
  return postMessage.call(this, message, ...rest);
};
window.repeat = () => new Promise((resolve) => {
  const [worker, [text, file]] = window.scored;
  const [, request] = JSON.parse(text);
  const id = 1_000_000;
  const steps = [];
  worker.addEventListener("message", ({ data }) => {
    const said = JSON.parse(data[0]);
    if (said.Score?.request === id) {
      const { step } = said.Score.progress;
      steps.push(typeof step === "string" ? step : Object.keys(step)[0]);
    } else if (said.Reply?.id === id) {
      steps.push(said.Reply.result.Ok ? "Ok" : JSON.stringify(said.Reply.result));
      resolve(steps);
    }
  });
  postMessage.call(worker, [JSON.stringify([id, request]), file]);
});
`;

/** A page of a demo network on which a scoring is under way that takes long. */
async function scoringMuch(world) {
  await world.startNetwork("--demo");
  const page = await world.openFresh();
  await createWallet(page);
  await openScoring(page);
  const large = world.file("large.bin");
  writeFileSync(large, drawn(7n, 1 << 20));
  await by(page, "score-data").setInputFiles(large);
  await page.getByTestId("score-model").first().check();
  await by(page, "score-start").click();
  await progressIsTold(page);
  return page;
}
