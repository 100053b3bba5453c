"""The life of a target: filled, replaced, audited, reported, claimed, or left to expire."""

from support.case import SHANNONS, InteropCase, created, fee, full

#: Shannons that a submission puts at stake for each byte of its data.
BOND = 65


class Targets(InteropCase):
    async def test_a_filled_target_is_replaced_and_pays_after_its_audit(self):
        alice, bob, carol = self.signers[:3]
        model, targets = await self.open_targets(alice)
        target, data = targets[0], b"some data"
        before = await self.shannons(bob.address())
        submitted = await self.fill(bob, target, model, data)
        bond = BOND * len(data)
        self.assertEqual(await self.shannons(bob.address()), before - bond - fee(submitted))

        (filled,) = (await self.client.list_targets(status="filled")).targets
        self.assertEqual((filled.id, filled.bond_amount), (target.id, bond))
        self.assertEqual(full(filled.submitter), bob.address())
        self.assertEqual(full(filled.winning_model_id), full(model))
        self.assertTrue(filled.data_url.startswith(self.network.rpc_url))
        still_open = await self.client.get_targets(status="open")
        self.assertEqual(len(still_open), len(targets))
        (replacement,) = {target.id for target in still_open} - {one.id for one in targets}
        self.assertIn(full(replacement), [full(id) for id in created(submitted)])

        for _ in range(2):
            await self.refused(self.client.claim_rewards(carol, target.id), "AuditWindowOpen")
            await self.advance()
        people = [await self.shannons(person.address()) for person in (alice, bob, carol)]
        claimed = await self.client.claim_rewards(carol, target.id)
        owner, submitter, claimer = [
            await self.shannons(person.address()) - before
            for person, before in zip((alice, bob, carol), people)
        ]
        reward = target.reward_pool
        model_share, incentive = reward * 4975 // 10_000, reward * 50 // 10_000
        self.assertEqual(owner, model_share)
        self.assertEqual(claimer, incentive - fee(claimed))
        self.assertEqual(submitter, reward - model_share - incentive + bond)
        await self.refused(
            self.client.claim_rewards(carol, target.id), "InputObjectDeleted|not find|not found"
        )

    async def test_an_expired_target_pays_whoever_claims_it(self):
        alice, carol = self.signers[0], self.signers[2]
        _, targets = await self.open_targets(alice)
        target = targets[0]
        await self.refused(self.client.claim_rewards(carol, target.id), "TargetNotFilled")
        await self.advance()
        pool = (await self.client.get_latest_system_state()).emission_pool.balance
        before = await self.shannons(carol.address())
        claimed = await self.client.claim_rewards(carol, target.id)
        incentive = target.reward_pool * 50 // 10_000
        gained = await self.shannons(carol.address()) - before + fee(claimed)
        self.assertEqual(gained, incentive)
        after = (await self.client.get_latest_system_state()).emission_pool.balance
        self.assertEqual(after - pool, target.reward_pool - incentive)

    async def test_data_must_fit_its_target(self):
        alice, bob = self.signers[:2]
        model, targets = await self.open_targets(alice)
        target = targets[0]
        threshold = target.distance_threshold
        await self.refused(
            self.fill(bob, target, model, distance=threshold + 0.01), "DistanceExceedsThreshold"
        )
        url, data = self.network.put("data", b"data"), b"data"
        submit = self.client.submit_data
        await self.refused(
            submit(bob, target.id, data, url, model, [0.0] * 15, 0.1, [0.1]),
            "EmbeddingDimensionMismatch",
        )
        await self.refused(
            submit(bob, target.id, data, url, "0x77", [0.0] * 16, 0.1, [0.1]), "ModelNotInTarget"
        )
        await self.refused(
            submit(bob, target.id, b"x" * (2**20 + 1), url, model, [0.0] * 16, 0.1, [0.1]),
            "DataExceedsMaxSize",
        )
        # What lies exactly at the threshold fits.
        await self.fill(bob, target, model, distance=threshold)
        await self.refused(self.fill(bob, target, model), "TargetNotOpen")

    async def test_a_target_of_an_earlier_epoch_is_too_late(self):
        alice = self.signers[0]
        model, targets = await self.open_targets(alice)
        await self.advance()
        await self.refused(self.fill(alice, targets[0], model), "TargetExpired")

    async def test_a_bond_that_cannot_be_paid(self):
        alice = self.signers[0]
        poor = await self.funded(soma=0.00002)
        model, targets = await self.open_targets(alice)
        await self.refused(self.fill(poor, targets[0], model, b"x" * 1000), "InsufficientBond")

    async def test_a_model_that_was_deactivated_meanwhile(self):
        alice = self.signers[0]
        model, targets = await self.open_targets(alice)
        await self.client.deactivate_model(alice, model)
        await self.refused(self.fill(alice, targets[0], model), "ModelNotActive")

    async def test_a_target_that_is_none(self):
        alice = self.signers[0]
        await self.refused(self.client.claim_rewards(alice, "0x77"), "not find|not found")

    async def test_lists_have_pages_and_filters(self):
        alice, bob = self.signers[:2]
        model, targets = await self.open_targets(alice)
        seen, token = [], None
        while True:
            page = await self.client.list_targets(status="open", limit=30, page_token=token)
            self.assertLessEqual(len(page.targets), 30)
            seen += [target.id for target in page.targets]
            token = page.next_page_token
            if token is None:
                break
        self.assertEqual(sorted(seen), sorted(target.id for target in targets))
        self.assertEqual(len(set(seen)), len(seen))

        await self.fill(bob, targets[0], model)
        await self.fill(alice, targets[1], model)
        mine = await self.client.get_targets(status="filled", submitter=bob.address())
        self.assertEqual([target.id for target in mine], [targets[0].id])
        self.assertEqual(len(await self.client.get_targets(status="filled")), 2)
        self.assertEqual(await self.client.get_targets(status="claimed"), [])
        self.assertEqual(await self.client.get_targets(claimable=True), [])
        self.assertEqual(await self.client.get_targets(status="open", epoch=1), [])
        self.assertEqual(len(await self.client.get_targets(status="open", epoch=2, limit=9)), 9)

        await self.advance()
        expired = await self.client.list_targets(status="expired", epoch=2, limit=1000)
        # 98 of the first, and two that replaced those that were filled.
        self.assertEqual({target.status for target in expired.targets}, {"claimable"})
        self.assertEqual(len(expired.targets), 100)
        few = await self.client.list_targets(read_mask="id,reward_pool", limit=2)
        self.assertEqual([target.reward_pool > 0 for target in few.targets], [True, True])


class Reports(InteropCase):
    async def test_a_submission_that_validators_report_loses_its_bond(self):
        alice, bob, carol = self.signers[:3]
        validator = self.validators[0]
        model, targets = await self.open_targets(alice)
        target, data = targets[0], b"not what it says"
        await self.refused(self.client.report_submission(validator, target.id), "TargetNotFilled")
        await self.fill(bob, target, model, data)
        await self.refused(self.client.report_submission(validator, target.id), "AuditWindowClosed")
        await self.advance()
        await self.refused(self.client.report_submission(carol, target.id), "NotAValidator")
        await self.client.report_submission(validator, target.id)
        await self.client.undo_report_submission(validator, target.id)
        await self.refused(
            self.client.undo_report_submission(validator, target.id), "ReportRecordNotFound"
        )
        await self.client.report_submission(validator, target.id)
        await self.advance()
        await self.refused(self.client.report_submission(validator, target.id), "AuditWindowClosed")
        people = (alice, bob, validator)
        before = [await self.shannons(person.address()) for person in people]
        await self.client.claim_rewards(carol, target.id)
        after = [await self.shannons(person.address()) for person in people]
        gained = [new - old for new, old in zip(after, before)]
        self.assertEqual(gained, [0, 0, BOND * len(data)])

    async def test_a_model_that_validators_report_loses_its_stake(self):
        alice, validator = self.signers[0], self.validators[0]
        model = await self.active_model(alice, stake=100.0)
        await self.refused(self.client.report_model(alice, model), "NotAValidator")
        await self.refused(self.client.report_model(validator, "0x77"), "ModelNotActive")
        await self.refused(self.client.undo_report_model(validator, model), "ReportRecordNotFound")
        await self.client.report_model(validator, model)
        await self.client.undo_report_model(validator, model)
        await self.advance()
        self.assertEqual(len(await self.client.get_active_models()), 1)
        await self.client.report_model(validator, model)
        await self.advance()
        name, fields = await self.model(model)
        self.assertEqual((name, fields["staking_pool"]["soma_balance"]), ("Inactive", 5 * SHANNONS))
