//! Signing together: who is in an account of several keys, a proposal that collects their signatures,
//! and the texts in which it travels between wallets.
//!
//! Nothing that came from elsewhere is believed: each signature is checked against the transaction's own
//! bytes and the member's key before it counts.

mod members;
mod parts;
mod proposal;
mod text;

pub use members::{
    MemberKeyError, NumberError, check_new, parse_member_key, parse_threshold, parse_weight,
    weight_of,
};
pub use parts::{MAX_PARTS, PartsError, TooManyParts, split};
pub use proposal::{Member, MergeError, Proposal, ProposalError, SignaturesError};
pub use text::{MAX_TEXT, ReadError, SignatureReadError, read, read_signatures};
