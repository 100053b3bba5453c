// Makes a key, builds a transaction by hand, tells it in words, signs it. Asks no network.

import { init, Keypair, Transaction, verifyTransaction } from "soma-wallet";

await init();
const key = Keypair.generate();
const coin = { objectId: `0x${"11".repeat(32)}`, version: 7n, digest: "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi" };
const transaction = Transaction.transferCoin(
  { coin, amount: 1_250_000_000n, recipient: `0x${"22".repeat(32)}` },
  { sender: key.address, gasPayment: [coin] },
);
const { headline, points } = transaction.describe();
console.log(headline);
for (const { label, value } of points) {
  console.log(`  ${label}:`, value);
}
const signed = key.signTransaction(transaction);
verifyTransaction(signed.bytes, signed.signature);
console.log(signed);
key.free();
