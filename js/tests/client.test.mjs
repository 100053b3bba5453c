// The client in Node against a local network: reads, previews, payments, stakes, and what is refused.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, init, Keypair, Transaction } from "soma-wallet/client";

import { startNetwork } from "./support.mjs";

test("one life of an account", async (t) => {
  const network = await startNetwork(t);
  await init();
  const client = await Client.connect(network.rpc_url, { genesis: network.chain_id });
  t.after(() => client.free());
  const alice = Keypair.fromPrivateKey(network.accounts[0].private_key);
  const bob = Keypair.generate();

  await t.test("the node tells who it is, and what there is", async () => {
    const info = await client.info();
    assert.equal(info.chainId, network.chain_id);
    assert.equal(typeof info.epoch, "bigint");
    assert.equal(await client.epoch(), info.epoch);
    const coins = await client.coins(alice.address);
    const sum = coins.reduce((total, { balance }) => total + balance, 0n);
    assert.equal(await client.balance(alice.address), sum);
    assert.equal(sum, BigInt(network.account_balance));
    const object = await client.object(coins[0].objectId);
    assert.deepEqual([object.type, object.owner], ["Coin", { AddressOwner: alice.address }]);
    assert.equal(object.version, coins[0].version);
    assert.equal((await client.objects(alice.address, { type: "Coin" })).length, coins.length);
    assert.equal(await client.object(`0x${"77".repeat(32)}`), undefined);
    const models = await client.models();
    assert.equal((await client.model(models[0].id)).id, models[0].id);
    const state = await client.systemState();
    assert.equal(state.epoch, info.epoch);
    assert.ok(state.modelRegistry.models instanceof Map);
    const targets = await client.targets({ status: "open" });
    const target = await client.target(targets[0].id);
    assert.ok(target.embedding.length > 0);
  });

  await t.test("an open transaction is completed, shown, signed, executed", async () => {
    const before = await client.balance(alice.address);
    const wish = Transaction.transferCoin({ amount: 1_250_000_000n, recipient: bob.address });
    const prepared = await client.prepare(wish, { sender: alice.address });
    const { review } = prepared;
    assert.equal(review.simulation, "Agrees");
    assert.match(review.description.headline, /^Send /);
    const own = review.balanceChanges.find(({ address }) => address === alice.address).change;
    assert.equal(own, -1_250_000_000n - review.fee.totalFee);
    assert.equal((await client.simulate(prepared.bytes)).fee.totalFee, review.fee.totalFee);
    const done = await prepared.signAndExecute(alice);
    assert.equal(done.succeeded, true);
    assert.equal(done.digest, review.digest);
    assert.equal(done.fee.totalFee, review.fee.totalFee);
    await client.waitFor(done.digest);
    assert.equal(await client.balance(bob.address), 1_250_000_000n);
    assert.equal(await client.balance(alice.address), before + own);
    const found = await client.transaction(done.digest);
    assert.equal(found.sender, alice.address);
    assert.equal(await client.transaction("11111111111111111111111111111111"), undefined);
  });

  await t.test("a whole transaction that was made by hand is signed and sent", async () => {
    const [coin] = await client.coins(bob.address);
    const transaction = Transaction.transferCoin({ coin, amount: 5n, recipient: alice.address }, { sender: bob.address, gasPayment: [coin] });
    assert.ok(transaction.isComplete);
    const done = await client.execute(bob.signTransaction(transaction));
    assert.equal(done.succeeded, true);
    assert.equal(done.digest, transaction.digest());
    await client.waitFor(done.digest);
    await assert.rejects(client.prepare(transaction), { code: "node/stale-object" });
  });

  await t.test("many are paid, and coins joined", async () => {
    const people = [Keypair.generate(), Keypair.generate()];
    const payments = people.map(({ address }, at) => ({ recipient: address, amount: BigInt(at + 1) * 1_000_000n }));
    const paid = await client.signAndExecute(await client.prepareSend({ sender: alice.address, payments }), alice);
    await client.waitFor(paid.digest);
    for (const { recipient, amount } of payments) {
      assert.equal(await client.balance(recipient), amount);
    }
    const merged = await client.signAndExecute(await client.prepareMergeCoins({ sender: alice.address }), alice);
    await client.waitFor(merged.digest);
    assert.equal((await client.coins(alice.address)).length, 1);
  });

  await t.test("a stake goes in and comes back", async () => {
    const [{ address: validator }] = network.validators;
    const staked = await client.signAndExecute(await client.prepareStake({ sender: alice.address, validator, amount: 3_000_000_000n }), alice);
    assert.equal(staked.succeeded, true);
    await client.waitFor(staked.digest);
    const others = (stake) => stake.principal !== 3_000_000_000n;
    const stake = (await client.stakes(alice.address)).find((stake) => !others(stake));
    assert.deepEqual(stake.holder, { Validator: validator });
    assert.equal(stake.principal, 3_000_000_000n);
    assert.equal(stake.withdrawal.pays, 3_000_000_000n);
    const back = await client.signAndExecute(Transaction.withdrawStake({ stakedSoma: stake.objectId }), alice);
    assert.equal(back.succeeded, true);
    await client.waitFor(back.digest);
    assert.ok((await client.stakes(alice.address)).every(others));
  });

  await t.test("what cannot be done is refused before anything is signed", async () => {
    const much = client.prepareSend({ sender: bob.address, recipient: alice.address, amount: 10n ** 18n });
    await assert.rejects(much, { name: "SomaError", code: "prepare/coins" });
    const other = client.signAndExecute(await client.prepareSend({ sender: bob.address, recipient: alice.address, amount: 1n }), alice);
    await assert.rejects(other, { code: "sign/other-sender" });
    const all = await client.prepareSend({ sender: bob.address, recipient: alice.address, amount: "max" });
    const danger = all.review.findings.findIndex(({ level }) => level === "danger");
    if (danger >= 0) {
      await assert.rejects(all.sign(bob), { code: "sign/not-accepted" });
    }
    const { signature } = await all.sign(bob, { accept: danger >= 0 ? [danger] : [] });
    assert.equal(typeof signature, "string");
    const elsewhere = await Client.connect(network.rpc_url, { genesis: "964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd" });
    await assert.rejects(elsewhere.prepareSend({ sender: bob.address, recipient: alice.address, amount: 1n }), { code: "prepare/wrong-chain" });
  });

  await t.test("nobody is waited for who is not there, or no longer wanted", async () => {
    const nobody = await Client.connect("http://127.0.0.1:9");
    await assert.rejects(nobody.epoch(), { code: "node/unreachable" });
    await assert.rejects(client.epoch({ signal: AbortSignal.abort(new Error("never mind")) }), (error) => error.code === "aborted" && error.cause.message === "never mind");
    const controller = new AbortController();
    const waiting = client.waitFor("11111111111111111111111111111111", { signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await assert.rejects(waiting, { code: "aborted" });
  });
});
