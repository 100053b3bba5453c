// Public data of the wallet, which answers sites without a window: who may see which accounts, and what the wallet
// can do. The wallet page writes it (app/src/extension/mirror.rs); what a site gave up is noted for it here.

const SITES = "sites";
const CAPABILITIES = "capabilities";
const DROPPED = "dropped";

/** Accounts that a site may see. */
export async function accountsOf(origin) {
  const { [SITES]: sites = {} } = await chrome.storage.local.get(SITES);
  return Object.hasOwn(sites, origin) ? sites[origin] : [];
}

/** What the wallet can do; nothing before it was opened for the first time. */
export async function capabilities() {
  return (await chrome.storage.local.get(CAPABILITIES))[CAPABILITIES];
}

let writing = Promise.resolve();

function change(act) {
  writing = writing.then(act, act);
  return writing;
}

/** A site was connected: it must find its accounts again before the wallet page has written them. */
export function connected(origin, accounts) {
  return change(async () => {
    const { [SITES]: sites = {}, [DROPPED]: dropped = [] } = await chrome.storage.local.get([SITES, DROPPED]);
    const others = dropped.filter((other) => other !== origin);
    await chrome.storage.local.set({ [SITES]: { ...sites, [origin]: accounts }, [DROPPED]: others });
  });
}

/** A site goes: nothing is left of its permission. The wallet page forgets it, too, when it is there again. */
export function drop(origin) {
  return change(async () => {
    const { [SITES]: sites = {}, [DROPPED]: dropped = [] } = await chrome.storage.local.get([SITES, DROPPED]);
    if (Object.hasOwn(sites, origin)) {
      const { [origin]: _gone, ...rest } = sites;
      await chrome.storage.local.set({ [SITES]: rest, [DROPPED]: [...new Set([...dropped, origin])] });
    }
  });
}

/** Origins whose accounts became others, with the accounts they may see now. */
export function changedSites({ oldValue = {}, newValue = {} }) {
  const origins = new Set([...Object.keys(oldValue), ...Object.keys(newValue)]);
  return [...origins]
    .map((origin) => ({ origin, before: oldValue[origin] ?? [], accounts: newValue[origin] ?? [] }))
    .filter(({ before, accounts }) => JSON.stringify(before) !== JSON.stringify(accounts));
}
