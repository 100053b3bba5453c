"""Scoring: the client's `score` against the local network's engine, and against recorded scores."""

import json
import math
from pathlib import Path

from support.case import InteropCase, an_embedding
from support.recorder import SomaClient

VECTORS = Path(__file__).parent.parent / "vectors" / "scoring"
#: The recorded case whose sequences and batches are those of the network.
CASE = "long-positions"


def distance(embedding, target):
    """One less the cosine of the angle between two vectors."""
    dot = sum(a * b for a, b in zip(embedding, target, strict=True))
    return 1 - dot / math.sqrt(sum(a * a for a in embedding) * sum(b * b for b in target))


def drawn(seed, length):
    """Data as the recorded cases draw it."""
    data = bytearray()
    for _ in range(length):
        seed = (seed * 6364136223846793005 + 1442695040888963407) % 2**64
        data.append(seed >> 56)
    return bytes(data)


class Scoring(InteropCase):
    async def scorer(self):
        """A client that knows the scoring service, which is well."""
        client = await self.connect(scoring_url=self.network.scoring_url)
        self.assertTrue(await client.scoring_health())
        return client

    async def test_scores_are_those_that_were_recorded(self):
        client = await self.scorer()
        recorded = json.loads((VECTORS / "manifest.json").read_text())
        (case,) = (case for case in recorded["cases"] if case["id"] == CASE)
        source = recorded["data"][case["data"]]
        data = drawn(int(source["lcg_seed"]), source["length"])
        data_url = self.network.put("data", data)
        weights = (VECTORS / "weights" / f"{case['weights']}.safetensors").read_bytes()
        plain = SomaClient.model_manifest(self.network.put("plain", weights), weights)
        url, encrypted, key = await self.sealed(weights)
        sealed = SomaClient.model_manifest(url, encrypted, decryption_key=key)
        for models in ([plain], [sealed], [sealed, plain]):
            answer = await client.score(
                data_url, models, an_embedding(), data=data, seed=int(case["seed"])
            )
            self.assertEqual(answer.winner, 0, "the first of equals")
            (loss,), expected = answer.loss_score, case["expected"]
            self.assertAlmostEqual(loss, expected["loss"], delta=1e-5)
            self.assertEqual(len(answer.embedding), len(expected["embedding"]))
            for ours, theirs in zip(answer.embedding, expected["embedding"], strict=True):
                self.assertAlmostEqual(ours, theirs, delta=1e-5)
            (measured,) = answer.distance
            self.assertAlmostEqual(
                measured, distance(expected["embedding"], an_embedding()), delta=1e-5
            )

    async def test_a_wrong_key_scores_nothing(self):
        client = await self.scorer()
        weights = (VECTORS / "weights" / "t_a.safetensors").read_bytes()
        url, encrypted, _ = await self.sealed(weights)
        _, other_key = SomaClient.encrypt_weights(weights)
        model = SomaClient.model_manifest(url, encrypted, decryption_key=other_key)
        data_url = self.network.put("data", b"data")
        await self.refused(
            client.score(data_url, [model], an_embedding(), data=b"data"), "[Ii]nternal.*weights"
        )

    async def test_data_that_is_other_data_is_not_scored(self):
        client = await self.scorer()
        weights = (VECTORS / "weights" / "t_a.safetensors").read_bytes()
        model = SomaClient.model_manifest(self.network.put("plain", weights), weights)
        data_url = self.network.put("data", b"data")
        await self.refused(
            client.score(data_url, [model], an_embedding(), data=b"dates"), "[Ii]nternal.*bytes"
        )


class ScoringOfLivingModels(InteropCase):
    flags = ("--demo",)

    async def test_the_models_of_a_target_compete_for_data(self):
        client = await self.connect(scoring_url=self.network.scoring_url)
        target = (await client.get_targets(status="open"))[0]
        models = await client.get_model_manifests(target)
        self.assertGreater(len(models), 1)
        data = b"What models make of a sentence."
        data_url = self.network.put("data", data)
        answer = await client.score(data_url, models, target.embedding, data=data)
        alone = [
            await client.score(data_url, [model], target.embedding, data=data) for model in models
        ]
        losses = [one.loss_score[0] for one in alone]
        self.assertEqual(len(set(losses)), len(losses), "no two models are the same")
        self.assertEqual(answer.winner, losses.index(min(losses)))
        best = alone[answer.winner]
        self.assertEqual(answer.loss_score, best.loss_score)
        self.assertEqual(answer.embedding, best.embedding)
        self.assertEqual(answer.distance, best.distance)
        self.assertAlmostEqual(
            answer.distance[0], distance(answer.embedding, target.embedding), delta=1e-5
        )
