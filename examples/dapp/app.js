// An example: a page that connects with a wallet, shows a balance, sends, and has a message signed. All of it comes
// from the package, without a bundler. `?wallet=`, `?node=` and `?chain=` name other places than those of
// `cargo xtask dev`.

import { Client, formatSoma, init, parseSoma, Transaction, verifyPersonalMessage } from "./node_modules/soma-wallet/client.js";
import { isRefusal } from "./node_modules/soma-wallet/connector/index.js";

const at = (id) => document.getElementById(id);
const asked = new URLSearchParams(location.search);
const node = asked.get("node") ?? "http://127.0.0.1:9000";
const wallet = at("wallet");
let client;

wallet.setAttribute("wallet-origin", asked.get("wallet") ?? wallet.getAttribute("wallet-origin"));
wallet.setAttribute("chain", asked.get("chain") ?? wallet.getAttribute("chain"));

wallet.addEventListener("soma-connect", show);
wallet.addEventListener("soma-change", show);
wallet.addEventListener("soma-disconnect", show);
// The element knows where the wallet is: now it may begin, and takes up the connection of the last visit.
await init();
await import("./node_modules/soma-wallet/connector/element.js");

/** One client for the page, made when it is first needed. */
async function chain() {
  client ??= await Client.connect(node);
  return client;
}

async function show() {
  const account = wallet.connection?.account;
  at("connected").hidden = !account;
  at("hint").hidden = Boolean(account);
  if (account) {
    await attempt(refresh);
  }
}

async function refresh() {
  const { address } = wallet.connection.account;
  const shannons = await (await chain()).balance(address);
  at("balance").textContent = `${formatSoma(shannons)} SOMA`;
}

/** What a person asked for, and in plain words what came of it. */
async function attempt(act) {
  try {
    await act();
  } catch (error) {
    say(isRefusal(error) ? "You refused it in the wallet." : error.message, "failed");
  }
}

function say(text, state = "done") {
  at("said").textContent = text;
  at("said").dataset.state = state;
}

at("refresh").addEventListener("click", () => attempt(refresh));

at("send").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    // Coins and fee are left open: the wallet completes the transaction, and shows what it will do.
    const transaction = Transaction.transferCoin({ recipient: at("recipient").value.trim(), amount: parseSoma(at("amount").value) });
    say("Look at the wallet's window.", "waiting");
    const { digest, failure } = await wallet.connection.signAndExecuteTransaction(transaction, { chain: wallet.getAttribute("chain") });
    if (failure) {
      say(`It was executed and failed (${failure}); only the fee is paid. ${digest}`, "failed");
      return;
    }
    await (await chain()).waitFor(digest);
    await refresh();
    say(`Sent: ${digest}`);
  });
});

at("sign").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    say("Look at the wallet's window.", "waiting");
    const { bytes, signature } = await wallet.connection.signPersonalMessage(at("message").value, { chain: wallet.getAttribute("chain") });
    // Throws where the signature does not stand. What it was signed for is in the signed text itself.
    const { account, site, message } = verifyPersonalMessage(bytes, signature);
    if (account !== wallet.connection.account.address || site !== location.origin) {
      throw new Error("the wallet signed for another account or site");
    }
    say(`Signed by ${account} for ${site}:\n${new TextDecoder().decode(message)}`);
  });
});
