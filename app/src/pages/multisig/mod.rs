//! Signing together: proposals and their signatures, opening what somebody sent, and accounts of several
//! keys.

mod add;
mod list;
mod new_account;
mod one;
mod open;
mod share;
mod words;

pub(crate) use list::ProposalsPage;
pub(crate) use new_account::NewMultisigPage;
pub(crate) use one::ProposalPage;
pub(crate) use open::OpenProposalPage;
