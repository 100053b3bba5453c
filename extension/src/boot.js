// Starts the wallet's page inside the extension: says which face it has, and keeps its address loadable.

import { begin, settle } from "./route.js";
import { whenThere } from "./there.js";

begin();
await import("./public/boot.js");
// The app's router has looked when there is a page.
await whenThere("main");
settle();
// For whoever measures: from here on something can be done.
await whenThere("main:not([aria-busy])");
performance.mark("soma-interactive");
