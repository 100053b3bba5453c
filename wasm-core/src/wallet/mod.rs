//! A wallet: every operation of the network as one call.
//!
//! Each call prepares the transaction (our own preview and the node's simulation must agree), signs
//! it, sends it until it is known what became of it, and returns once a checkpoint holds it. Any
//! number of calls may run at once on one wallet; they wait for coins instead of failing.
//!
//! | call | returns, in [`Done::value`] |
//! |---|---|
//! | [`Wallet::send_coins`] | the recipient's coin |
//! | [`Wallet::pay_many`] | the recipients' coins, in their order |
//! | [`Wallet::transfer_objects`] | nothing |
//! | [`Wallet::merge_coins`] | the coin that is left |
//! | [`Wallet::stake_with_validator`], [`Wallet::stake_with_model`] | the stake |
//! | [`Wallet::withdraw_stake`] | [`Withdrawn`] |
//! | [`Wallet::create_model`] | [`CreatedModel`] |
//! | [`Wallet::commit_model`], [`Wallet::reveal_model`] | nothing; both also for updates |
//! | [`Wallet::set_model_commission`], [`Wallet::deactivate_model`] | nothing |
//! | [`Wallet::report_model`], [`Wallet::undo_report_model`] | nothing |
//! | [`Wallet::submit_data`] | [`Submitted`] |
//! | [`Wallet::claim_rewards`] | [`Claimed`]; also of others' targets |
//! | [`Wallet::report_submission`], [`Wallet::undo_report_submission`] | nothing |
//! | [`Wallet::add_validator`] | the new validator's pool |
//! | [`Wallet::remove_validator`], [`Wallet::update_validator`] | nothing |
//! | [`Wallet::set_validator_commission`] | nothing |
//! | [`Wallet::report_validator`], [`Wallet::undo_report_validator`] | nothing |
//! | [`Wallet::execute`] | nothing: any [`Intent`](crate::intent::Intent) |
//!
//! A call that is dropped ends: before its transaction is noted without a trace, from then on with a
//! transaction whose outcome is unknown. [`Wallet::settle`] finds it out, and sends it if need be.
//!
//! A caller that shows a review first takes the steps of [`crate::job::send`] instead. One that must
//! survive a crash gives a [`Journal`], and after the crash what it noted to [`Wallet::resume`].

mod carry;
mod error;
mod journal;
mod learn;
mod operations;
mod patient;
mod queue;

pub use error::WalletError;
pub use journal::{Journal, JournalError, NoJournal, Sent};
pub use operations::{Claimed, CreatedModel, Done, Submitted, Withdrawn};

use crate::address::Address;
use crate::amount::Shannons;
use crate::digest::{CheckpointDigest, TransactionDigest};
use crate::keys::Keypair;
use crate::ports::{Chain, ChainError, Pause};
use queue::Queue;
use std::fmt;

/// An account on a chain, with its key and the queue of its coins.
///
/// Nobody else should spend the account's coins at the same time: that is noticed and survived, at the
/// price of preparing again.
pub struct Wallet<C, P, J = NoJournal> {
    chain: C,
    pause: P,
    journal: J,
    key: Keypair,
    expected_chain: Option<CheckpointDigest>,
    queue: Queue,
}

impl<C, P, J> fmt::Debug for Wallet<C, P, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wallet").field("address", &self.key.address()).finish_non_exhaustive()
    }
}

impl<C: Chain, P: Pause> Wallet<C, P> {
    /// A wallet of this key, which keeps nothing that survives a crash.
    #[must_use]
    pub fn new(chain: C, pause: P, key: Keypair) -> Self {
        Self::with_journal(chain, pause, NoJournal, key)
    }
}

impl<C: Chain, P: Pause, J: Journal> Wallet<C, P, J> {
    /// A wallet of this key that notes every transaction before it is sent.
    #[must_use]
    pub fn with_journal(chain: C, pause: P, journal: J, key: Keypair) -> Self {
        let queue = Queue::default();
        Self { chain, pause, journal, key, expected_chain: None, queue }
    }

    /// The same, for this chain only.
    #[must_use]
    pub fn on_chain(self, expected: CheckpointDigest) -> Self {
        Self { expected_chain: Some(expected), ..self }
    }

    /// Whose wallet it is.
    #[must_use]
    pub fn address(&self) -> Address {
        self.key.address()
    }

    /// The node that it asks.
    pub const fn chain(&self) -> &C {
        &self.chain
    }

    /// What the account's coins hold, by the newest listing.
    ///
    /// # Errors
    /// Where the node does not list them.
    pub async fn balance(&self) -> Result<Shannons, ChainError> {
        self.list().await?;
        Ok(Shannons(self.queue.balance()))
    }

    /// Takes over transactions that were noted before a crash and not settled: what they use stays
    /// reserved until it is known what became of them.
    pub fn resume(&self, sent: impl IntoIterator<Item = Sent>) {
        for sent in sent {
            self.queue.doubt(sent);
        }
    }

    /// Looks up every transaction whose outcome is unknown, sends again what nothing is known of, and
    /// says which are still unknown.
    pub async fn settle(&self) -> Vec<TransactionDigest> {
        self.settle_doubtful().await;
        self.queue.doubtful().iter().map(|sent| sent.in_flight.digest).collect()
    }
}

#[cfg(test)]
mod tests;
