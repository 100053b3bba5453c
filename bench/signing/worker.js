// One signer, in a worker of its own: gets ready, then signs again and again for a while.

import { signers, verify } from "/bundle/signers.js";

/** Milliseconds of a sample. */
const LONG = 200;
/** Signatures between two looks at the clock. */
const SOME = 32;

async function open({ kind, build }, seed, publicKey) {
  if (kind === "package") {
    const { init, Keypair } = await import("/package/index.js");
    await init();
    const key = Keypair.fromSeed(seed);
    return (transaction) => key.signTransaction(transaction).signature;
  }
  if (kind !== "ours") {
    return signers[kind](seed, publicKey);
  }
  const module = await import(`/wasm/${build}/bench.js`);
  await module.default();
  const signer = new module.Signer(seed);
  // Nothing is waited for: the wallet's worker signs where it stands.
  return (transaction) => signer.sign(transaction);
}

let sign, isAsync;

const commands = {
  async open({ row, seed, publicKey, transaction }) {
    sign = await open(row, seed, publicKey);
    const first = sign(transaction);
    isAsync = first instanceof Promise;
    if (!(await verify(await first, transaction, row.application))) {
      throw new Error("the signature is wrong");
    }
  },
  async run({ transaction }) {
    const start = performance.now();
    let [count, now] = [0, start];
    while (now - start < LONG) {
      for (let some = 0; some < SOME; some++) {
        const signature = sign(transaction);
        if (isAsync) {
          await signature;
        }
      }
      count += SOME;
      now = performance.now();
    }
    return count / (now - start);
  },
};

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ value: await commands[data.command](data) });
  } catch (error) {
    self.postMessage({ error: String(error?.stack ?? error) });
  }
};
