// Rings before it is too late: the wallet's page leaves what is due when (app/src/extension/deadlines.rs), public data
// only, and this counts it on the icon and tells of it once, whether the wallet is open, locked, or was not opened
// since the browser started.

const KEY = "deadlines";
const TOLD = "deadlines-told";
const ALARM = "deadlines";
const ICON = "public/icons/wallet-192.png";
const COLOUR = "#b3261e";
const PAGE = "index.html#/models/planner";

/** Looks at the clock: counts, tells, and sets the alarm for the next time that something begins or ends. */
export async function look() {
  const { [KEY]: all = [], [TOLD]: told = [] } = await chrome.storage.local.get([KEY, TOLD]);
  const now = Date.now();
  const due = all.filter(({ from, until }) => from <= now && now < until);
  await chrome.action.setBadgeText({ text: due.length === 0 ? "" : String(due.length) });
  await chrome.action.setBadgeBackgroundColor({ color: COLOUR });
  for (const { key, title, words } of due.filter(({ key }) => !told.includes(key))) {
    await chrome.notifications.create(key, { type: "basic", iconUrl: ICON, title, message: words, priority: 2 });
  }
  const names = all.map(({ key }) => key);
  const remember = [...new Set([...told.filter((key) => names.includes(key)), ...due.map(({ key }) => key)])];
  if (JSON.stringify(remember) !== JSON.stringify(told)) {
    await chrome.storage.local.set({ [TOLD]: remember });
  }
  const next = Math.min(...all.flatMap(({ from, until }) => [from, until]).filter((time) => time > now));
  if (Number.isFinite(next)) {
    await chrome.alarms.create(ALARM, { when: next });
  } else {
    await chrome.alarms.clear(ALARM);
  }
}

/** Shows the calendar to whoever answers a notification. */
export async function open(key) {
  await chrome.notifications.clear(key);
  await chrome.tabs.create({ url: PAGE });
}
