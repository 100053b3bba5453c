"""Weights and data, from where they lie and through the node."""

from support.case import InteropCase, an_embedding
from support.picky import PickyServer
from support.recorder import SomaClient


def is_the_node(headers):
    """Whether a request comes from the node, which marks its own."""
    return "x-soma-proxied" in headers


class Downloads(InteropCase):
    def serve(self, data, likes):
        server = PickyServer(data, likes)
        self.addCleanup(server.stop)
        return server

    async def model_at(self, url, encrypted, key):
        model = await self.client.create_model(self.signers[0], 100)
        await self.client.commit_model(self.signers[0], model, url, encrypted, key, an_embedding())
        return model

    async def test_weights_and_data_come_from_where_they_lie(self):
        alice = self.signers[0]
        model, targets = await self.open_targets(alice)
        encrypted = await self.client.fetch_model(model)
        (manifest,) = await self.client.get_model_manifests([model])
        self.assertEqual(SomaClient.commitment(encrypted), manifest.checksum)
        opened = SomaClient.decrypt_weights(encrypted, manifest.decryption_key)
        self.assertEqual(opened, b"weights " * 1000)
        await self.fill(alice, targets[0], model, b"the very data")
        self.assertEqual(await self.client.fetch_submission_data(targets[0].id), b"the very data")

    async def test_the_node_fetches_weights_that_the_client_cannot(self):
        encrypted, key = SomaClient.encrypt_weights(b"weights" * 100)
        server = self.serve(encrypted, likes=is_the_node)
        model = await self.model_at(server.url, encrypted, key)
        self.assertEqual(await self.client.fetch_model(model), encrypted)
        self.assertEqual(server.asked, [False, True])

    async def test_the_node_fetches_data_that_the_client_cannot(self):
        alice = self.signers[0]
        model, targets = await self.open_targets(alice)
        # Lists leave the zeros out that an id begins with, and the route wants them.
        target = min(targets, key=lambda target: len(target.id))
        server = self.serve(b"the data", likes=is_the_node)
        await self.client.submit_data(
            alice, target.id, b"the data", server.url, model, an_embedding(), 0.5, [0.25]
        )
        self.assertEqual(await self.client.fetch_submission_data(target.id), b"the data")
        self.assertEqual(server.asked, [False, True])

    async def test_nobody_can_fetch_it(self):
        encrypted, key = SomaClient.encrypt_weights(b"weights")
        server = self.serve(encrypted, likes=lambda headers: False)
        model = await self.model_at(server.url, encrypted, key)
        await self.refused(
            self.client.fetch_model(model), "Validator returned error 502.*503 Service Unavailable"
        )
        await self.refused(self.client.fetch_model("0x77"), "error 502.*no such model")
        await self.refused(self.client.fetch_submission_data("0x77"), "error 502.*no such target")

    async def test_weights_that_are_others_are_not_taken_from_the_node(self):
        encrypted, key = SomaClient.encrypt_weights(b"weights")
        other = bytes([encrypted[0] ^ 1]) + encrypted[1:]
        server = self.serve(other, likes=is_the_node)
        model = await self.model_at(server.url, encrypted, key)
        await self.refused(self.client.fetch_model(model), "error")
