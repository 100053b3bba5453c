//! Any value of the chain's types, for property tests here and in other rooms.
#![allow(dead_code, reason = "no room needs all of them")]

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;
use std::collections::BTreeMap;
use wasm_core::address::{Address, ObjectId};
use wasm_core::bytes::FixedBytes;
use wasm_core::checkpoint::{
    Authority, AuthorityName, CheckpointCommitment, CheckpointContents, CheckpointSummary,
    Committee, EndOfEpochData,
};
use wasm_core::digest::{
    CheckpointContentsDigest, CheckpointDigest, Checksum, DecryptionKeyCommitment, EffectsDigest,
    EmbeddingCommitment, ObjectDigest, OpaqueDigest, TransactionDigest, WeightsCommitment,
};
use wasm_core::effects::{
    EffectsObjectChange, ExecutionStatus, IdOperation, ObjectIn, ObjectOut, TransactionEffects,
    TransactionEffectsV1, TransactionFee, UnchangedSharedKind,
};
use wasm_core::failure::ExecutionFailureStatus;
use wasm_core::keys::PublicKey;
use wasm_core::manifest::{Manifest, SubmissionManifest};
use wasm_core::object::{Object, ObjectRef, ObjectType, Owner, StakedSoma};
use wasm_core::soma_error::SomaError;
use wasm_core::system_state::{
    ActiveModel, CreatedModel, EmissionPool, InactiveModel, Model, ModelRegistry, ModelStateV1,
    PendingModel, PendingModelUpdate, PoolTokenExchangeRate, StakingPool, SystemParameters,
    SystemState, SystemStateV1, TargetState, Validator, ValidatorMetadata, ValidatorSet,
};
use wasm_core::target::{TargetStatus, TargetV1};
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::kind::{
    AddValidatorArgs, ChangeEpoch, CommitModelArgs, ConsensusCommitPrologueV1, GenesisTransaction,
    RemoveValidatorArgs, RevealModelArgs, SubmitDataArgs, UpdateValidatorMetadataArgs,
};
use wasm_core::tx::multisig::{CompressedSignature, MemberKey, MultiSig, MultiSigPublicKey};
use wasm_core::tx::sign::{SignedTransaction, UserSignature};
use wasm_core::tx::{TransactionData, TransactionKind};
use wasm_core::weights::DecryptionKey;

pub(crate) fn address() -> impl Strategy<Value = Address> + Clone {
    any::<[u8; 32]>().prop_map(Address)
}

pub(crate) fn id() -> impl Strategy<Value = ObjectId> + Clone {
    any::<[u8; 32]>().prop_map(ObjectId)
}

/// Bytes of a length that serde's arrays do not have.
fn fixed<const N: usize>() -> impl Strategy<Value = FixedBytes<N>> + Clone {
    vec(any::<u8>(), N).prop_map(|bytes| FixedBytes::from_slice(&bytes).expect("N bytes"))
}

fn object_digest() -> impl Strategy<Value = ObjectDigest> + Clone {
    any::<[u8; 32]>().prop_map(ObjectDigest)
}

fn transaction_digest() -> impl Strategy<Value = TransactionDigest> + Clone {
    any::<[u8; 32]>().prop_map(TransactionDigest)
}

pub(crate) fn reference() -> impl Strategy<Value = ObjectRef> + Clone {
    (id(), any::<u64>(), object_digest()).prop_map(|(id, version, digest)| ObjectRef {
        id,
        version,
        digest,
    })
}

/// Lengths on both sides of 128, where their own length changes.
fn bytes() -> impl Strategy<Value = Vec<u8>> + Clone {
    vec(any::<u8>(), 0..200)
}

/// A value of any bits: infinite, subnormal, -0, and every way of not being a number.
pub(crate) fn float() -> impl Strategy<Value = f32> + Clone {
    let odd = [0, 0x8000_0000, 1, 0x7f80_0000, 0xff80_0000, 0x7fc0_0001, 0xffa0_1234, 0x7f80_0001];
    prop_oneof![any::<u32>(), select(odd.to_vec())].prop_map(f32::from_bits)
}

/// What the wire can say of a tensor: one dimension.
pub(crate) fn vector() -> impl Strategy<Value = SomaTensor> + Clone {
    vec(float(), 0..20).prop_map(SomaTensor::vector)
}

pub(crate) fn scalar() -> impl Strategy<Value = SomaTensor> + Clone {
    float().prop_map(SomaTensor::scalar)
}

pub(crate) fn tensor() -> BoxedStrategy<SomaTensor> {
    let shaped = (0_usize..4, 0_usize..4, 0_usize..4).prop_flat_map(|(a, b, c)| {
        vec(float(), a * b * c).prop_map(move |values| {
            let shape = [a, b, c].map(|dimension| dimension as u64).to_vec();
            SomaTensor::new(values, shape).expect("as many values as the shape says")
        })
    });
    prop_oneof![vector(), shaped].boxed()
}

pub(crate) fn manifest() -> impl Strategy<Value = Manifest> + Clone {
    ("https?://[a-z]{1,9}\\.example/[ -~]{0,20}", any::<[u8; 32]>(), any::<u64>()).prop_map(
        |(url, checksum, size)| {
            let url = url.parse().expect("the pattern gives a scheme and a host");
            Manifest::new(url, Checksum(checksum), size)
        },
    )
}

fn validator_kind() -> BoxedStrategy<TransactionKind> {
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
    .boxed()
}

fn coin_kind() -> BoxedStrategy<TransactionKind> {
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
    .boxed()
}

fn commitments()
-> impl Strategy<Value = (WeightsCommitment, EmbeddingCommitment, DecryptionKeyCommitment)> + Clone
{
    any::<[[u8; 32]; 3]>().prop_map(|[a, b, c]| {
        (WeightsCommitment(a), EmbeddingCommitment(b), DecryptionKeyCommitment(c))
    })
}

fn key() -> impl Strategy<Value = DecryptionKey> + Clone {
    any::<[u8; 32]>().prop_map(DecryptionKey)
}

fn model_kind() -> BoxedStrategy<TransactionKind> {
    prop_oneof![
        any::<[u64; 3]>().prop_map(|[stake_amount, commission_rate, architecture_version]| {
            TransactionKind::CreateModel { stake_amount, commission_rate, architecture_version }
        }),
        (id(), manifest(), commitments()).prop_map(|(model_id, manifest, (a, b, c))| {
            TransactionKind::CommitModel(CommitModelArgs {
                model_id,
                manifest,
                weights_commitment: a,
                embedding_commitment: b,
                decryption_key_commitment: c,
            })
        }),
        (id(), key(), tensor()).prop_map(|(model_id, decryption_key, embedding)| {
            TransactionKind::RevealModel(RevealModelArgs { model_id, decryption_key, embedding })
        }),
        (id(), any::<u64>()).prop_map(|(model_id, new_rate)| {
            TransactionKind::SetModelCommissionRate { model_id, new_rate }
        }),
        id().prop_map(|model_id| TransactionKind::DeactivateModel { model_id }),
        id().prop_map(|model_id| TransactionKind::ReportModel { model_id }),
        id().prop_map(|model_id| TransactionKind::UndoReportModel { model_id }),
    ]
    .boxed()
}

fn target_kind() -> BoxedStrategy<TransactionKind> {
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
    .boxed()
}

fn system_kind() -> BoxedStrategy<TransactionKind> {
    let opaque = || any::<[u8; 32]>().prop_map(OpaqueDigest);
    prop_oneof![
        vec(object(), 0..3)
            .prop_map(|objects| TransactionKind::Genesis(GenesisTransaction { objects })),
        (any::<[u64; 3]>(), of(any::<u64>()), opaque(), opaque()).prop_map(
            |([epoch, round, ms], sub_dag_index, commit, state)| {
                TransactionKind::ConsensusCommitPrologueV1(ConsensusCommitPrologueV1 {
                    epoch,
                    round,
                    sub_dag_index,
                    commit_timestamp_ms: ms,
                    consensus_commit_digest: commit,
                    additional_state_digest: state,
                })
            }
        ),
        (any::<[u64; 4]>(), bytes()).prop_map(|([a, b, c, d], epoch_randomness)| {
            TransactionKind::ChangeEpoch(ChangeEpoch {
                epoch: a,
                epoch_start_timestamp_ms: b,
                protocol_version: c,
                fees: d,
                epoch_randomness,
            })
        }),
    ]
    .boxed()
}

/// What a person can do.
pub(crate) fn user_kind() -> BoxedStrategy<TransactionKind> {
    prop_oneof![validator_kind(), coin_kind(), model_kind(), target_kind()].boxed()
}

fn transaction_of(
    kind: impl Strategy<Value = TransactionKind> + 'static,
) -> BoxedStrategy<TransactionData> {
    (kind, address(), vec(reference(), 0..4))
        .prop_map(|(kind, sender, gas)| TransactionData::new(kind, sender, gas))
        .boxed()
}

pub(crate) fn user_transaction() -> BoxedStrategy<TransactionData> {
    transaction_of(user_kind())
}

/// A transaction of any kind, those of the system included.
pub(crate) fn transaction() -> BoxedStrategy<TransactionData> {
    transaction_of(prop_oneof![4 => user_kind(), 1 => system_kind()])
}

pub(crate) fn signed_transaction() -> BoxedStrategy<SignedTransaction> {
    (transaction(), user_signature())
        .prop_map(|(transaction, signature)| SignedTransaction { transaction, signature })
        .boxed()
}

/// A signature of the right form, which need not verify.
pub(crate) fn user_signature() -> BoxedStrategy<UserSignature> {
    let simple = (fixed::<64>(), any::<[u8; 32]>()).prop_map(|(signature, key)| {
        UserSignature::Ed25519 { signature: signature.0, public_key: PublicKey(key) }
    });
    prop_oneof![simple, multisig().prop_map(UserSignature::MultiSig)].boxed()
}

pub(crate) fn multisig() -> BoxedStrategy<MultiSig> {
    let sigs = vec(fixed::<64>().prop_map(CompressedSignature::Ed25519), 0..5);
    let member = any::<[u8; 32]>().prop_map(|key| MemberKey::Ed25519(PublicKey(key)));
    (sigs, any::<u16>(), vec((member, any::<u8>()), 0..12), any::<u16>())
        .prop_map(|(sigs, bitmap, pk_map, threshold)| MultiSig {
            sigs,
            bitmap,
            multisig_pk: MultiSigPublicKey { pk_map, threshold },
        })
        .boxed()
}

pub(crate) fn owner() -> impl Strategy<Value = Owner> + Clone {
    prop_oneof![
        address().prop_map(Owner::AddressOwner),
        any::<u64>().prop_map(|initial_shared_version| Owner::Shared { initial_shared_version }),
        Just(Owner::Immutable),
    ]
}

fn encoded<T: serde::Serialize>(value: &T) -> Vec<u8> {
    bcs::to_bytes(value).expect("chain types have no unsupported part")
}

pub(crate) fn staked_soma() -> impl Strategy<Value = StakedSoma> + Clone {
    (id(), any::<[u64; 2]>()).prop_map(|(pool_id, [stake_activation_epoch, principal])| {
        StakedSoma { pool_id, stake_activation_epoch, principal }
    })
}

/// An object of each type with contents of that type, or with any contents.
pub(crate) fn object() -> BoxedStrategy<Object> {
    let contents = prop_oneof![
        any::<u64>().prop_map(|balance| (ObjectType::Coin, encoded(&balance))),
        staked_soma().prop_map(|stake| (ObjectType::StakedSoma, encoded(&stake))),
        target().prop_map(|target| (ObjectType::Target, encoded(&target))),
        system_state().prop_map(|state| (ObjectType::SystemState, encoded(&state))),
        (
            select(vec![
                ObjectType::SystemState,
                ObjectType::Coin,
                ObjectType::StakedSoma,
                ObjectType::Target
            ]),
            bytes()
        ),
    ];
    (id(), any::<u64>(), contents, owner(), transaction_digest())
        .prop_map(|(id, version, (object_type, payload), owner, writer)| {
            Object::new(id, version, object_type, &payload, owner, writer)
        })
        .boxed()
}

fn change() -> impl Strategy<Value = EffectsObjectChange> + Clone {
    let before = prop_oneof![
        Just(ObjectIn::NotExist),
        ((any::<u64>(), object_digest()), owner()).prop_map(ObjectIn::Exist),
    ];
    let after = prop_oneof![
        Just(ObjectOut::NotExist),
        (object_digest(), owner()).prop_map(ObjectOut::ObjectWrite),
    ];
    let operations = vec![IdOperation::None, IdOperation::Created, IdOperation::Deleted];
    (before, after, select(operations)).prop_map(|(input_state, output_state, id_operation)| {
        EffectsObjectChange { input_state, output_state, id_operation }
    })
}

pub(crate) fn failure() -> BoxedStrategy<ExecutionFailureStatus> {
    use ExecutionFailureStatus as E;
    prop_oneof![
        Just(E::InsufficientGas),
        Just(E::ExecutionCancelledDueToSharedObjectCongestion),
        (id(), address(), of(address())).prop_map(|(object_id, expected_owner, actual_owner)| {
            E::InvalidOwnership { object_id, expected_owner, actual_owner }
        }),
        id().prop_map(|object_id| E::ObjectNotFound { object_id }),
        ".{0,20}".prop_map(|reason| E::InvalidArguments { reason }),
        ".{0,200}".prop_map(|reason| E::InvalidProofOfPossession { reason }),
        any::<[u64; 2]>()
            .prop_map(|[a, b]| { E::TargetExpired { generation_epoch: a, current_epoch: b } }),
        (id(), id()).prop_map(|(model_id, target_id)| E::ModelNotInTarget { model_id, target_id }),
        (tensor(), tensor())
            .prop_map(|(score, threshold)| E::DistanceExceedsThreshold { score, threshold }),
        any::<[u64; 2]>()
            .prop_map(|[required, provided]| { E::InsufficientBond { required, provided } }),
        soma_error().prop_map(E::SomaError),
    ]
    .boxed()
}

pub(crate) fn soma_error() -> BoxedStrategy<SomaError> {
    use SomaError as S;
    let plain = prop_oneof![
        (reference(), transaction_digest()).prop_map(|(obj_ref, pending_transaction)| {
            S::ObjectLockConflict { obj_ref, pending_transaction }
        }),
        (id(), object_digest()).prop_map(|(object_id, expected_digest)| {
            S::InvalidObjectDigest { object_id, expected_digest }
        }),
        (".{0,9}", vec(".{0,9}", 0..3))
            .prop_map(|(expected, actual)| S::SignerSignatureAbsent { expected, actual }),
        (of(".{0,9}"), of(any::<u32>()), committee()).prop_map(|(signer, index, committee)| {
            S::UnknownSigner { signer, index, committee: Box::new(committee) }
        }),
        (authority_name(), any::<bool>()).prop_map(|(signer, conflicting_sig)| {
            S::StakeAggregatorRepeatedSigner { signer, conflicting_sig }
        }),
        btree_map(
            any::<[u8; 32]>().prop_map(EffectsDigest),
            (vec(authority_name(), 0..2), any::<u64>()),
            0..4
        )
        .prop_map(|effects_map| {
            S::QuorumFailedToGetEffectsQuorumWhenProcessingTransaction { effects_map }
        }),
    ];
    plain
        .prop_recursive(3, 6, 2, |inner| {
            (vec((authority_name(), inner), 0..3), ".{0,9}")
                .prop_map(|(errors, action)| S::TooManyIncorrectAuthorities { errors, action })
        })
        .boxed()
}

fn status() -> BoxedStrategy<ExecutionStatus> {
    prop_oneof![
        Just(ExecutionStatus::Success),
        failure().prop_map(|error| ExecutionStatus::Failure { error }),
    ]
    .boxed()
}

fn fee() -> impl Strategy<Value = TransactionFee> + Clone {
    any::<[u64; 3]>().prop_map(|[a, b, c]| TransactionFee::new(a, b, c))
}

pub(crate) fn effects() -> BoxedStrategy<TransactionEffects> {
    let unchanged = prop_oneof![
        (any::<u64>(), object_digest()).prop_map(UnchangedSharedKind::ReadOnlyRoot),
        any::<u64>().prop_map(UnchangedSharedKind::MutateDeleted),
        any::<u64>().prop_map(UnchangedSharedKind::ReadDeleted),
        any::<u64>().prop_map(UnchangedSharedKind::Cancelled),
    ];
    let numbers = (any::<u64>(), any::<u64>(), of(any::<u32>()));
    let lists = (
        vec(transaction_digest(), 0..4),
        vec((id(), change()), 0..5),
        vec((id(), unchanged), 0..3),
    );
    (status(), fee(), transaction_digest(), numbers, lists)
        .prop_map(|(status, fee, transaction, numbers, lists)| {
            let (executed_epoch, version, gas_object_index) = numbers;
            let (dependencies, changed_objects, unchanged_shared_objects) = lists;
            TransactionEffects::V1(TransactionEffectsV1 {
                status,
                executed_epoch,
                transaction_fee: fee,
                transaction_digest: transaction,
                gas_object_index,
                dependencies,
                version,
                changed_objects,
                unchanged_shared_objects,
            })
        })
        .boxed()
}

fn authority_name() -> impl Strategy<Value = AuthorityName> + Clone {
    fixed::<96>().prop_map(|bytes| AuthorityName(bytes.0))
}

fn committee() -> BoxedStrategy<Committee> {
    let authority = (any::<u64>(), ".{0,9}", fixed::<32>(), fixed::<32>(), fixed::<96>()).prop_map(
        |(stake, text, protocol_key, network_key, authority_key)| Authority {
            stake,
            address: text.clone(),
            hostname: text,
            protocol_key,
            network_key,
            authority_key,
        },
    );
    (
        any::<u64>(),
        vec((authority_name(), any::<u64>()), 0..3),
        btree_map(authority_name(), fixed::<96>(), 0..3),
        btree_map(authority_name(), any::<u64>(), 0..3),
        btree_map(authority_name(), authority, 0..3),
    )
        .prop_map(|(epoch, voting_rights, expanded_keys, index_map, authorities)| Committee {
            epoch,
            voting_rights,
            expanded_keys,
            index_map,
            authorities,
        })
        .boxed()
}

fn commitment() -> impl Strategy<Value = CheckpointCommitment> + Clone {
    let digest = || any::<[u8; 32]>().prop_map(OpaqueDigest);
    prop_oneof![
        digest().prop_map(CheckpointCommitment::EcmhLiveObjectSetDigest),
        digest().prop_map(CheckpointCommitment::CheckpointArtifactsDigest),
    ]
}

pub(crate) fn summary() -> BoxedStrategy<CheckpointSummary> {
    let end =
        (committee(), any::<u64>(), vec(commitment(), 0..2)).prop_map(|(a, b, c)| EndOfEpochData {
            next_epoch_validator_committee: a,
            next_epoch_protocol_version: b,
            epoch_commitments: c,
        });
    (
        any::<[u64; 4]>(),
        any::<[u8; 32]>(),
        of(any::<[u8; 32]>()),
        fee(),
        vec(commitment(), 0..3),
        of(end),
        bytes(),
    )
        .prop_map(|([a, b, c, d], content, previous, fees, commitments, end, rest)| {
            CheckpointSummary {
                epoch: a,
                sequence_number: b,
                network_total_transactions: c,
                content_digest: CheckpointContentsDigest(content),
                previous_digest: previous.map(CheckpointDigest),
                epoch_rolling_transaction_fees: fees,
                timestamp_ms: d,
                checkpoint_commitments: commitments,
                end_of_epoch_data: end,
                version_specific_data: rest,
            }
        })
        .boxed()
}

pub(crate) fn contents() -> BoxedStrategy<CheckpointContents> {
    let entry = (
        transaction_digest(),
        any::<[u8; 32]>().prop_map(EffectsDigest),
        vec(user_signature(), 0..2),
    );
    vec(entry, 0..6)
        .prop_map(|entries| {
            let (mut transactions, mut user_signatures) = (Vec::new(), Vec::new());
            for (transaction, effects, signatures) in entries {
                transactions.push((transaction, effects));
                user_signatures.push(signatures);
            }
            CheckpointContents::V1 { transactions, user_signatures }
        })
        .boxed()
}

pub(crate) fn target() -> BoxedStrategy<TargetV1> {
    let status = prop_oneof![
        Just(TargetStatus::Open),
        any::<u64>().prop_map(|fill_epoch| TargetStatus::Filled { fill_epoch }),
        Just(TargetStatus::Claimed),
    ];
    let hit = (
        of(address()),
        of(id()),
        of(address()),
        of(manifest()),
        of(tensor()),
        of(tensor()),
        of(tensor()),
        btree_set(address(), 0..4),
    );
    (tensor(), vec(id(), 0..4), tensor(), any::<[u64; 3]>(), status, hit)
        .prop_map(|(embedding, model_ids, distance_threshold, [a, b, c], status, hit)| TargetV1 {
            embedding,
            model_ids,
            distance_threshold,
            reward_pool: a,
            generation_epoch: b,
            status,
            submitter: hit.0,
            winning_model_id: hit.1,
            winning_model_owner: hit.2,
            bond_amount: c,
            winning_data_manifest: hit.3.map(|manifest| SubmissionManifest { manifest }),
            winning_embedding: hit.4,
            winning_distance_score: hit.5,
            winning_loss_score: hit.6,
            submission_reports: hit.7,
        })
        .boxed()
}

pub(crate) fn pool() -> BoxedStrategy<StakingPool> {
    let rate = any::<[u64; 2]>().prop_map(|[soma_amount, pool_token_amount]| {
        PoolTokenExchangeRate { soma_amount, pool_token_amount }
    });
    // Epochs on both sides of 256: their order in BCS is not their order as numbers.
    let epoch = prop_oneof![0_u64..600, any::<u64>()];
    let rates = btree_map(epoch, rate, 0..6);
    (id(), of(any::<u64>()), of(any::<u64>()), any::<[u64; 6]>(), rates)
        .prop_map(|(id, activation_epoch, deactivation_epoch, [a, b, c, d, e, f], rates)| {
            StakingPool {
                id,
                activation_epoch,
                deactivation_epoch,
                soma_balance: a,
                rewards_pool: b,
                pool_token_balance: c,
                exchange_rates: rates,
                pending_stake: d,
                pending_total_soma_withdraw: e,
                pending_pool_token_withdraw: f,
            }
        })
        .boxed()
}

fn metadata() -> BoxedStrategy<ValidatorMetadata> {
    let keys = (fixed::<96>(), fixed::<32>(), fixed::<32>(), fixed::<48>());
    let next = (of(fixed::<96>()), of(fixed::<32>()), of(fixed::<32>()), of(fixed::<48>()));
    let texts = [(); 4].map(|()| ".{0,9}");
    let next_texts = [(); 4].map(|()| of(".{0,9}"));
    (address(), keys, next, texts, next_texts)
        .prop_map(|(soma_address, keys, next, [a, b, c, d], [e, f, g, h])| ValidatorMetadata {
            soma_address,
            protocol_pubkey: keys.0,
            network_pubkey: keys.1,
            worker_pubkey: keys.2,
            net_address: a,
            p2p_address: b,
            primary_address: c,
            proxy_address: d,
            proof_of_possession: keys.3,
            next_epoch_protocol_pubkey: next.0,
            next_epoch_network_pubkey: next.1,
            next_epoch_net_address: e,
            next_epoch_p2p_address: f,
            next_epoch_primary_address: g,
            next_epoch_worker_pubkey: next.2,
            next_epoch_proof_of_possession: next.3,
            next_epoch_proxy_address: h,
        })
        .boxed()
}

fn validator() -> BoxedStrategy<Validator> {
    (metadata(), pool(), any::<[u64; 4]>())
        .prop_map(|(metadata, staking_pool, [a, b, c, d])| Validator {
            metadata,
            voting_power: a,
            staking_pool,
            commission_rate: b,
            next_epoch_stake: c,
            next_epoch_commission_rate: d,
        })
        .boxed()
}

fn validators() -> BoxedStrategy<ValidatorSet> {
    (
        any::<u64>(),
        vec(validator(), 0..2),
        vec(validator(), 0..2),
        // An index into a list; the wire has 32 bits for it.
        vec(any::<u32>().prop_map(u64::from), 0..3),
        btree_map(id(), address(), 0..3),
        btree_map(id(), validator(), 0..2),
        btree_map(address(), any::<u64>(), 0..3),
    )
        .prop_map(|(total_stake, a, b, c, d, e, f)| ValidatorSet {
            total_stake,
            validators: a,
            pending_validators: b,
            pending_removals: c,
            staking_pool_mappings: d,
            inactive_validators: e,
            at_risk_validators: f,
        })
        .boxed()
}

fn parameters() -> BoxedStrategy<SystemParameters> {
    let numbers = (any::<[u64; 12]>(), any::<[u64; 12]>());
    (numbers, scalar(), scalar(), scalar())
        .prop_map(|((a, b), initial, most, least)| SystemParameters {
            epoch_duration_ms: a[0],
            validator_reward_allocation_bps: a[1],
            model_min_stake: a[2],
            model_architecture_version: a[3],
            model_reveal_slash_rate_bps: a[4],
            model_tally_slash_rate_bps: a[5],
            target_epoch_fee_collection: a[6],
            base_fee: a[7],
            write_object_fee: a[8],
            value_fee_bps: a[9],
            min_value_fee_bps: a[10],
            max_value_fee_bps: a[11],
            fee_adjustment_rate_bps: b[0],
            target_models_per_target: b[1],
            target_embedding_dim: b[2],
            target_initial_distance_threshold: initial,
            target_reward_allocation_bps: b[3],
            target_hits_per_epoch: b[4],
            target_hits_ema_decay_bps: b[5],
            target_difficulty_adjustment_rate_bps: b[6],
            target_max_distance_threshold: most,
            target_min_distance_threshold: least,
            target_initial_targets_per_epoch: b[7],
            target_submitter_reward_share_bps: b[8],
            target_model_reward_share_bps: b[9],
            target_claimer_incentive_bps: b[10],
            submission_bond_per_byte: b[11],
            max_submission_data_size: a[0] ^ b[0],
        })
        .boxed()
}

fn pending_update() -> BoxedStrategy<PendingModelUpdate> {
    (manifest(), commitments(), any::<u64>())
        .prop_map(|(manifest, (a, b, c), commit_epoch)| PendingModelUpdate {
            manifest,
            weights_commitment: a,
            embedding_commitment: b,
            decryption_key_commitment: c,
            commit_epoch,
        })
        .boxed()
}

/// A model in each of its states.
pub(crate) fn model() -> BoxedStrategy<Model> {
    let common = || (address(), any::<[u64; 4]>(), pool());
    let promised = || (common(), manifest(), commitments());
    let created = common().prop_map(|(owner, [a, b, c, d], staking_pool)| {
        ModelStateV1::Created(CreatedModel {
            owner,
            architecture_version: a,
            staking_pool,
            commission_rate: b,
            next_epoch_commission_rate: c,
            create_epoch: d,
        })
    });
    let pending = promised().prop_map(|((owner, [a, b, c, d], staking_pool), manifest, w)| {
        ModelStateV1::Pending(PendingModel {
            owner,
            architecture_version: a,
            staking_pool,
            commission_rate: b,
            next_epoch_commission_rate: c,
            manifest,
            weights_commitment: w.0,
            embedding_commitment: w.1,
            decryption_key_commitment: w.2,
            commit_epoch: d,
        })
    });
    let revealed = || (promised(), key(), vector());
    let active = (revealed(), of(pending_update())).prop_map(|(model, pending_update)| {
        let (((owner, [a, b, c, _], staking_pool), manifest, w), decryption_key, embedding) = model;
        ModelStateV1::Active(ActiveModel {
            owner,
            architecture_version: a,
            staking_pool,
            commission_rate: b,
            next_epoch_commission_rate: c,
            manifest,
            weights_commitment: w.0,
            embedding_commitment: w.1,
            decryption_key_commitment: w.2,
            decryption_key,
            embedding,
            pending_update,
        })
    });
    let inactive = revealed().prop_map(|model| {
        let (((owner, [a, b, c, _], staking_pool), manifest, w), decryption_key, embedding) = model;
        ModelStateV1::Inactive(InactiveModel {
            owner,
            architecture_version: a,
            staking_pool,
            commission_rate: b,
            next_epoch_commission_rate: c,
            manifest,
            weights_commitment: w.0,
            embedding_commitment: w.1,
            decryption_key_commitment: w.2,
            decryption_key,
            embedding,
        })
    });
    prop_oneof![created, pending, active, inactive].prop_map(Model::V1).boxed()
}

fn reports<K: Ord + std::fmt::Debug + Clone + 'static>(
    key: impl Strategy<Value = K> + 'static,
) -> BoxedStrategy<BTreeMap<K, std::collections::BTreeSet<Address>>> {
    btree_map(key, btree_set(address(), 0..4), 0..3).boxed()
}

/// A whole system state, as the wire can say it: thresholds are single numbers.
pub(crate) fn system_state() -> BoxedStrategy<SystemState> {
    let registry =
        (btree_map(id(), model(), 0..3), btree_map(id(), id(), 0..3), any::<u64>(), reports(id()))
            .prop_map(|(models, staking_pool_mappings, total_model_stake, reports)| {
                ModelRegistry {
                    models,
                    staking_pool_mappings,
                    total_model_stake,
                    model_report_records: reports,
                }
            });
    let targets =
        (scalar(), any::<[u64; 4]>()).prop_map(|(distance_threshold, [a, b, c, d])| TargetState {
            distance_threshold,
            targets_generated_this_epoch: a,
            hits_this_epoch: b,
            hits_ema: c,
            reward_per_target: d,
        });
    let numbers = (any::<[u64; 7]>(), any::<bool>());
    (numbers, validators(), parameters(), reports(address()), registry, targets)
        .prop_map(|((n, safe_mode), validators, parameters, reports, model_registry, targets)| {
            SystemState::V1(SystemStateV1 {
                epoch: n[0],
                protocol_version: n[1],
                validators,
                parameters,
                epoch_start_timestamp_ms: n[2],
                validator_report_records: reports,
                model_registry,
                emission_pool: EmissionPool { balance: n[3], emission_per_epoch: n[4] },
                target_state: targets,
                safe_mode,
                safe_mode_accumulated_fees: n[5],
                safe_mode_accumulated_emissions: n[6],
            })
        })
        .boxed()
}
