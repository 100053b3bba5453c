"""One life of everything, lived three times: by us, by them, and by both together.

After every single operation both sides say what it did, what everybody owns and what the system state
is, and must say the same. A kind of transaction that the life leaves out fails the test.
"""

import base64
import json

from support.case import (
    SHANNONS,
    InteropCase,
    an_embedding,
    bare,
    full,
    our_view,
    plain,
    their_view,
)
from support.ours import Refused, data
from support.recorder import SomaClient
from test_validators import arguments, bcs

#: Every kind of transaction that a person can send, as our side calls it.
KINDS = {
    "transfer_coin",
    "pay_coins",
    "transfer_objects",
    "merge_coins",
    "add_stake",
    "add_stake_to_model",
    "withdraw_stake",
    "create_model",
    "commit_model",
    "reveal_model",
    "set_model_commission",
    "deactivate_model",
    "report_model",
    "undo_report_model",
    "submit_data",
    "claim_rewards",
    "report_submission",
    "undo_report_submission",
    "report_validator",
    "undo_report_validator",
    "set_validator_commission",
    "add_validator",
    "remove_validator",
    "update_validator",
}

#: Keys and proofs in the client's system state are Base64, ours are hex.
BASE64_FIELDS = ("pubkey", "proof_of_possession")


class Life:
    """The life, and the comparisons. Who acts is for the three below to say."""

    flags = ("--validators", "4")

    async def act(self, who, kind, /, **what):
        """Does an operation; returns the digest of its transaction."""
        raise NotImplementedError

    async def do(self, who, kind, /, **what):
        """Does an operation, and compares what both sides know afterwards."""
        digest = await self.act(who, kind, **what)
        self.done.add(kind)
        theirs = await self.client.get_transaction(digest)
        ours = self.ours.network("transaction", digest=digest)
        self.assertEqual(our_view(ours), their_view(theirs), kind)
        self.assertEqual(theirs.V1.status, "Success", kind)
        await self.compare_holdings()
        await self.compare_states()
        return digest

    async def compare_holdings(self):
        for person in self.people:
            address = person.address()
            mine = self.ours.network("coins", owner=address)
            yours = await self.client.list_owned_objects(address, "coin")
            ours = {bare(coin["reference"]["id"]): coin for coin in mine["coins"]}
            theirs = {full(coin.id): coin for coin in yours}
            self.assertEqual(ours.keys(), theirs.keys())
            for id, coin in theirs.items():
                reference = ours[id]["reference"]
                said = (
                    coin.version,
                    coin.digest,
                    int.from_bytes(coin.data.contents[32:], "little"),
                )
                known = (reference["version"], reference["digest"], ours[id]["balance"])
                self.assertEqual(said, known)
            total = int(mine["total"])
            self.assertEqual(await self.client.get_balance(address), SomaClient.to_soma(total))
            for stake in await self.client.list_owned_objects(address, "staked_soma"):
                ours = self.ours.network("object", id=stake.id)
                self.assertEqual(ours["reference"]["digest"], stake.digest)
                self.assertEqual(data(ours["contents"]), bytes(stake.data.contents))

    async def compare_states(self):
        ours = self.ours.network("state")
        theirs = await self.client.get_latest_system_state()
        self.assertEqual(comparable(ours["state"]), comparable(json.loads(_json(theirs))))
        stored = await self.client.get_object("0x5")
        self.assertEqual(data(ours["bcs"]), bytes(stored.data.contents[32:]))

    async def compare_targets(self, **filters):
        theirs = await self.client.get_targets(limit=1000, **filters)
        ours = self.ours.network("targets", **filters)
        self.assertEqual(len(ours), len(theirs))
        ours = {full(target["id"]): target for target in ours}
        for target in theirs:
            known = ours[full(target.id)]
            for field in ("status", "generation_epoch", "reward_pool", "bond_amount"):
                self.assertEqual(getattr(target, field), known[field], field)
            self.assertAlmostEqual(target.distance_threshold, known["distance_threshold"], places=6)
            self.assertEqual([full(model) for model in target.model_ids], bare(known["model_ids"]))
            submitter = target.submitter and full(target.submitter)
            self.assertEqual(submitter, bare(known["submitter"]))
        return theirs

    async def end_epoch(self):
        await self.advance()
        await self.compare_states()

    async def test_a_life_of_everything(self):
        self.done = set()
        alice, bob, carol = self.signers[:3]
        validator, *others = self.validators
        dave = await self.funded(soma=100_000.0)
        self.people = [alice, bob, carol, dave, *self.validators]
        await self.compare_states()

        await self.coins(alice, bob, carol)
        await self.stakes(alice, validator)
        model = await self.model_to_targets(alice, bob)
        await self.targets(bob, carol, model, validator, others)
        await self.validators_change(dave, validator, others)
        await self.model_ends(alice, bob, model, validator)
        self.assertEqual(self.done, KINDS)

    async def coins(self, alice, bob, carol):
        await self.do(alice, "transfer_coin", recipient=bob.address(), amount=SHANNONS + 1)
        await self.do(
            alice,
            "pay_coins",
            recipients=[bob.address(), carol.address(), bob.address()],
            amounts=[1_500_000_000, 250_000_000, 2 * SHANNONS],
        )
        (coin, *_) = await self.client.list_owned_objects(bob.address(), "coin")
        await self.do(bob, "transfer_objects", objects=[coin.id], recipient=carol.address())
        await self.do(bob, "merge_coins")

    async def stakes(self, alice, validator):
        await self.do(alice, "add_stake", validator=validator.address(), amount=500 * SHANNONS)
        await self.end_epoch()
        (stake,) = await self.client.list_owned_objects(alice.address(), "staked_soma")
        await self.do(alice, "withdraw_stake", stake=stake.id)

    async def model_to_targets(self, alice, bob):
        await self.do(alice, "create_model", stake=3 * SHANNONS, commission=250)
        state = plain((await self.client.get_latest_system_state()).model_registry)
        (model,) = state["models"]
        url, encrypted, key = await self.sealed()
        promise = {"model": model, "url": url, "weights": encrypted, "key": key}
        await self.do(alice, "commit_model", **promise, embedding=an_embedding())
        await self.end_epoch()
        reveal = {"model": model, "key": key, "embedding": an_embedding()}
        await self.do(alice, "reveal_model", **reveal)
        await self.do(bob, "add_stake_to_model", model=model, amount=SHANNONS)
        await self.do(alice, "set_model_commission", model=model, rate=300)
        await self.end_epoch()
        return model

    async def targets(self, bob, carol, model, validator, others):
        targets = await self.compare_targets(status="open")
        self.assertGreater(len(targets), 0)
        # A large bond: what is left of it are coins, and the client pays from any coin, be it too small.
        payload = b"some data of a target" * 2500
        fill = {"url": self.network.put("target", payload), "data": payload, "model": model}
        fill.update(embedding=an_embedding(), distance=0.5, losses=[0.25])
        for target in targets[:2]:
            await self.do(bob, "submit_data", target=target.id, **fill)
        await self.compare_targets(status="filled", submitter=bob.address())
        await self.end_epoch()
        await self.compare_targets(status="expired")
        reported = {"target": targets[0].id}
        await self.do(validator, "report_submission", **reported)
        await self.do(validator, "undo_report_submission", **reported)
        for reporter in (validator, *others):
            await self.do(reporter, "report_submission", **reported)
        await self.end_epoch()
        # Reported, honest, and expired.
        for target in targets[:3]:
            await self.do(carol, "claim_rewards", target=target.id)

    async def validators_change(self, dave, validator, others):
        other = others[0].address()
        await self.do(validator, "report_validator", validator=other)
        await self.do(validator, "undo_report_validator", validator=other)
        await self.do(validator, "set_validator_commission", rate=777)
        await self.do(
            validator,
            "update_validator",
            network_address="/ip4/127.0.0.77/tcp/7000/http",
            p2p_address="/ip4/127.0.0.77/udp/7001",
        )
        info = self.ours.keys("validator", account=dave.address(), number=7)
        await self.do(dave, "add_validator", **info)
        await self.do(dave, "add_stake", validator=dave.address(), amount=20_000 * SHANNONS)
        await self.end_epoch()
        await self.do(dave, "remove_validator")
        await self.end_epoch()

    async def model_ends(self, alice, bob, model, validator):
        url, encrypted, key = await self.sealed(b"better")
        promise = {"model": model, "url": url, "weights": encrypted, "key": key}
        await self.do(alice, "commit_model", **promise, embedding=an_embedding(0.4))
        await self.do(validator, "report_model", model=model)
        await self.do(validator, "undo_report_model", model=model)
        await self.end_epoch()
        reveal = {"model": model, "key": key, "embedding": an_embedding(0.4)}
        await self.do(alice, "reveal_model", **reveal)
        await self.do(alice, "deactivate_model", model=model)
        (stake,) = await self.client.list_owned_objects(bob.address(), "staked_soma")
        await self.do(bob, "withdraw_stake", stake=stake.id)
        await self.end_epoch()


class OurLife(Life, InteropCase):
    """The wallet does everything: it previews, has it simulated, signs and sends."""

    async def act(self, who, kind, /, **what):
        done = self.ours.do(who.to_encoded(), kind, **what)
        self.assertIsNotNone(done["checkpoint"], "it waits for its checkpoint")
        return done["digest"]


class SharedLife(Life, InteropCase):
    """We preview and build, they simulate, sign and send; everybody foresees what then happens."""

    async def act(self, who, kind, /, **what):
        operation = {"kind": kind, **what}
        built = self.ours.network("build", sender=who.address(), operation=operation)
        # The wallet shows nobody the key that a reveal makes public before it is signed.
        hidden = {"Unavailable": {"reason": "the key stays here until you sign"}}
        self.assertEqual(built["simulation"], hidden if kind == "reveal_model" else "Agrees", kind)
        transaction, preview = data(built["transaction"]), built["preview"]

        simulated = await self.client.simulate_transaction(transaction)
        self.foresees(preview, simulated, kind)
        signed = who.sign(transaction)
        ours = self.ours.keys("sign", key=who.to_encoded(), transaction=transaction)
        self.assertEqual(data(ours["signed"]), signed)
        checked = self.ours.keys("verify", signed=signed)
        self.assertEqual(
            (checked["digest"], bare(checked["sender"])), (built["digest"], who.address())
        )

        before = await self.balances()
        executed = await self.client.execute_transaction(signed)
        self.assertEqual(executed.V1.transaction_digest, built["digest"])
        self.foresees(preview, executed, kind)
        after = await self.balances()
        changed = {who: after[who] - before[who] for who in after if after[who] != before[who]}
        foreseen = {bare(who): int(change) for who, change in preview["balance_changes"]}
        self.assertEqual({who: foreseen[who] for who in changed}, changed, kind)
        self.assertEqual(set(foreseen) & set(after), set(changed), kind)
        return built["digest"]

    async def balances(self):
        return {one.address(): await self.shannons(one.address()) for one in self.people}

    def foresees(self, preview, effects, kind):
        """Whether our preview is what the client then tells."""
        self.assertEqual(preview["fee"], plain(effects.V1.transaction_fee), kind)
        told = {}
        for id, change in effects.V1.changed_objects:
            before, after = change["input_state"], change["output_state"]
            if before == after == "NotExist":
                continue
            if after == "NotExist":
                told[full(id)] = ("Deleted", None)
                continue
            _, owner = after["ObjectWrite"]
            fate = "Created" if before == "NotExist" else "Changed"
            told[full(id)] = (fate, owner.get("AddressOwner") if isinstance(owner, dict) else None)
        foreseen = {
            bare(change["id"]): (change["change"], bare(change["owner"]))
            for change in preview["object_changes"]
        }
        self.assertEqual(foreseen, told, kind)


class TheirLife(Life, InteropCase):
    """The client does everything, by its own methods and choices."""

    async def act(self, who, kind, /, **what):
        effects = await getattr(self, f"they_{kind}", self.they_do)(who, kind, **what)
        return effects.V1.transaction_digest

    async def they_do(self, who, kind, /, **what):
        return await getattr(self.client, kind)(who, *what.values())

    async def they_transfer_coin(self, who, _, /, recipient, amount):
        return await self.client.transfer_coin(who, recipient, SomaClient.to_soma(amount))

    async def they_pay_coins(self, who, _, /, recipients, amounts):
        amounts = [SomaClient.to_soma(amount) for amount in amounts]
        return await self.client.pay_coins(who, recipients, amounts)

    async def they_transfer_objects(self, who, _, /, objects, recipient):
        return await self.client.transfer_objects(who, recipient, objects)

    async def they_add_stake(self, who, _, /, validator, amount):
        return await self.client.add_stake(who, validator, SomaClient.to_soma(amount))

    async def they_add_stake_to_model(self, who, _, /, model, amount):
        return await self.client.add_stake_to_model(who, model, SomaClient.to_soma(amount))

    async def they_create_model(self, who, _, /, stake, commission):
        model = await self.client.create_model(who, commission, SomaClient.to_soma(stake))
        # The client tells the model only; its creator's newest stake leads to the transaction.
        (stake,) = await self.client.list_owned_objects(who.address(), "staked_soma")
        self.assertIn(
            model, plain((await self.client.get_latest_system_state()).model_registry.models)
        )
        return await self.client.get_transaction(stake.previous_transaction)

    async def they_commit_model(self, who, _, /, model, url, weights, key, embedding):
        return await self.client.commit_model(who, model, url, weights, key, embedding)

    async def they_set_model_commission(self, who, _, /, model, rate):
        return await self.client.set_model_commission_rate(who, model, rate)

    async def they_set_validator_commission(self, who, _, /, rate):
        return await self.client.set_validator_commission_rate(who, rate)

    async def they_submit_data(self, who, _, /, **what):
        names = ("target", "data", "url", "model", "embedding", "distance", "losses")
        return await self.client.submit_data(who, *(what[name] for name in names))

    async def they_add_validator(self, who, _, /, **info):
        return await self.client.add_validator(who, *arguments(info))

    async def they_remove_validator(self, who, _, /):
        return await self.client.remove_validator(who, b"")

    async def they_update_validator(self, who, _, /, network_address, p2p_address):
        return await self.client.update_validator_metadata(
            who,
            next_epoch_network_address=bcs(network_address),
            next_epoch_p2p_address=bcs(p2p_address),
        )


class Services(InteropCase):
    async def test_faucet_and_admin_answer_both_alike(self):
        address = self.signers[0].address()
        ours = self.ours.network("faucet", node=self.network.faucet_url, recipient=address)
        theirs = plain(await self.client.request_faucet(address))
        for answer in (ours, theirs):
            (coin,) = answer["coins_sent"]
            self.assertEqual((answer["status"], coin["amount"]), ("Success", 2 * SHANNONS))
            self.assertEqual((await self.client.get_object(coin["id"])).version, 2)
        self.assertEqual(self.ours.network("advance", node=self.network.admin_url), 1)
        self.assertEqual(await self.client.advance_epoch(), 2)

    async def test_both_know_the_same_network(self):
        info = self.ours.network("info")
        self.assertEqual(info["chain"], await self.client.get_chain_identifier())
        self.assertEqual(info["server"], await self.client.get_server_version())
        self.assertEqual(info["chain_id"], self.network.chain_id)
        await self.client.request_faucet(self.signers[0].address())
        latest = (await self.client.get_latest_checkpoint()).data
        ours = self.ours.network("checkpoint", number=latest.sequence_number)
        known = (ours["sequence_number"], ours["epoch"], ours["timestamp_ms"])
        self.assertEqual(known, (latest.sequence_number, latest.epoch, latest.timestamp_ms))

    async def test_the_wallet_refuses_before_it_signs_what_they_pay_for(self):
        alice, bob = self.signers[:2]
        before = await self.shannons(alice.address())
        with self.assertRaises(Refused):
            self.ours.do(alice.to_encoded(), "add_stake", validator=bob.address(), amount=SHANNONS)
        self.assertEqual(await self.shannons(alice.address()), before)
        await self.refused(self.client.add_stake(alice, bob.address(), 1.0), "ValidatorNotFound")
        self.assertEqual(await self.shannons(alice.address()), before - 1000)


def _json(value):
    """The client's namespaces as JSON, maps with number keys as maps with text keys."""
    return json.dumps(plain(value))


def comparable(state):
    """A system state in one spelling: ids bare, keys and proofs hex."""

    def walk(value, name=""):
        if isinstance(value, dict):
            return {bare(key): walk(part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [walk(part, name) for part in value]
        if isinstance(value, str) and any(field in name for field in BASE64_FIELDS):
            try:
                return bytes.fromhex(value).hex()
            except ValueError:
                return base64.b64decode(value).hex()
        return bare(value)

    return walk(state)
