// The graph in TensorFlow.js.

const dist = "/node_modules/@tensorflow/";

/** The tensors of a safetensors file, all F32. */
function tensors(file) {
  const size = Number(new DataView(file).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, size)));
  return Object.entries(header).map(([name, { shape, data_offsets: [start, end] }]) => [name, shape, new Float32Array(file.slice(8 + size + start, 8 + size + end))]);
}

/** @returns a function that evaluates once and gives the logits */
export async function openTfjs({ provider, threads }, name, graph, tokens) {
  // Both are scripts that leave their names in `globalThis.tf`.
  await import(`${dist}tfjs-core/dist/tf-core.min.js`);
  await import(`${dist}tfjs-backend-${provider}/dist/tf-backend-${provider}.min.js`);
  const tf = globalThis.tf;
  if (provider === "wasm") {
    tf.wasm.setWasmPaths(new URL(`${dist}tfjs-backend-wasm/dist/`, location.href).href);
    tf.wasm.setThreadsCount(threads);
  }
  if (!(await tf.setBackend(provider))) {
    throw new Error(`tfjs has no ${provider} here`);
  }

  const { width, heads, layers, rows, length } = graph;
  const headWidth = width / heads;
  const file = await (await fetch(`/graphs/${name}.safetensors`)).arrayBuffer();
  const weights = Object.fromEntries(tensors(file).map(([name, shape, values]) => [name, tf.keep(tf.tensor(values, shape))]));
  const table = (f) => {
    const angle = (at) => Math.floor(at / (headWidth / 2)) / 10_000 ** ((2 * (at % (headWidth / 2))) / headWidth);
    return tf.keep(tf.tensor(Float32Array.from({ length: (length * headWidth) / 2 }, (_, at) => f(angle(at))), [1, 1, length, headWidth / 2]));
  };
  const [cosines, sines] = [table(Math.cos), table(Math.sin)];
  const masked = Float32Array.from({ length: length * length }, (_, at) => (at % length > Math.floor(at / length) ? -10_000 : 0));
  const mask = tf.keep(tf.tensor(masked, [1, 1, length, length]));
  const ids = Int32Array.from(tokens);

  const dense = (x, at) => tf.add(tf.matMul(x, weights[`${at}.weight`]), weights[`${at}.bias`]);
  const norm = (x, at) => {
    const { mean, variance } = tf.moments(x, -1, true);
    const normed = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
    return tf.add(tf.mul(normed, weights[`${at}.gamma`]), weights[`${at}.beta`]);
  };
  const byHeads = (x) => tf.transpose(tf.reshape(x, [rows, length, heads, headWidth]), [0, 2, 1, 3]);
  const turn = (x) => {
    const [a, b] = tf.split(x, 2, -1);
    return tf.concat([tf.sub(tf.mul(a, cosines), tf.mul(b, sines)), tf.add(tf.mul(b, cosines), tf.mul(a, sines))], -1);
  };
  const gelu = (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

  const forward = () => {
    let x = tf.gather(weights["embedding.weight"], tf.tensor1d(ids, "int32"));
    for (let layer = 0; layer < layers; layer++) {
      const at = `encoder.layers.${layer}.`;
      const normed = norm(x, `${at}norm_1`);
      const [query, key, value] = ["query", "key", "value"].map((part) => byHeads(dense(normed, `${at}attention.${part}`)));
      const scores = tf.mul(tf.matMul(turn(query), turn(key), false, true), 1 / Math.sqrt(headWidth));
      const context = tf.matMul(tf.softmax(tf.add(scores, mask)), value);
      const joined = tf.reshape(tf.transpose(context, [0, 2, 1, 3]), [rows * length, width]);
      x = tf.add(x, dense(joined, `${at}attention.output`));
      x = tf.add(x, dense(gelu(dense(norm(x, `${at}norm_2`), `${at}pwff.linear_inner`)), `${at}pwff.linear_outer`));
    }
    return dense(norm(x, "final_norm"), "predictor");
  };
  return async () => {
    const logits = tf.tidy(forward);
    const values = await logits.data();
    logits.dispose();
    return values;
  };
}
