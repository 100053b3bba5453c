//! From an intent to an executed transaction.
//!
//! [`Prepared`] is the only way from an intent to a signature, so what is signed is what was shown.
//! A caller that must survive a crash does it in these steps: [`Prepared::new`], show
//! [`Prepared::review`], [`Prepared::sign`], store [`InFlight`] (and the signed bytes, where it wants
//! to send them again), [`execute`], and later [`settle`] as long as the outcome is unknown.
//!
//! [`crate::wallet`] does all of that for many operations at once.

mod deliver;
mod draft;
mod facts;
mod findings;
mod given;
mod prepare;
mod recipients;

pub(crate) use draft::{Draft, Purse};
pub(crate) use facts::Facts;

pub use deliver::{Outcome, Settlement, execute, settle, settle_on, settle_or_resend};
pub use prepare::{InFlight, PrepareError, Prepared, SignRefused, Terms};
pub use recipients::Acquaintances;

#[cfg(test)]
mod tests;
