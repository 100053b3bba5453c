//! The questions, each a document of its own. The browser tests check them against the indexer's schema.

/// Of which chain it is, and what it has.
pub(super) const CHAIN: &str = include_str!("documents/chain.graphql");
/// Transactions by sender or epoch, newest first.
pub(super) const TRANSACTIONS: &str = include_str!("documents/transactions.graphql");
/// Transactions that touched an address, oldest first.
pub(super) const TOUCHED: &str = include_str!("documents/touched.graphql");
/// What [`DESCRIBED_AT_ONCE`] transactions were.
pub(super) const DESCRIBED: &str = include_str!("documents/described.graphql");
/// Transactions that [`DESCRIBED`] asks for. Fewer are filled up with one of them.
pub(super) const DESCRIBED_AT_ONCE: usize = 20;
/// One target, settled or not.
pub(super) const TARGET: &str = include_str!("documents/target.graphql");
/// Targets that a model won, newest first.
pub(super) const TARGETS_WON: &str = include_str!("documents/targets_won.graphql");
/// A model in past epochs.
pub(super) const MODEL_HISTORY: &str = include_str!("documents/model_history.graphql");
/// Models, most wins first.
pub(super) const MODEL_LEADERS: &str = include_str!("documents/model_leaders.graphql");
/// Submitters, most targets first.
pub(super) const SUBMITTER_LEADERS: &str = include_str!("documents/submitter_leaders.graphql");
/// One submitter.
pub(super) const SUBMITTER: &str = include_str!("documents/submitter.graphql");
/// What an epoch came to.
pub(super) const EPOCH: &str = include_str!("documents/epoch.graphql");
/// The chain in numbers.
pub(super) const TOTALS: &str = include_str!("documents/totals.graphql");
