//! BCS of every type of the chain and of the services beside it.

use super::strategies;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use wasm_core::address::{Address, ObjectId};
use wasm_core::digest::{Checksum, TransactionDigest};
use wasm_core::keys::Keypair;
use wasm_core::services::{
    AdvanceEpochRequest, AdvanceEpochResponse, GasCoinInfo, GasRequest, GasResponse, HealthRequest,
    HealthResponse, ManifestInput, ScoreRequest, ScoreResponse,
};
use wasm_core::soma_error::SomaError;
use wasm_core::target::TargetV1;
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::multisig::{MultiSig, MultiSigPublicKey};
use wasm_core::tx::sign::{SignedTransaction, UserSignature};
use wasm_core::tx::{TransactionData, TransactionKind};

trait Value: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug {}
impl<T: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug> Value for T {}

fn encode<T: Value>(value: &T) -> Vec<u8> {
    bcs::to_bytes(value).expect("chain types have no unsupported part")
}

/// The value comes back from its bytes, and from no shorter or longer ones.
fn survives<T: Value>(value: &T) {
    let bytes = encode(value);
    assert_eq!(bcs::from_bytes::<T>(&bytes).as_ref(), Ok(value));
    let step = 1 + bytes.len() / 50;
    for end in (0..bytes.len()).step_by(step).chain(bytes.len().checked_sub(1)) {
        assert!(bcs::from_bytes::<T>(&bytes[..end]).is_err(), "{end} of {} bytes", bytes.len());
    }
    for extra in [0, 1, 0xff] {
        assert!(bcs::from_bytes::<T>(&[&bytes[..], &[extra]].concat()).is_err(), "one byte more");
    }
}

/// Ways to spoil bytes.
#[derive(Clone, Debug)]
enum Damage {
    /// Another byte: an unknown tag, a boolean of 2, another length.
    Set(u8),
    /// The same number in more bytes than it needs: a length or tag that is not canonical.
    Stretch,
    /// A byte twice.
    Double,
    /// A byte less.
    Drop,
    /// So many bytes and the same number after them, exchanged: entries in another order.
    Swap(usize),
}

impl Damage {
    fn any() -> impl Strategy<Value = Self> {
        prop_oneof![
            any::<u8>().prop_map(Self::Set),
            Just(Self::Set(2)),
            Just(Self::Stretch),
            Just(Self::Stretch),
            Just(Self::Double),
            Just(Self::Drop),
            prop_oneof![Just(8), Just(32), Just(33), Just(64)].prop_map(Self::Swap),
        ]
    }

    fn apply(&self, bytes: &mut Vec<u8>, at: Index) {
        let at = at.index(bytes.len());
        match self {
            Self::Set(byte) => bytes[at] = *byte,
            Self::Stretch => {
                bytes[at] |= 0x80;
                bytes.insert(at + 1, 0);
            }
            Self::Double => bytes.insert(at, bytes[at]),
            Self::Drop => drop(bytes.remove(at)),
            Self::Swap(length) => {
                if let Some(both) = bytes.get_mut(at..at + 2 * length) {
                    both.rotate_left(*length);
                }
            }
        }
    }
}

/// Whatever the damage: what still decodes has exactly these bytes. Where there are URLs, it may instead
/// have the bytes of their normal form, which decode in turn.
fn has_one_encoding<T: Value>(bytes: &[u8], with_urls: bool) {
    let Ok(value) = bcs::from_bytes::<T>(bytes) else {
        return;
    };
    let again = encode(&value);
    if with_urls && again != bytes {
        bcs::from_bytes::<T>(&again).expect("the normal form decodes");
    } else {
        assert_eq!(again, bytes, "{value:?} has two encodings");
    }
}

fn coin_info() -> impl Strategy<Value = GasCoinInfo> {
    (any::<u64>(), ".{0,70}", ".{0,50}").prop_map(|(amount, id, transfer_tx_digest)| GasCoinInfo {
        amount,
        id,
        transfer_tx_digest,
    })
}

fn score_request() -> impl Strategy<Value = ScoreRequest> {
    let manifest = (".{0,30}", ".{0,44}", any::<u64>(), of(".{0,44}")).prop_map(
        |(url, checksum, size, decryption_key)| ManifestInput {
            url,
            checksum,
            size,
            decryption_key,
        },
    );
    let data = (".{0,30}", ".{0,44}", any::<u64>());
    (data, vec(manifest, 0..3), vec(any::<u32>(), 0..200), any::<u64>()).prop_map(
        |((data_url, data_checksum, data_size), model_manifests, target_embedding, seed)| {
            ScoreRequest {
                data_url,
                data_checksum,
                data_size,
                model_manifests,
                target_embedding,
                seed,
            }
        },
    )
}

fn score_response() -> impl Strategy<Value = ScoreResponse> {
    let bits = || vec(any::<u32>(), 0..9);
    (any::<u64>(), bits(), bits(), bits()).prop_map(|(winner, loss_score, embedding, distance)| {
        ScoreResponse { winner, loss_score, embedding, distance }
    })
}

/// Names the type by a value of it.
fn one_encoding_of<T: Value>(_: &T, bytes: &[u8], with_urls: bool) {
    has_one_encoding::<T>(bytes, with_urls);
}

/// For every type: its strategy, how many values are tried, and whether it holds URLs.
macro_rules! codecs {
    ($($name:ident: $strategy:expr, $cases:literal, $with_urls:literal;)*) => {$(
        proptest! {
            #![proptest_config(Config::with_cases($cases))]
            #[test]
            fn $name(value in $strategy, damage in vec((any::<Index>(), Damage::any()), 24)) {
                survives(&value);
                for (at, damage) in damage {
                    let mut bytes = encode(&value);
                    if !bytes.is_empty() {
                        damage.apply(&mut bytes, at);
                    }
                    one_encoding_of(&value, &bytes, $with_urls);
                }
            }
        }
    )*};
}

codecs! {
    an_address_has_one_encoding: strategies::address(), 32, false;
    a_digest_has_one_encoding: any::<[u8; 32]>().prop_map(TransactionDigest), 64, false;
    a_tensor_has_one_encoding: strategies::tensor(), 128, false;
    a_manifest_has_one_encoding: strategies::manifest(), 64, true;
    a_transaction_has_one_encoding: strategies::transaction(), 256, true;
    an_owner_has_one_encoding: strategies::owner(), 64, false;
    an_object_has_one_encoding: strategies::object(), 96, false;
    a_stake_has_one_encoding: strategies::staked_soma(), 64, false;
    a_target_has_one_encoding: strategies::target(), 128, true;
    effects_have_one_encoding: strategies::effects(), 128, false;
    a_failure_has_one_encoding: strategies::failure(), 128, false;
    an_error_has_one_encoding: strategies::soma_error(), 128, false;
    a_staking_pool_has_one_encoding: strategies::pool(), 128, false;
    a_model_has_one_encoding: strategies::model(), 96, true;
    a_system_state_has_one_encoding: strategies::system_state(), 96, true;
    a_checkpoints_head_has_one_encoding: strategies::summary(), 96, false;
    a_checkpoints_contents_have_one_encoding: strategies::contents(), 64, false;
    a_multisig_has_one_encoding: strategies::multisig(), 96, false;
    a_signature_has_one_encoding: strategies::user_signature(), 96, false;
    a_faucet_request_has_one_encoding: ".{0,70}".prop_map(|recipient| GasRequest { recipient }), 64, false;
    a_faucet_answer_has_one_encoding: (".{0,9}", vec(coin_info(), 0..4))
        .prop_map(|(status, coins_sent)| GasResponse { status, coins_sent }), 64, false;
    a_scoring_request_has_one_encoding: score_request(), 64, false;
    a_scoring_answer_has_one_encoding: score_response(), 64, false;
    a_health_request_has_one_encoding: Just(HealthRequest {}), 1, false;
    a_health_answer_has_one_encoding: any::<bool>().prop_map(|ok| HealthResponse { ok }), 16, false;
    a_request_to_end_the_epoch_has_one_encoding: Just(AdvanceEpochRequest {}), 1, false;
    an_ended_epoch_has_one_encoding: any::<u64>().prop_map(|epoch| AdvanceEpochResponse { epoch }), 16, false;
}

/// Everything that is read from bytes, by anything.
fn decode_everything(bytes: &[u8]) {
    has_one_encoding::<TransactionData>(bytes, true);
    has_one_encoding::<wasm_core::effects::TransactionEffects>(bytes, false);
    has_one_encoding::<wasm_core::object::Object>(bytes, false);
    has_one_encoding::<wasm_core::system_state::SystemState>(bytes, true);
    has_one_encoding::<TargetV1>(bytes, true);
    has_one_encoding::<wasm_core::checkpoint::CheckpointSummary>(bytes, false);
    has_one_encoding::<wasm_core::checkpoint::CheckpointContents>(bytes, false);
    has_one_encoding::<wasm_core::failure::ExecutionFailureStatus>(bytes, false);
    has_one_encoding::<SomaError>(bytes, false);
    has_one_encoding::<UserSignature>(bytes, false);
    has_one_encoding::<MultiSig>(bytes, false);
    has_one_encoding::<GasResponse>(bytes, false);
    has_one_encoding::<ScoreRequest>(bytes, false);
    if let Ok(signature) = UserSignature::from_bytes(bytes) {
        assert_eq!(signature.to_bytes(), bytes);
    }
    if let Ok(signed) = SignedTransaction::from_bytes(bytes) {
        let _ = signed.signature.verify(&signed.transaction);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(bytes in vec(any::<u8>(), 0..400)) {
        decode_everything(&bytes);
        // Most bytes fail at the first tag. These get past it.
        decode_everything(&[&[0][..], &bytes].concat());
        decode_everything(&[&[2][..], &bytes].concat());
    }

    #[test]
    fn a_signed_transaction_has_one_encoding(
        signed in strategies::signed_transaction(),
        damage in vec((any::<Index>(), Damage::any()), 16),
    ) {
        let bytes = signed.to_bytes();
        prop_assert_eq!(&SignedTransaction::from_bytes(&bytes), &Ok(signed));
        for (at, damage) in damage {
            let mut bytes = bytes.clone();
            damage.apply(&mut bytes, at);
            decode_everything(&bytes);
            if let Ok(read) = SignedTransaction::from_bytes(&bytes) {
                let again = read.to_bytes();
                let kind = read.transaction.kind();
                let has_url = matches!(kind, TransactionKind::CommitModel(_) | TransactionKind::SubmitData(_));
                assert!(again == bytes || has_url, "{read:?} has two encodings");
            }
        }
    }

    #[test]
    fn a_signature_in_its_own_form_has_one_encoding(
        signature in strategies::user_signature(),
        damage in vec((any::<Index>(), Damage::any()), 16),
    ) {
        let bytes = signature.to_bytes();
        prop_assert_eq!(&UserSignature::from_bytes(&bytes), &Ok(signature));
        for end in 0..bytes.len() {
            assert!(UserSignature::from_bytes(&bytes[..end]).is_err());
        }
        assert!(UserSignature::from_bytes(&[&bytes[..], &[0]].concat()).is_err());
        for (at, damage) in damage {
            let mut bytes = bytes.clone();
            damage.apply(&mut bytes, at);
            if let Ok(read) = UserSignature::from_bytes(&bytes) {
                prop_assert_eq!(read.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn equal_bytes_are_what_a_digest_means(one in strategies::transaction(), other in strategies::transaction()) {
        prop_assert_eq!(one.digest() == other.digest(), one == other);
        prop_assert_eq!(TransactionData::from_bytes(&one.to_bytes()).unwrap().digest(), one.digest());
    }

    #[test]
    fn a_signature_is_good_for_its_transaction_alone(
        transaction in strategies::user_transaction(),
        other in strategies::user_transaction(),
        seed in any::<[u8; 32]>(),
    ) {
        let key = Keypair::derive(&seed);
        let own = |data: &TransactionData| {
            let (kind, gas) = (data.kind().clone(), data.gas_payment().to_vec());
            TransactionData::new(kind, key.address(), gas)
        };
        let (transaction, other) = (own(&transaction), own(&other));
        let signed = transaction.clone().sign(&key);
        prop_assert_eq!(signed.signature.verify(&transaction), Ok(()));
        prop_assert_eq!(signed.signature.verify(&other).is_ok(), other == transaction);
    }

    #[test]
    fn any_members_that_sign_enough_verify(
        weights in vec(1..=u8::MAX, 1..=10),
        signers in any::<u16>(),
        threshold in any::<u16>(),
        digest in any::<[u8; 32]>(),
    ) {
        let keys: Vec<_> = (0..weights.len())
            .map(|at| Keypair::derive(&[u8::try_from(at).unwrap(); 32]))
            .collect();
        let total: u16 = weights.iter().map(|&weight| u16::from(weight)).sum();
        let threshold = 1 + threshold % total;
        let members = keys.iter().map(Keypair::public_key).zip(weights.iter().copied()).collect();
        let account = MultiSigPublicKey::new(members, threshold).unwrap();
        let signing: Vec<_> = (0..keys.len()).filter(|at| signers & (1 << at) != 0).collect();
        let weight: u16 = signing.iter().map(|&at| u16::from(weights[at])).sum();
        let signatures = signing.iter().rev().map(|&at| (at, keys[at].sign(&digest))).collect();
        let multisig = MultiSig::combine(account, signatures).unwrap();
        prop_assert_eq!(multisig.verify(&digest).is_ok(), weight >= threshold);
        survives(&multisig);
    }

    #[test]
    fn an_objects_contents_are_read_by_its_type_alone(object in strategies::object()) {
        use wasm_core::object::ObjectType;
        let read = [
            (ObjectType::Coin, object.coin_balance().is_ok()),
            (ObjectType::StakedSoma, object.staked_soma().is_ok()),
            (ObjectType::Target, object.target().is_ok()),
            (ObjectType::SystemState, object.system_state().is_ok()),
        ];
        for (kind, readable) in read {
            assert!(!readable || kind == object.data.object_type);
        }
        prop_assert_eq!(object.reference().unwrap().digest, object.digest());
    }

    #[test]
    fn every_bit_of_a_tensor_is_kept(bits in vec(any::<u32>(), 0..40)) {
        let tensor = SomaTensor::vector(bits.iter().copied().map(f32::from_bits).collect());
        let read: SomaTensor = bcs::from_bytes(&encode(&tensor)).unwrap();
        let kept: Vec<_> = read.values().iter().map(|value| value.to_bits()).collect();
        prop_assert_eq!(kept, bits);
    }
}

#[test]
fn a_length_that_is_not_canonical_is_refused() {
    let digest = [&[32][..], &[5; 32]].concat();
    assert!(bcs::from_bytes::<Checksum>(&digest).is_ok());
    for length in [&[0xa0, 0][..], &[0xa0, 0x80, 0], &[0xa0, 0x80, 0x80, 0x80, 0]] {
        let stretched = [length, &[5; 32]].concat();
        assert!(bcs::from_bytes::<Checksum>(&stretched).is_err(), "{length:?}");
    }
    assert!(bcs::from_bytes::<GasRequest>(&[1, b'a']).is_ok());
    assert!(bcs::from_bytes::<GasRequest>(&[0x81, 0, b'a']).is_err());
}

#[test]
fn a_boolean_is_zero_or_one() {
    for byte in 0..=u8::MAX {
        assert_eq!(bcs::from_bytes::<HealthResponse>(&[byte]).is_ok(), byte < 2, "{byte}");
        let option = [&[byte][..], &8_u64.to_le_bytes()].concat();
        assert_eq!(bcs::from_bytes::<Option<u64>>(&option).is_ok(), byte == 1, "{byte}");
    }
}

#[test]
fn an_unknown_tag_is_refused() {
    // The newest kind of transaction, and the one after it.
    let of_kind = |tag: u8| [&[0, tag][..], &[7; 32], &[8; 32], &[0]].concat();
    assert!(TransactionData::from_bytes(&of_kind(25)).is_ok());
    for tag in 26..=u8::MAX {
        assert!(TransactionData::from_bytes(&of_kind(tag)).is_err(), "{tag}");
    }
    let mut other_version = of_kind(25);
    other_version[0] = 1;
    assert!(TransactionData::from_bytes(&other_version).is_err());
    let stretched = [&[0, 0x99, 0][..], &[7; 32], &[8; 32], &[0]].concat();
    assert!(TransactionData::from_bytes(&stretched).is_err(), "a tag in two bytes");
}

#[test]
fn a_length_beyond_the_bytes_is_refused_at_once() {
    for length in [&[0xff, 0xff, 0xff, 0xff, 0x07][..], &[0x80, 0x80, 0x80, 0x80, 0x08], &[0xff; 5]]
    {
        let mut text = length.to_vec();
        text.extend([b'a'; 9]);
        assert!(bcs::from_bytes::<GasRequest>(&text).is_err());
        assert!(bcs::from_bytes::<Vec<ObjectId>>(&text).is_err());
        assert!(bcs::from_bytes::<Vec<u32>>(&text).is_err());
    }
}

/// A set is written in its order, so any other order is another way of writing the same.
#[test]
fn a_set_in_another_order_is_refused() {
    let [one, two] = [Address([1; 32]), Address([2; 32])];
    let runner = &mut TestRunner::deterministic();
    let mut target = strategies::target().new_tree(runner).unwrap().current();
    target.submission_reports = [one, two].into();
    let bytes = encode(&target);
    survives(&target);
    let (head, _) = bytes.split_at(bytes.len() - 65);
    for entries in [[two, one], [one, one]] {
        let other = [head, &[2], &entries[0].0, &entries[1].0].concat();
        assert!(bcs::from_bytes::<TargetV1>(&other).is_err(), "{entries:?}");
    }
}

/// Errors hold errors. A page's worker has one MiB of stack for what a node sends.
#[test]
fn errors_within_errors_end_before_the_stack_does() {
    let nested = |depth: usize| {
        // `TooManyIncorrectAuthorities`: a list of one name with one error, then a text.
        let mut bytes = Vec::new();
        for _ in 0..depth {
            bytes.extend([18, 1, 96]);
            bytes.extend([7; 96]);
        }
        bytes.push(2);
        bytes.extend(vec![0; depth]);
        bytes
    };
    let shallow = nested(20);
    let error: SomaError = bcs::from_bytes(&shallow).unwrap();
    assert_eq!(encode(&error), shallow);
    let _ = format!("{error:?} {error}");
    for depth in [400, 10_000] {
        let bytes = nested(depth);
        if let Ok(error) = bcs::from_bytes::<SomaError>(&bytes) {
            assert_eq!(encode(&error), bytes);
            let _ = format!("{error:?} {error}");
        }
    }
    assert!(bcs::from_bytes::<SomaError>(&nested(10_000)).is_err());
}
