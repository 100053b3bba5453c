"""Coins and objects: transfers, payments, merging, listing, and what is refused."""

import asyncio

from support.case import (
    SHANNONS,
    InteropCase,
    coin_balance,
    created,
    fee,
    full,
    our_view,
    plain,
    succeeded,
    their_view,
)
from support.ours import data
from support.recorder import Keypair, SomaClient


class Coins(InteropCase):
    async def test_a_transfer_moves_exactly_its_amount_and_its_fee(self):
        alice, bob = self.signers[0], Keypair.generate()
        before = await self.shannons(alice.address())
        effects = await self.client.transfer_coin(alice, bob.address(), 1.25)
        self.assertTrue(succeeded(effects))
        # 1000 for being executed, 300 for each coin written, 10 basis points of the amount. The
        # client may take one coin for the amount and another for the fee.
        written = len(effects.V1.changed_objects)
        self.assertIn(written, (2, 3))
        parts = {"base_fee": 1000, "operation_fee": 300 * written, "value_fee": 1_250_000}
        paid = plain(effects.V1.transaction_fee)
        self.assertEqual(paid, {**parts, "total_fee": sum(parts.values())})
        self.assertEqual(await self.client.get_balance(bob.address()), 1.25)
        self.assertEqual(await self.shannons(bob.address()), 1_250_000_000)
        left = before - 1_250_000_000 - fee(effects)
        self.assertEqual(await self.shannons(alice.address()), left)
        self.assertEqual(await self.client.get_balance(alice.address()), SomaClient.to_soma(left))

    async def test_a_payment_has_many_recipients(self):
        alice = self.signers[0]
        people = [Keypair.generate().address() for _ in range(5)]
        amounts = [0.5, 1.0, 1.5, 2.0, 0.000000001]
        before = await self.shannons(alice.address())
        effects = await self.client.pay_coins(alice, people, amounts)
        self.assertEqual(len(created(effects)), 5)
        for person, amount in zip(people, amounts):
            self.assertEqual(await self.shannons(person), SomaClient.to_shannons(amount))
        spent = sum(map(SomaClient.to_shannons, amounts)) + fee(effects)
        self.assertEqual(await self.shannons(alice.address()), before - spent)

    async def test_coins_are_merged_into_two(self):
        alice = self.signers[0]
        address = alice.address()
        self.assertEqual(len(await self.client.list_owned_objects(address, "coin")), 5)
        before = await self.shannons(address)
        effects = await self.client.merge_coins(alice)
        self.assertEqual(len(await self.client.list_owned_objects(address, "coin")), 2)
        self.assertEqual(await self.shannons(address), before - fee(effects))

    async def test_objects_are_given_away_whole(self):
        alice, bob = self.signers[0], Keypair.generate()
        coins = await self.client.list_owned_objects(alice.address(), "coin")
        given, kept = coins[:2], coins[2:]
        effects = await self.client.transfer_objects(
            alice, bob.address(), [coin.id for coin in given]
        )
        self.assertTrue(succeeded(effects))
        owned = await self.client.list_owned_objects(bob.address())
        self.assertEqual({coin.id for coin in owned}, {coin.id for coin in given})
        self.assertEqual(
            {coin.id for coin in await self.client.list_owned_objects(alice.address(), "coin")},
            {coin.id for coin in kept},
        )
        total = sum(map(coin_balance, owned))
        self.assertIn(total, (600_000 * SHANNONS, 600_000 * SHANNONS - fee(effects)))

    async def test_lists_have_filters_limits_and_the_poorest_coin_first(self):
        alice = self.signers[0]
        address = alice.address()
        await self.client.pay_coins(alice, [address] * 60, [0.001 * n for n in range(1, 61)])
        await self.client.add_stake(alice, self.validators[0].address(), 3.0)
        # More than the 50 of a page.
        coins = await self.client.list_owned_objects(address, "coin")
        balances = [coin_balance(coin) for coin in coins]
        self.assertEqual(len(coins), 65)
        self.assertEqual(balances, sorted(balances))
        (stake,) = await self.client.list_owned_objects(address, "staked_soma")
        self.assertEqual(stake.data.object_type, "StakedSoma")
        everything = await self.client.list_owned_objects(address)
        self.assertEqual(len(everything), 66)
        self.assertEqual(len(await self.client.list_owned_objects(address, limit=7)), 7)
        few = await self.client.list_owned_objects(address, "coin", 3)
        self.assertEqual([coin.id for coin in few], [coin.id for coin in coins[:3]])
        for nothing in ("target", "system_state"):
            self.assertEqual(await self.client.list_owned_objects(address, nothing), [])
        await self.refused(
            self.client.list_owned_objects(address, "submission"), "Unknown object type", ValueError
        )

    async def test_objects_are_read_in_each_version(self):
        alice = self.signers[0]
        effects = await self.client.transfer_coin(alice, Keypair.generate().address(), 1.0)
        id = full(effects.V1.changed_objects[effects.V1.gas_object_index][0])
        newest = await self.client.get_object(id)
        self.assertEqual((full(newest.id), newest.version), (id, effects.V1.version))
        first = await self.client.get_object_with_version(id, 1)
        self.assertEqual((first.version, coin_balance(first)), (1, 300_000 * SHANNONS))
        # The amount came from the same coin, or from another.
        left = 300_000 * SHANNONS - fee(effects)
        self.assertIn(coin_balance(newest), (left, left - SHANNONS))
        self.assertEqual(newest.previous_transaction, effects.V1.transaction_digest)
        await self.refused(
            self.client.get_object_with_version(id, 99), "NotFound.*with version 99 not found"
        )
        await self.refused(self.client.get_object("0x77"), "NotFound.*not found")
        system_state = await self.client.get_object("0x5")
        self.assertEqual(system_state.data.object_type, "SystemState")

    async def test_a_transaction_is_found_by_its_digest(self):
        effects = await self.client.transfer_coin(
            self.signers[0], Keypair.generate().address(), 1.0
        )
        digest = effects.V1.transaction_digest
        self.assertEqual(plain(await self.client.get_transaction(digest)), plain(effects))
        unknown = SomaClient.commitment(b"no transaction")
        await self.refused(self.client.get_transaction(unknown), "NotFound.*not found")


class Refusals(InteropCase):
    async def test_too_little_money(self):
        alice, poor = self.signers[0], Keypair.generate()
        bob = self.signers[1].address()
        await self.refused(self.client.transfer_coin(poor, bob, 1.0), "No coin found for")
        before = await self.shannons(alice.address())
        text = await self.refused(
            self.client.transfer_coin(alice, bob, 300_001.0), "InsufficientCoinBalance"
        )
        # It was executed, and costs the base fee.
        self.assertEqual(await self.shannons(alice.address()), before - 1000)
        digest = text.split("digest: ")[1].split(")")[0]
        effects = await self.client.get_transaction(digest)
        self.assertEqual(
            plain(effects.V1.status), {"Failure": {"error": "InsufficientCoinBalance"}}
        )
        await self.refused(
            self.client.pay_coins(alice, [bob] * 2, [200_000.0] * 2), "InsufficientCoinBalance"
        )

    async def test_a_coin_that_cannot_pay_its_fee(self):
        alice, poor = self.signers[0], Keypair.generate()
        await self.client.transfer_coin(alice, poor.address(), 0.0000005)
        await self.refused(
            self.client.transfer_coin(poor, alice.address(), 0.0000001), "InsufficientGas"
        )
        # All it had went into the fee, and the coin is gone.
        self.assertEqual(await self.client.list_owned_objects(poor.address()), [])

    async def test_arguments_that_do_not_fit(self):
        alice, bob = self.signers[0], self.signers[1].address()
        await self.refused(
            self.client.pay_coins(alice, [bob], [1.0, 2.0]),
            "InvalidArguments.*Got 2 amounts and 1 recipients",
        )
        await self.refused(self.client.pay_coins(alice, [], []), "InvalidArguments.*recipient")
        await self.refused(
            self.client.transfer_objects(alice, bob, []), "at least one object to transfer"
        )
        await self.refused(self.client.transfer_coin(alice, "zz", 1.0), "hex", ValueError)

    async def test_somebody_elses_objects(self):
        alice, bob = self.signers[:2]
        (coin, *_) = await self.client.list_owned_objects(bob.address(), "coin")
        await self.refused(
            self.client.transfer_objects(alice, alice.address(), [coin.id]),
            f"not signed by the correct sender: Object {coin.id} is owned by account address "
            f"{bob.address()}, but given owner/signer address is {alice.address()}",
        )

    async def test_a_stale_coin(self):
        alice, bob = self.signers[0], Keypair.generate()
        operation = {"kind": "transfer_coin", "recipient": bob.address(), "amount": 5}
        build = {"sender": alice.address(), "operation": operation}
        built = self.ours.network("build", **build)["transaction"]
        signed = alice.sign(data(built))
        await self.client.transfer_coin(alice, bob.address(), 1.0)
        await self.refused(
            self.client.execute_transaction(signed),
            r"is not available for consumption, its current version: Version\(2\)",
        )

    async def test_a_bad_signature_and_another_ones(self):
        alice, mallory = self.signers[0], Keypair.generate()
        operation = {"kind": "transfer_coin", "recipient": mallory.address(), "amount": 5}
        build = {"sender": alice.address(), "operation": operation}
        transaction = data(self.ours.network("build", **build)["transaction"])
        stolen = mallory.sign(transaction)
        await self.refused(
            self.client.execute_transaction(stolen),
            f"Invalid user signature: Required Signature from 0x{alice.address()} is absent|"
            f"Invalid user signature: Required Signature from {alice.address()} is absent",
        )
        signed = bytearray(alice.sign(transaction))
        signed[-64] ^= 1
        await self.refused(
            self.client.execute_transaction(bytes(signed)), "Invalid user signature|signature"
        )
        await self.refused(self.client.execute_transaction(b"junk"), "invalid value", ValueError)
        await self.refused(self.client.simulate_transaction(b"junk"), "invalid value", ValueError)

    async def test_the_same_transaction_twice_is_executed_once(self):
        alice, bob = self.signers[0], Keypair.generate()
        operation = {"kind": "transfer_coin", "recipient": bob.address(), "amount": 5}
        build = {"sender": alice.address(), "operation": operation}
        signed = alice.sign(data(self.ours.network("build", **build)["transaction"]))
        first = await self.client.execute_transaction(signed)
        # The client itself would wait for a checkpoint that has been and gone.
        second = self.ours.network("send", signed=signed)
        self.assertEqual(our_view(second), their_view(first))
        self.assertEqual(await self.shannons(bob.address()), 5)

    async def test_transactions_at_the_same_time_each_find_a_coin_that_pays(self):
        # Where two took the same, the client knows it by the words of the error and replaces the coin
        # that pays, and only that: of two payments from one coin it gives up the second.
        alice = self.signers[0]
        create = self.client.create_model
        models = await asyncio.gather(*(create(alice, 100, 1.0 + n) for n in range(3)))
        self.assertEqual(len(set(models)), 3)
        registry = plain((await self.client.get_latest_system_state()).model_registry)
        self.assertEqual(set(registry["models"]), set(models))

    async def test_a_network_that_is_not_there(self):
        client = await SomaClient.connect("http://127.0.0.1:9")
        await self.refused(client.get_chain_identifier(), "Unavailable.*tcp connect error")
