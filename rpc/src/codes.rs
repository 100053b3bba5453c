//! Status codes of gRPC, as far as they mean something here.

pub(crate) const CANCELLED: i32 = 1;
#[cfg(test)]
pub(crate) const UNKNOWN: i32 = 2;
pub(crate) const INVALID_ARGUMENT: i32 = 3;
pub(crate) const DEADLINE_EXCEEDED: i32 = 4;
pub(crate) const NOT_FOUND: i32 = 5;
pub(crate) const ALREADY_EXISTS: i32 = 6;
pub(crate) const PERMISSION_DENIED: i32 = 7;
pub(crate) const RESOURCE_EXHAUSTED: i32 = 8;
pub(crate) const FAILED_PRECONDITION: i32 = 9;
pub(crate) const ABORTED: i32 = 10;
pub(crate) const OUT_OF_RANGE: i32 = 11;
pub(crate) const UNIMPLEMENTED: i32 = 12;
pub(crate) const INTERNAL: i32 = 13;
pub(crate) const UNAVAILABLE: i32 = 14;
pub(crate) const DATA_LOSS: i32 = 15;
pub(crate) const UNAUTHENTICATED: i32 = 16;

/// What a code says where nothing else does.
pub(crate) const fn description(code: i32) -> &'static str {
    match code {
        CANCELLED => "the node was told to stop",
        INVALID_ARGUMENT => "the node takes no such question",
        DEADLINE_EXCEEDED => "the node ran out of time",
        NOT_FOUND => "the node has no such thing",
        ALREADY_EXISTS => "the node has it already",
        PERMISSION_DENIED => "the node does not allow it",
        RESOURCE_EXHAUSTED => "the node has no room for it",
        FAILED_PRECONDITION => "the node is not in a state for it",
        ABORTED => "the node gave up",
        OUT_OF_RANGE => "the node's range does not reach so far",
        UNIMPLEMENTED => "the node cannot do this",
        INTERNAL => "the node failed",
        UNAVAILABLE => "the node is not available",
        DATA_LOSS => "the node lost data",
        UNAUTHENTICATED => "the node wants to know who asks",
        _ => "the node gives no reason",
    }
}
