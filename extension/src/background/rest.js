// The unlocked wallet at rest: while no page of it is open, a ticket in the session's storage opens it again without a
// password (worker/src/vault/rest.rs). The ticket is sealed, and useless without a key that never leaves the browser's
// database; the background knows only until when it counts, and takes it away then, or where the device slept.

const KEY = "rest";
const ALARM = "rest";
/** Between two looks at the clock; the least that browsers allow is half of it. */
const LOOK_MINUTES = 1;
/** A clock that moved on so far between two looks did so while the device slept. */
const SLEPT_MS = 180_000;

/** What is known of the ticket changed. */
export async function changed({ newValue }) {
  if (newValue === undefined) {
    await chrome.alarms.clear(ALARM);
  } else if (!(await chrome.alarms.get(ALARM))) {
    await chrome.alarms.create(ALARM, { periodInMinutes: LOOK_MINUTES });
  }
}

/** Looks at the clock. */
export async function look() {
  const { [KEY]: rest } = await chrome.storage.session.get(KEY);
  if (rest === undefined) {
    await chrome.alarms.clear(ALARM);
    return;
  }
  const now = Date.now();
  const slept = now - rest.seen > SLEPT_MS;
  if (now >= (rest.until ?? Infinity) || (slept && rest.locksOnSleep)) {
    await chrome.storage.session.remove(KEY);
  } else {
    await chrome.storage.session.set({ [KEY]: { ...rest, seen: now } });
  }
}
