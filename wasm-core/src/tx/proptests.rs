//! What no list of examples covers: no bytes make a decoder panic, and what is decoded or built comes
//! back the same.

use super::kind::{
    AddValidatorArgs, CommitModelArgs, RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs,
    UpdateValidatorMetadataArgs,
};
use super::multisig::{MultiSig, MultiSigPublicKey};
use super::sign::{SignedTransaction, UserSignature};
use super::{TransactionData, TransactionKind};
use crate::address::{Address, ObjectId};
use crate::checkpoint::{CheckpointContents, CheckpointSummary};
use crate::digest::{
    Checksum, DecryptionKeyCommitment, EffectsDigest, EmbeddingCommitment, ObjectDigest,
    TransactionDigest, WeightsCommitment,
};
use crate::effects::{
    EffectsObjectChange, ExecutionStatus, IdOperation, ObjectIn, ObjectOut, TransactionEffects,
    TransactionEffectsV1, TransactionFee, UnchangedSharedKind,
};
use crate::failure::ExecutionFailureStatus;
use crate::keys::Keypair;
use crate::manifest::{Manifest, SubmissionManifest};
use crate::object::{Object, ObjectRef, ObjectType, Owner};
use crate::soma_error::SomaError;
use crate::system_state::SystemState;
use crate::target::TargetV1;
use crate::tensor::SomaTensor;
use crate::weights::DecryptionKey;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn address() -> impl Strategy<Value = Address> {
    any::<[u8; 32]>().prop_map(Address)
}

fn id() -> impl Strategy<Value = ObjectId> {
    any::<[u8; 32]>().prop_map(ObjectId)
}

fn reference() -> impl Strategy<Value = ObjectRef> {
    (id(), any::<u64>(), any::<[u8; 32]>()).prop_map(|(id, version, digest)| ObjectRef {
        id,
        version,
        digest: ObjectDigest(digest),
    })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..200)
}

fn tensor() -> impl Strategy<Value = SomaTensor> {
    vec(any::<u32>().prop_map(f32::from_bits), 0..20).prop_map(SomaTensor::vector)
}

fn manifest() -> impl Strategy<Value = Manifest> {
    ("https://[a-z]{1,9}\\.example/[ -~]{0,20}", any::<[u8; 32]>(), any::<u64>()).prop_map(
        |(url, checksum, size)| {
            let url = url.parse().expect("the pattern gives a scheme and a host");
            Manifest::new(url, Checksum(checksum), size)
        },
    )
}

fn validator_kind() -> impl Strategy<Value = TransactionKind> {
    let args = [(); 8].map(|()| bytes());
    let staged = [(); 8].map(|()| of(bytes()));
    prop_oneof![
        args.prop_map(|[a, b, c, d, e, f, g, h]| TransactionKind::AddValidator(AddValidatorArgs {
            pubkey_bytes: a,
            network_pubkey_bytes: b,
            worker_pubkey_bytes: c,
            proof_of_possession: d,
            net_address: e,
            p2p_address: f,
            primary_address: g,
            proxy_address: h,
        })),
        bytes().prop_map(|pubkey_bytes| {
            TransactionKind::RemoveValidator(RemoveValidatorArgs { pubkey_bytes })
        }),
        address().prop_map(|reportee| TransactionKind::ReportValidator { reportee }),
        address().prop_map(|reportee| TransactionKind::UndoReportValidator { reportee }),
        staged.prop_map(|[a, b, c, d, e, f, g, h]| {
            TransactionKind::UpdateValidatorMetadata(UpdateValidatorMetadataArgs {
                next_epoch_network_address: a,
                next_epoch_p2p_address: b,
                next_epoch_primary_address: c,
                next_epoch_proxy_address: d,
                next_epoch_protocol_pubkey: e,
                next_epoch_worker_pubkey: f,
                next_epoch_network_pubkey: g,
                next_epoch_proof_of_possession: h,
            })
        }),
        any::<u64>().prop_map(|new_rate| TransactionKind::SetCommissionRate { new_rate }),
    ]
}

fn coin_kind() -> impl Strategy<Value = TransactionKind> {
    let amount = || of(any::<u64>());
    prop_oneof![
        (reference(), amount(), address()).prop_map(|(coin, amount, recipient)| {
            TransactionKind::TransferCoin { coin, amount, recipient }
        }),
        (vec(reference(), 0..5), of(vec(any::<u64>(), 0..5)), vec(address(), 0..5)).prop_map(
            |(coins, amounts, recipients)| TransactionKind::PayCoins { coins, amounts, recipients }
        ),
        (vec(reference(), 0..5), address()).prop_map(|(objects, recipient)| {
            TransactionKind::TransferObjects { objects, recipient }
        }),
        (address(), reference(), amount()).prop_map(|(address, coin_ref, amount)| {
            TransactionKind::AddStake { address, coin_ref, amount }
        }),
        reference().prop_map(|staked_soma| TransactionKind::WithdrawStake { staked_soma }),
        (id(), reference(), amount()).prop_map(|(model_id, coin_ref, amount)| {
            TransactionKind::AddStakeToModel { model_id, coin_ref, amount }
        }),
    ]
}

fn model_kind() -> impl Strategy<Value = TransactionKind> {
    prop_oneof![
        any::<[u64; 3]>().prop_map(|[stake_amount, commission_rate, architecture_version]| {
            TransactionKind::CreateModel { stake_amount, commission_rate, architecture_version }
        }),
        (id(), manifest(), any::<[[u8; 32]; 3]>()).prop_map(|(model_id, manifest, [a, b, c])| {
            TransactionKind::CommitModel(CommitModelArgs {
                model_id,
                manifest,
                weights_commitment: WeightsCommitment(a),
                embedding_commitment: EmbeddingCommitment(b),
                decryption_key_commitment: DecryptionKeyCommitment(c),
            })
        }),
        (id(), any::<[u8; 32]>(), tensor()).prop_map(|(model_id, key, embedding)| {
            let decryption_key = DecryptionKey(key);
            TransactionKind::RevealModel(RevealModelArgs { model_id, decryption_key, embedding })
        }),
        (id(), any::<u64>()).prop_map(|(model_id, new_rate)| {
            TransactionKind::SetModelCommissionRate { model_id, new_rate }
        }),
        id().prop_map(|model_id| TransactionKind::DeactivateModel { model_id }),
        id().prop_map(|model_id| TransactionKind::ReportModel { model_id }),
        id().prop_map(|model_id| TransactionKind::UndoReportModel { model_id }),
    ]
}

fn target_kind() -> impl Strategy<Value = TransactionKind> {
    let submission = (id(), manifest(), id(), tensor(), tensor(), tensor(), reference());
    prop_oneof![
        submission.prop_map(|(target_id, manifest, model_id, embedding, distance, loss, coin)| {
            TransactionKind::SubmitData(SubmitDataArgs {
                target_id,
                data_manifest: SubmissionManifest { manifest },
                model_id,
                embedding,
                distance_score: distance,
                loss_score: loss,
                bond_coin: coin,
            })
        }),
        id().prop_map(|target_id| TransactionKind::ClaimRewards { target_id }),
        id().prop_map(|target_id| TransactionKind::ReportSubmission { target_id }),
        id().prop_map(|target_id| TransactionKind::UndoReportSubmission { target_id }),
    ]
}

fn transaction() -> impl Strategy<Value = TransactionData> {
    let kind = prop_oneof![validator_kind(), coin_kind(), model_kind(), target_kind()];
    (kind, address(), vec(reference(), 0..4))
        .prop_map(|(kind, sender, gas)| TransactionData::new(kind, sender, gas))
}

fn owner() -> impl Strategy<Value = Owner> {
    prop_oneof![
        address().prop_map(Owner::AddressOwner),
        any::<u64>().prop_map(|initial_shared_version| Owner::Shared { initial_shared_version }),
        Just(Owner::Immutable),
    ]
}

fn object() -> impl Strategy<Value = Object> {
    let kinds =
        [ObjectType::SystemState, ObjectType::Coin, ObjectType::StakedSoma, ObjectType::Target];
    let object_type = proptest::sample::select(kinds.to_vec());
    (id(), any::<u64>(), object_type, bytes(), owner(), any::<[u8; 32]>()).prop_map(
        |(id, version, object_type, payload, owner, writer)| {
            Object::new(id, version, object_type, &payload, owner, TransactionDigest(writer))
        },
    )
}

fn change() -> impl Strategy<Value = EffectsObjectChange> {
    let digest = || any::<[u8; 32]>().prop_map(ObjectDigest);
    let before = prop_oneof![
        Just(ObjectIn::NotExist),
        ((any::<u64>(), digest()), owner()).prop_map(ObjectIn::Exist),
    ];
    let after = prop_oneof![
        Just(ObjectOut::NotExist),
        (digest(), owner()).prop_map(ObjectOut::ObjectWrite),
    ];
    let operation = prop_oneof![
        Just(IdOperation::None),
        Just(IdOperation::Created),
        Just(IdOperation::Deleted)
    ];
    (before, after, operation).prop_map(|(input_state, output_state, id_operation)| {
        EffectsObjectChange { input_state, output_state, id_operation }
    })
}

fn status() -> impl Strategy<Value = ExecutionStatus> {
    let error = prop_oneof![
        Just(ExecutionFailureStatus::InsufficientGas),
        ".{0,20}".prop_map(|reason| ExecutionFailureStatus::InvalidArguments { reason }),
        (tensor(), tensor()).prop_map(|(score, threshold)| {
            ExecutionFailureStatus::DistanceExceedsThreshold { score, threshold }
        }),
        (reference(), any::<[u8; 32]>()).prop_map(|(obj_ref, digest)| {
            let pending_transaction = TransactionDigest(digest);
            let error = SomaError::ObjectLockConflict { obj_ref, pending_transaction };
            ExecutionFailureStatus::SomaError(error)
        }),
    ];
    prop_oneof![
        Just(ExecutionStatus::Success),
        error.prop_map(|error| ExecutionStatus::Failure { error }),
    ]
}

fn effects() -> impl Strategy<Value = TransactionEffects> {
    let fee = any::<[u64; 3]>().prop_map(|[a, b, c]| TransactionFee::new(a, b, c));
    let digest = || any::<[u8; 32]>().prop_map(TransactionDigest);
    let dependencies = vec(digest(), 0..4);
    let unchanged = vec((id(), any::<u64>().prop_map(UnchangedSharedKind::Cancelled)), 0..3);
    let numbers = (any::<u64>(), any::<u64>(), of(any::<u32>()));
    (status(), fee, digest(), numbers, dependencies, vec((id(), change()), 0..5), unchanged)
        .prop_map(|(status, fee, transaction, numbers, dependencies, changed, unchanged)| {
            let (executed_epoch, version, gas_object_index) = numbers;
            TransactionEffects::V1(TransactionEffectsV1 {
                status,
                executed_epoch,
                transaction_fee: fee,
                transaction_digest: transaction,
                gas_object_index,
                dependencies,
                version,
                changed_objects: changed,
                unchanged_shared_objects: unchanged,
            })
        })
}

/// Decodes, and where that succeeds, requires the value to survive its own bytes.
fn decode<T>(bytes: &[u8])
where
    T: Serialize + for<'de> Deserialize<'de> + PartialEq + Debug,
{
    if let Ok(value) = bcs::from_bytes::<T>(bytes) {
        let again = bcs::to_bytes(&value).expect("what was decoded encodes");
        assert_eq!(bcs::from_bytes::<T>(&again).expect("and decodes again"), value);
        let _ = format!("{value:?}");
    }
}

fn decode_everything(bytes: &[u8]) {
    decode::<TransactionData>(bytes);
    decode::<TransactionEffects>(bytes);
    decode::<Object>(bytes);
    decode::<SystemState>(bytes);
    decode::<TargetV1>(bytes);
    decode::<CheckpointSummary>(bytes);
    decode::<CheckpointContents>(bytes);
    decode::<ExecutionFailureStatus>(bytes);
    decode::<SomaError>(bytes);
    decode::<UserSignature>(bytes);
    decode::<MultiSig>(bytes);
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
    fn no_damage_makes_a_decoder_panic(
        transaction in transaction(),
        effects in effects(),
        object in object(),
        at in any::<proptest::sample::Index>(),
        with in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let key = Keypair::derive(&[with; 32]);
        let all = [
            transaction.clone().sign(&key).to_bytes(),
            transaction.to_bytes(),
            bcs::to_bytes(&effects).unwrap(),
            bcs::to_bytes(&object).unwrap(),
        ];
        for mut bytes in all {
            let at = at.index(bytes.len());
            bytes[at] ^= with;
            if cut {
                bytes.truncate(at);
            }
            decode_everything(&bytes);
        }
    }

    #[test]
    fn a_transaction_survives_its_bytes(transaction in transaction()) {
        let bytes = transaction.to_bytes();
        let read = TransactionData::from_bytes(&bytes).unwrap();
        prop_assert_eq!(read.digest(), transaction.digest());
        prop_assert_eq!(read, transaction);
    }

    #[test]
    fn a_transaction_has_one_encoding(transaction in transaction(), extra in any::<u8>()) {
        let bytes = transaction.to_bytes();
        assert!(TransactionData::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        assert!(TransactionData::from_bytes(&[&bytes[..], &[extra]].concat()).is_err());
    }

    #[test]
    fn a_signature_is_good_for_its_transaction_alone(
        transaction in transaction(),
        other in transaction(),
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
    fn objects_and_effects_survive_their_bytes(object in object(), effects in effects()) {
        let read: Object = bcs::from_bytes(&bcs::to_bytes(&object).unwrap()).unwrap();
        prop_assert_eq!(read, object);
        let read: TransactionEffects =
            bcs::from_bytes(&bcs::to_bytes(&effects).unwrap()).unwrap();
        prop_assert_eq!(read.digest(), effects.digest());
        prop_assert_eq!(read, effects);
    }

    #[test]
    fn no_contents_make_an_object_panic(object in object()) {
        let _ = (object.coin_balance(), object.staked_soma(), object.target());
        let _ = (object.system_state(), object.reference());
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
        let bytes = bcs::to_bytes(&multisig).unwrap();
        prop_assert_eq!(bcs::from_bytes::<MultiSig>(&bytes).unwrap(), multisig);
    }

    #[test]
    fn ids_and_digests_survive_their_text(bytes in any::<[u8; 32]>()) {
        let (id, digest) = (ObjectId(bytes), EffectsDigest(bytes));
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        prop_assert_eq!(id.to_trimmed_hex().parse(), Ok(id));
        prop_assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in ".{0,80}") {
        let _ = (text.parse::<Address>(), Address::parse_lenient(&text));
        let _ = (text.parse::<TransactionDigest>(), text.parse::<crate::manifest::Url>());
    }
}
