// One class of error, wherever it comes from.

import assert from "node:assert/strict";
import { test } from "node:test";

import { init, Keypair, SomaError } from "soma-wallet";
import { SomaError as ofClient } from "soma-wallet/client";
import { CODES, isRefusal, registerWebWallet, SomaError as ofConnector } from "soma-wallet/connector";
import { SomaError as ofScoring, scoreData } from "soma-wallet/scoring";
import { SomaError as ofWeights } from "soma-wallet/weights";

const caught = async (act) => {
  try {
    await act();
  } catch (error) {
    return error;
  }
  return undefined;
};

test("every part of the package throws the same class, with a text as code", async () => {
  assert.ok([ofClient, ofConnector, ofScoring, ofWeights].every((each) => each === SomaError));
  await init();
  const errors = await Promise.all([
    caught(() => Keypair.fromPrivateKey("x")),
    caught(() => scoreData(new Uint8Array(1), { models: [] })),
    caught(() => registerWebWallet({ origin: "http://wallet.example" })),
  ]);
  assert.deepEqual(errors.map((error) => error instanceof SomaError), [true, true, true]);
  assert.deepEqual(errors.map(({ code }) => code), ["key/unknown-form", "argument/invalid", "connect/malformed"]);
  assert.equal(errors[2].walletStandardCode, CODES.malformed);
});

test("a refusal is known by its code, and by the number of other wallets", () => {
  assert.ok(isRefusal(new SomaError("connect/rejected", "no")));
  assert.ok(isRefusal(Object.assign(new Error("no"), { code: 4001000 })));
  assert.ok(!isRefusal(new SomaError("connect/busy", "wait")) && !isRefusal(undefined));
});
