// Rounds: each engine once, in an order drawn anew.

/** How far engines' cross-entropies may lie apart, in nats. */
const TOLERANCE = 1e-4;
/** How many times its patience an engine may be waited for, by what it reached on smaller graphs. */
const TOO_LONG = 5;

/**
 * Engines that take long are asked in fewer rounds, so that none takes more than `patience` milliseconds
 * in all; one that takes longer for a single answer gives its first, and one that would take many times
 * that is not asked.
 *
 * @param {Map<string, number>} reached operations a millisecond by engine, from smaller graphs; added to
 * @returns for each engine its samples, in the order of the rounds, or why it has none
 */
export async function measure(host, engines, name, graph, { rounds, patience, reached }) {
  const results = engines.map((engine) => ({ engine, samples: [], failure: undefined, rounds }));
  let agreed;
  const accept = ({ crossEntropy }, { engine }) => {
    if (engine.limit) {
      return;
    }
    // The reference says what is right; where it comes later, the first to answer does.
    agreed ??= crossEntropy;
    if (!(Math.abs(crossEntropy - agreed) < TOLERANCE)) {
      throw new Error(`comes to a cross-entropy of ${crossEntropy} where others come to ${agreed}`);
    }
  };
  const attempt = async (result, question) => {
    try {
      const sample = await question();
      accept(sample, result);
      return sample;
    } catch (error) {
      result.failure = error.message.split("\n")[0];
      return undefined;
    }
  };

  for (const result of referenceFirst(results)) {
    const expected = graph.operations / reached.get(result.engine.id);
    if (!result.engine.limit && expected > TOO_LONG * patience) {
      result.failure = `not asked: at ${(reached.get(result.engine.id) / 1e6).toPrecision(1)} GFLOP/s it would take ${Math.round(expected / 60_000)} min`;
      continue;
    }
    const first = await attempt(result, () => host.open(result.engine, name, graph));
    if (first && first.computing > patience) {
      result.samples.push(first);
      result.rounds = 0;
    } else if (first) {
      result.rounds = Math.min(rounds, Math.max(1, Math.floor(patience / first.computing)));
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const result of shuffled(results.filter((result) => !result.failure && round < result.rounds))) {
      const sample = await attempt(result, () => host.run(result.engine));
      if (sample) {
        result.samples.push(sample);
      }
    }
  }
  for (const { engine, samples, failure } of results) {
    if (!failure && !engine.limit) {
      reached.set(engine.id, graph.operations / Math.min(...samples.map(({ computing }) => computing)));
    }
  }
  return results;
}

const referenceFirst = (results) => results.toSorted((a, b) => Number(b.engine.reference ?? 0) - Number(a.engine.reference ?? 0));

/** The same items in an order of chance. */
export function shuffled(items) {
  const left = [...items];
  const order = [];
  while (left.length > 0) {
    order.push(...left.splice(Math.floor(Math.random() * left.length), 1));
  }
  return order;
}
