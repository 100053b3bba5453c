// A site by others' rules: it finds wallets with the Wallet Standard's own library, and has our element besides.
// What a scenario wants to know stands in `globalThis.site`.

import { getWallets } from "/standard/index.js";
import { connect, discover, reconnect, registerWebWallet } from "/connector/index.js";
import "/connector/element.js";

const asked = new URLSearchParams(location.search);
const origin = asked.get("wallet");
const site = (globalThis.site = { wallets: getWallets(), discover, connect, reconnect, events: [] });

if (asked.has("element")) {
  const element = document.createElement("soma-connect");
  element.setAttribute("wallet-origin", origin);
  element.setAttribute("app-name", "Ein Spiel für Åsa");
  for (const name of ["soma-connect", "soma-change", "soma-disconnect", "soma-error"]) {
    element.addEventListener(name, ({ detail }) => site.events.push([name, detail?.account?.address ?? detail?.reason]));
  }
  document.getElementById("place").append(element);
  site.element = element;
} else {
  site.web = registerWebWallet({ origin, appName: "Ein Spiel für Åsa" });
}

/** What became of a promise, as a scenario can take it. */
site.outcome = async (promise) => {
  try {
    return { ok: await promise };
  } catch (error) {
    return { name: error.name, code: error.walletStandardCode, reason: error.reason, message: error.message };
  }
};

/** Something asked, of which the outcome is looked at later. */
site.begin = (promise) => void (site.pending = site.outcome(promise));

document.getElementById("standard").addEventListener("click", () => {
  const wallet = site.wallets.get().find(({ id }) => id === "org.soma-wallet.web");
  site.begin(wallet.features["standard:connect"].connect().then(({ accounts }) => accounts.map(({ address }) => address)));
});

if (asked.has("at-once")) {
  site.begin(site.web.wallet.features["standard:connect"].connect().then(({ accounts }) => accounts.length));
}
