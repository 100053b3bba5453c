"""Validators: joining, changing, reporting each other, leaving."""

from support.case import SHANNONS, InteropCase, plain
from support.recorder import Keypair


def bcs(text):
    """The BCS of a short string, as the chain wants multiaddrs."""
    data = text.encode()
    assert len(data) < 128
    return bytes([len(data)]) + data


def arguments(info):
    """What the client's `add_validator` takes, from our `validator.info`."""
    names = ("protocol_key", "network_key", "worker_key", "proof_of_possession")
    addresses = ("network_address", "p2p_address", "primary_address", "proxy_address")
    return [bytes.fromhex(info[name]) for name in names] + [bcs(info[name]) for name in addresses]


class Validators(InteropCase):
    flags = ("--validators", "4")

    async def state(self):
        return (await self.client.get_latest_system_state()).validators

    async def addresses(self):
        return [one.metadata.soma_address for one in (await self.state()).validators]

    async def of(self, validator):
        (found,) = [
            one
            for one in (await self.state()).validators
            if one.metadata.soma_address == validator.address()
        ]
        return found

    async def test_a_validator_joins_with_enough_stake_and_leaves(self):
        candidate = await self.funded(soma=200_000.0)
        info = self.ours.keys("validator", account=candidate.address(), number=7)
        await self.client.add_validator(candidate, *arguments(info))
        state = await self.state()
        (pending,) = state.pending_validators
        self.assertEqual(pending.metadata.soma_address, candidate.address())
        self.assertEqual(pending.metadata.net_address, info["network_address"])
        await self.refused(
            self.client.add_validator(candidate, *arguments(info)), "DuplicateValidator"
        )
        # Without a stake it waits.
        await self.advance()
        self.assertEqual(len(await self.addresses()), 4)
        await self.client.add_stake(candidate, candidate.address(), 20_000.0)
        await self.advance()
        self.assertEqual(len(await self.addresses()), 5)
        joined = await self.of(candidate)
        self.assertEqual(joined.staking_pool.soma_balance, 20_000 * SHANNONS)
        self.assertGreater(joined.voting_power, 0)

        await self.client.remove_validator(candidate, bytes.fromhex(info["protocol_key"]))
        await self.refused(
            self.client.remove_validator(candidate, bytes.fromhex(info["protocol_key"])),
            "ValidatorAlreadyRemoved",
        )
        await self.advance()
        self.assertNotIn(candidate.address(), await self.addresses())
        inactive = plain((await self.state()).inactive_validators)
        self.assertIn(joined.staking_pool.id, inactive)
        stakes = await self.client.list_owned_objects(candidate.address(), "staked_soma")
        # Its own one; its commissions are stakes as well.
        stake = max(stakes, key=lambda one: int.from_bytes(one.data.contents[-8:], "little"))
        before = await self.shannons(candidate.address())
        await self.client.withdraw_stake(candidate, stake.id)
        gained = await self.shannons(candidate.address()) - before
        # The stake and its rewards, less 0.05 % and a little for the fee.
        self.assertGreater(gained, 19_989 * SHANNONS)

    async def test_only_the_holder_of_a_key_joins_with_it(self):
        candidate = await self.funded()
        info = self.ours.keys("validator", account=candidate.address(), number=7)
        other = self.ours.keys("validator", account=self.signers[0].address(), number=7)
        stolen = {**info, "proof_of_possession": other["proof_of_possession"]}
        join = self.client.add_validator
        await self.refused(join(candidate, *arguments(stolen)), "InvalidProofOfPossession")
        broken = {**info, "protocol_key": "11" * 96}
        await self.refused(
            join(candidate, *arguments(broken)), "InvalidArguments.*Invalid protocol public key"
        )
        taken = (await self.state()).validators[0].metadata.net_address
        await self.refused(
            join(candidate, *arguments({**info, "network_address": taken})),
            "DuplicateValidatorMetadata.*net_address",
        )

    async def test_a_validator_changes_with_the_epoch(self):
        validator = self.validators[0]
        before = (await self.of(validator)).metadata
        moved = "/ip4/127.0.0.99/tcp/7000/http"
        fresh = Keypair.generate()
        key = bytes.fromhex(
            self.ours.keys("validator", account=fresh.address(), number=9)["network_key"]
        )
        await self.client.update_validator_metadata(
            validator, next_epoch_network_address=bcs(moved), next_epoch_network_pubkey=key
        )
        await self.client.set_validator_commission_rate(validator, 700)
        staged = await self.of(validator)
        self.assertEqual(staged.metadata.net_address, before.net_address)
        self.assertEqual(staged.metadata.next_epoch_net_address, moved)
        self.assertEqual((staged.commission_rate, staged.next_epoch_commission_rate), (200, 700))
        await self.advance()
        changed = await self.of(validator)
        self.assertEqual(changed.metadata.net_address, moved)
        self.assertNotEqual(changed.metadata.network_pubkey, before.network_pubkey)
        self.assertEqual(changed.metadata.worker_pubkey, before.worker_pubkey)
        self.assertEqual(changed.commission_rate, 700)

    async def test_a_new_protocol_key_needs_its_proof(self):
        validator = self.validators[0]
        info = self.ours.keys("validator", account=validator.address(), number=9)
        key, proof = (bytes.fromhex(info[name]) for name in ("protocol_key", "proof_of_possession"))
        update = self.client.update_validator_metadata
        await self.refused(
            update(validator, next_epoch_protocol_pubkey=key), "MissingProofOfPossession"
        )
        wrong = self.ours.keys("validator", account=self.signers[0].address(), number=9)
        await self.refused(
            update(
                validator,
                next_epoch_protocol_pubkey=key,
                next_epoch_proof_of_possession=bytes.fromhex(wrong["proof_of_possession"]),
            ),
            "InvalidProofOfPossession",
        )
        await update(
            validator, next_epoch_protocol_pubkey=key, next_epoch_proof_of_possession=proof
        )
        staged = await self.of(validator)
        self.assertIsNotNone(staged.metadata.next_epoch_protocol_pubkey)

    async def test_reports_of_a_quorum_cost_half_the_reward(self):
        accused, *reporters = self.validators
        report, undo = self.client.report_validator, self.client.undo_report_validator
        await self.refused(report(accused, accused.address()), "CannotReportOneself")
        await self.refused(report(accused, self.signers[0].address()), "NotAValidator")
        await self.refused(report(self.signers[0], accused.address()), "NotAValidator")
        await self.refused(undo(reporters[0], accused.address()), "ReportRecordNotFound")
        for reporter in reporters:
            await report(reporter, accused.address())
        await report(accused, reporters[0].address())
        await undo(accused, reporters[0].address())
        records = plain((await self.client.get_latest_system_state()).validator_report_records)
        told = {key: sorted(who) for key, who in records.items() if who}
        self.assertEqual(told, {accused.address(): sorted(one.address() for one in reporters)})
        # Fees are what there is to share.
        await self.client.transfer_coin(self.signers[0], self.signers[1].address(), 100_000.0)
        await self.advance()
        punished = (await self.of(accused)).staking_pool.soma_balance - 20_000 * SHANNONS
        rewarded = (await self.of(reporters[0])).staking_pool.soma_balance - 20_000 * SHANNONS
        self.assertGreater(punished, 0)
        self.assertGreater(rewarded, 2 * punished)

    async def test_three_of_four_make_a_quorum_about_a_model_and_two_do_not(self):
        alice = self.signers[0]
        model = await self.active_model(alice, stake=100.0)
        for validator in self.validators[:2]:
            await self.client.report_model(validator, model)
        await self.advance()
        self.assertEqual((await self.model(model))[0], "Active")
        for validator in self.validators[:3]:
            await self.client.report_model(validator, model)
        await self.advance()
        name, fields = await self.model(model)
        self.assertEqual((name, fields["staking_pool"]["soma_balance"]), ("Inactive", 5 * SHANNONS))

    async def test_a_bond_is_split_among_those_who_reported(self):
        alice, bob, carol = self.signers[:3]
        model, targets = await self.open_targets(alice)
        target, data = targets[0], b"x" * 101
        await self.fill(bob, target, model, data)
        await self.advance()
        reporters = sorted(self.validators[:3], key=lambda one: one.address())
        for reporter in reporters:
            await self.client.report_submission(reporter, target.id)
        await self.advance()
        before = [await self.shannons(one.address()) for one in reporters]
        await self.client.claim_rewards(carol, target.id)
        after = [await self.shannons(one.address()) for one in reporters]
        bond = 65 * len(data)
        share, rest = divmod(bond, 3)
        self.assertEqual(
            [new - old for new, old in zip(after, before)], [share + rest, share, share]
        )
