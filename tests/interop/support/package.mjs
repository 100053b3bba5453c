// The package for JavaScript in Node: prepares what a line of JSON on stdin asks for, signs it, and answers with a line.

import { createInterface } from "node:readline";
import path from "node:path";
import { pathToFileURL } from "node:url";

const { Client, init, Keypair, Transaction } = await import(pathToFileURL(path.join(process.env.SOMA_NPM_PACKAGE, "client.js")));

await init();
for await (const line of createInterface({ input: process.stdin })) {
  const { node, key: secret, kind, args } = JSON.parse(line);
  const key = Keypair.fromPrivateKey(secret);
  const client = await Client.connect(node);
  const amount = args.amount === undefined ? {} : { amount: BigInt(args.amount) };
  const prepared = await client.prepare(Transaction[kind]({ ...args, ...amount }), { sender: key.address });
  const { digest, fee } = prepared.review;
  const signed = await prepared.sign(key);
  console.log(JSON.stringify({ ...signed, digest, fee: String(fee.totalFee), address: key.address }));
}
