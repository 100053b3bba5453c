// Starts the wallet's page inside the extension: says which face it has, and keeps its address loadable.

import { begin, isAsking, settle } from "./route.js";
import { whenThere } from "./there.js";

begin();
if (isAsking()) {
  // The background asks it of a window whose page is off the line, which may have crashed.
  chrome.runtime.onMessage.addListener((message, _sender, answer) => message.lives === "request" && answer(true));
}
await import("./public/boot.js");
// The app's router has looked when there is a page.
await whenThere("main");
settle();
// For whoever measures: from here on something can be done.
await whenThere("main:not([aria-busy])");
performance.mark("soma-interactive");
