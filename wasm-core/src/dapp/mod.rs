//! What web sites may ask of a wallet: the text of requests and answers, what is read out of them, and what
//! a wallet may approve by itself.
//!
//! Everything here was written by somebody else. It is read strictly: what is not known is refused.

pub mod answer;
pub mod chain_name;
mod convert;
pub mod kind;
pub mod message;
mod nesting;
pub mod origin;
pub mod policy;
pub mod request;
pub mod resolve;
pub mod throttle;
pub mod transaction;
pub mod value;

pub use answer::SiteError;
pub use chain_name::ChainName;
pub use kind::UserKind;
pub use message::PersonalMessage;
pub use origin::{Origin, OriginError};
pub use policy::{Policy, PolicyId, Scope, Spent};
pub use request::{Ask, RequestError, SiteRequest};
pub use resolve::ResolveError;
pub use throttle::Patience;
pub use transaction::{Asked, AskedKind, AskedTransaction, Reference, TransactionTextError};

#[cfg(test)]
mod tests;
