// The texts of requests, answers and events, and the values in them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CODES, SomaError, isRefusal } from "../src/errors.js";
import { MAX_BYTES, readAnswer, readChange, writeRequest } from "../src/messages.js";
import { fromBase64, groupAddress, isBase64, shortAddress, toBase64 } from "../src/values.js";
import { told } from "./support.js";

test("a request has a version, a name of its own, a method, and what the site calls itself", () => {
  const { id, text } = writeRequest("connect", { silent: false }, { appName: "猫のアプリ" });
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4/);
  assert.deepEqual(JSON.parse(text), { version: 1, id, method: "connect", appName: "猫のアプリ", params: { silent: false } });
  assert.notEqual(writeRequest("connect", {}).id, id);
  assert.ok(!("appName" in JSON.parse(writeRequest("connect", {}).text)));
});

test("a request of the longest length is written, and one byte more is refused", () => {
  const empty = new TextEncoder().encode(writeRequest("signTransaction", { transaction: "" }).text).length;
  const longest = "é".repeat((MAX_BYTES - empty) / 2) + ((MAX_BYTES - empty) % 2 ? "x" : "");
  assert.equal(new TextEncoder().encode(writeRequest("signTransaction", { transaction: longest }).text).length, MAX_BYTES);
  assert.throws(() => writeRequest("signTransaction", { transaction: `${longest}x` }), { reason: "too-large" });
});

test("names that no wallet would show and methods that there are none of are refused", () => {
  assert.ok(writeRequest("connect", {}, { appName: "🦀".repeat(64) }));
  assert.throws(() => writeRequest("connect", {}, { appName: "🦀".repeat(65) }), { reason: "malformed" });
  assert.throws(() => writeRequest("connect", {}, { appName: 5 }), { reason: "malformed" });
  assert.throws(() => writeRequest("revealPhrase", {}), { reason: "unsupported" });
});

test("an answer is believed for its own request only, and is one thing or the other", () => {
  const answer = (body) => JSON.stringify({ version: 1, id: "a", ...body });
  assert.deepEqual(readAnswer(answer({ ok: { bytes: "AA==" } }), "a"), { bytes: "AA==" });
  const said = { code: 4001000, reason: "rejected", message: "refused by the user" };
  assert.throws(() => readAnswer(answer({ error: said }), "a"), (error) => error instanceof SomaError && isRefusal(error) && error.message === said.message);
  const bad = [answer({ ok: {} }).replace('"a"', '"b"'), answer({ version: 2, ok: {} }), answer({}), answer({ ok: null }), answer({ ok: {}, error: said }), answer({ error: { code: "x" } }), "null", "[", "", '"text"'];
  for (const text of bad) {
    assert.throws(() => readAnswer(text, "a"), { reason: "bad-answer" }, text);
  }
  assert.throws(() => readAnswer(undefined, "a"), { reason: "bad-answer" });
});

test("an error of a reason that is not known here keeps its own number", () => {
  const text = JSON.stringify({ version: 1, id: "a", error: { code: 5300099, reason: "new-one", message: "words" } });
  assert.throws(() => readAnswer(text, "a"), { code: "connect/new-one", walletStandardCode: 5300099, reason: "new-one", message: "words" });
});

test("an error tells the digest of what may have happened, and when to ask again", () => {
  const read = (error) => {
    try {
      return readAnswer(JSON.stringify({ version: 1, id: "a", error }), "a");
    } catch (thrown) {
      return thrown;
    }
  };
  const unsettled = read({ code: 5300010, reason: "unsettled", message: "words", digest: "5XyT" });
  assert.deepEqual([unsettled.walletStandardCode, unsettled.digest, unsettled.retryAfterMs], [CODES.unsettled, "5XyT", undefined]);
  const throttled = read({ code: 5300004, reason: "throttled", message: "words", retryAfterMs: 30_000 });
  assert.deepEqual([throttled.retryAfterMs, "digest" in throttled], [30_000, false]);
});

test("errors of the extension's own copy of the class are errors of this one", () => {
  class Copy extends Error {
    name = "SomaError";
  }
  class Special extends SomaError {}
  assert.ok(new Copy() instanceof SomaError);
  assert.ok(!(new Error("x") instanceof SomaError) && !({ name: "SomaError" } instanceof SomaError));
  assert.ok(!(new Copy() instanceof Special) && new Special("connect/failed", "x") instanceof Special);
});

test("no two reasons share a number", () => {
  assert.equal(new Set(Object.values(CODES)).size, Object.keys(CODES).length);
});

test("a change event tells its accounts, and other events nothing", () => {
  assert.deepEqual(readChange(JSON.stringify({ version: 1, event: "change", accounts: [told(1)] })), [told(1)]);
  assert.equal(readChange(JSON.stringify({ version: 1, event: "other", accounts: [] })), undefined);
  assert.equal(readChange(JSON.stringify({ version: 2, event: "change", accounts: [] })), undefined);
});

test("Base64 goes there and back for every length, and what is none is refused", () => {
  for (const length of [0, 1, 2, 3, 32, 97, 70_000]) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 31) & 255);
    assert.equal(toBase64(bytes), Buffer.from(bytes).toString("base64"));
    assert.deepEqual(fromBase64(toBase64(bytes)), bytes);
  }
  for (const text of ["A", "AA", "AAA", "AA=A", "A===", "AA==AAAA", "A A=", "AA-_", undefined, 5]) {
    assert.throws(() => fromBase64(text), { reason: "malformed" }, String(text));
    assert.equal(isBase64(text), false);
  }
});

test("an address is shown whole in groups of four, or by both of its ends", () => {
  const address = `0x${"0123456789abcdef".repeat(4)}`;
  const groups = groupAddress(address).split(" ");
  assert.deepEqual([groups[0], groups.length, groups.slice(1).join("")], ["0x", 17, address.slice(2)]);
  assert.equal(shortAddress(address), "0x0123 4567 … 89ab cdef");
});
