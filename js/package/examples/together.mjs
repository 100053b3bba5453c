// Three keys of which two must sign send SOMA together, on a local network:
//   node together.mjs http://127.0.0.1:9000 somaprivkey1… 0x… 1.25
// The account of the private key pays the three's account first.

import { Client, formatSoma, init, Keypair, parseSoma } from "soma-wallet/client";
import { MultisigAccount, Proposal } from "soma-wallet/multisig";

const [node = "http://127.0.0.1:9000", secret = "", recipient = "", amount = "1"] = process.argv.slice(2);

await init();
const payer = Keypair.fromPrivateKey(secret);
const client = await Client.connect(node);
const { chainId: genesis } = await client.info();

// Whoever makes the account needs the public keys of the others, and nothing else of them.
const [alice, bob, carol] = [Keypair.generate(), Keypair.generate(), Keypair.generate()];
const members = [alice, bob, carol].map(({ publicKey }) => ({ publicKey, weight: 1 }));
const account = new MultisigAccount({ members, threshold: 2 });
console.log(`the account of three: ${account.address}`);
const funding = await client.prepareSend({ sender: payer.address, recipient: account.address, amount: parseSoma(amount) * 2n });
await client.waitFor((await funding.signAndExecute(payer)).digest);

// One of them prepares what all are to look at, signs it, and passes its text on.
const prepared = await client.prepareSend({ sender: account.address, recipient, amount: parseSoma(amount) });
const proposal = account.propose(prepared.bytes, { genesis });
proposal.sign(alice);
const passedOn = proposal.toText();

// Another one reads it, looks, signs; then it is complete, and anybody may send it.
const received = Proposal.read(passedOn);
console.log(received.transaction.describe().headline);
received.sign(carol);
console.log(`${received.weight} of ${received.threshold} have signed`);
const { succeeded, digest } = await client.execute(received.signed());
await client.waitFor(digest);
console.log(succeeded ? `executed as ${digest}` : `failed as ${digest}`);
console.log(`left: ${formatSoma(await client.balance(account.address))} SOMA`);
client.free();
