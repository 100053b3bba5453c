// Sends SOMA on a local network:
//   node send.mjs http://127.0.0.1:9000 somaprivkey1… 0x… 1.25

import { Client, formatSoma, init, Keypair, parseSoma, SomaError } from "soma-wallet/client";

const [node = "http://127.0.0.1:9000", secret = "", recipient = "", amount = "1"] = process.argv.slice(2);

await init();
const key = Keypair.fromPrivateKey(secret);
const client = await Client.connect(node);
try {
  const prepared = await client.prepareSend({ sender: key.address, recipient, amount: parseSoma(amount) });
  const { description, fee, findings } = prepared.review;
  console.log(description.headline);
  console.log(`fee: ${formatSoma(fee.totalFee)} SOMA`);
  for (const { level, text } of findings) {
    console.log(`${level}: ${text}`);
  }
  const { succeeded, digest } = await prepared.signAndExecute(key);
  console.log(succeeded ? `executed as ${digest}` : `failed as ${digest}`);
} catch (error) {
  console.error(error instanceof SomaError ? `${error.code}: ${error.message}` : error);
  process.exitCode = 1;
} finally {
  key.free();
  client.free();
}
