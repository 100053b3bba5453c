import type { Capabilities, Chain, Executed, SerializableTransaction, Signed, SomaFeatures, SomaWallet, WalletAccount } from "./provider.js";

export { CODES, SomaError, isRefusal, type Reason } from "./errors.js";
export { CHAINS, EXTENSION_ID, WEB_WALLET_ID, createWallet } from "./provider.js";
export type {
  Begun,
  Capabilities,
  Chain,
  Executed,
  SerializableTransaction,
  SignPersonalMessageInput,
  SignTransactionInput,
  Signed,
  SomaFeatures,
  SomaWallet,
  ToldAccount,
  Transport,
  WalletAccount,
  WalletChange,
} from "./provider.js";
export { SomaConnect, defineSomaConnect, type SomaConnectWords } from "./element.js";

/** The wallets of this page that sign for this network. */
export interface Discovery {
  /** Those that are known by now. */
  readonly wallets: readonly SomaWallet[];
  /** Hears the whole list whenever a wallet comes or goes. */
  onChange(listener: (wallets: readonly SomaWallet[]) => void): () => void;
}

export declare function discover(options?: {
  /** Only wallets that know this chain. */
  chain?: Chain;
  /** Only wallets that have this feature. */
  feature?: keyof SomaFeatures;
}): Discovery;

/** A transaction as text, as finished BCS bytes of `TransactionData`, as a plain object, or with `toJSON`. */
export type TransactionLike =
  | SerializableTransaction
  | string
  | Uint8Array
  | { readonly sender?: string; readonly kind: Readonly<Record<string, unknown>>; readonly gasPayment?: readonly unknown[] };

export interface SignOptions {
  /** Where this is left out: the account's first chain. */
  chain?: Chain;
  signal?: AbortSignal;
}

/** A site's connection with one account of one wallet. It ends when that account is no longer shown to the site. */
export declare class Connection {
  private constructor();
  readonly wallet: SomaWallet;
  /** The account that signs; nothing once this has ended. */
  readonly account: WalletAccount | undefined;
  /** All accounts that this site may ask for. */
  readonly accounts: readonly WalletAccount[];
  /** The chain that is used where none is named. */
  readonly chain: Chain | undefined;
  readonly ended: boolean;
  /** Goes on with another of the accounts. */
  select(address: string): void;
  on(event: "change" | "disconnect", listener: (connection: Connection) => void): () => void;
  /** Ends this, and tells the wallet to show no account to this site. */
  disconnect(): Promise<void>;
  /** Signed only, it stays valid until one of its objects changes: prefer to have it executed. */
  signTransaction(transaction: TransactionLike, options?: SignOptions): Promise<Signed>;
  signAndExecuteTransaction(transaction: TransactionLike, options?: SignOptions): Promise<Executed>;
  signPersonalMessage(message: string | Uint8Array, options?: SignOptions): Promise<Signed>;
  getCapabilities(): Promise<Capabilities>;
}

/** Connects with a wallet: it asks its owner. Call this in a click, as windows open in a click only. */
export declare function connect(wallet: SomaWallet, options?: { chain?: Chain }): Promise<Connection>;

/** Takes up the connection that this site had before it was loaded anew, without asking anybody. */
export declare function reconnect(options?: {
  chain?: Chain;
  /** How long to wait for the wallet to register, in milliseconds. */
  patience?: number;
}): Promise<Connection | undefined>;

/** Registers the web wallet of an origin, unless the extension is there or comes. */
export declare function registerWebWallet(options: {
  /** Such as `https://wallet.example`. */
  origin: string;
  /** What the site calls itself, 64 characters at most. */
  appName?: string;
  chains?: readonly Chain[];
  /** What the button says that is shown where the browser blocked the window. */
  words?: { title?: string; blocked?: string; still?: string; open?: string; cancel?: string };
}): { readonly wallet: SomaWallet<SomaFeatures>; readonly unregister: () => void };

/** Tells the page of a wallet; returns what takes it away again. */
export declare function registerWallet(wallet: SomaWallet): () => void;

/** An address with a space after every four digits, for people to compare. */
export declare function groupAddress(address: string): string;
/** Both ends of an address, where there is no room for all of it. */
export declare function shortAddress(address: string): string;
