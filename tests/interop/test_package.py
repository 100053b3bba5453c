"""The package for JavaScript in Node builds and signs; the client finds the same bytes, and executes them."""

import base64
import json
import os
import subprocess
from pathlib import Path

from support.case import SHANNONS, InteropCase, fee, succeeded
from support.recorder import Keypair

SCRIPT = Path(__file__).parent / "support" / "package.mjs"


class Package(InteropCase):
    async def signed(self, signer, kind, **args):
        """What the package makes of a wish: bytes, signature, digest, fee."""
        question = {
            "node": self.network.rpc_url,
            "key": signer.to_encoded(),
            "kind": kind,
            "args": args,
        }
        answer = subprocess.run(
            ["node", SCRIPT],
            input=json.dumps(question) + "\n",
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.assertEqual(answer.returncode, 0, answer.stderr)
        return json.loads(answer.stdout)

    def whole(self, made):
        """A transaction with its one signature, as the chain writes it."""
        transaction = base64.b64decode(made["bytes"])
        signature = base64.b64decode(made["signature"])
        return bytes([1, 0, 0, 1]) + transaction + bytes([1, len(signature)]) + signature

    async def test_what_the_package_signs_the_client_signs_alike_and_executes(self):
        alice, bob = self.signers[0], Keypair.generate()
        made = await self.signed(
            alice, "transferCoin", recipient="0x" + bob.address(), amount=str(2 * SHANNONS)
        )
        self.assertEqual(made["address"], "0x" + alice.address())
        theirs = alice.sign(base64.b64decode(made["bytes"]))
        self.assertEqual(self.whole(made), bytes(theirs))
        effects = await self.client.execute_transaction(self.whole(made))
        self.assertTrue(succeeded(effects))
        self.assertEqual(fee(effects), int(made["fee"]))
        self.assertEqual(await self.shannons(bob.address()), 2 * SHANNONS)

    async def test_a_stake_of_the_package_is_one(self):
        alice = self.signers[0]
        validator = "0x" + self.validators[0].address()
        made = await self.signed(alice, "addStake", address=validator, amount=str(3 * SHANNONS))
        effects = await self.client.execute_transaction(self.whole(made))
        self.assertTrue(succeeded(effects))
        self.assertEqual(fee(effects), int(made["fee"]))

    async def test_a_signature_of_the_package_that_was_changed_is_refused(self):
        alice = self.signers[0]
        made = await self.signed(
            alice, "transferCoin", recipient="0x" + Keypair.generate().address(), amount="5"
        )
        changed = bytearray(self.whole(made))
        changed[-60] ^= 1
        await self.refused(self.client.execute_transaction(bytes(changed)), "signature")
