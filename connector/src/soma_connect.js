// `<soma-connect>`: a button that connects this page with a wallet, and shows with which account it is connected.
//
// Attributes: `wallet-origin` (registers the web wallet of that origin), `app-name`, `chain`, `theme` (`light` or
// `dark`, else as the device likes it), `no-reconnect`. Properties: `connection`, `words`. Events, which bubble:
// `soma-connect`, `soma-change`, `soma-disconnect` (`detail` is the connection) and `soma-error` (`detail` is a SomaError).

import { connect, reconnect } from "./connection.js";
import { discover, idOf } from "./discovery.js";
import { dress, element, sign } from "./dom.js";
import { isRefusal, walletError } from "./errors.js";
import { EXTENSION_ID, WEB_WALLET_ID } from "./provider.js";
import { groupAddress, shortAddress } from "./values.js";
import { registerWebWallet } from "./web_wallet.js";

const WORDS = Object.freeze({
  connect: "Connect wallet",
  waiting: "Waiting for the wallet…",
  connectedAs: "Connected as",
  choose: "Choose a wallet",
  none: "There is no SOMA wallet in this browser.",
  cancel: "Cancel",
  close: "Close",
  connected: "Connected with {wallet}",
  accounts: "The site uses the marked account. Choose another one to use that instead.",
  account: "Account {number}",
  copy: "Copy address",
  copied: "The address was copied.",
  notCopied: "The browser does not let this page copy. Select the address instead.",
  disconnect: "Disconnect",
  refused: "The request was refused in the wallet.",
  ended: "The wallet no longer shows this account. Connect again to go on.",
});

/** A page without a DOM may load this file, and defines no element. */
const Base = globalThis.HTMLElement ?? class {};

export class SomaConnect extends Base {
  static observedAttributes = ["wallet-origin"];

  #words = WORDS;
  #connection;
  #waits = false;
  #wallets;
  #stopHearing;
  #stopFollowing = () => {};
  #givenUp = false;
  #button = element("button", { type: "button", part: "button", class: "main", "aria-haspopup": "dialog", "data-testid": "soma-connect", onclick: () => this.#press() });
  #title = element("h2", { id: "title", tabindex: "-1" });
  #body = element("div");
  #row = element("div", { class: "row" });
  #dialog = element("dialog", { part: "dialog", "aria-labelledby": "title" }, this.#title, this.#body, this.#row);
  #said = element("p", { part: "message", role: "status", class: "said" });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    dress(root);
    root.append(this.#button, this.#said, this.#dialog);
  }

  /** The connection with a wallet, or nothing. */
  get connection() {
    return this.#connection;
  }

  /** What the element says, by name; give those that are to be in another language. */
  get words() {
    return this.#words;
  }

  set words(words) {
    this.#words = Object.freeze({ ...WORDS, ...words });
    this.#show();
  }

  connectedCallback() {
    this.#register();
    // A wallet may know more networks than it names before it is connected: accounts are asked for the chain.
    this.#wallets = discover();
    this.#stopHearing = this.#wallets.onChange(() => this.#dialog.open && !this.#connection && this.#showWallets());
    this.#show();
    if (!this.#connection && !this.hasAttribute("no-reconnect")) {
      this.#restore();
    }
  }

  disconnectedCallback() {
    this.#stopHearing?.();
    this.#dialog.close();
  }

  attributeChangedCallback() {
    if (this.isConnected && this.#wallets) {
      this.#register();
    }
  }

  get #chain() {
    return this.getAttribute("chain") ?? undefined;
  }

  #register() {
    const origin = this.getAttribute("wallet-origin");
    if (!origin) {
      return;
    }
    try {
      registerWebWallet({ origin, appName: this.getAttribute("app-name") ?? undefined });
    } catch (error) {
      this.#trouble(error);
    }
  }

  async #restore() {
    try {
      const connection = await reconnect({ chain: this.#chain });
      if (connection && !this.#connection && !this.#waits) {
        this.#take(connection);
      }
    } catch (error) {
      this.#trouble(error);
    }
  }

  /** The button: one wallet is asked at once, as its window opens in this click only. */
  #press() {
    this.#say("");
    if (this.#connection) {
      this.#showAccounts();
      this.#dialog.showModal();
    } else if (this.#wallets.wallets.length === 1) {
      this.#ask(this.#wallets.wallets[0]);
    } else {
      this.#showWallets();
      this.#dialog.showModal();
    }
  }

  async #ask(wallet) {
    this.#waits = true;
    this.#show();
    try {
      const connection = await connect(wallet, { chain: this.#chain });
      this.#waits = false;
      this.#take(connection);
    } catch (error) {
      this.#waits = false;
      this.#show();
      this.#trouble(error);
    }
  }

  #take(connection) {
    this.#connection = connection;
    const stops = [
      connection.on("change", () => {
        this.#show();
        this.#emit("soma-change", connection);
      }),
      connection.on("disconnect", () => this.#drop()),
    ];
    this.#stopFollowing = () => stops.forEach((stop) => stop());
    this.#show();
    this.#emit("soma-connect", connection);
  }

  #drop() {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#stopFollowing();
    this.#dialog.close();
    this.#show();
    this.#say(this.#givenUp ? "" : this.#words.ended);
    this.#givenUp = false;
    this.#emit("soma-disconnect", connection);
  }

  async #disconnect() {
    this.#givenUp = true;
    try {
      await this.#connection?.disconnect();
    } catch (error) {
      this.#trouble(error);
    }
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #trouble(error) {
    const known = error?.name === "SomaError" ? error : walletError("failed", String(error?.message ?? error), { cause: error });
    this.#say(isRefusal(known) ? this.#words.refused : known.message);
    this.#emit("soma-error", known);
  }

  #say(text) {
    this.#said.textContent = text;
    this.#said.className = text ? "trouble" : "said";
  }

  /** The button as things stand. */
  #show() {
    const account = this.#connection?.account;
    this.#button.className = account ? "" : "main";
    this.#button.disabled = this.#waits;
    this.#button.ariaBusy = String(this.#waits);
    if (!account) {
      this.#button.removeAttribute("title");
      this.#button.replaceChildren(this.#waits ? this.#words.waiting : this.#words.connect);
      return;
    }
    const shown = element("span", { class: "mono", part: "address" }, shortAddress(account.address));
    const label = account.label ? [element("span", {}, account.label)] : [];
    // All of it is in the dialog, in the tooltip, and never only its ends where somebody compares.
    this.#button.title = groupAddress(account.address);
    this.#button.replaceChildren(pictureOf(this.#connection.wallet), element("span", { class: "said" }, this.#words.connectedAs), ...label, shown);
    if (this.#dialog.open) {
      this.#showAccounts();
    }
  }

  #showWallets() {
    this.#title.textContent = this.#words.choose;
    const { wallets } = this.#wallets;
    const choose = (wallet) => {
      this.#dialog.close();
      this.#ask(wallet);
    };
    const entry = (wallet) =>
      element("li", {}, element("button", { type: "button", "data-testid": "soma-wallet", onclick: () => choose(wallet) }, pictureOf(wallet), wallet.name));
    this.#body.replaceChildren(wallets.length === 0 ? element("p", {}, this.#words.none) : element("ul", {}, ...wallets.map(entry)));
    this.#row.replaceChildren(this.#closer(this.#words.cancel));
  }

  #showAccounts() {
    const { wallet, accounts, account: chosen } = this.#connection;
    this.#title.textContent = fillIn(this.#words.connected, { wallet: wallet.name });
    const entry = (account, at) => {
      const name = account.label ?? fillIn(this.#words.account, { number: at + 1 });
      const choose = () => {
        this.#connection.select(account.address);
        this.#dialog.close();
      };
      const lines = element("span", { class: "account" }, element("span", {}, name), element("span", { class: "mono" }, groupAddress(account.address)));
      const current = account === chosen ? "true" : "false";
      return element("li", {}, element("button", { type: "button", "aria-current": current, "data-testid": "soma-account", onclick: choose }, lines));
    };
    const copied = element("p", { role: "status" }, "");
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(chosen.address);
        copied.textContent = this.#words.copied;
      } catch {
        copied.textContent = this.#words.notCopied;
      }
    };
    this.#body.replaceChildren(
      ...(accounts.length > 1 ? [element("p", {}, this.#words.accounts)] : []),
      element("ul", {}, ...accounts.map(entry)),
      copied,
    );
    this.#row.replaceChildren(
      element("button", { type: "button", class: "danger", "data-testid": "soma-disconnect", onclick: () => this.#disconnect() }, this.#words.disconnect),
      element("button", { type: "button", "data-testid": "soma-copy", onclick: copy }, this.#words.copy),
      this.#closer(this.#words.close),
    );
  }

  #closer(words) {
    return element("button", { type: "button", "data-testid": "soma-close", onclick: () => this.#dialog.close() }, words);
  }
}

/** A wallet's picture: ours is drawn, others bring theirs as data. */
function pictureOf(wallet) {
  if ([EXTENSION_ID, WEB_WALLET_ID].includes(idOf(wallet))) {
    return sign();
  }
  const isPicture = typeof wallet.icon === "string" && /^data:image\/(svg\+xml|webp|png|gif);base64,/.test(wallet.icon);
  return isPicture ? element("img", { class: "icon", alt: "", src: wallet.icon }) : element("span", { class: "icon" });
}

function fillIn(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** Defines the element, once for a page. */
export function defineSomaConnect(name = "soma-connect") {
  if (!globalThis.customElements) {
    throw walletError("unsupported", "there are no elements here: this is no page");
  }
  if (!customElements.get(name)) {
    customElements.define(name, name === "soma-connect" ? SomaConnect : class extends SomaConnect {});
  }
}
