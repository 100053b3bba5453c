//! The explorer: a page for each transaction, checkpoint, object, address and epoch of the network in use.

mod address;
mod checkpoint;
mod epoch;
mod epoch_account;
mod frame;
mod object;
mod transaction;
mod words;

pub(crate) use address::AddressPage;
pub(crate) use checkpoint::CheckpointPage;
pub(crate) use epoch::EpochPage;
pub(crate) use frame::Frame;
pub(crate) use object::ObjectPage;
pub(crate) use transaction::TransactionPage;
