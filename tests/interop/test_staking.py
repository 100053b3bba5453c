"""Staking with validators and models: in, rewards, and out again."""

from support.case import SHANNONS, InteropCase, created, fee, full, plain


class ValidatorStakes(InteropCase):
    async def stakes(self, address):
        return await self.client.list_owned_objects(address, "staked_soma")

    async def validator(self):
        state = await self.client.get_latest_system_state()
        return state.validators.validators[0]

    async def test_a_stake_comes_back_whole_before_it_counts(self):
        alice, validator = self.signers[0], self.validators[0].address()
        before = await self.shannons(alice.address())
        staked = await self.client.add_stake(alice, validator, 1000.0)
        pool = (await self.validator()).staking_pool
        self.assertEqual(pool.pending_stake, 1000 * SHANNONS)
        self.assertEqual((await self.validator()).next_epoch_stake, 21_000 * SHANNONS)
        (stake,) = await self.stakes(alice.address())
        self.assertIn(full(stake.id), [full(id) for id in created(staked)])
        withdrawn = await self.client.withdraw_stake(alice, stake.id)
        self.assertEqual(await self.stakes(alice.address()), [])
        spent = fee(staked) + fee(withdrawn)
        self.assertEqual(await self.shannons(alice.address()), before - spent)
        self.assertEqual((await self.validator()).staking_pool.pending_stake, 0)
        await self.refused(self.client.withdraw_stake(alice, stake.id), "NotFound.*not found")

    async def test_a_whole_coin_is_staked_where_no_amount_is_named(self):
        bob = await self.funded(soma=500.0)
        await self.client.add_stake(bob, self.validators[0].address())
        self.assertEqual(await self.client.list_owned_objects(bob.address(), "coin"), [])
        (stake,) = await self.stakes(bob.address())
        principal = int.from_bytes(stake.data.contents[-8:], "little")
        # The fee was taken off first: 1000, three objects, and half the rate of a payment.
        self.assertLess(principal, 500 * SHANNONS)
        self.assertGreater(principal, 499 * SHANNONS)

    async def test_it_is_withdrawn_with_its_reward(self):
        alice, validator = self.signers[0], self.validators[0].address()
        await self.client.add_stake(alice, validator, 20_000.0)
        (stake,) = await self.stakes(alice.address())
        await self.advance()
        # Fees of this epoch become rewards at its end.
        moved = await self.client.transfer_coin(alice, self.signers[1].address(), 100_000.0)
        await self.advance(2)
        before = await self.shannons(alice.address())
        withdrawn = await self.client.withdraw_stake(alice, stake.id)
        received = await self.shannons(alice.address()) - before + fee(withdrawn)
        # Validators get 70 % of the fees, this one takes 2 % of that, and this stake is half of all.
        share = fee(moved) * 0.7 * 0.98 / 2
        self.assertAlmostEqual((received - 20_000 * SHANNONS) / share, 1, places=3)
        rewarded = await self.stakes(validator)
        self.assertGreater(len(rewarded), 1, "the validator's commission is a stake of its own")

    async def test_only_validators_take_stakes_and_only_from_what_there_is(self):
        alice, bob = self.signers[:2]
        await self.refused(
            self.client.add_stake(alice, bob.address(), 1.0), "AddStake failed.*ValidatorNotFound"
        )
        validator = self.validators[0].address()
        await self.refused(
            self.client.add_stake(alice, validator, 0.0), "Stake amount cannot be 0!"
        )
        await self.refused(
            self.client.add_stake(alice, validator, 300_001.0), "InsufficientCoinBalance"
        )

    async def test_somebody_elses_stake_stays(self):
        alice, bob = self.signers[:2]
        await self.client.add_stake(alice, self.validators[0].address(), 10.0)
        (stake,) = await self.stakes(alice.address())
        await self.refused(self.client.withdraw_stake(bob, stake.id), "correct sender")


class ModelStakes(InteropCase):
    async def test_a_model_is_staked_with_and_the_stake_withdrawn(self):
        alice, bob = self.signers[:2]
        model = await self.active_model(alice, stake=2.0)
        before = await self.shannons(bob.address())
        staked = await self.client.add_stake_to_model(bob, model, 5.0)
        _, fields = await self.model(model)
        self.assertEqual(fields["staking_pool"]["pending_stake"], 5 * SHANNONS)
        await self.advance()
        _, fields = await self.model(model)
        self.assertEqual(fields["staking_pool"]["soma_balance"], 7 * SHANNONS)
        registry = plain((await self.client.get_latest_system_state()).model_registry)
        self.assertEqual(registry["total_model_stake"], 7 * SHANNONS)
        (active,) = await self.client.get_active_models()
        self.assertEqual(active.stake, 7.0)
        (stake,) = await self.client.list_owned_objects(bob.address(), "staked_soma")
        withdrawn = await self.client.withdraw_stake(bob, stake.id)
        spent = fee(staked) + fee(withdrawn)
        # Models earn nothing for their stakes.
        self.assertEqual(await self.shannons(bob.address()), before - spent)

    async def test_a_created_model_takes_stakes_at_once(self):
        alice, bob = self.signers[:2]
        model = await self.client.create_model(alice, 100, 1.0)
        await self.client.add_stake_to_model(bob, model, 3.0)
        name, fields = await self.model(model)
        self.assertEqual((name, fields["staking_pool"]["soma_balance"]), ("Created", 4 * SHANNONS))

    async def test_no_model_no_stake(self):
        alice = self.signers[0]
        await self.refused(self.client.add_stake_to_model(alice, "0x77", 1.0), "ModelNotFound")
        model = await self.active_model(alice)
        await self.refused(
            self.client.add_stake_to_model(alice, model, 0.0), "Stake amount cannot be 0!"
        )
        await self.client.deactivate_model(alice, model)
        await self.refused(
            self.client.add_stake_to_model(alice, model, 1.0), "ModelAlreadyInactive"
        )
