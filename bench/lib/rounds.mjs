// Rounds: each engine once, in an order drawn anew.

/** How far engines' cross-entropies may lie apart, in nats. */
const TOLERANCE = 1e-4;

/**
 * @returns for each engine its samples, in the order of the rounds, or why it has none
 */
export async function measure(host, engines, name, graph, rounds) {
  const results = engines.map((engine) => ({ engine, samples: [], failure: undefined }));
  let agreed;
  for (const result of results) {
    try {
      const { crossEntropy } = await host.open(result.engine, name, graph);
      // The reference says what is right; where it comes later, the first to answer does.
      agreed ??= crossEntropy;
      check(crossEntropy, agreed);
    } catch (error) {
      result.failure = error.message.split("\n")[0];
    }
  }
  for (let round = 0; round < rounds; round++) {
    for (const result of shuffled(results.filter(({ failure }) => !failure))) {
      const sample = await host.run(result.engine);
      check(sample.crossEntropy, agreed);
      result.samples.push(sample);
    }
  }
  return results;
}

function check(crossEntropy, agreed) {
  if (!(Math.abs(crossEntropy - agreed) < TOLERANCE)) {
    throw new Error(`comes to a cross-entropy of ${crossEntropy} where others come to ${agreed}`);
  }
}

/** The same items in an order of chance. */
export function shuffled(items) {
  const left = [...items];
  const order = [];
  while (left.length > 0) {
    order.push(...left.splice(Math.floor(Math.random() * left.length), 1));
  }
  return order;
}
