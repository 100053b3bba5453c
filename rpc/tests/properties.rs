//! What no list of examples covers: any value of the core goes over the wire and comes back the same,
//! where the wire can say it; and no message makes a conversion panic.

#[path = "../../wasm-core/tests/properties/strategies.rs"]
mod strategies;

use bytes::Bytes;
use futures::executor::block_on;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert_eq, proptest};
use proptest::sample::Index;
use proptest::test_runner::Config;
use prost::Message;
use rpc::convert::effects::effects_to_proto;
use rpc::convert::object::{object_to_proto, owner_to_proto, reference};
use rpc::convert::target::target_to_proto;
use rpc::convert::transaction::{is_expressible, transaction_to_proto};
use rpc::convert::{IdForm, milliseconds, timestamp};
use rpc::proto::soma as proto;
use std::fmt::Debug;
use wasm_core::checkpoint::{Authority, CheckpointContents, CheckpointSummary, Committee};
use wasm_core::effects::{ExecutionStatus, IdOperation};
use wasm_core::listing::ListedTarget;
use wasm_core::object::{Object, ObjectRef, Owner};
use wasm_core::ports::{Checkpoint, CheckpointTransaction, Executed};
use wasm_core::system_state::SystemState;
use wasm_core::tensor::SomaTensor;
use wasm_core::tx::sign::UserSignature;
use wasm_core::tx::{TransactionData, TransactionKind};

/// The message after its way over the wire, which is the same.
fn sent<M: Message + Default + Debug>(message: &M) -> M {
    let bytes = message.encode_to_vec();
    let received = M::decode(&bytes[..]).expect("our own bytes");
    assert_eq!(received.encode_to_vec(), bytes);
    received
}

/// Whether the wire has a place for everything in a transaction: tensors are lists there, a distance is a
/// number, and a list of amounts is always there.
fn fits_the_wire(kind: &TransactionKind) -> bool {
    let is_list = |tensor: &SomaTensor| tensor.shape() == [tensor.values().len() as u64];
    let is_number = |tensor: &SomaTensor| is_list(tensor) && tensor.as_scalar().is_some();
    match kind {
        TransactionKind::PayCoins { amounts, .. } => amounts.is_some(),
        TransactionKind::RevealModel(args) => is_list(&args.embedding),
        TransactionKind::SubmitData(args) => {
            is_list(&args.embedding) && is_list(&args.loss_score) && is_number(&args.distance_score)
        }
        _ => true,
    }
}

/// A committee whose tables follow from its list of members, as those of the network do.
fn tidy(committee: &mut Committee) {
    let some = committee.authorities.values().next().cloned();
    committee.expanded_keys.clear();
    committee.index_map.clear();
    committee.authorities.clear();
    for (at, (name, stake)) in (0..).zip(&committee.voting_rights) {
        let key = wasm_core::bytes::FixedBytes(name.0);
        committee.expanded_keys.insert(*name, key);
        committee.index_map.insert(*name, at);
        if let Some(some) = &some {
            let authority = Authority { stake: *stake, authority_key: key, ..some.clone() };
            committee.authorities.insert(*name, authority);
        }
    }
}

proptest! {
    #![proptest_config(Config::with_cases(128))]

    #[test]
    fn a_transaction_survives_the_wire_where_it_fits(transaction in strategies::transaction()) {
        let fits = fits_the_wire(transaction.kind());
        prop_assert_eq!(is_expressible(&transaction), fits);
        let message = sent(&transaction_to_proto(&transaction).unwrap());
        match TransactionData::try_from(&message) {
            Ok(read) => {
                prop_assert_eq!(read == transaction, fits);
                assert!(is_expressible(&read), "what came over the wire fits it");
            }
            Err(error) => assert!(!fits, "{error}"),
        }
    }

    #[test]
    fn a_signature_survives_the_wire(signature in strategies::user_signature()) {
        let message = sent(&proto::UserSignature::from(&signature));
        prop_assert_eq!(UserSignature::try_from(&message), Ok(signature));
    }

    #[test]
    fn an_object_survives_the_wire(object in strategies::object()) {
        let message = sent(&object_to_proto(&object).unwrap());
        prop_assert_eq!(reference(&message).unwrap(), object.reference().unwrap());
        prop_assert_eq!(Object::try_from(&message), Ok(object));
    }

    #[test]
    fn references_and_owners_survive_the_wire(
        reference in strategies::reference(),
        owner in strategies::owner(),
        ms in any::<u64>(),
    ) {
        let message = sent(&proto::ObjectReference::from(&reference));
        prop_assert_eq!(ObjectRef::try_from(&message), Ok(reference));
        for form in [IdForm::Bare, IdForm::Prefixed] {
            prop_assert_eq!(Owner::try_from(&sent(&owner_to_proto(&owner, form))), Ok(owner));
        }
        prop_assert_eq!(milliseconds(timestamp(ms), "timestamp"), Ok(ms));
    }

    #[test]
    fn a_system_state_survives_the_wire(state in strategies::system_state()) {
        let message = sent(&proto::SystemState::try_from(&state).unwrap());
        prop_assert_eq!(SystemState::try_from(&message), Ok(state));
    }

    #[test]
    fn a_checkpoints_head_survives_the_wire(summary in strategies::summary()) {
        let mut summary = summary;
        summary.version_specific_data.clear();
        if let Some(end) = &mut summary.end_of_epoch_data {
            tidy(&mut end.next_epoch_validator_committee);
        }
        let message = sent(&proto::CheckpointSummary::from(&summary));
        prop_assert_eq!(CheckpointSummary::try_from(&message), Ok(summary));
    }

    #[test]
    fn a_checkpoints_contents_survive_the_wire(contents in strategies::contents()) {
        let message = sent(&proto::CheckpointContents::from(&contents));
        prop_assert_eq!(CheckpointContents::try_from(&message), Ok(contents));
    }

    #[test]
    fn a_target_is_listed_as_it_is(
        id in strategies::id(),
        target in strategies::target(),
        threshold in strategies::float(),
        embedding in strategies::vector(),
        epoch in any::<u64>(),
    ) {
        let mut target = target;
        prop_assert_eq!(
            target_to_proto(id, &target, epoch).is_ok(),
            target.distance_threshold.as_scalar().is_some()
        );
        target.distance_threshold = SomaTensor::scalar(threshold);
        target.embedding = embedding;
        let listed = ListedTarget::try_from(&sent(&target_to_proto(id, &target, epoch).unwrap())).unwrap();
        prop_assert_eq!(listed.id, id);
        prop_assert_eq!(listed.distance_threshold.to_bits(), threshold.to_bits());
        prop_assert_eq!(SomaTensor::vector(listed.embedding), target.embedding);
        prop_assert_eq!(listed.model_ids, target.model_ids);
        prop_assert_eq!(listed.submitter, target.submitter);
        prop_assert_eq!(listed.winning_model_id, target.winning_model_id);
        prop_assert_eq!(listed.winning_model_owner, target.winning_model_owner);
        prop_assert_eq!(listed.bond_amount, target.bond_amount);
        let url = target.winning_data_manifest.map(|data| data.manifest.url().clone());
        prop_assert_eq!(listed.data_url, url);
    }

    #[test]
    fn effects_tell_what_was_done(effects in strategies::effects()) {
        for form in [IdForm::Bare, IdForm::Prefixed] {
            let message = sent(&proto::ExecutedTransaction {
                digest: Some(effects.as_v1().transaction_digest.to_string()),
                effects: Some(effects_to_proto(&effects, form, |_| None)),
                ..proto::ExecutedTransaction::default()
            });
            let effects = effects.as_v1();
            let executed = Executed::try_from(&message).unwrap();
            prop_assert_eq!(executed.digest, effects.transaction_digest);
            prop_assert_eq!(executed.epoch, effects.executed_epoch);
            prop_assert_eq!(executed.fee, effects.transaction_fee);
            prop_assert_eq!(executed.failure.is_none(), effects.status == ExecutionStatus::Success);
            let of = |operation: IdOperation| {
                let changed = effects.changed_objects.iter();
                changed.filter(|(_, it)| it.id_operation == operation).count()
            };
            for operation in [IdOperation::None, IdOperation::Created, IdOperation::Deleted] {
                let told = executed.changed_objects.iter();
                prop_assert_eq!(told.filter(|it| it.id_operation == operation).count(), of(operation));
            }
        }
    }

    #[test]
    fn no_damage_makes_a_conversion_panic(
        transaction in strategies::transaction(),
        state in strategies::system_state(),
        effects in strategies::effects(),
        at in vec((any::<Index>(), any::<u8>()), 12),
    ) {
        let executed = proto::ExecutedTransaction {
            digest: Some(effects.as_v1().transaction_digest.to_string()),
            effects: Some(effects_to_proto(&effects, IdForm::Bare, |_| None)),
            transaction: transaction_to_proto(&transaction).ok(),
            ..proto::ExecutedTransaction::default()
        };
        let all = [
            transaction_to_proto(&transaction).unwrap().encode_to_vec(),
            proto::SystemState::try_from(&state).unwrap().encode_to_vec(),
            executed.encode_to_vec(),
        ];
        for bytes in all {
            for (at, with) in &at {
                let mut bytes = bytes.clone();
                let at = at.index(bytes.len());
                bytes[at] ^= with;
                convert_everything(&bytes);
                convert_everything(&bytes[..at]);
            }
        }
    }

    #[test]
    fn frames_read_the_same_wherever_their_pieces_end(
        messages in vec(vec(any::<u8>(), 0..300), 0..4),
        status in 0_u8..17,
        cuts in vec(any::<Index>(), 0..12),
        damage in proptest::option::of((any::<Index>(), any::<u8>())),
    ) {
        let mut body = Vec::new();
        for message in &messages {
            body.push(0);
            body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
            body.extend(message);
        }
        let data = body.clone();
        let trailers = format!("grpc-status:{status}\r\n");
        body.push(0x80);
        body.extend(u32::try_from(trailers.len()).unwrap().to_be_bytes());
        body.extend(trailers.as_bytes());
        if let Some((at, with)) = &damage {
            let at = at.index(body.len());
            body[at] ^= with;
        }
        let whole = read(vec![Bytes::from(body.clone())]);
        if damage.is_none() {
            let (read, trailers) = whole.clone().unwrap();
            prop_assert_eq!(read, data);
            prop_assert_eq!(&trailers.unwrap()["grpc-status"], &status.to_string());
        }
        let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(body.len())).collect();
        ends.sort_unstable();
        let mut rest = Bytes::from(body);
        let mut pieces = Vec::new();
        let mut start = 0;
        for end in ends {
            pieces.push(rest.split_to(end - start));
            start = end;
        }
        pieces.push(rest);
        prop_assert_eq!(read(pieces), whole);
    }
}

fn convert_everything(bytes: &[u8]) {
    if let Ok(message) = proto::Transaction::decode(bytes) {
        let _ = TransactionData::try_from(&message);
    }
    if let Ok(message) = proto::SystemState::decode(bytes) {
        let _ = SystemState::try_from(&message);
    }
    if let Ok(message) = proto::ExecutedTransaction::decode(bytes) {
        let _ = (Executed::try_from(&message), CheckpointTransaction::try_from(&message));
    }
    if let Ok(message) = proto::Checkpoint::decode(bytes) {
        let _ = Checkpoint::try_from(&message);
    }
    if let Ok(message) = proto::Object::decode(bytes) {
        let _ = (Object::try_from(&message), reference(&message));
    }
    if let Ok(message) = proto::Target::decode(bytes) {
        let _ = ListedTarget::try_from(&message);
    }
}

/// Data and trailers of a body, or what is wrong with it.
fn read(pieces: Vec<Bytes>) -> Result<(Vec<u8>, Option<HeaderMap>), String> {
    let pieces = futures::stream::iter(pieces.into_iter().map(Ok));
    let response = rpc::grpc_web::decode_response(Response::new(pieces)).expect("no text form");
    let mut body = response.into_body();
    let (mut data, mut trailers) = (Vec::new(), None);
    block_on(async {
        while let Some(frame) = body.frame().await {
            match frame.map_err(|status| status.message().to_owned())?.into_data() {
                Ok(piece) => data.extend_from_slice(&piece),
                Err(frame) => trailers = frame.into_trailers().ok(),
            }
        }
        Ok((data, trailers))
    })
}
