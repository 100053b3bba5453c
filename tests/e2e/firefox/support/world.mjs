// What one scenario has to itself in Firefox: its ground, browsers and pages.

import { copyFileSync, existsSync } from "node:fs";
import path from "node:path";

import { Ground } from "../../support/ground.mjs";
import { Firefox } from "./firefox.mjs";

/** The surroundings of one scenario. */
export class FirefoxWorld extends Ground {
  constructor(name, walletUrl) {
    super(name, walletUrl);
    this.browsers = [];
  }

  /** A browser that knows nothing yet. */
  openFirefox(options) {
    return Firefox.open(this, options);
  }

  /** A page at the wallet, in a browser that knows nothing yet. */
  async openFresh(options) {
    const firefox = await this.openFirefox(options);
    return firefox.openPage();
  }

  async complaints() {
    const said = await Promise.all(this.browsers.map((firefox) => firefox.complaints()));
    return this.unexpected(said.flat());
  }

  async leaveEvidence(error) {
    const folder = await super.leaveEvidence(error);
    for (const { log } of this.browsers) {
      if (existsSync(log)) {
        copyFileSync(log, path.join(folder, path.basename(log)));
      }
    }
    return folder;
  }
}
