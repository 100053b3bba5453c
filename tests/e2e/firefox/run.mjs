// What a person does, in Firefox: all scenarios, or those named on the command line. See ../support/runner.mjs.

import { play } from "../support/runner.mjs";
import { FirefoxWorld } from "./support/world.mjs";

const FILES = ["page", "extension", "package"];

await play(import.meta.url, FILES, (name, walletUrl) => new FirefoxWorld(name, walletUrl));
