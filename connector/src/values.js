// Values that cross: Base64, addresses, names of chains, accounts. What does not have the right form is refused.

import { walletError } from "./errors.js";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const ADDRESS = /^0x[0-9a-f]{64}$/;
const CHAIN = /^soma:[a-z0-9-]{1,32}$/;
/** One flag and 32 bytes; an account of several keys has more. */
const SHORTEST_KEY = 33;
/** More accounts than anybody shows to a site. */
const MOST_ACCOUNTS = 1000;
const LONGEST_LABEL = 256;
/** Arguments of one call of `fromCharCode`. */
const PIECE = 0x8000;

/** Whether this is the Base64 of something, with its padding. */
export function isBase64(text) {
  return typeof text === "string" && text !== "" && BASE64.test(text);
}

export function isAddress(text) {
  return typeof text === "string" && ADDRESS.test(text);
}

export function isChain(text) {
  return typeof text === "string" && CHAIN.test(text);
}

export function toBase64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) {
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  }
  return btoa(text);
}

export function fromBase64(text) {
  if (typeof text !== "string" || !BASE64.test(text)) {
    throw walletError("malformed", "this is not Base64");
  }
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** An account as a wallet tells of it: `{ address, publicKey, chains, label? }`, its key in Base64. */
function isAccount(value) {
  return (
    value !== null &&
    typeof value === "object" &&
    isAddress(value.address) &&
    isBase64(value.publicKey) &&
    fromBase64(value.publicKey).length >= SHORTEST_KEY &&
    Array.isArray(value.chains) &&
    value.chains.length > 0 &&
    value.chains.every(isChain) &&
    (value.label === undefined || value.label === null || (typeof value.label === "string" && value.label.length <= LONGEST_LABEL))
  );
}

/** The accounts in an answer or an event, with nothing in them that is not known here. */
export function readAccounts(value) {
  if (!Array.isArray(value) || value.length > MOST_ACCOUNTS || !value.every(isAccount)) {
    throw walletError("bad-answer", "the wallet told of accounts in a form that is not known here");
  }
  return value.map(({ address, publicKey, chains, label }) => ({
    address,
    publicKey,
    chains: [...chains],
    ...(label ? { label } : {}),
  }));
}

/**
 * An address with a space after every four digits, for people to compare.
 *
 * @param {string} address
 */
export function groupAddress(address) {
  return isAddress(address) ? `0x ${address.slice(2).match(/.{4}/g).join(" ")}` : address;
}

/** Both ends of an address, where there is no room for all of it; a person cannot tell accounts apart by these. */
export function shortAddress(address) {
  return isAddress(address) ? `${address.slice(0, 6)} ${address.slice(6, 10)} … ${address.slice(-8, -4)} ${address.slice(-4)}` : address;
}
