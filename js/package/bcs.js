// BCS: how the chain writes values as bytes.

import { SomaError } from "./error.js";

export class Writer {
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  #room(count) {
    if (this.#at + count > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at + count));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    const at = this.#at;
    this.#at += count;
    return at;
  }

  u8(value) {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  u64(value) {
    const at = this.#room(8);
    this.#view.setBigUint64(at, value, true);
  }

  f32(value) {
    const at = this.#room(4);
    this.#view.setFloat32(at, value, true);
  }

  /** A length, or the number of a variant. */
  length(value) {
    for (; value >= 128; value = Math.floor(value / 128)) {
      this.u8((value % 128) + 128);
    }
    this.u8(value);
  }

  bytes(array) {
    const at = this.#room(array.length);
    this.#bytes.set(array, at);
  }

  blob(array) {
    this.length(array.length);
    this.bytes(array);
  }

  finish() {
    return this.#bytes.slice(0, this.#at);
  }
}

export class Reader {
  #bytes;
  #view;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(count) {
    if (this.#at + count > this.#bytes.length) {
      throw new SomaError("transaction/unknown", "the bytes end too early");
    }
    this.#at += count;
    return this.#bytes.slice(this.#at - count, this.#at);
  }

  u8() {
    return this.take(1)[0];
  }

  expect(value, otherwise) {
    if (this.u8() !== value) {
      throw new SomaError("transaction/unknown", `${otherwise} is not known`);
    }
  }

  u64() {
    this.take(8);
    return this.#view.getBigUint64(this.#at - 8, true);
  }

  length() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.u8();
      value += (byte % 128) * scale;
      if (byte < 128) {
        return value;
      }
    }
  }

  blob() {
    return this.take(this.length());
  }
}
