// Keys, phrases, addresses and messages in Node, against the protocol's vectors.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { inspect } from "node:util";

import { addressOfPublicKey, checkPhrase, decryptionKeyCommitment, embeddingCommitment, blake2b256, formatSoma, generatePhrase, init, Keypair, parseAddress, parseSoma, recoveryWords, SomaError, verifyPersonalMessage } from "soma-wallet";

import { fromHex, toBase58, toHex, vectors } from "./support.mjs";

const refused = (code) => (error) => {
  assert.ok(error instanceof SomaError, String(error));
  assert.equal(error.name, "SomaError");
  assert.equal(error.code, code);
  assert.ok(error.message.length > 10);
  return true;
};

test("nothing works before the module is there, and says so", () => {
  assert.throws(() => Keypair.generate(), refused("module/not-ready"));
});

test("everything else", async (t) => {
  await init();
  await init();

  await t.test("keys of the vectors have their addresses in every form", async () => {
    for (const vector of await vectors("keys")) {
      for (const key of [Keypair.fromSeed(fromHex(vector.secret_key)), Keypair.fromPrivateKey(vector.bech32), Keypair.fromPrivateKey(vector.keystore_base64)]) {
        assert.equal(key.address, vector.address);
        assert.equal(toHex(key.publicKey), vector.public_key);
        assert.equal(key.exposePrivateKey(), vector.bech32);
        assert.equal(addressOfPublicKey(key.publicKey), vector.address);
        key.free();
      }
    }
  });

  await t.test("phrases of the vectors give their keys at every path", async () => {
    let count = 0;
    for (const { mnemonic, derivations } of await vectors("mnemonics")) {
      for (const { path, address, bech32 } of derivations) {
        const key = Keypair.fromPhrase(mnemonic, { path });
        assert.equal(key.address, address);
        assert.equal(key.exposePrivateKey(), bech32);
        count += 1;
      }
    }
    assert.ok(count > 7, `${count}`);
  });

  await t.test("a new phrase is one, and every length has its words", () => {
    for (const words of [12, 15, 18, 21, 24]) {
      const phrase = generatePhrase(words);
      assert.equal(phrase.split(" ").length, words);
      checkPhrase(phrase);
    }
    assert.notEqual(generatePhrase(), generatePhrase());
    assert.deepEqual(recoveryWords("jew"), ["jewel"]);
    assert.throws(() => generatePhrase(13), refused("argument/invalid"));
  });

  await t.test("what is no secret is refused by a code that stays, and not repeated", () => {
    const secret = "somaprivkey1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq93a50x";
    for (const [make, code] of [
      [() => Keypair.fromPrivateKey(secret), "key/checksum"],
      [() => Keypair.fromPrivateKey("hello"), "key/unknown-form"],
      [() => Keypair.fromPrivateKey(""), "key/empty"],
      [() => Keypair.fromPrivateKey(7), "argument/invalid"],
      [() => Keypair.fromSeed(new Uint8Array(31)), "argument/invalid"],
      [() => Keypair.fromPhrase("abandon abandon"), "phrase/word-count"],
      [() => Keypair.fromPhrase("abandon ".repeat(12)), "phrase/checksum"],
      [() => Keypair.fromPhrase("nonsense ".repeat(12)), "phrase/unknown-word"],
      [() => Keypair.fromPhrase(generatePhrase(), { path: "m/44'/784'/0'/0/0" }), "path/not-hardened"],
      [() => parseAddress("0xzz"), "address/not-hex"],
    ]) {
      assert.throws(make, (error) => refused(code)(error) && !inspect(error).includes(secret) && !inspect(error).includes("nonsense"));
    }
  });

  await t.test("a key shows nothing but its address, and is gone once it is freed", () => {
    const key = Keypair.generate();
    const secret = key.exposePrivateKey();
    assert.ok(!inspect(key, { depth: 9, showHidden: true }).includes(secret));
    assert.equal(JSON.stringify(key), JSON.stringify({ address: key.address }));
    key[Symbol.dispose ?? Symbol.for("Symbol.dispose")]();
    assert.throws(() => key.exposePrivateKey());
    assert.throws(() => key.signTransaction(new Uint8Array()));
  });

  await t.test("a message is signed for a site, and verified by it", () => {
    const key = Keypair.generate();
    const genesis = "964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd";
    const context = { site: "https://example.com", network: "soma:testnet", genesis, timestampMs: 1_760_000_000_000n };
    const signed = key.signPersonalMessage("log me in, \u{1f600}", context);
    const read = verifyPersonalMessage(signed.bytes, signed.signature);
    assert.equal(new TextDecoder().decode(read.message), "log me in, \u{1f600}");
    assert.deepEqual({ ...read, message: 0, nonce: read.nonce.length }, { ...context, account: key.address, message: 0, nonce: 16 });
    const other = Keypair.generate().signPersonalMessage("log me in", context);
    assert.throws(() => verifyPersonalMessage(signed.bytes, other.signature), refused("message/other-signer"));
    const changed = Buffer.from(Buffer.from(signed.bytes, "base64").toString().replace("example.com", "example.org"));
    assert.throws(() => verifyPersonalMessage(new Uint8Array(changed), signed.signature), refused("message/invalid"));
    assert.throws(() => key.signPersonalMessage("x", { ...context, site: "http://example.com" }), refused("site/not-an-origin"));
  });

  await t.test("commitments are those of the vectors", async () => {
    const { data, decryption_keys: keys, embeddings } = await vectors("commitments");
    for (const vector of data) {
      assert.equal(toHex(blake2b256(fromHex(vector.data))), vector.blake2b256);
    }
    for (const vector of keys) {
      assert.equal(decryptionKeyCommitment(vector.decryption_key_base58), toBase58(vector.decryption_key_commitment));
    }
    let vectorsOfOneDimension = 0;
    for (const { tensor, embedding_commitment: commitment } of embeddings.filter(({ tensor: { shape } }) => shape.length === 1)) {
      const bits = Uint32Array.from(tensor.f32_bits, (word) => Number.parseInt(word, 16));
      assert.equal(embeddingCommitment(new Float32Array(bits.buffer)), toBase58(commitment));
      vectorsOfOneDimension += 1;
    }
    assert.ok(vectorsOfOneDimension > 2);
  });

  await t.test("amounts are exact, or refused", () => {
    for (const [text, shannons] of [["1.25", 1_250_000_000n], ["0.000000001", 1n], ["18446744073.709551615", 2n ** 64n - 1n]]) {
      assert.equal(parseSoma(text), shannons);
      assert.equal(formatSoma(shannons), text);
    }
    for (const wrong of ["", "1e9", "-1", "1.0000000001", ".5", "1,5", "18446744073.709551616", 1]) {
      assert.throws(() => parseSoma(wrong), SomaError, String(wrong));
    }
    assert.equal(formatSoma(-1_500_000_000n), "-1.5");
  });
});
