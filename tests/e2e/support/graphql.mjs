// A GraphQL endpoint over the local network's indexer, with the schema and the limits of the network's own.

import { readFileSync, readdirSync } from "node:fs";

import { buildSchema, execute, parse, validate } from "graphql";

import { Indexer, toBase58, whole } from "./indexer.mjs";
import { serve } from "./servers.mjs";

const MOST = 50;
const USUAL = 20;
const DEEPEST = 10;
const MOST_COMPLEX = 1000;
const DOCUMENTS = new URL("../../../rpc/src/graphql/documents/", import.meta.url);

export const schema = buildSchema(readFileSync(new URL("indexer.graphql", import.meta.url), "utf8"));

/** All documents of the wallet, by name. */
export function documents() {
  const names = readdirSync(DOCUMENTS).filter((name) => name.endsWith(".graphql"));
  return names.map((name) => ({ name, text: readFileSync(new URL(name, DOCUMENTS), "utf8") }));
}

/**
 * Serves what an indexer has read of the node.
 *
 * @returns the address of the endpoint, the indexer, what was asked, and `close`; `failing` may be set to an answer
 *   that is given instead: a status, or a message.
 */
export async function serveIndexer(node, port = 0) {
  const indexer = new Indexer(node);
  await indexer.follow();
  const endpoint = { indexer, asked: [], failing: undefined };
  const server = await serve((request, response) => answer(endpoint, request, response), port);
  endpoint.url = `${server.url}/graphql`;
  endpoint.close = async () => {
    await server.close();
    await indexer.stop();
  };
  return endpoint;
}

async function answer(endpoint, request, response) {
  const say = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (request.method !== "POST" || !request.url.endsWith("/graphql")) {
    return response.writeHead(404).end("not here");
  }
  const chunks = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const { query, variables } = JSON.parse(Buffer.concat(chunks).toString());
  if (typeof endpoint.failing === "number") {
    return response.writeHead(endpoint.failing).end("no");
  }
  if (endpoint.failing) {
    return say(200, { data: null, errors: [{ message: endpoint.failing }] });
  }
  const document = parse(query);
  const errors = [...validate(schema, document), ...beyondLimits(document, variables)];
  if (errors.length > 0) {
    return say(200, { errors: errors.map(({ message }) => ({ message })) });
  }
  endpoint.asked.push({ name: document.definitions[0].name?.value, variables });
  await endpoint.indexer.catchUp();
  const result = await execute({ schema, document, rootValue: roots(endpoint.indexer), variableValues: variables });
  return say(200, result);
}

/** What the network's endpoint would refuse: too deep, or too complex. */
export function beyondLimits(document, variables = {}) {
  const fragments = new Map(document.definitions.filter(({ kind }) => kind === "FragmentDefinition").map((it) => [it.name.value, it]));
  const costly = new Map([
    ["transactions", 5], ["targets", 5], ["models", 5], ["submitterLeaderboard", 10], ["modelLeaderboard", 10],
  ]);
  const measure = ({ selections }) => {
    let [depth, cost] = [0, 0];
    for (const selection of selections) {
      if (selection.kind === "FragmentSpread") {
        const below = measure(fragments.get(selection.name.value).selectionSet);
        [depth, cost] = [Math.max(depth, below.depth), cost + below.cost];
        continue;
      }
      const name = selection.name.value;
      const below = selection.selectionSet ? measure(selection.selectionSet) : { depth: 0, cost: 0 };
      const first = selection.arguments.find((it) => it.name.value === "first")?.value;
      const count = first?.kind === "Variable" ? variables[first.name.value] : Number(first?.value ?? USUAL);
      depth = Math.max(depth, below.depth + 1);
      if (costly.has(name)) {
        cost += costly.get(name) + count * below.cost;
      } else {
        cost += (name === "reporters" || name === "reward" ? 10 : 1) + below.cost;
      }
    }
    return { depth, cost };
  };
  const { depth, cost } = measure(document.definitions[0].selectionSet);
  return [
    ...(depth > DEEPEST ? [{ message: `Query is nested too deep: ${depth}.` }] : []),
    ...(cost > MOST_COMPLEX ? [{ message: `Query is too complex: ${cost}.` }] : []),
  ];
}

const moment = (ms) => new Date(ms).toISOString().replace("Z", "+00:00");
const mean = (numbers) => (numbers.length > 0 ? numbers.reduce((sum, it) => sum + it, 0) / numbers.length : null);
const sum = (numbers) => numbers.reduce((sum, it) => sum + it, 0n);
/** The shares that the chain gives out of a reward. */
const modelShare = (reward) => (reward * 4975n) / 10_000n;
const submitterShare = (reward) => reward - modelShare(reward) - (reward * 50n) / 10_000n;

function connection(nodes, { first, after }, cursorOf) {
  const from = after == null ? 0 : nodes.findIndex((node) => cursorOf(node) === after) + 1;
  const count = Math.min(first ?? USUAL, MOST);
  const page = nodes.slice(from, from + count);
  const edges = page.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    nodes: page,
    pageInfo: {
      hasPreviousPage: after != null,
      hasNextPage: from + count < nodes.length,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The queries. Of those in the schema, only what the wallet asks for is answered. */
function roots(indexer) {
  const filled = (epoch) => [...indexer.targets.values()].filter((it) => it.submitter && (epoch == null || it.epoch === epoch));
  const made = (epoch) => [...indexer.targets.values()].filter((it) => epoch == null || it.epoch === epoch);
  const submitters = (epoch) => {
    const tallies = [...grouped(filled(epoch), (it) => it.submitter)];
    return tallies.map(([submitter, targets]) => submitterStats(submitter, targets)).sort((a, b) => b.targetCount - a.targetCount);
  };
  const newest = Math.max(...indexer.models.keys());
  const modelsOf = (epoch) => Object.entries(indexer.models.get(epoch) ?? {});
  return {
    chainIdentifier: () => toBase58(indexer.genesisSummary()),
    availableRange: () => ({ first: "0", last: String(indexer.checkpoints.length - 1) }),
    transaction: ({ digest }) => shownTransaction(indexer.transactions.find((it) => it.digest === digest)),
    transactions: ({ kind, excludeKind, sender, epoch, ...page }) => {
      const fits = (it) =>
        (kind == null || it.kind === kind) && (excludeKind == null || it.kind !== excludeKind) &&
        (sender == null || it.sender === whole(sender)) && (epoch == null || it.epoch === epoch);
      const fitting = indexer.transactions.filter(fits).reverse().map(shownTransaction);
      return connection(fitting, page, (it) => it.sequenceNumber);
    },
    address: ({ address }) => ({
      address: whole(address),
      transactions: (page) => {
        const touched = indexer.transactions.filter((it) => it.touched.has(whole(address))).map(shownTransaction);
        return connection(touched, page, (it) => it.sequenceNumber);
      },
    }),
    target: ({ targetId }) => shownTarget(indexer, indexer.targets.get(whole(targetId))),
    targets: ({ filter, ...page }) => {
      const wanted = filter?.winningModelId && whole(filter.winningModelId);
      const fitting = made().filter((it) => !wanted || it.model === wanted).sort((a, b) => b.checkpoint - a.checkpoint);
      return connection(fitting.map((it) => shownTarget(indexer, it)), page, (it) => `${it.targetId.slice(2)}:${it.checkpointSequenceNumber}`);
    },
    modelHistory: ({ modelId, fromEpoch, toEpoch }) => {
      const epochs = [...indexer.models.keys()].filter((it) => it >= (fromEpoch ?? 0) && it <= (toEpoch ?? Infinity));
      const id = whole(modelId);
      const known = epochs.sort((a, b) => a - b).map((epoch) => [epoch, modelsOf(epoch).find(([key]) => whole(key) === id)?.[1]]);
      return known.filter(([, model]) => model).map(([epoch, model]) => shownModel(id, epoch, model));
    },
    modelLeaderboard: ({ epoch, ...page }) => {
      const tallies = new Map();
      const of = (id) => tallies.get(id) ?? tallies.set(id, { drawn: 0, won: [] }).get(id);
      for (const target of made(epoch)) {
        target.models.forEach((id) => (of(id).drawn += 1));
        if (target.model) {
          of(target.model).won.push(target);
        }
      }
      modelsOf(epoch ?? newest).filter(([, model]) => model.state === "active").forEach(([id]) => of(whole(id)));
      const stats = [...tallies].map(([id, { drawn, won }]) => modelStats(id, drawn, won)).sort((a, b) => b.targetsWon - a.targetsWon);
      return connection(stats, page, (it) => it.modelId.slice(2));
    },
    submitterLeaderboard: ({ epoch, ...page }) => connection(submitters(epoch), page, (it) => it.submitter.slice(2)),
    // Here, and only here, the network's own takes no 0x.
    submitterStats: ({ address, epoch }) => {
      if (address.startsWith("0x")) {
        throw new Error("Invalid address: Invalid character 'x' at position 1");
      }
      return submitters(epoch).find(({ submitter }) => submitter === whole(address)) ?? null;
    },
    epochState: ({ epoch }) => shownEconomy(epoch, indexer.economies.get(epoch), made(epoch).length),
    targetAggregates: ({ epoch }) => {
      const all = made(epoch);
      const count = (status) => all.filter((it) => it.status === status).length;
      return {
        totalCount: all.length, openCount: count("open"), filledCount: count("filled"), claimedCount: count("claimed"),
        totalRewardPool: String(sum(all.map(({ reward }) => reward))),
      };
    },
    targetScoreAggregates: ({ epoch }) => ({ ...scores(filled(epoch)), filledCount: filled(epoch).length }),
    modelAggregates: ({ epoch }) => {
      const all = modelsOf(epoch ?? newest).map(([, model]) => model);
      const stake = sum(all.map(({ stake }) => stake));
      return {
        totalCount: all.length, totalStake: String(stake), avgStake: all.length > 0 ? Number(stake) / all.length : 0,
        activeCount: all.filter(({ state }) => state === "active").length,
      };
    },
    rewardAggregates: ({ epoch }) => {
      const claims = indexer.rewards.filter((it) => it.epoch === epoch);
      const moved = claims.flatMap(({ balances }) => balances).map(({ amount }) => BigInt(amount));
      return { totalCount: claims.length, totalAmount: String(sum(moved)) };
    },
    rewards: ({ epoch }) => indexer.rewards.filter((it) => it.epoch === epoch).slice(0, 100).map(shownReward),
    networkMetrics: async () => ({
      tps: null,
      totalTransactions: String(indexer.transactions.length),
      totalCheckpoints: String(indexer.checkpoints.length),
      totalValidators: 4,
    }),
  };
}

function grouped(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  }
  return groups;
}

function shownTransaction(it) {
  return (
    it && {
      digest: it.digest, sequenceNumber: String(it.number), checkpointSequenceNumber: String(it.checkpoint), kind: it.kind,
      sender: it.sender, epoch: String(it.epoch), timestamp: moment(it.atMs), status: it.succeeded ? "Success" : "Failure",
      gasUsed: String(it.gas),
    }
  );
}

function shownReward(reward) {
  return (
    reward && {
      targetId: reward.target, checkpointSequenceNumber: String(reward.checkpoint), epoch: String(reward.epoch),
      txDigest: reward.digest, balances: reward.balances,
    }
  );
}

function shownTarget(indexer, it) {
  return (
    it && {
      targetId: it.id, checkpointSequenceNumber: String(it.checkpoint), epoch: String(it.epoch), status: it.status,
      submitter: it.submitter ?? null, winningModelId: it.model ?? null, rewardPool: String(it.reward), bondAmount: String(it.bond),
      reportCount: 0, winningDistanceScore: it.distance ?? null, winningLossScore: it.loss ?? null,
      winningModelOwner: it.modelOwner ?? null, fillEpoch: it.fillEpoch == null ? null : String(it.fillEpoch),
      distanceThreshold: it.threshold, modelIds: it.models, winningDataUrl: it.dataUrl ?? null,
      winningDataSize: it.dataSize == null ? null : String(it.dataSize), reporters: [],
      reward: shownReward(indexer.rewards.find(({ target }) => target === it.id)) ?? null,
    }
  );
}

function shownModel(id, epoch, model) {
  return {
    modelId: id, epoch: String(epoch), status: model.state, owner: whole(model.owner), stake: String(model.stake),
    commissionRate: String(model.commissionRate), nextEpochCommissionRate: String(model.nextCommissionRate),
    pendingStake: String(model.pendingStake),
  };
}

function shownEconomy(epoch, economy, targets) {
  return (
    economy && {
      epoch: String(epoch), emissionBalance: String(economy.emissionPool), emissionPerEpoch: String(economy.emissionPerEpoch),
      distanceThreshold: economy.threshold, targetsGeneratedThisEpoch: String(targets), hitsThisEpoch: String(economy.hits),
      rewardPerTarget: String(economy.rewardPerTarget), safeMode: false,
    }
  );
}

function scores(targets) {
  return {
    avgLossScore: mean(targets.map(({ loss }) => loss)),
    avgDistanceScore: mean(targets.map(({ distance }) => distance)),
    totalDataSize: String(sum(targets.map(({ dataSize }) => dataSize))),
  };
}

function submitterStats(submitter, targets) {
  const totalReward = String(sum(targets.map(({ reward }) => submitterShare(reward))));
  return { submitter, targetCount: targets.length, totalReward, ...scores(targets) };
}

function modelStats(modelId, drawn, won) {
  return {
    modelId, targetsWon: won.length, targetsAssigned: drawn, winRate: drawn > 0 ? won.length / drawn : null,
    totalReward: String(sum(won.map(({ reward }) => modelShare(reward)))), ...scores(won),
  };
}
