// The browser scenarios in Chromium: all of them, or those named on the command line. See support/runner.mjs.

import { play } from "./support/runner.mjs";
import { World } from "./support/world.mjs";

const FILES = ["main_job", "reload", "publishing", "models", "bad_input", "wallet", "gateway", "score", "targets", "score_trouble", "match_worker", "match", "network", "switches", "graphql", "staking", "coins", "review", "hostile", "activity", "multisig", "vault", "offline", "everyone", "accounts", "languages", "sites", "site_trouble", "looks", "connector", "example", "extension", "extension_trouble"];

/** So many scenarios may be played at once, where the machine has the cores for it. */
const LANES = 2;

await play(import.meta.url, FILES, (name, walletUrl) => new World(name, walletUrl), LANES);
