// The wallet in front of a node that hides its errors and a faucet that speaks only HTTP/2: through a gateway.

import assert from "node:assert/strict";

import { environment } from "./support/environment.mjs";
import { Node } from "./support/node.mjs";
import { alertSays } from "./support/said.mjs";
import { Service, answers, freePorts, startLocalnet } from "./support/services.mjs";
import { keys } from "./support/vectors.mjs";
import {
  SOMA,
  balanceIs,
  by,
  confirm,
  createWallet,
  eventually,
  fee,
  goTo,
  review,
  toSoma,
} from "./support/wallet.mjs";

const FAUCET = 2n * SOMA;
const [RECIPIENT] = keys;

/** A network as a public one is, and a gateway to it. */
async function startBehindGateway(world) {
  const [rpc, faucet, admin, gateway] = await freePorts(4);
  const at = (port) => `http://127.0.0.1:${port}`;
  const ports = ["--rpc-port", rpc, "--faucet-port", faucet, "--admin-port", admin].map(String);
  const flags = ["--seed", "afar", "--small-model", "--epoch-duration-ms", "none", "--hide-errors"];
  const network = await startLocalnet([...flags, ...ports], { port: rpc, name: `${world.name}.afar` });
  world.closeLater(() => network.stop());
  const upstreams = ["--node", at(rpc), "--faucet", at(faucet), "--admin", at(admin)];
  const service = new Service(`${world.name}.gateway`, environment.localnet, [
    "gateway",
    ...upstreams,
    "--port",
    String(gateway),
  ]);
  world.closeLater(() => service.stop());
  await service.until("an answer", () => answers(gateway));
  return { network, node: new Node(at(rpc)), faucet: at(faucet), url: at(gateway), service };
}

/** Adds the network at a gateway, which stands for all its services, and chooses it. */
async function addNetwork(page, url, chain) {
  await goTo(page, "settings");
  await by(page, "add-network").click();
  await by(page, "network-name").fill("Afar");
  await by(page, "add-network-dialog").locator("summary").click();
  for (const service of ["rpc", "faucet", "admin"]) {
    await by(page, `network-${service}`).fill(url);
  }
  await by(page, "probe-network").click();
  assert.equal((await by(page, "probed-chain").innerText()).trim(), chain);
  await by(page, "keep-network").click();
  await page.locator('[data-testid=network][data-name="Afar"]').waitFor();
  await by(page, "network-picker").selectOption("Afar");
  await goTo(page, "home");
}

export const scenarios = {
  "through a gateway the wallet gets coins, sends some, ends an epoch, and reads why a call failed": async (world) => {
    await world.startNetwork();
    const afar = await startBehindGateway(world);
    const { chainId } = await afar.node.info();
    const page = await world.openFresh();
    const { address } = await createWallet(page);
    await addNetwork(page, afar.url, chainId);
    await balanceIs(page, 0n);

    await by(page, "faucet").click();
    await balanceIs(page, FAUCET);
    assert.equal(await afar.node.balance(address), FAUCET, "coins of the network behind the gateway");
    assert.equal(await world.node.balance(address), 0n, "and of no other");

    const amount = 123_456_789n;
    const cost = fee(2, amount);
    await goTo(page, "send");
    await by(page, "send-recipient").fill(RECIPIENT.address);
    await by(page, "send-amount").fill(toSoma(amount));
    await by(page, "send-review").click();
    assert.equal((await review(page)).fee, cost);
    const digest = await confirm(page);
    assert.equal(await afar.node.balance(RECIPIENT.address), amount);
    await goTo(page, "home");
    await balanceIs(page, FAUCET - amount - cost);
    await page.locator(`[data-testid=activity-entry][data-digest="${digest}"][data-state=Done]`).waitFor();

    const epoch = () => by(page, "epoch-clock").getAttribute("data-epoch");
    assert.equal(await epoch(), "0");
    await by(page, "advance-epoch").click();
    await eventually("the epoch shown", epoch, "1");
    assert.equal((await afar.node.info()).epoch, 1n);

    await afar.network.stop();
    await by(page, "faucet").click();
    const { text } = await alertSays(page, /the faucet at .* cannot be reached/);
    assert.ok(text.includes(afar.faucet), `it names the faucet: ${text}`);
  },
};
