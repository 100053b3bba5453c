// A site by others' rules: all it knows of the wallet, the Wallet Standard's own library told it.

import { getWallets } from "/standard/index.js";

const ID = "org.soma-wallet.extension";

const site = (globalThis.site = { all: getWallets(), changes: [] });
site.wallet = () => site.all.get().find(({ id }) => id === ID);
site.wallet()?.features["standard:events"].on("change", ({ accounts }) => site.changes.push(accounts?.map(({ address }) => address)));

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
site.connect = (input) => site.wallet().features["standard:connect"].connect(input).then(({ accounts }) => accounts.map(({ address }) => address));
site.disconnect = () => site.wallet().features["standard:disconnect"].disconnect();
site.send = (kind, feature = "signAndExecuteTransaction") => {
  const transaction = { toJSON: async () => JSON.stringify({ version: 1, kind }) };
  const [account] = site.wallet().accounts;
  return site.wallet().features[`soma:${feature}`][feature]({ transaction, account, chain: "soma:localnet" });
};
site.sign = (text) => {
  const [account] = site.wallet().accounts;
  const message = new TextEncoder().encode(text);
  return site.wallet().features["soma:signPersonalMessage"].signPersonalMessage({ message, account, chain: "soma:localnet" });
};
