// The table: medians and quartiles of rates, and of ratios within a round.

const sorted = (values) => values.toSorted((a, b) => a - b);

/** A quantile, between samples where it falls there. */
export function quantile(values, share) {
  const ordered = sorted(values);
  const at = (ordered.length - 1) * share;
  const below = ordered[Math.floor(at)];
  return below + (ordered[Math.ceil(at)] - below) * (at - Math.floor(at));
}

const quartiles = (values) => (values.length > 0 ? [0.25, 0.5, 0.75].map((share) => quantile(values, share)) : undefined);

/** Thousand millions of operations a second. A limit says itself how many operations it was. */
const rate = (graph) => (sample) => (sample.operations ?? graph.operations) / sample.computing / 1e6;

/** What its samples come to: rates, and ratios to others of its group by rounds that both were asked in. */
export function summary({ engine, samples, failure }, graph, results) {
  if (failure) {
    return { failure };
  }
  const rates = samples.map(rate(graph));
  const against = (role) => {
    const other = results.find(({ engine: { group, [role]: has } }) => has && group === engine.group);
    if (!other || other.failure || (engine.limit && role === "reference")) {
      return undefined;
    }
    const others = other.samples.map(rate(graph));
    return quartiles(rates.slice(0, others.length).map((rate, round) => rate / others[round]));
  };
  const reading = samples.map((sample) => sample.reading).filter((reading) => reading !== undefined);
  return {
    rate: quartiles(rates),
    best: Math.max(...rates),
    milliseconds: quantile(samples.map((sample) => sample.computing), 0.5),
    ofLimit: engine.limit ? undefined : against("bound")?.[1],
    ofReference: against("reference"),
    reading: reading.length > 0 ? quantile(reading, 0.5) : undefined,
    samples: samples.length,
  };
}

const COLUMNS = ["GFLOP/s", "quartiles", "best", "ms", "of limit", "x reference", "quartiles", "weights, ms", "n"];
const WIDTHS = [8, 13, 8, 10, 9, 12, 13, 12, 4];

const cells = (texts) => texts.map((text, at) => text.padStart(WIDTHS[at])).join(" ");

export function header(title, graph) {
  const size = `${(graph.operations / 1e9).toPrecision(3)} GFLOP`;
  return `\n${`${title} (${size})`.padEnd(46)}${cells(COLUMNS)}`;
}

const digits = (value) => (value < 10 ? value.toFixed(2) : value.toFixed(1));
const range = ([low, , high]) => `${digits(low)}..${digits(high)}`;

/** A line: the rate with weights at hand, and how it compares with its group's limit and reference. */
export function row(result, summary) {
  const label = result.engine.id.padEnd(46);
  if (summary.failure) {
    return `${label}  ${summary.failure}`;
  }
  const { rate, best, milliseconds, ofLimit, ofReference, reading, samples } = summary;
  const compared = result.engine.reference ? ["1.00", "reference"] : ofReference ? [ofReference[1].toFixed(2), range(ofReference)] : ["", ""];
  return `${label}${cells([
    digits(rate[1]),
    range(rate),
    digits(best),
    milliseconds.toFixed(2),
    ofLimit === undefined ? "" : `${(100 * ofLimit).toFixed(0)} %`,
    ...compared,
    reading === undefined ? "" : reading.toFixed(2),
    String(samples),
  ])}`;
}
