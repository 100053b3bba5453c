import type { Connection } from "./index.js";
import type { SomaError } from "./errors.js";

/** What `<soma-connect>` says. `{…}` is filled in. */
export interface SomaConnectWords {
  connect: string;
  waiting: string;
  /** Stands before label and address. */
  connectedAs: string;
  choose: string;
  none: string;
  cancel: string;
  close: string;
  /** `{wallet}` */
  connected: string;
  accounts: string;
  /** `{number}` */
  account: string;
  copy: string;
  copied: string;
  notCopied: string;
  disconnect: string;
  refused: string;
  ended: string;
}

/** A button that connects a page with a wallet, and shows with which account it is connected. */
export declare class SomaConnect extends HTMLElement {
  readonly connection: Connection | undefined;
  get words(): Readonly<SomaConnectWords>;
  set words(words: Partial<SomaConnectWords>);
}

/** Defines the element, once for a page. */
export declare function defineSomaConnect(name?: string): void;

declare global {
  interface HTMLElementTagNameMap {
    "soma-connect": SomaConnect;
  }
  interface HTMLElementEventMap {
    "soma-connect": CustomEvent<Connection>;
    "soma-change": CustomEvent<Connection>;
    "soma-disconnect": CustomEvent<Connection>;
    "soma-error": CustomEvent<SomaError>;
  }
}
