// What others would sign a transaction with in a browser. Bundled, as these packages name each other.

import { Ed25519Keypair } from "@mysten/sui/keypairs/ed25519";
import { blake2b } from "@noble/hashes/blake2.js";

const FLAG = 0;

/** PKCS #8 around a seed: what WebCrypto reads private keys from. */
const pkcs8 = (seed) => Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20, ...seed);

/** The digest that is signed. Sui's intent ends in another byte than Soma's. */
const digestOf = (transaction, application) => blake2b(Uint8Array.of(0, 0, application, ...transaction), { dkLen: 32 });

const imported = (seed) => crypto.subtle.importKey("pkcs8", pkcs8(seed), "Ed25519", false, ["sign"]);

/** Each takes a seed and gives a function that signs. */
export const signers = {
  /** The SDK of the chain that this network's transactions come from. */
  async mysten(seed) {
    const keypair = Ed25519Keypair.fromSecretKey(seed);
    return async (transaction) => (await keypair.signTransaction(transaction)).signature;
  },
  /** The same by hand: a hash from a library, the browser's signature. */
  async webcrypto(seed, publicKey) {
    const key = await imported(seed);
    return async (transaction) => {
      const signature = await crypto.subtle.sign("Ed25519", key, digestOf(transaction, 1));
      return Uint8Array.of(FLAG, ...new Uint8Array(signature), ...publicKey);
    };
  },
};

/** Whether a signature, flag first, is that of a transaction. */
export async function verify(given, transaction, application) {
  const bytes = typeof given === "string" ? Uint8Array.from(atob(given), (letter) => letter.charCodeAt(0)) : given;
  const key = await crypto.subtle.importKey("raw", bytes.slice(65), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, bytes.slice(1, 65), digestOf(transaction, application));
}
