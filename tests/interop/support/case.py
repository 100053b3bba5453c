"""The test case that all tests here extend: a fresh network, a client, and how models come to life."""

import asyncio
import itertools
import json
import re
import unittest

from .network import Network
from .ours import Ours
from .recorder import Keypair, SomaClient

SHANNONS = 1_000_000_000
DIMENSIONS = 16


class InteropCase(unittest.IsolatedAsyncioTestCase):
    """A network of its own for each test, with the client connected to it and our own side beside."""

    #: Flags for the network.
    flags = ()
    maxDiff = None

    async def asyncSetUp(self):
        # Our side is asked in between, and the loop's complaints about the time that takes help nobody.
        asyncio.get_running_loop().set_debug(False)
        self.network = Network(*self.flags)
        self.addCleanup(self.network.stop)
        self.ours = Ours(self.network)
        self.addCleanup(self.ours.stop)
        self.client = await self.connect()
        self.keys = [account["private_key"] for account in self.network.accounts]
        self.signers = [Keypair.from_encoded(key) for key in self.keys]
        self.validators = [
            Keypair.from_encoded(account["private_key"]) for account in self.network.validators
        ]
        self._names = itertools.count(1)

    async def connect(self, **urls):
        """A client of the test's network, with the faucet and the admin."""
        services = {"faucet_url": self.network.faucet_url, "admin_url": self.network.admin_url}
        return await SomaClient.connect(self.network.rpc_url, **{**services, **urls})

    async def refused(self, awaitable, text, kind=RuntimeError):
        """Awaits, and expects an error whose text matches; returns the text."""
        with self.assertRaises(kind) as caught:
            await awaitable
        self.assertRegex(str(caught.exception), text)
        return str(caught.exception)

    async def funded(self, soma=100.0):
        """A new account with one coin."""
        key = Keypair.generate()
        await self.client.transfer_coin(self.signers[0], key.address(), soma)
        return key

    async def advance(self, epochs=1):
        """Ends so many epochs; returns the number of the one that began."""
        for _ in range(epochs):
            epoch = await self.client.advance_epoch()
        return epoch

    async def sealed(self, weights=b"weights " * 1000):
        """Encrypted weights, served by the network: URL, bytes and key."""
        encrypted, key = SomaClient.encrypt_weights(weights)
        url = self.network.put(f"weights-{next(self._names)}", encrypted)
        return url, encrypted, key

    async def active_model(self, signer, embedding=None, stake=2.0, commission=500):
        """Creates, commits and, an epoch later, reveals a model. Returns its id."""
        embedding = embedding or an_embedding()
        model = await self.client.create_model(signer, commission, stake)
        url, encrypted, key = await self.sealed()
        await self.client.commit_model(signer, model, url, encrypted, key, embedding)
        await self.advance()
        await self.client.reveal_model(signer, model, key, embedding)
        return model

    async def open_targets(self, signer):
        """A model that is active, in an epoch that has targets for it. Returns its id and them."""
        model = await self.active_model(signer)
        await self.advance()
        targets = await self.client.get_targets(status="open")
        self.assertGreater(len(targets), 0)
        return model, targets

    async def fill(self, signer, target, model, data=b"the data", distance=0.5):
        """Submits data for a target."""
        url = self.network.put(f"data-{next(self._names)}", data)
        return await self.client.submit_data(
            signer, target.id, data, url, model, an_embedding(), distance, [0.25]
        )

    async def shannons(self, address):
        """The sum of an address's coins, exactly, from the coins' own bytes."""
        coins = await self.client.list_owned_objects(address, "coin")
        return sum(coin_balance(coin) for coin in coins)

    async def model(self, model_id):
        """A model's state, its name and its fields, from the system state."""
        state = await self.client.get_latest_system_state()
        models = plain(state.model_registry.models)
        ((name, fields),) = models[model_id]["V1"].items()
        return name, fields


def an_embedding(first=0.1):
    """An embedding of the small model's size."""
    return [first + 0.1 * index for index in range(DIMENSIONS)]


def coin_balance(coin):
    """The balance that a coin's contents end in."""
    assert coin.data.object_type == "Coin" and len(coin.data.contents) == 40, coin
    return int.from_bytes(coin.data.contents[32:], "little")


def plain(value):
    """The client's namespaces as dictionaries, all the way down."""
    if hasattr(value, "__dict__"):
        value = vars(value)
    if isinstance(value, dict):
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


def fee(effects):
    """The whole fee in shannons."""
    return effects.V1.transaction_fee.total_fee


def succeeded(effects):
    """Whether the transaction did what it says."""
    return effects.V1.status == "Success"


def created(effects):
    """Ids of the objects that came to be."""
    return [id for id, change in effects.V1.changed_objects if change["id_operation"] == "Created"]


def full(id):
    """An id with all of its 64 digits, without `0x`; the node writes some with fewer."""
    return id.removeprefix("0x").rjust(64, "0")


_ID = re.compile(r"(0x)?[0-9a-f]{64}")


def bare(value):
    """The same JSON with every id written as 64 digits without `0x`."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return value.removeprefix("0x")
    if isinstance(value, dict):
        return {bare(name): bare(part) for name, part in value.items()}
    if isinstance(value, list):
        return [bare(part) for part in value]
    return value


def their_view(effects):
    """What the client says a transaction did, in the form of `our_view`."""
    said = json.loads(json.dumps(plain(effects)))["V1"]
    changes = []
    for id, change in said["changed_objects"]:
        before, after = change["input_state"], change["output_state"]
        if before != "NotExist":
            (version, digest), owner = before["Exist"]
            before = [{"id": id, "version": version, "digest": digest}, owner]
        else:
            before = None
        if after != "NotExist":
            digest, owner = after["ObjectWrite"]
            after = [{"id": id, "version": said["version"], "digest": digest}, owner]
        else:
            after = None
        operation = change["id_operation"]
        changes.append({"id": id, "before": before, "after": after, "id_operation": operation})
    changes.sort(key=lambda change: change["id"])
    return bare(
        {
            "digest": said["transaction_digest"],
            "success": said["status"] == "Success",
            "epoch": said["executed_epoch"],
            "fee": said["transaction_fee"],
            "changed_objects": changes,
        }
    )


def our_view(executed):
    """What our side says a transaction did, without what the client does not tell."""
    changes = [dict(change) for change in executed["changed_objects"]]
    for change in changes:
        del change["object_type"]
    changes.sort(key=lambda change: change["id"])
    return bare(
        {
            "digest": executed["digest"],
            "success": executed["failure"] is None,
            "epoch": executed["epoch"],
            "fee": executed["fee"],
            "changed_objects": changes,
        }
    )
