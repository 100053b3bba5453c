"""Several keys sign together: some members here, some there, and the client sends what came of it."""

from support.case import InteropCase
from support.ours import Refused, data
from support.recorder import Keypair


class SigningTogether(InteropCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.members = [Keypair.generate() for _ in range(3)]
        self.account = {
            "keys": [member.to_secret_key() for member in self.members],
            "weights": [1, 1, 2],
            "threshold": 3,
        }
        self.address = self.ours.multisig("account", **self.account)["address"]
        await self.client.transfer_coin(self.signers[0], self.address, 5.0)
        self.bob = Keypair.generate().address()
        operation = {"kind": "transfer_coin", "recipient": self.bob, "amount": 7}
        built = self.ours.network("build", sender=self.address, operation=operation)
        self.transaction = data(built["transaction"])
        made = self.ours.multisig("propose", transaction=self.transaction, **self.account)
        self.proposal = made["text"]

    async def test_members_of_both_sides_sign_and_the_client_executes(self):
        theirs = self.members[2].sign(self.transaction)
        one = self.ours.multisig("add", text=self.proposal, signed=theirs)
        self.assertEqual(one["weight"], 2)
        other = self.ours.multisig("sign", text=self.proposal, key=self.account["keys"][0])
        for text in (one["text"], other["text"]):
            with self.assertRaisesRegex(Refused, "3 is needed"):
                self.ours.multisig("combine", text=text)
        both = self.ours.multisig("merge", text=one["text"], other=other["text"])
        turned = self.ours.multisig("merge", text=other["text"], other=one["text"])
        self.assertEqual(both, turned)
        signed = data(self.ours.multisig("combine", text=both["text"])["signed"])
        await self.client.execute_transaction(signed)
        self.assertEqual(await self.shannons(self.bob), 7)

    async def test_signatures_of_others_and_of_another_transaction_are_refused(self):
        outsider = Keypair.generate().sign(self.transaction)
        with self.assertRaisesRegex(Refused, "not a member"):
            self.ours.multisig("add", text=self.proposal, signed=outsider)
        operation = {"kind": "transfer_coin", "recipient": self.bob, "amount": 8}
        built = self.ours.network("build", sender=self.address, operation=operation)
        another = self.members[0].sign(data(built["transaction"]))
        with self.assertRaisesRegex(Refused, "member 1 does not fit this transaction"):
            self.ours.multisig("add", text=self.proposal, signed=another)

    async def test_a_signature_that_was_changed_is_refused_by_the_network_too(self):
        text = self.proposal
        for key in self.account["keys"]:
            text = self.ours.multisig("sign", text=text, key=key)["text"]
        signed = bytearray(data(self.ours.multisig("combine", text=text)["signed"]))
        # Inside the last member's signature, well before bitmap, keys and threshold.
        signed[-(2 + 3 * 34 + 1 + 2 + 20)] ^= 1
        await self.refused(self.client.execute_transaction(bytes(signed)), "signature")
