//! From what went wrong on the wire to what a caller can act on.

use crate::codes;
use crate::proto::google_rpc;
use crate::transport::{Fault, NodeStatus};
use prost::Message;
use wasm_core::address::ObjectId;
use wasm_core::ports::ChainError;

/// What was asked. The same code means different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// Something the node knows.
    Read,
    /// To try a transaction: an internal error is how a node refuses its inputs.
    Simulate,
    /// To change something.
    Execute,
}

pub(crate) fn chain_error(fault: Fault, call: Call) -> ChainError {
    match fault {
        Fault::Unreachable(text) => ChainError::Unreachable(text),
        Fault::Garbage(text) => ChainError::Garbage(text),
        Fault::Hidden => ChainError::Hidden,
        Fault::Status(status) => status_error(status, call),
    }
}

fn status_error(status: NodeStatus, call: Call) -> ChainError {
    let refused = match status.code {
        codes::INVALID_ARGUMENT
        | codes::NOT_FOUND
        | codes::PERMISSION_DENIED
        | codes::FAILED_PRECONDITION
        | codes::OUT_OF_RANGE
        | codes::UNAUTHENTICATED => true,
        codes::INTERNAL => call == Call::Simulate,
        codes::UNIMPLEMENTED => return ChainError::Unimplemented(status.message),
        _ => false,
    };
    let violations = violations(&status.details);
    let message = message(&status, &violations);
    if !refused {
        return ChainError::Unsettled(message);
    }
    if let Some(object) = object_in(&message) {
        if after(&message, "already locked").is_some() {
            return ChainError::Locked { object };
        }
        if after(&message, "not available for consumption").is_some() {
            return ChainError::Stale { object };
        }
    }
    ChainError::Refused { code: status.code, message, violations }
}

/// The node's words, or, where it has none, what it names as wrong.
fn message(status: &NodeStatus, violations: &[(String, String)]) -> String {
    if !status.message.is_empty() {
        return status.message.clone();
    }
    match violations.first() {
        Some((field, _)) => format!("the field {field} is missing or not valid"),
        None => codes::description(status.code).to_owned(),
    }
}

/// Fields at fault with their descriptions, out of the details.
fn violations(details: &[u8]) -> Vec<(String, String)> {
    let Ok(status) = google_rpc::Status::decode(details) else {
        return Vec::new();
    };
    status
        .details
        .iter()
        // The node writes no host before the name, others do.
        .filter(|any| any.type_url.rsplit('/').next() == Some("google.rpc.BadRequest"))
        .filter_map(|any| google_rpc::BadRequest::decode(any.value.as_slice()).ok())
        .flat_map(|request| request.field_violations)
        .map(|violation| {
            let reason = if violation.description.is_empty() {
                violation.reason
            } else {
                violation.description
            };
            (violation.field, reason)
        })
        .collect()
}

/// The object of a text like `Object (0x…, Version(3), o#…) is not available …`.
fn object_in(message: &str) -> Option<ObjectId> {
    let (id, _) = after(message, "Object (")?.split_once(',')?;
    id.trim().parse().ok()
}

/// What follows the first `part` of a text. The standard library's search would be a kilobyte of every program that
/// speaks with a node, for three sentences.
fn after<'t>(text: &'t str, part: &str) -> Option<&'t str> {
    text.char_indices().find_map(|(at, _)| text.get(at..)?.strip_prefix(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(code: i32, message: &str) -> Fault {
        let message = message.to_owned();
        Fault::Status(NodeStatus { code, message, details: Vec::new() })
    }

    fn told(object: ObjectId, what: &str) -> String {
        format!("Object ({object}, Version(7), o#11111111111111111111111111111111) {what}")
    }

    #[test]
    fn conflicts_name_their_object() {
        let object = ObjectId([0xab; 32]);
        let stale = "is not available for consumption, its current version: Version(9)";
        let locked = "already locked by a different transaction: TransactionDigest(1111)";
        for (call, code) in [
            (Call::Execute, codes::INVALID_ARGUMENT),
            (Call::Execute, codes::FAILED_PRECONDITION),
            (Call::Simulate, codes::INTERNAL),
        ] {
            let error = |what| chain_error(status(code, &told(object, what)), call);
            assert_eq!(error(stale), ChainError::Stale { object });
            assert_eq!(error(locked), ChainError::Locked { object });
        }
    }

    #[test]
    fn a_conflict_whose_object_cannot_be_read_stays_a_refusal() {
        for text in ["Object (0xzz, Version(7)) already locked", "Object (0x12 already locked"] {
            let error = chain_error(status(codes::FAILED_PRECONDITION, text), Call::Execute);
            assert!(matches!(error, ChainError::Refused { code: 9, .. }), "{error:?}");
        }
    }

    #[test]
    fn a_node_that_gives_up_leaves_the_outcome_open() {
        let object = ObjectId([1; 32]);
        let text = format!("timed out. Retriable errors: [{}]", told(object, "already locked"));
        for code in [
            codes::CANCELLED,
            codes::UNKNOWN,
            codes::DEADLINE_EXCEEDED,
            codes::ALREADY_EXISTS,
            codes::RESOURCE_EXHAUSTED,
            codes::ABORTED,
            codes::INTERNAL,
            codes::UNAVAILABLE,
            codes::DATA_LOSS,
        ] {
            let error = chain_error(status(code, &text), Call::Execute);
            assert_eq!(error, ChainError::Unsettled(text.clone()), "{code}");
            assert!(error.leaves_outcome_unknown());
        }
        let refused = chain_error(status(codes::INVALID_ARGUMENT, "no"), Call::Execute);
        assert!(!refused.leaves_outcome_unknown());
    }

    #[test]
    fn details_that_are_not_what_they_seem_add_nothing() {
        for details in [b"\xff\xff".to_vec(), b"junk".to_vec(), vec![0x1a, 2, 0x12, 0]] {
            assert_eq!(violations(&details), Vec::new());
        }
    }
}
