// What each of the 23 kinds of transactions is made of: as JSON text has it, as the core reads it, and back.

import { Reader, Writer } from "./bcs.js";
import { SomaError } from "./error.js";
import { address, bytes, floats, fromBase58, fromHex, list, text, toBase58, toBase64, toHex, url, whole } from "./values.js";

/** A part that may be left to whoever completes the transaction. */
const open = (type) => ({ ...type, isOpen: true });
/** A part that may be missing for good. */
const maybe = (type) => ({
  ...type,
  isOptional: true,
  write: (out, value, what) => void (value === undefined ? out.u8(0) : (out.u8(1), type.write(out, value, what))),
  read: (bytes) => (bytes.u8() === 0 ? undefined : type.read(bytes)),
});
const many = (type) => ({
  check: (value, what) => list(value, what).map((item) => type.check(item, what)),
  text: (value) => value.map(type.text),
  write: (out, value, what) => (out.length(value.length), value.forEach((item) => type.write(out, item, what))),
  read: (bytes) => Array.from({ length: bytes.length() }, () => type.read(bytes)),
});

const same = (value) => value;
const id = {
  check: address,
  text: same,
  write: (out, value) => out.bytes(fromHex(value)),
  read: (bytes) => `0x${toHex(bytes.take(32))}`,
};
const digest = {
  check: (value, what) => (fromBase58(text(value, what), what), value),
  text: same,
  write: (out, value, what) => out.blob(fromBase58(value, what)),
  read: (bytes) => toBase58(bytes.blob()),
};
const amount = { check: whole, text: String, write: (out, value) => out.u64(value), read: (bytes) => bytes.u64() };
const binary = { check: bytes, text: toBase64, write: (out, value) => out.blob(value), read: (from) => from.blob() };
const vector = {
  check: floats,
  // JSON knows no NaN; what holds one is handed over as bytes
  text: (value) => Array.from(value),
  write(out, value) {
    out.u8(0);
    out.length(4 * value.length);
    value.forEach((number) => out.f32(number));
    out.length(1);
    out.u64(BigInt(value.length));
  },
  read(from) {
    from.expect(0, "another element type than f32");
    const data = from.blob();
    from.expect(1, "another shape than [n]");
    from.u64();
    return new Float32Array(data.slice().buffer);
  },
};
const scalar = {
  check: (value, what) => floats([value], what)[0],
  text: same,
  write: (out, value) => vector.write(out, Float32Array.of(value)),
  read: (from) => vector.read(from)[0],
};
const reference = {
  check(value, what) {
    const { objectId, version, digest: of } = typeof value === "string" ? { objectId: value } : (value ?? {});
    address(objectId, what);
    if ((version === undefined) !== (of === undefined)) {
      throw new SomaError("argument/invalid", `${what} has both version and digest, or neither`);
    }
    return version === undefined ? { objectId } : { objectId, version: whole(version, what), digest: digest.check(of, what) };
  },
  text: ({ objectId, version, digest: of }) => (version === undefined ? { objectId } : { objectId, version: String(version), digest: of }),
  write(out, { objectId, version, digest: of }, what) {
    if (version === undefined) {
      throw new SomaError("transaction/incomplete", `${what} names no version of ${objectId}; a client can complete it`);
    }
    id.write(out, objectId);
    out.u64(version);
    digest.write(out, of, what);
  },
  read: (from) => ({ objectId: id.read(from), version: from.u64(), digest: digest.read(from) }),
};
const manifest = {
  check: (value, what) => ({
    url: url(value?.url, `${what}.url`),
    checksum: digest.check(value.checksum, `${what}.checksum`),
    size: whole(value.size, `${what}.size`),
  }),
  text: ({ url: at, checksum, size }) => ({ url: at, checksum, size: String(size) }),
  write(out, { url: at, checksum, size }) {
    out.u8(0);
    out.blob(new TextEncoder().encode(at));
    out.u8(0);
    digest.write(out, checksum);
    out.u64(size);
  },
  read(from) {
    from.expect(0, "another version of manifests");
    const at = new TextDecoder().decode(from.blob());
    from.expect(0, "another version of metadata");
    return { url: at, checksum: digest.read(from), size: from.u64() };
  },
};

export const KINDS = {
  AddValidator: {
    pubkeyBytes: binary,
    networkPubkeyBytes: binary,
    workerPubkeyBytes: binary,
    proofOfPossession: binary,
    netAddress: binary,
    p2pAddress: binary,
    primaryAddress: binary,
    proxyAddress: binary,
  },
  RemoveValidator: { pubkeyBytes: binary },
  ReportValidator: { reportee: id },
  UndoReportValidator: { reportee: id },
  UpdateValidatorMetadata: {
    nextEpochNetworkAddress: maybe(binary),
    nextEpochP2pAddress: maybe(binary),
    nextEpochPrimaryAddress: maybe(binary),
    nextEpochProxyAddress: maybe(binary),
    nextEpochProtocolPubkey: maybe(binary),
    nextEpochWorkerPubkey: maybe(binary),
    nextEpochNetworkPubkey: maybe(binary),
    nextEpochProofOfPossession: maybe(binary),
  },
  SetCommissionRate: { newRate: amount },
  TransferCoin: { coin: open(reference), amount: maybe(amount), recipient: id },
  PayCoins: { coins: open(many(reference)), amounts: maybe(many(amount)), recipients: many(id) },
  TransferObjects: { objects: many(reference), recipient: id },
  AddStake: { address: id, coinRef: open(reference), amount: maybe(amount) },
  WithdrawStake: { stakedSoma: reference },
  CreateModel: { stakeAmount: amount, commissionRate: amount, architectureVersion: amount },
  CommitModel: {
    modelId: id,
    manifest,
    weightsCommitment: digest,
    embeddingCommitment: digest,
    decryptionKeyCommitment: digest,
  },
  RevealModel: { modelId: id, decryptionKey: digest, embedding: vector },
  AddStakeToModel: { modelId: id, coinRef: open(reference), amount: maybe(amount) },
  SetModelCommissionRate: { modelId: id, newRate: amount },
  DeactivateModel: { modelId: id },
  ReportModel: { modelId: id },
  UndoReportModel: { modelId: id },
  SubmitData: {
    targetId: id,
    dataManifest: manifest,
    modelId: id,
    embedding: vector,
    distanceScore: scalar,
    lossScore: vector,
    bondCoin: open(reference),
  },
  ClaimRewards: { targetId: id },
  ReportSubmission: { targetId: id },
  UndoReportSubmission: { targetId: id },
};

const NAMES = Object.keys(KINDS);
/** The first three of the chain's kinds are the system's. */
const FIRST = 3;

/** Arguments as they are kept: everything there, of the right type, and nothing else. */
export function checked(name, given) {
  const kind = KINDS[name];
  const unknown = Object.keys(given).find((field) => !(field in kind));
  if (unknown !== undefined) {
    throw new SomaError("argument/invalid", `${name} has no argument ${unknown}`);
  }
  const args = {};
  for (const [field, type] of Object.entries(kind)) {
    const value = given[field];
    if (value !== undefined && value !== null) {
      args[field] = type.check(value, `${name}.${field}`);
    } else if (!type.isOpen && !type.isOptional) {
      throw new SomaError("argument/invalid", `${name} needs ${field}`);
    }
  }
  return args;
}

/** Arguments as JSON text has them. */
export const asText = (name, args) => Object.fromEntries(Object.entries(args).map(([field, value]) => [field, KINDS[name][field].text(value)]));

export const gasText = (coins) => coins.map(reference.text);
export const gasChecked = (coins) => many(reference).check(coins, "gasPayment");

/** The BCS of a transaction. */
export function write(name, args, sender, gas) {
  const out = new Writer();
  out.u8(0);
  out.length(FIRST + NAMES.indexOf(name));
  for (const [field, type] of Object.entries(KINDS[name])) {
    if (args[field] === undefined && type.isOpen) {
      throw new SomaError("transaction/incomplete", `${name} leaves ${field} open; a client can complete it`);
    }
    type.write(out, args[field], `${name}.${field}`);
  }
  id.write(out, sender);
  many(reference).write(out, gas, "gasPayment");
  return out.finish();
}

/** The parts of a transaction's BCS, which the core has read before. */
export function read(array) {
  const from = new Reader(array);
  from.expect(0, "another version of transactions");
  const name = NAMES[from.length() - FIRST];
  if (name === undefined) {
    throw new SomaError("transaction/system", "only the system sends transactions of this kind");
  }
  const args = Object.fromEntries(Object.entries(KINDS[name]).map(([field, type]) => [field, type.read(from)]));
  const sender = id.read(from);
  return { name, args, sender, gasPayment: many(reference).read(from) };
}
