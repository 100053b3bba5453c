// Compiled, never run: what a site written in TypeScript does with the connector, and what it must not be able to do.

import { getWallets } from "@wallet-standard/app";
import type { Wallet, WalletAccount } from "@wallet-standard/base";

import { type Connection, SomaError, connect, defineSomaConnect, discover, groupAddress, isRefusal, reconnect, registerWebWallet } from "soma-wallet/connector";
import { type Transport, createWallet } from "soma-wallet/connector/provider";
import "soma-wallet/connector/element";

// Our wallet is a wallet by the standard's own declarations, and so are its accounts.
const { wallet, unregister } = registerWebWallet({ origin: "https://wallet.example", appName: "Types", chains: ["soma:testnet"] });
const standard: Wallet = wallet;
const account: WalletAccount | undefined = wallet.accounts[0];
getWallets().register(wallet);
unregister();

const transport: Transport = {
  request: async (method, params, signal) => ({ method, params, aborted: signal?.aborted }),
  onEvent: () => () => {},
};
const own: Wallet = createWallet({ id: "org.example", name: "Example", transport });

async function use(): Promise<bigint> {
  const { wallets, onChange } = discover({ chain: "soma:testnet", feature: "soma:signAndExecuteTransaction" });
  const off: () => void = onChange((now) => console.log(now.length));
  off();
  const [first] = wallets;
  if (!first) {
    return 0n;
  }
  const connection: Connection = (await reconnect({ patience: 100 })) ?? (await connect(first, { chain: "soma:testnet" }));
  connection.on("disconnect", ({ ended }) => console.log(ended));
  console.log(groupAddress(connection.account?.address ?? ""));
  try {
    const { digest, effects, checkpoint } = await connection.signAndExecuteTransaction({ kind: { TransferCoin: { amount: 5n } } });
    await connection.signTransaction(new Uint8Array(3), { signal: AbortSignal.timeout(1_000) });
    await connection.signPersonalMessage("hello", { chain: "soma:localnet" });
    console.log(digest.length, effects?.length, (await connection.getCapabilities()).kinds.join());
    return BigInt(checkpoint ?? 0);
  } catch (error) {
    if (error instanceof SomaError && !isRefusal(error)) {
      const code: string = error.code;
      const number: number | undefined = error.walletStandardCode;
      console.log(code, number, error.reason, error.cause);
    }
    throw error;
  }
}

defineSomaConnect();
const button = document.createElement("soma-connect");
button.words = { connect: "Verbinden" };
button.addEventListener("soma-connect", ({ detail }) => console.log(detail.account?.address));
button.addEventListener("soma-error", ({ detail }) => console.log(detail.code));

// @ts-expect-error a wallet has to say where it is
registerWebWallet({ appName: "x" });
// @ts-expect-error there is no other event
(await connect(wallet)).on("accountChanged", () => {});
// @ts-expect-error connections are made by connect
new (await import("soma-wallet/connector")).Connection();
// @ts-expect-error an account cannot be changed
wallet.accounts[0]!.address = "0x";
// @ts-expect-error another wallet may lack it
discover().wallets[0]!.features["soma:signTransaction"].signTransaction;

export { account, button, own, standard, use };
