// Values between people's JavaScript and the core's names.

import { SomaError } from "./error.js";

const invalid = (what, expected) => new SomaError("argument/invalid", `${what} is not ${expected}`);
const U64 = 2n ** 64n;

/** A whole number below 2^64, as bigint. */
export function whole(value, what) {
  const number = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof number !== "bigint" || number < 0n || number >= U64) {
    throw invalid(what, "a whole number of 64 bits (bigint)");
  }
  return number;
}

export function text(value, what) {
  if (typeof value !== "string") {
    throw invalid(what, "a string");
  }
  return value;
}

/** An address or id with all of its digits, in small letters. */
export function address(value, what) {
  if (typeof value !== "string" || !/^0x[0-9a-f]{64}$/i.test(value)) {
    throw invalid(what, "an address or id: 0x and 64 hexadecimal digits");
  }
  return value.toLowerCase();
}

/** A web address in its normal form. */
export function url(value, what) {
  try {
    return new URL(text(value, what)).href;
  } catch (cause) {
    throw new SomaError("argument/invalid", `${what} is not a web address`, cause);
  }
}

export function bytes(value, what) {
  if (!(value instanceof Uint8Array)) {
    throw invalid(what, "a Uint8Array");
  }
  return value;
}

/** One of some words. */
export function oneOf(value, words, what) {
  if (!words.includes(value)) {
    throw invalid(what, `one of ${words.join(", ")}`);
  }
  return value;
}

export function list(value, what) {
  if (!Array.isArray(value)) {
    throw invalid(what, "an array");
  }
  return value;
}

export function floats(value, what) {
  if (value instanceof Float32Array) {
    return value;
  }
  if (Array.isArray(value) && value.every((number) => typeof number === "number")) {
    return Float32Array.from(value);
  }
  throw invalid(what, "a Float32Array");
}

export function toBase64(array) {
  let letters = "";
  for (let at = 0; at < array.length; at += 0x8000) {
    letters += String.fromCharCode(...array.subarray(at, at + 0x8000));
  }
  return btoa(letters);
}

export function fromBase64(letters, what = "this") {
  try {
    return Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  } catch (cause) {
    throw new SomaError("argument/invalid", `${what} is not Base64`, cause);
  }
}

export const toHex = (array) => Array.from(array, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Of text that was looked at before. */
export const fromHex = (digits) => Uint8Array.from({ length: (digits.length - 2) / 2 }, (_, at) => Number.parseInt(digits.slice(2 + 2 * at, 4 + 2 * at), 16));

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** 32 bytes as Base58. */
export function toBase58(array) {
  let number = BigInt(`0x${toHex(array) || "0"}`);
  let digits = "";
  for (; number > 0n; number /= 58n) {
    digits = BASE58[Number(number % 58n)] + digits;
  }
  const zeros = array.findIndex((byte) => byte !== 0);
  return "1".repeat(zeros < 0 ? array.length : zeros) + digits;
}

/** Base58 of 32 bytes. */
export function fromBase58(digits, what) {
  let number = 0n;
  for (const digit of digits.slice(0, 45)) {
    const value = BASE58.indexOf(digit);
    if (value < 0) {
      throw invalid(what, "Base58");
    }
    number = number * 58n + BigInt(value);
  }
  const array = number < 1n << 256n ? fromHex(`0x${number.toString(16).padStart(64, "0")}`) : new Uint8Array();
  if (array.length !== 32 || toBase58(array) !== digits) {
    throw invalid(what, "the Base58 of 32 bytes");
  }
  return array;
}

const camelName = (name) => (/^[A-Z]/.test(name) ? name : name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase()));

/** The core's names in camel case, in all of a value, but keys of maps. References to objects say `objectId`. */
export function camel(value) {
  if (Array.isArray(value)) {
    return value.map(camel);
  }
  if (value instanceof Map) {
    return new Map([...value].map(([key, inner]) => [key, camel(inner)]));
  }
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) {
    return value ?? undefined;
  }
  const entries = Object.entries(value).map(([name, inner]) => [camelName(name), camel(inner)]);
  const turned = Object.fromEntries(entries);
  const isReference = entries.length === 3 && "id" in turned && "version" in turned && "digest" in turned;
  return isReference ? { objectId: turned.id, version: turned.version, digest: turned.digest } : turned;
}
