"""Who the network is: identity, versions, parameters, epochs, checkpoints, services."""

import time

from support.case import DIMENSIONS, InteropCase, an_embedding, full
from support.network import Network
from support.recorder import SomaClient

#: What the wheel 0.1.15 calls itself where it compares versions.
CLIENT_VERSION = "0.1.19"


class Information(InteropCase):
    async def test_identity_versions_and_parameters(self):
        self.assertEqual(await self.client.get_chain_identifier(), "localnet")
        self.assertEqual(await self.client.get_server_version(), "soma-node/0.1.21")
        self.assertEqual(await self.client.get_protocol_version(), 5)
        self.assertEqual(await self.client.get_architecture_version(), 1)
        self.assertEqual(await self.client.get_embedding_dim(), DIMENSIONS)
        self.assertEqual(await self.client.get_model_min_stake(), 1_000_000_000)
        self.assertEqual(await self.client.get_active_models(), [])

    async def test_another_version_is_an_error_only_when_asked_for(self):
        await self.refused(
            self.client.check_api_version(),
            f"client api version : {CLIENT_VERSION}, server api version : soma-node/0.1.21",
        )

    async def test_the_clients_own_version_is_accepted(self):
        network = Network("--server-version", CLIENT_VERSION)
        self.addCleanup(network.stop)
        client = await SomaClient.connect(network.rpc_url)
        await client.check_api_version()
        self.assertEqual(await client.get_server_version(), f"soma-node/{CLIENT_VERSION}")

    async def test_epochs_begin_when_the_admin_says_so(self):
        before = await self.client.get_latest_system_state()
        self.assertEqual(await self.advance(), 1)
        self.assertEqual(await self.advance(), 2)
        after = await self.client.get_latest_system_state()
        self.assertEqual((before.epoch, after.epoch), (0, 2))
        self.assertGreater(after.epoch_start_timestamp_ms, before.epoch_start_timestamp_ms)
        for epoch in range(3):
            self.assertEqual((await self.client.get_epoch(epoch)).epoch, epoch)
        self.assertEqual((await self.client.get_epoch()).epoch, 2)
        await self.refused(self.client.get_epoch(3), "NotFound.*[Ee]poch 3 not found")

    async def test_the_next_epochs_are_estimated_from_this_one(self):
        state = await self.client.get_latest_system_state()
        start, length = state.epoch_start_timestamp_ms, state.parameters.epoch_duration_ms
        self.assertEqual(length, 86_400_000)
        self.assertEqual(await self.client.get_next_epoch_timestamp(), start + length)
        self.assertEqual(await self.client.get_following_epoch_timestamp(), start + 2 * length)

    async def test_checkpoints_follow_each_other(self):
        await self.client.request_faucet(self.signers[0].address())
        latest = (await self.client.get_latest_checkpoint()).data
        self.assertGreater(latest.sequence_number, 0)
        previous = None
        for number in range(latest.sequence_number + 1):
            checkpoint = await self.client.get_checkpoint_summary(number)
            self.assertEqual(checkpoint.data.sequence_number, number)
            if previous:
                self.assertGreater(
                    checkpoint.data.network_total_transactions,
                    previous.data.network_total_transactions,
                )
                self.assertGreaterEqual(checkpoint.data.timestamp_ms, previous.data.timestamp_ms)
            previous = checkpoint
        await self.refused(self.client.get_checkpoint_summary(10**6), "NotFound.*not found")

    async def test_the_last_checkpoint_of_an_epoch_names_the_next_committee(self):
        await self.advance()
        for number in range((await self.client.get_latest_checkpoint()).data.sequence_number + 1):
            data = (await self.client.get_checkpoint_summary(number)).data
            if data.end_of_epoch_data is not None:
                break
        self.assertEqual(data.epoch, 0)
        self.assertIsNotNone(data.end_of_epoch_data)

    async def test_the_faucet_gives_a_coin(self):
        address = self.signers[0].address()
        before = await self.shannons(address)
        answer = await self.client.request_faucet(address)
        self.assertEqual(answer.status, "Success")
        (coin,) = answer.coins_sent
        self.assertEqual(coin.amount, 2_000_000_000)
        self.assertEqual((await self.client.get_object(coin.id)).version, 2)
        self.assertEqual(await self.shannons(address), before + coin.amount)
        effects = await self.client.get_transaction(coin.transfer_tx_digest)
        self.assertIn(full(coin.id), [full(id) for id, _ in effects.V1.changed_objects])
        await self.refused(self.client.request_faucet("zz"), "InvalidArgument.*Invalid address: ")

    async def test_services_without_an_address_are_named_in_the_error(self):
        client = await SomaClient.connect(self.network.rpc_url)
        await self.refused(client.request_faucet("0x1"), "No faucet_url was provided")
        await self.refused(client.advance_epoch(), "No admin_url was provided")
        await self.refused(client.scoring_health(), "No scoring_url was provided")


class NothingScores(InteropCase):
    flags = ("--scoring", "none")

    async def test_nothing_scores_without_an_engine(self):
        client = await self.connect(scoring_url=self.network.scoring_url)
        self.assertFalse(await client.scoring_health())
        manifest = SomaClient.model_manifest("http://127.0.0.1:9/weights", b"weights")
        await self.refused(
            client.score("http://127.0.0.1:9/data", [manifest], an_embedding(), data=b"data"),
            "not implemented or not supported.*this local network does not score data",
        )


class EpochsByTheClock(InteropCase):
    flags = ("--epoch-duration-ms", "1500")

    async def test_the_next_epoch_is_waited_for(self):
        start = time.monotonic()
        before = (await self.client.get_latest_system_state()).epoch
        # One more if an epoch ended between the two questions.
        self.assertIn(await self.client.wait_for_next_epoch(timeout=30.0), (before + 1, before + 2))
        self.assertLess(time.monotonic() - start, 10)


class NoEpochEnds(InteropCase):
    async def test_waiting_for_an_epoch_ends_in_time(self):
        waiting = self.client.wait_for_next_epoch(timeout=1.0)
        await self.refused(waiting, "Epoch did not advance within 1s")
