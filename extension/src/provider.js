// Runs in the world of every page that may ask: gives it the wallet as the Wallet Standard has it.
//
// Nothing here is trusted by the wallet. It is the page's own world: whatever a page changes in it, it could as well
// ask for itself. Whose request it is, the browser tells the extension's background.

import { EXTENSION_ID, EXTENSION_NAME, createWallet } from "../../connector/src/provider.js";
import { registerWallet } from "../../connector/src/standard.js";
import { transportOver } from "./transport.js";
import { HELLO, LINE } from "./names.js";

/** Opens the line to the relay: one port, handed over before any script of the page runs. */
function open() {
  const { port1: ours, port2: theirs } = new MessageChannel();
  let given = false;
  const give = () => {
    if (!given) {
      // An event is heard before this returns; a posted message would be heard after the page's first scripts.
      given = !window.dispatchEvent(new MessageEvent(LINE, { ports: [theirs], cancelable: true }));
    }
  };
  give();
  // Where browsers start the relay second, it says when it is there.
  window.addEventListener(HELLO, give, { once: true });
  return ours;
}

const { dispatchEvent } = window;
if (typeof dispatchEvent === "function") {
  const transport = transportOver(open());
  registerWallet(createWallet({ id: EXTENSION_ID, name: EXTENSION_NAME, transport }));
}
