// Keys, addresses, transactions, messages, commitments. Nothing here asks a network.

import { raw } from "./programs.js";
import { bytes, floats, fromBase64, text } from "./values.js";

export { SomaError } from "./error.js";
export { Keypair } from "./keypair.js";
export { init } from "./programs.js";
export { describe, Transaction, transactionDigest, verifyTransaction } from "./transaction.js";
export { formatSoma, parseSoma } from "./amount.js";

/** A new recovery phrase. */
export const generatePhrase = (words = 12) => raw().generatePhrase(words);

/** Throws where these are no recovery phrase, and says why. */
export const checkPhrase = (phrase) => raw().checkPhrase(text(phrase, "the phrase"));

/** Words of the list that begin like this. */
export const recoveryWords = (prefix) => raw().recoveryWords(text(prefix, "the prefix"));

/** An address or id as the network writes it; throws where it is none. */
export const parseAddress = (address) => raw().parseAddress(text(address, "the address"));

/** The address of a public key of 32 bytes. */
export const addressOfPublicKey = (key) => raw().addressOfPublicKey(bytes(key, "the public key"));

/** Reads a signed personal message; throws where its signature does not stand. */
export function verifyPersonalMessage(signed, signature) {
  const whole = typeof signed === "string" ? fromBase64(signed, "the message") : bytes(signed, "the message");
  return raw().verifyPersonalMessage(whole, text(signature, "the signature"));
}

export const blake2b256 = (data) => raw().blake2b256(bytes(data, "the data"));

/** What CommitModel says of an embedding, in Base58. */
export const embeddingCommitment = (embedding) => raw().embeddingCommitment(floats(embedding, "the embedding"));

/** What CommitModel says of a decryption key, both in Base58. */
export const decryptionKeyCommitment = (key) => raw().decryptionKeyCommitment(text(key, "the decryption key"));
