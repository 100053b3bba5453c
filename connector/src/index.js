// The connector for pages: find wallets, connect, ask for signatures. See docs/connector.md.

export { CODES, SomaError, isRefusal } from "./errors.js";
export { discover } from "./discovery.js";
export { Connection, connect, reconnect } from "./connection.js";
export { registerWebWallet } from "./web_wallet.js";
export { registerWallet } from "./standard.js";
export { createWallet, CHAINS, EXTENSION_ID, WEB_WALLET_ID } from "./provider.js";
export { groupAddress, shortAddress } from "./values.js";
export { SomaConnect, defineSomaConnect } from "./soma_connect.js";
