// The table: medians and quartiles of rates, and of ratios within a round.

const sorted = (values) => values.toSorted((a, b) => a - b);

/** A quantile, between samples where it falls there. */
export function quantile(values, share) {
  const ordered = sorted(values);
  const at = (ordered.length - 1) * share;
  const below = ordered[Math.floor(at)];
  return below + (ordered[Math.ceil(at)] - below) * (at - Math.floor(at));
}

const rate = (graph) => (sample) => graph.operations / sample.computing / 1e6;

const spread = (values, digits) => {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(values, share).toFixed(digits));
  return `${middle.padStart(7)}  ${`${low}..${high}`.padEnd(15)}`;
};

export function header(title, graph) {
  const size = `${(graph.operations / 1e9).toPrecision(3)} GFLOP`;
  return `\n${`${title} (${size})`.padEnd(38)}${"GFLOP/s  quartiles".padEnd(26)}${"best".padStart(7)}${"ms".padStart(10)}   ${"x reference, quartiles".padEnd(26)}weights, ms`;
}

/** A line: the rate with weights at hand, and how it compares with its group's reference. */
export function row({ engine, samples, failure }, graph, results) {
  const label = engine.id.padEnd(38);
  if (failure) {
    return `${label}  failed: ${failure}`;
  }
  const rates = samples.map(rate(graph));
  const reference = results.find((other) => other.engine.group === engine.group && other.engine.reference);
  const comparable = reference && !reference.failure;
  const ratios = comparable ? samples.map((sample, round) => reference.samples[round].computing / sample.computing) : [];
  const compared = engine.reference ? "   1.00  reference      " : comparable ? spread(ratios, 2) : "      -                 ";
  const reading = samples.map((sample) => sample.reading).filter((reading) => reading !== undefined);
  const milliseconds = quantile(samples.map((sample) => sample.computing), 0.5);
  return `${label}${spread(rates, 1)} ${Math.max(...rates).toFixed(1).padStart(7)}${milliseconds.toFixed(2).padStart(10)}   ${compared}  ${reading.length > 0 ? quantile(reading, 0.5).toFixed(2) : ""}`;
}
