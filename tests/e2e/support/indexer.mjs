// An indexer of the local network: it reads what the node really did, checkpoint by checkpoint.

import { call, fields, text } from "./grpc_web.mjs";

/** The chain's names of the kinds, by their number on the wire. */
const KINDS = new Map(
  Object.entries({
    1: "Genesis", 2: "ConsensusCommitPrologue", 3: "ChangeEpoch", 4: "AddValidator", 5: "RemoveValidator",
    6: "ReportValidator", 7: "UndoReportValidator", 8: "UpdateValidatorMetadata", 9: "SetCommissionRate",
    10: "TransferCoin", 11: "PayCoins", 12: "TransferObjects", 13: "AddStake", 14: "WithdrawStake",
    15: "CommitModel", 16: "RevealModel", 19: "AddStakeToModel", 20: "SetModelCommissionRate",
    21: "DeactivateModel", 22: "ReportModel", 23: "UndoReportModel", 24: "SubmitData", 25: "ClaimRewards",
    28: "ReportSubmission", 29: "UndoReportSubmission", 33: "CreateModel",
  }).map(([number, name]) => [Number(number), name]),
);
const SUBMIT = 24;
const CLAIM = 25;
/** What is read of a target; what was submitted is read off the transaction. */
const TARGET_PARTS = [
  "id", "model_ids", "distance_threshold", "reward_pool", "generation_epoch", "winning_model_owner", "bond_amount",
];
const LOOK_MS = 200;

/** What happened on the chain behind a node. */
export class Indexer {
  constructor(node) {
    this.node = node;
    this.checkpoints = [];
    this.transactions = [];
    this.targets = new Map();
    this.rewards = [];
    /** The models of each epoch, as they were last seen in it. */
    this.models = new Map();
    this.economies = new Map();
    this.turn = Promise.resolve();
  }

  /** Follows the node until it is told to stop. */
  follow() {
    this.timer = setInterval(() => this.catchUp().catch(() => {}), LOOK_MS);
    return this.catchUp();
  }

  stop() {
    clearInterval(this.timer);
    return this.turn.catch(() => {});
  }

  /** Reads what is new. */
  catchUp() {
    this.turn = this.turn.catch(() => {}).then(() => this.#read());
    return this.turn;
  }

  async #read() {
    const info = fields(await call(this.node.url, "/soma.rpc.LedgerService/GetServiceInfo"));
    const height = Number(info.get(4)?.at(-1) ?? 0n);
    // Targets first: what is settled in the checkpoints to come is gone afterwards.
    await this.#readTargets();
    while (this.checkpoints.length <= height) {
      await this.#readCheckpoint(this.checkpoints.length);
    }
    const epoch = Number(info.get(3)?.at(-1) ?? 0n);
    const [models, economy] = [await this.node.models(), await this.node.economy()];
    this.models.set(epoch, models);
    this.economies.set(epoch, economy);
  }

  async #readCheckpoint(number) {
    const mask = pathsField(3, ["sequence_number", "summary", "transactions"]);
    const answer = await call(this.node.url, "/soma.rpc.LedgerService/GetCheckpoint", join(varintField(1, number), mask));
    const checkpoint = fields(fields(answer).get(1).at(-1));
    const summary = fields(checkpoint.get(3).at(-1));
    const before = this.transactions.length;
    const at = {
      number,
      epoch: Number(summary.get(2)?.at(-1) ?? 0n),
      atMs: milliseconds(summary.get(8)),
      summary,
      txLo: before,
    };
    for (const bytes of checkpoint.get(6) ?? []) {
      this.#readTransaction(fields(bytes), at);
    }
    this.checkpoints.push(at);
  }

  #readTransaction(executed, at) {
    const transaction = fields(executed.get(2).at(-1));
    const effects = fields(executed.get(4).at(-1));
    const [[tag, body]] = fields(transaction.get(2).at(-1)).entries();
    const balances = (executed.get(7) ?? []).map((change) => {
      const pair = fields(change);
      return { recipient: whole(text(pair, 1)), amount: text(pair, 2) };
    });
    const sender = whole(text(transaction, 3));
    const touched = new Set([sender, ...balances.map(({ recipient }) => recipient)]);
    for (const object of effects.get(8) ?? []) {
      const owner = fields(object).get(9);
      const address = owner && text(fields(owner.at(-1)), 2);
      if (address?.startsWith("0x")) {
        touched.add(whole(address));
      }
    }
    const one = {
      number: this.transactions.length,
      digest: text(executed, 1),
      kind: KINDS.get(tag) ?? `Unknown${tag}`,
      sender,
      touched,
      succeeded: (fields(effects.get(1).at(-1)).get(1)?.at(-1) ?? 0n) === 1n,
      gas: effects.get(3) ? (fields(effects.get(3).at(-1)).get(4)?.at(-1) ?? 0n) : 0n,
      epoch: at.epoch,
      atMs: at.atMs,
      checkpoint: at.number,
    };
    this.transactions.push(one);
    if (one.succeeded && tag === SUBMIT) {
      this.#fill(fields(body.at(-1)), one);
    }
    if (one.succeeded && tag === CLAIM) {
      const target = whole(text(fields(body.at(-1)), 1));
      this.rewards.push({ target, checkpoint: at.number, epoch: at.epoch, digest: one.digest, balances });
    }
  }

  /** Notes who filled a target, and with what. */
  #fill(submission, { sender, epoch, checkpoint }) {
    const target = this.targets.get(whole(text(submission, 1)));
    const manifest = fields(fields(fields(submission.get(3).at(-1)).get(1).at(-1)).get(1).at(-1));
    const metadata = fields(fields(manifest.get(2).at(-1)).get(1).at(-1));
    const losses = floats(submission.get(8));
    Object.assign(target, {
      status: "filled",
      submitter: sender,
      model: whole(text(submission, 4)),
      fillEpoch: epoch,
      distance: floats(submission.get(6))[0],
      loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
      dataUrl: text(manifest, 1),
      dataSize: metadata.get(2)?.at(-1) ?? 0n,
      checkpoint,
    });
  }

  async #readTargets() {
    let token = new Uint8Array();
    do {
      const from = token.length > 0 ? bytesField(4, token) : new Uint8Array();
      const question = join(varintField(3, 200), from, pathsField(5, TARGET_PARTS));
      const answer = fields(await call(this.node.url, "/soma.rpc.StateService/ListTargets", question));
      for (const bytes of answer.get(1) ?? []) {
        const listed = fields(bytes);
        const id = whole(text(listed, 1));
        const known = this.targets.get(id) ?? { id, checkpoint: Math.max(0, this.checkpoints.length - 1), status: "open" };
        this.targets.set(id, Object.assign(known, {
          models: (listed.get(3) ?? []).map((one) => whole(new TextDecoder().decode(one))),
          threshold: floats(listed.get(4))[0],
          reward: listed.get(5)?.at(-1) ?? 0n,
          epoch: Number(listed.get(6)?.at(-1) ?? 0n),
          modelOwner: listed.get(11) ? whole(text(listed, 11)) : known.modelOwner,
          bond: listed.get(12)?.at(-1) ?? known.bond ?? 0n,
        }));
      }
      token = answer.get(2)?.at(-1) ?? new Uint8Array();
    } while (token.length > 0);
  }

  /** The BCS of checkpoint 0's summary, by which a chain is known. */
  genesisSummary() {
    const { summary } = this.checkpoints[0];
    if (summary.get(6) || summary.get(9) || summary.get(10)) {
      throw new Error("the first checkpoint has more than its summary's fixed parts");
    }
    const fees = summary.get(7) ? fields(summary.get(7).at(-1)) : new Map();
    const number = (message, field) => u64(message.get(field)?.at(-1) ?? 0n);
    return join(
      number(summary, 2), number(summary, 3), number(summary, 4),
      Uint8Array.of(32), fromBase58(text(summary, 5)), Uint8Array.of(0),
      number(fees, 1), number(fees, 2), number(fees, 3), number(fees, 4),
      u64(BigInt(this.checkpoints[0].atMs)), Uint8Array.of(0, 0, 0),
    );
  }
}

/** An id with all of its 64 digits. */
export function whole(id) {
  return `0x${id.replace(/^0x/, "").padStart(64, "0")}`;
}

function milliseconds(timestamp) {
  const message = fields(timestamp?.at(-1) ?? new Uint8Array());
  const [seconds, nanos] = [message.get(1)?.at(-1) ?? 0n, message.get(2)?.at(-1) ?? 0n];
  return Number(seconds * 1_000n + nanos / 1_000_000n);
}

function floats(values = []) {
  return values.flatMap((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true));
  });
}

function join(...parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function u64(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

function varint(value) {
  const bytes = [];
  for (let rest = BigInt(value); ; rest >>= 7n) {
    if (rest < 0x80n) {
      return [...bytes, Number(rest)];
    }
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

function varintField(number, value) {
  return Uint8Array.from([number << 3, ...varint(value)]);
}

function bytesField(number, bytes) {
  return Uint8Array.from([(number << 3) | 2, ...varint(bytes.length), ...bytes]);
}

function pathsField(number, paths) {
  return bytesField(number, join(...paths.map((path) => bytesField(1, new TextEncoder().encode(path)))));
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Bytes as Base58 writes them. */
export function toBase58(bytes) {
  let value = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let digits = "";
  for (; value > 0n; value /= 58n) {
    digits = BASE58[Number(value % 58n)] + digits;
  }
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return "1".repeat(zeros === -1 ? bytes.length : zeros) + digits;
}

function fromBase58(digits) {
  let value = [...digits].reduce((sum, digit) => sum * 58n + BigInt(BASE58.indexOf(digit)), 0n);
  const bytes = new Uint8Array(32);
  for (let at = 31; at >= 0; at -= 1, value >>= 8n) {
    bytes[at] = Number(value & 255n);
  }
  return bytes;
}
