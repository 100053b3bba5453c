//! What web sites may ask of a wallet: the text of requests and answers, what is read out of them, and what
//! a wallet may approve by itself.
//!
//! Everything here was written by somebody else. It is read strictly: what is not known is refused.

pub mod kind;
pub mod origin;
pub mod policy;

pub use kind::UserKind;
pub use origin::{Origin, OriginError};
pub use policy::{Policy, PolicyId, Scope, Spent};
