/** `namespace:network`, such as `soma:testnet`. */
export type Chain = `${string}:${string}`;

/** An account that this site may ask for. */
export interface WalletAccount {
  /** `0x` and 64 digits. */
  readonly address: string;
  /** The flag of its kind, and the key's bytes; a copy each time. */
  readonly publicKey: Uint8Array;
  readonly chains: readonly Chain[];
  readonly features: readonly `${string}:${string}`[];
  readonly label?: string;
}

/** What changed, with its new value; nothing of what stayed. */
export interface WalletChange {
  readonly accounts?: readonly WalletAccount[];
  readonly chains?: readonly Chain[];
  readonly features?: Readonly<Record<`${string}:${string}`, unknown>>;
}

/** A transaction that may still lack what the wallet knows better: versions of objects, coins, gas. */
export interface SerializableTransaction {
  /** `{"version":1,"kind":{…}}` or `{"version":1,"bytes":"<Base64>"}` as a text. */
  toJSON(): Promise<string> | string;
}

export interface SignTransactionInput {
  transaction: SerializableTransaction;
  account: WalletAccount;
  chain: Chain;
  signal?: AbortSignal;
}

export interface SignPersonalMessageInput {
  message: Uint8Array;
  account: WalletAccount;
  chain: Chain;
  signal?: AbortSignal;
}

export interface Signed {
  /** Base64 of what was signed. */
  readonly bytes: string;
  /** Base64 of flag, signature and key. */
  readonly signature: string;
}

export interface Executed extends Signed {
  /** Base58. */
  readonly digest: string;
  /** Base64 of BCS, where the node told them. */
  readonly effects?: string;
  /** The checkpoint's number, where it is known already. */
  readonly checkpoint?: string;
  /** Why it failed: it was executed and its fee is paid, and nothing else happened. */
  readonly failure?: string;
}

export interface Capabilities {
  /** Kinds of transactions. */
  readonly kinds: readonly string[];
  readonly chains: readonly string[];
  readonly maxTransactionBytes: number;
  readonly simulates: boolean;
  readonly autoApproval: boolean;
  readonly modelVault: boolean;
}

/** A type and no interface, so that it is what the standard declares features to be. */
export type SomaFeatures = {
  readonly "standard:connect": {
    readonly version: "1.0.0";
    readonly connect: (input?: { readonly silent?: boolean }) => Promise<{ readonly accounts: readonly WalletAccount[] }>;
  };
  readonly "standard:disconnect": { readonly version: "1.0.0"; readonly disconnect: () => Promise<void> };
  readonly "standard:events": {
    readonly version: "1.0.0";
    readonly on: (event: "change", listener: (change: WalletChange) => void) => () => void;
  };
  readonly "soma:signTransaction": {
    readonly version: "1.0.0";
    readonly signTransaction: (input: SignTransactionInput) => Promise<Signed>;
  };
  readonly "soma:signAndExecuteTransaction": {
    readonly version: "1.0.0";
    readonly signAndExecuteTransaction: (input: SignTransactionInput) => Promise<Executed>;
  };
  readonly "soma:signPersonalMessage": {
    readonly version: "1.0.0";
    readonly signPersonalMessage: (input: SignPersonalMessageInput) => Promise<Signed>;
  };
  readonly "soma:getCapabilities": { readonly version: "1.0.0"; readonly getCapabilities: () => Promise<Capabilities> };
};

/** A wallet by the Wallet Standard that signs for this network: one of ours has all features, others may lack some. */
export interface SomaWallet<Features = Pick<SomaFeatures, "standard:connect" | "standard:events"> & Partial<SomaFeatures>> {
  readonly version: "1.0.0";
  readonly id?: string;
  readonly name: string;
  readonly icon: `data:image/${"svg+xml" | "webp" | "png" | "gif"};base64,${string}`;
  readonly chains: readonly Chain[];
  readonly features: Features;
  readonly accounts: readonly WalletAccount[];
}

/** An account as it crosses from the wallet. */
export interface ToldAccount {
  readonly address: string;
  /** Base64 of flag and key. */
  readonly publicKey: string;
  readonly chains: readonly string[];
  readonly label?: string;
}

/** What carries requests to the wallet, and the wallet's changes to the page. */
export interface Transport {
  /** Resolves with the `ok` of the answer; rejects with a `SomaError`. */
  request(method: string, params: object, signal?: AbortSignal, begun?: Begun): Promise<unknown>;
  /** The listener gets the accounts of a change event as they came. */
  onEvent(listener: (accounts: unknown) => void): () => void;
  /** Called in the click where a person will be asked, before anything is awaited. */
  begin?(method: string, signal?: AbortSignal): Begun;
}

export interface Begun {
  /** There will be no request after all. */
  cancel(): void;
}

export declare const EXTENSION_ID: "org.soma-wallet.extension";
export declare const WEB_WALLET_ID: "org.soma-wallet.web";
export declare const EXTENSION_NAME: "Soma Wallet";
export declare const WEB_WALLET_NAME: "Soma Wallet (web)";
/** The chains that every wallet knows by name; the one to use first comes first. */
export declare const CHAINS: readonly Chain[];
export declare const ICON: SomaWallet["icon"];

/** Makes the one wallet object of a page. */
export declare function createWallet(options: {
  /** Without a colon. */
  id: string;
  /** Without a colon. */
  name: string;
  transport: Transport;
  icon?: SomaWallet["icon"];
  chains?: readonly Chain[];
}): SomaWallet<SomaFeatures>;
