// gRPC-web over Node's `fetch`: how the tests ask a node themselves, past the wallet and its code.

/** A call that a node refused. */
export class GrpcError extends Error {
  constructor(status, message) {
    super(`status ${status}: ${message}`);
    this.status = status;
  }
}

/** Calls a method with one message and returns the one that answers, both as bytes. */
export async function call(base, method, message = new Uint8Array()) {
  const frame = new Uint8Array(5 + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, 5);
  const response = await fetch(base + method, {
    method: "POST",
    headers: { "content-type": "application/grpc-web+proto", "x-grpc-web": "1" },
    body: frame,
  });
  const frames = framesOf(new Uint8Array(await response.arrayBuffer()));
  const trailers = frames.find(({ flags }) => flags & 0x80);
  const told = new Headers(response.headers);
  for (const line of trailers ? new TextDecoder().decode(trailers.body).trim().split("\r\n") : []) {
    const colon = line.indexOf(":");
    told.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const status = Number(told.get("grpc-status") ?? (response.ok ? 0 : 2));
  if (status !== 0) {
    throw new GrpcError(status, decodeURIComponent(told.get("grpc-message") ?? response.statusText));
  }
  const answer = frames.find(({ flags }) => !(flags & 0x80));
  if (!answer) {
    throw new GrpcError(2, "an answer without a message");
  }
  return answer.body;
}

function framesOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames = [];
  for (let at = 0; at + 5 <= bytes.length; ) {
    const end = at + 5 + view.getUint32(at + 1);
    frames.push({ flags: bytes[at], body: bytes.subarray(at + 5, end) });
    at = end;
  }
  return frames;
}

/** The fields of a protobuf message: each number with its values, numbers as `BigInt`, the rest as bytes. */
export function fields(bytes) {
  const found = new Map();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) {
        throw new Error("a protobuf message that breaks off");
      }
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return value;
      }
    }
  };
  const take = (length) => bytes.subarray(at, (at += length));
  while (at < bytes.length) {
    const tag = Number(varint());
    const [number, kind] = [tag >>> 3, tag & 7];
    let value;
    if (kind === 0) {
      value = varint();
    } else if (kind === 1) {
      value = take(8);
    } else if (kind === 2) {
      value = take(Number(varint()));
    } else if (kind === 5) {
      value = take(4);
    } else {
      throw new Error(`a protobuf field of kind ${kind}`);
    }
    found.set(number, [...(found.get(number) ?? []), value]);
  }
  return found;
}

/** A field of bytes or text, to send. Messages of the tests are shorter than 128 bytes. */
export function bytesField(number, value) {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  if (bytes.length > 127) {
    throw new Error("longer than one byte of length can say");
  }
  return Uint8Array.from([(number << 3) | 2, bytes.length, ...bytes]);
}

/** The last value of a field as text, or nothing. */
export function text(message, number) {
  const value = message.get(number)?.at(-1);
  return value && new TextDecoder().decode(value);
}
