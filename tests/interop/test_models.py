"""The life of a model across epochs, and everything that goes wrong on the way."""

from support.case import SHANNONS, InteropCase, an_embedding, full, plain
from support.recorder import Keypair, SomaClient

#: What the node makes of `ModelInvalidState`, which its API has no name for.
INVALID_STATE = "Model in invalid state for this operation"


class ModelLife(InteropCase):
    async def test_from_creation_to_targets(self):
        alice = self.signers[0]
        model = await self.client.create_model(alice, 750)
        name, fields = await self.model(model)
        self.assertEqual(name, "Created")
        self.assertEqual(fields["owner"], alice.address())
        self.assertEqual(fields["commission_rate"], 750)
        self.assertEqual(fields["staking_pool"]["soma_balance"], SHANNONS)
        (stake,) = await self.client.list_owned_objects(alice.address(), "staked_soma")
        self.assertEqual(int.from_bytes(stake.data.contents[-8:], "little"), SHANNONS)

        url, encrypted, key = await self.sealed()
        await self.client.commit_model(alice, model, url, encrypted, key, an_embedding())
        name, fields = await self.model(model)
        self.assertEqual(name, "Pending")
        self.assertEqual(fields["weights_commitment"], SomaClient.commitment(encrypted))
        (manifest,) = await self.client.get_model_manifests([model])
        self.assertEqual((manifest.url, manifest.size), (url, len(encrypted)))
        self.assertEqual(manifest.checksum, SomaClient.commitment(encrypted))
        self.assertIsNone(manifest.decryption_key)
        self.assertEqual(await self.client.get_active_models(), [])

        await self.advance()
        await self.client.reveal_model(alice, model, key, an_embedding())
        (active,) = await self.client.get_active_models()
        self.assertEqual((active.model_id, active.owner), (model, alice.address()))
        self.assertEqual((active.stake, active.commission_rate), (1.0, 750))
        for told, meant in zip(active.embedding, an_embedding(), strict=True):
            self.assertAlmostEqual(told, meant, places=6)
        (manifest,) = await self.client.get_model_manifests([model])
        self.assertEqual(manifest.decryption_key, key)
        # Nothing makes targets in the middle of an epoch.
        self.assertEqual(await self.client.get_targets(), [])

        await self.advance()
        targets = await self.client.get_targets()
        self.assertEqual(len(targets), 100)
        for target in targets:
            self.assertEqual(target.status, "open")
            self.assertEqual([full(id) for id in target.model_ids], [full(model)])
            self.assertEqual((target.generation_epoch, len(target.embedding)), (2, 16))
        (manifest,) = await self.client.get_model_manifests(targets[0])
        self.assertEqual((manifest.url, manifest.decryption_key), (url, key))

    async def test_an_id_that_begins_with_zeros_is_the_same_with_fewer_digits(self):
        alice = self.signers[0]
        # One of sixteen ids begins with a zero, which targets leave out.
        for _ in range(200):
            model = await self.client.create_model(alice, 100)
            if model.startswith("0x0"):
                break
        self.assertTrue(model.startswith("0x0"))
        url, encrypted, key = await self.sealed()
        await self.client.commit_model(alice, model, url, encrypted, key, an_embedding())
        await self.advance()
        await self.client.reveal_model(alice, model, key, an_embedding())
        await self.advance()
        target = (await self.client.get_targets(limit=1))[0]
        (short,) = target.model_ids
        self.assertLess(len(short), len(model))
        self.assertEqual(full(short), full(model))
        for asked in (target, [short], [model]):
            (manifest,) = await self.client.get_model_manifests(asked)
            self.assertEqual(manifest.url, url)
        self.assertEqual(await self.client.fetch_model(short), encrypted)
        await self.fill(alice, target, short)
        (filled,) = await self.client.get_targets(status="filled")
        self.assertEqual(filled.winning_model_id, short)

    async def test_an_update_replaces_weights_embedding_and_key(self):
        alice = self.signers[0]
        model = await self.active_model(alice)
        (before,) = await self.client.get_model_manifests([model])
        url, encrypted, key = await self.sealed(b"better weights")
        await self.client.commit_model(alice, model, url, encrypted, key, an_embedding(0.5))
        (active,) = await self.client.get_active_models()
        self.assertTrue(active.has_pending_update)
        (still,) = await self.client.get_model_manifests([model])
        self.assertEqual(plain(still), plain(before))
        await self.advance()
        await self.client.reveal_model(alice, model, key, an_embedding(0.5))
        (active,) = await self.client.get_active_models()
        self.assertFalse(active.has_pending_update)
        self.assertAlmostEqual(active.embedding[0], 0.5)
        (after,) = await self.client.get_model_manifests([model])
        self.assertEqual((after.url, after.decryption_key), (url, key))

    async def test_an_update_that_is_not_revealed_is_dropped_without_penalty(self):
        alice = self.signers[0]
        model = await self.active_model(alice, stake=4.0)
        url, encrypted, key = await self.sealed(b"better weights")
        await self.client.commit_model(alice, model, url, encrypted, key, an_embedding(0.5))
        await self.advance(2)
        (active,) = await self.client.get_active_models()
        self.assertFalse(active.has_pending_update)
        self.assertEqual(active.stake, 4.0)
        await self.refused(
            self.client.reveal_model(alice, model, key, an_embedding(0.5)), "ModelNoPendingUpdate"
        )

    async def test_a_missed_reveal_costs_half_the_stake(self):
        alice = self.signers[0]
        model = await self.client.create_model(alice, 100, 4.0)
        url, encrypted, key = await self.sealed()
        await self.client.commit_model(alice, model, url, encrypted, key, an_embedding())
        await self.advance(2)
        name, fields = await self.model(model)
        self.assertEqual((name, fields["staking_pool"]["soma_balance"]), ("Inactive", 2 * SHANNONS))
        await self.refused(
            self.client.reveal_model(alice, model, key, an_embedding()), INVALID_STATE
        )

    async def test_the_commission_changes_with_the_epoch(self):
        alice = self.signers[0]
        model = await self.active_model(alice, commission=500)
        await self.client.set_model_commission_rate(alice, model, 900)
        (active,) = await self.client.get_active_models()
        rates = (active.commission_rate, active.next_epoch_commission_rate)
        self.assertEqual(rates, (500, 900))
        await self.advance()
        (active,) = await self.client.get_active_models()
        self.assertEqual(active.commission_rate, 900)
        await self.refused(
            self.client.set_model_commission_rate(alice, model, 10_001), "CommissionRateTooHigh"
        )

    async def test_a_deactivated_model_is_gone_for_good(self):
        alice = self.signers[0]
        model = await self.active_model(alice)
        await self.client.deactivate_model(alice, model)
        self.assertEqual((await self.model(model))[0], "Inactive")
        self.assertEqual(await self.client.get_active_models(), [])
        await self.refused(self.client.deactivate_model(alice, model), "ModelNotActive")
        await self.refused(self.client.set_model_commission_rate(alice, model, 1), "ModelNotActive")
        url, encrypted, key = await self.sealed()
        await self.refused(
            self.client.commit_model(alice, model, url, encrypted, key, an_embedding()),
            INVALID_STATE,
        )
        await self.advance()
        self.assertEqual(await self.client.get_targets(), [])


class ModelRefusals(InteropCase):
    async def test_too_small_a_stake_or_too_high_a_commission(self):
        alice = self.signers[0]
        await self.refused(self.client.create_model(alice, 100, 0.5), "ModelMinStakeNotMet")
        await self.refused(self.client.create_model(alice, 10_001), "ModelCommissionRateTooHigh")
        await self.refused(
            self.client.create_model(alice, 100, 300_000.0), "InsufficientCoinBalance"
        )

    async def test_somebody_elses_model_and_none(self):
        alice, bob = self.signers[:2]
        model = await self.client.create_model(alice, 100)
        url, encrypted, key = await self.sealed()
        commit = self.client.commit_model
        await self.refused(commit(bob, model, url, encrypted, key, an_embedding()), "NotModelOwner")
        await self.refused(
            commit(bob, "0x77", url, encrypted, key, an_embedding()), "ModelNotFound"
        )
        await commit(alice, model, url, encrypted, key, an_embedding())
        await self.advance()
        reveal = self.client.reveal_model
        await self.refused(reveal(bob, model, key, an_embedding()), "NotModelOwner")
        await reveal(alice, model, key, an_embedding())
        await self.refused(self.client.deactivate_model(bob, model), "NotModelOwner")
        rate = self.client.set_model_commission_rate
        await self.refused(rate(bob, model, 100), "NotModelOwner")
        await self.refused(rate(bob, "0x77", 100), "ModelNotFound")

    async def test_a_reveal_at_the_wrong_time_or_of_something_else(self):
        alice = self.signers[0]
        model = await self.client.create_model(alice, 100)
        url, encrypted, key = await self.sealed()
        reveal = self.client.reveal_model
        await self.refused(reveal(alice, model, key, an_embedding()), INVALID_STATE)
        await self.client.commit_model(alice, model, url, encrypted, key, an_embedding())
        await self.refused(reveal(alice, model, key, an_embedding()), "ModelRevealEpochMismatch")
        await self.advance()
        _, other = SomaClient.encrypt_weights(b"")
        await self.refused(
            reveal(alice, model, other, an_embedding()), "ModelDecryptionKeyCommitmentMismatch"
        )
        await self.refused(
            reveal(alice, model, key, an_embedding(0.9)), "ModelEmbeddingCommitmentMismatch"
        )
        await reveal(alice, model, key, an_embedding())

    async def test_an_account_without_coins(self):
        await self.refused(self.client.create_model(Keypair.generate(), 100), "No coin|gas|coins")
