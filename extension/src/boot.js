// Starts the wallet's page inside the extension: says which face it has, and keeps its address loadable.

import { begin, settle } from "./route.js";

begin();
await import("./public/boot.js");
settle();
