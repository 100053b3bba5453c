// The extension's background: small, and asleep most of the time. It holds no key and no wasm.

import * as deadlines from "./deadlines.js";
import * as mirror from "./mirror.js";
import * as rest from "./rest.js";
import * as sites from "./sites.js";
import * as wallet from "./wallet.js";

// Whatever may wake it is listened to before anything is awaited.
chrome.runtime.onConnect.addListener((port) => {
  if (port.name.startsWith("site ")) {
    sites.connect(port);
  } else if (port.name === "wallet") {
    wallet.connect(port);
  } else {
    port.disconnect();
  }
});
chrome.windows.onRemoved.addListener((window) => wallet.closed(window));
chrome.alarms.onAlarm.addListener(({ name }) => (name === "rest" ? rest.look() : deadlines.look()));
chrome.storage.onChanged.addListener((changes, area) => {
  if (area === "local" && changes.sites) {
    sites.tellChanges(mirror.changedSites(changes.sites));
  }
  if (area === "local" && changes.deadlines) {
    deadlines.look();
  }
  if (area === "session" && changes.rest) {
    rest.changed(changes.rest);
  }
});
chrome.notifications.onClicked.addListener((key) => deadlines.open(key));
chrome.runtime.onStartup.addListener(() => deadlines.look());
chrome.runtime.onInstalled.addListener(() => deadlines.look());

wallet.look();
