//! What a vault and a backup hold, without the key around it.

use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
use proptest::sample::Index;
use proptest::test_runner::Config;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::Checksum;
use wasm_core::keys::Keypair;
use wasm_core::mnemonic::Mnemonic;
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::multisig::MultiSigPublicKey;
use wasm_core::vault::{Backup, Colour, Contact, ModelSecrets, Secrets, UnlockError, fuzzing};
use wasm_core::weights::{DecryptionKey, Sealed};

fn model() -> impl Strategy<Value = ModelSecrets> {
    let known = (of((any::<[u8; 32]>(), any::<u64>())), of(any::<[u8; 32]>()), of(any::<u64>()));
    (".{1,20}", ".{0,20}", any::<[u8; 32]>(), any::<u64>(), of(vec(any::<u32>(), 0..9)), known)
        .prop_map(|(job, label, key, created, embedding, (sealed, id, epoch))| {
            let mut model = ModelSecrets::new(job, label, DecryptionKey(key), created);
            if let Some(bits) = embedding {
                let values = bits.into_iter().map(f32::from_bits).collect();
                model.set_embedding(&SomaTensor::vector(values));
            }
            let sealed = sealed.map(|(sum, size)| Sealed { checksum: Checksum(sum), size });
            (model.sealed, model.model, model.commit_epoch) = (sealed, id.map(ObjectId), epoch);
            model
        })
}

/// Keys of several members, of any weights.
fn shared() -> impl Strategy<Value = MultiSigPublicKey> {
    let members = btree_map(any::<[u8; 32]>(), 1_u8.., 1..=4);
    (members, any::<Index>()).prop_map(|(members, threshold)| {
        let total: u16 = members.values().copied().map(u16::from).sum();
        let key = |(seed, weight): (&[u8; 32], &u8)| (Keypair::derive(seed).public_key(), *weight);
        let threshold = threshold.index(usize::from(total)) + 1;
        let threshold = u16::try_from(threshold).expect("no more than all weights");
        MultiSigPublicKey::new(members.iter().map(key).collect(), threshold).expect("by its rules")
    })
}

/// All but accounts of phrases, which have their own tests: stretching a phrase takes long.
fn secrets() -> impl Strategy<Value = Secrets> {
    let keys = vec((any::<[u8; 32]>(), ".{0,20}"), 0..4);
    let phrases = vec((vec(any::<u8>(), 16), ".{0,20}"), 0..3);
    let keyless = (vec(any::<[u8; 32]>(), 0..3), vec(shared(), 0..2), of(0_usize..8));
    let contacts = vec((any::<[u8; 32]>(), ".{0,20}", ".{0,20}"), 0..3);
    (keys, phrases, vec(model(), 0..3), keyless, contacts).prop_map(
        |(keys, phrases, models, keyless, contacts)| {
            let mut secrets = Secrets::default();
            let (watched, shared, colour) = keyless;
            for address in watched {
                let _ = secrets.add_watched(Address(address), "watched");
            }
            for key in shared {
                if let Ok(address) = secrets.add_multisig(key, "shared") {
                    secrets.colour_account(&address, colour.map(|at| Colour::ALL[at]));
                    secrets.move_account(&address, 1);
                }
            }
            for (address, name, note) in contacts {
                let _ = secrets.add_contact(Contact { address: Address(address), name, note });
            }
            for (seed, label) in keys {
                let _ = secrets.add_key(&Keypair::derive(&seed), &label);
            }
            for (entropy, label) in phrases {
                let phrase = Mnemonic::from_entropy(&entropy).expect("16 bytes");
                secrets.add_phrase(&phrase, &label);
            }
            for model in models {
                let _ = secrets.add_model(model);
            }
            secrets
        },
    )
}

fn envelope(mark: &[u8; 11], cost: [u32; 3], rest: &[u8]) -> Vec<u8> {
    let cost = cost.map(u32::to_le_bytes).concat();
    [&[1][..], mark, &cost, rest].concat()
}

const VAULT: &[u8; 11] = b"SOMA-VAULT\0";
const BACKUP: &[u8; 11] = b"SOMA-BACKUP";

proptest! {
    #![proptest_config(Config::with_cases(96))]

    #[test]
    fn a_wallets_contents_survive(secrets in secrets(), at in any::<Index>(), with in any::<u8>()) {
        let (accounts, models) = (secrets.accounts().len(), secrets.models().len());
        let contacts = secrets.contacts().to_vec();
        let bytes = fuzzing::write_contents(&Backup::Wallet(secrets));
        let read = fuzzing::read_contents(&bytes).unwrap();
        prop_assert_eq!(&*fuzzing::write_contents(&read), &*bytes);
        let Backup::Wallet(read) = read else { panic!("another kind") };
        prop_assert_eq!((read.accounts().len(), read.models().len()), (accounts, models));
        prop_assert_eq!(read.contacts(), contacts);
        for account in read.accounts() {
            let key = read.keypair(&account.address()).map(|key| key.address());
            let expected = account.source().has_key().then_some(account.address());
            prop_assert_eq!(key, expected);
        }
        assert!(fuzzing::read_contents(&bytes[..bytes.len() - 1]).is_err());
        assert!(fuzzing::read_contents(&[&bytes[..], b"}"].concat()).is_err());
        let mut spoilt = bytes.to_vec();
        let at = at.index(spoilt.len());
        spoilt[at] = with;
        if let Ok(read) = fuzzing::read_contents(&spoilt) {
            let written = fuzzing::write_contents(&read);
            let again = fuzzing::read_contents(&written).unwrap();
            prop_assert_eq!(&*fuzzing::write_contents(&again), &*written);
        }
    }

    #[test]
    fn a_models_contents_survive(model in model()) {
        let bytes = fuzzing::write_contents(&Backup::Model(model));
        let read = fuzzing::read_contents(&bytes).unwrap();
        assert!(matches!(read, Backup::Model(_)));
        prop_assert_eq!(&*fuzzing::write_contents(&read), &*bytes);
    }

    #[test]
    fn an_envelope_has_one_encoding(
        memory in 65_536_u32..=262_144,
        passes in 3_u32..=16,
        lanes in 1_u32..=4,
        rest in vec(any::<u8>(), 44..200),
    ) {
        // Memory and passes together are bounded, too.
        let passes = passes.min(65_536 * 32 / memory);
        let vault = envelope(VAULT, [memory, passes, lanes], &rest);
        prop_assert_eq!(fuzzing::vault_again(&vault), Ok(vault.clone()));
        prop_assert_eq!(fuzzing::backup_again(&vault), Err(UnlockError::NotOurs));
        let backup = envelope(BACKUP, [memory, passes, lanes], &rest);
        prop_assert_eq!(fuzzing::backup_again(&backup), Ok(backup.clone()));
        prop_assert_eq!(fuzzing::vault_again(&backup), Err(UnlockError::NotOurs));
    }

    #[test]
    fn an_envelope_that_asks_for_too_much_or_too_little_is_refused(
        memory in any::<u32>(),
        passes in any::<u32>(),
        lanes in any::<u32>(),
    ) {
        let alone = [(memory, passes, lanes), (memory, 3, 1), (65_536, passes, 1), (65_536, 3, lanes)];
        let near = [(65_536 + memory % 400_000, 3 + passes % 20, 1 + lanes % 6)];
        for (memory, passes, lanes) in alone.into_iter().chain(near) {
            let vault = envelope(VAULT, [memory, passes, lanes], &[0; 60]);
            let fine = (65_536..=262_144).contains(&memory)
                && (3..=16).contains(&passes)
                && (1..=4).contains(&lanes)
                && memory * passes <= 65_536 * 32;
            prop_assert_eq!(fuzzing::vault_again(&vault).is_ok(), fine);
        }
    }

    #[test]
    fn an_envelope_cut_short_is_refused(end in 0_usize..68, version in 2_u8..) {
        let vault = envelope(VAULT, [65_536, 3, 1], &[7; 44]);
        assert!(fuzzing::vault_again(&vault).is_ok());
        assert!(fuzzing::vault_again(&vault[..end]).is_err());
        let newer = [&[version][..], &vault[1..]].concat();
        let refused = UnlockError::UnsupportedVersion(u32::from(version));
        prop_assert_eq!(fuzzing::vault_again(&newer), Err(refused));
    }
}
