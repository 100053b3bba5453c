// What a node says, asked by the tests themselves.

import { bytesField, call, fields, text } from "./grpc_web.mjs";

/** A node at a base URL. */
export class Node {
  constructor(url) {
    this.url = url;
  }

  /** The chain's identity and present epoch. */
  async info() {
    const answer = fields(await call(this.url, "/soma.rpc.LedgerService/GetServiceInfo"));
    return { chainId: text(answer, 1), epoch: answer.get(3)?.at(-1) ?? 0n };
  }

  /** What an address holds, shannons. */
  async balance(address) {
    const answer = fields(
      await call(this.url, "/soma.rpc.StateService/GetBalance", bytesField(1, address)),
    );
    return answer.get(1)?.at(-1) ?? 0n;
  }

  /** The models of the present system state, by id. */
  async models() {
    const mask = bytesField(2, bytesField(1, "system_state.model_registry"));
    const answer = fields(await call(this.url, "/soma.rpc.LedgerService/GetEpoch", mask));
    const below = (message, number) => fields(message.get(number).at(-1));
    const registry = below(below(below(answer, 1), 3), 11);
    const models = {};
    for (const entry of registry.get(7) ?? []) {
      const pair = fields(entry);
      models[text(pair, 1)] = readModel(fields(pair.get(2).at(-1)));
    }
    return models;
  }

  /** What the present system state says of the economy, shannons. */
  async economy() {
    const parts = ["validators", "emission_pool", "target_state"].map((part) => bytesField(1, `system_state.${part}`));
    const mask = bytesField(2, Uint8Array.from(parts.flatMap((part) => [...part])));
    const below = (message, number) => fields(message.get(number).at(-1));
    const state = below(below(fields(await call(this.url, "/soma.rpc.LedgerService/GetEpoch", mask)), 1), 3);
    const [pool, targets] = [below(state, 7), below(state, 12)];
    const [threshold] = floats([targets.get(1).at(-1)]);
    return {
      totalStake: below(state, 5).get(1).at(-1),
      emissionPool: pool.get(1).at(-1),
      emissionPerEpoch: pool.get(2).at(-1),
      rewardPerTarget: targets.get(5).at(-1),
      hits: targets.get(3)?.at(-1) ?? 0n,
      threshold,
    };
  }

  /** Ends the epoch; returns the number of the new one. */
  async advanceEpoch() {
    const answer = await call(this.url, "/admin.Admin/AdvanceEpoch");
    return new DataView(answer.buffer, answer.byteOffset).getBigUint64(0, true);
  }
}

/** Floats, packed into one field or each its own. */
function floats(values) {
  return values.flatMap((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: bytes.length / 4 }, (_, at) => view.getFloat32(at * 4, true));
  });
}

function readModel(model) {
  const pool = model.get(10) ? fields(model.get(10).at(-1)) : new Map();
  const manifest = model.get(3) && fields(fields(model.get(3).at(-1)).get(1).at(-1));
  return {
    owner: text(model, 1),
    /** `created`, `pending`, `active` or `inactive`. */
    state: text(model, 14),
    decryptionKey: model.get(8)?.at(-1),
    commitEpoch: model.get(7)?.at(-1),
    commissionRate: model.get(11)?.at(-1) ?? 0n,
    nextCommissionRate: model.get(12)?.at(-1) ?? 0n,
    stake: pool.get(4)?.at(-1) ?? 0n,
    pendingStake: pool.get(8)?.at(-1) ?? 0n,
    url: manifest && text(manifest, 1),
    embedding: floats(model.get(9) ?? []),
  };
}
