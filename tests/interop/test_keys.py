"""Keys, phrases, amounts, weights: what needs no network, made on one side and read on the other."""

import os
import unittest

import soma_sdk
from support.case import SHANNONS, an_embedding
from support.ours import Ours, Refused, data
from support.recorder import Keypair, SomaClient


class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ours = Ours()
        cls.addClassCleanup(cls.ours.stop)

    def test_their_key_is_ours(self):
        key = Keypair.generate()
        for text in (key.to_secret_key(), "0x" + key.to_secret_key(), key.to_encoded()):
            ours = self.ours.keys("key", text=text)
            self.assertEqual(ours["address"], "0x" + key.address())
            self.assertEqual(ours["hex"], key.to_secret_key())
            self.assertEqual(ours["bech32"], key.to_encoded())

    def test_our_key_is_theirs(self):
        ours = self.ours.keys("make_key")
        forms = [
            Keypair.from_secret_key(ours["hex"]),
            Keypair.from_secret_key(bytes.fromhex(ours["hex"])),
            Keypair.from_secret_key(ours["bech32"]),
            Keypair.from_encoded(ours["bech32"]),
        ]
        for key in forms:
            self.assertEqual("0x" + key.address(), ours["address"])
            self.assertEqual(key.to_encoded(), ours["bech32"])

    def test_our_phrases_of_every_length_are_theirs(self):
        for count in (12, 15, 18, 21, 24):
            ours = self.ours.keys("make_phrase", count=count)
            self.assertEqual(len(ours["words"].split()), count)
            key = Keypair.from_mnemonic(ours["words"])
            self.assertEqual("0x" + key.address(), ours["address"])
            self.assertEqual(key.to_secret_key(), ours["hex"])

    def test_both_read_a_well_known_phrase_alike(self):
        words = "abandon " * 11 + "about"
        self.assertEqual(
            "0x" + Keypair.from_mnemonic(words).address(),
            self.ours.keys("phrase", words=words)["address"],
        )

    def test_both_refuse_what_is_no_key(self):
        good = Keypair.generate().to_encoded()
        flipped = good[:-1] + ("q" if good[-1] != "q" else "p")
        for text in ("", "00", flipped, good.replace("soma", "suip"), good + "q"):
            with self.assertRaises(ValueError):
                Keypair.from_encoded(text)
            with self.assertRaises(Refused):
                self.ours.keys("key", text=text)
        with self.assertRaises(ValueError):
            Keypair.from_secret_key(b"\1" * 31)

    def test_both_refuse_what_is_no_phrase(self):
        for words in ("", "abandon " * 12, "abandon " * 11 + "abaut", "abandon " * 10 + "about"):
            with self.assertRaises(ValueError):
                Keypair.from_mnemonic(words)
            with self.assertRaises(Refused):
                self.ours.keys("phrase", words=words)

    def test_only_a_transaction_is_signed(self):
        with self.assertRaises(ValueError):
            Keypair.generate().sign(b"no transaction")


class Amounts(unittest.TestCase):
    def test_soma_and_shannons(self):
        for soma, shannons in (
            (0.0, 0),
            (1.0, SHANNONS),
            (0.1, 10**8),
            (1e-9, 1),
            (2.5, 25 * 10**8),
        ):
            self.assertEqual(SomaClient.to_shannons(soma), shannons)
            self.assertEqual(SomaClient.to_soma(shannons), soma)


class Weights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.ours = Ours()
        cls.addClassCleanup(cls.ours.stop)

    def test_their_encrypted_weights_open_with_us(self):
        for size in (0, 1, 15, 16, 17, 100_003):
            weights = os.urandom(size)
            encrypted, key = SomaClient.encrypt_weights(weights)
            checksum = SomaClient.commitment(encrypted)
            opened = self.ours.weights(
                "open", data=encrypted, key=key, checksum=checksum, size=size
            )
            self.assertEqual(data(opened["data"]), weights)

    def test_our_encrypted_weights_open_with_them(self):
        for size in (0, 1, 15, 16, 17, 100_003):
            weights = os.urandom(size)
            sealed = self.ours.weights("seal", data=weights)
            encrypted = data(sealed["data"])
            self.assertEqual(SomaClient.decrypt_weights(encrypted, sealed["key"]), weights)
            self.assertEqual(SomaClient.commitment(encrypted), sealed["checksum"])
            self.assertEqual(len(encrypted), sealed["size"])

    def test_a_given_key_encrypts_alike(self):
        weights, key = os.urandom(1000), os.urandom(32)
        encrypted, text = SomaClient.encrypt_weights(weights, key)
        self.assertEqual((encrypted, text), SomaClient.encrypt_weights(weights, text))
        self.assertEqual(SomaClient.decrypt_weights(encrypted, key), weights)
        checksum = SomaClient.commitment(encrypted)
        opened = self.ours.weights("open", data=encrypted, key=text, checksum=checksum, size=1000)
        self.assertEqual(data(opened["data"]), weights)

    def test_we_refuse_weights_that_are_others(self):
        encrypted, key = SomaClient.encrypt_weights(b"weights")
        checksum = SomaClient.commitment(encrypted)
        flipped = bytes([encrypted[0] ^ 1]) + encrypted[1:]
        for wrong in (flipped, encrypted[:-1], encrypted + b"\0"):
            with self.assertRaisesRegex(Refused, "the file"):
                self.ours.weights("open", data=wrong, key=key, checksum=checksum, size=7)

    def test_commitments_are_alike(self):
        encrypted, key = SomaClient.encrypt_weights(b"weights")
        promised = self.ours.weights("commit", data=encrypted, key=key, embedding=an_embedding())
        self.assertEqual(promised["weights"], SomaClient.commitment(encrypted))

    def test_manifests_hold_what_they_are_given(self):
        local = SomaClient.model_manifest("http://example.com/w", b"weights", decryption_key="k")
        self.assertEqual(local.encrypted_weights, b"weights")
        remote = SomaClient.model_manifest("http://example.com/w", checksum="c", size=7)
        self.assertEqual(
            (remote.url, remote.checksum, remote.size), ("http://example.com/w", "c", 7)
        )


class ThePackage(unittest.TestCase):
    def test_it_has_the_classes_that_are_known(self):
        self.assertEqual(sorted(soma_sdk.__all__), ["Keypair", "SomaClient"])
