//! The pulse of a network: what its checkpoints held over the last hour, span by span, and the newest
//! transactions in words.

use crate::address::Address;
use crate::digest::TransactionDigest;
use crate::ports::{Checkpoint, CheckpointTransaction};
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How long a span is; milliseconds.
const SPAN_MS: u64 = 5_000;
/// Spans that are kept: an hour.
const SPANS: usize = 720;
/// Stretches that the time since somebody listens is told in, at most.
const STRETCHES: u64 = 120;
/// Lengths of a stretch, in spans: five seconds, ten, half a minute.
const STRETCH_SPANS: [u64; 3] = [1, 2, 6];
/// Transactions that are kept.
const RECENT: usize = 30;

/// What checkpoints of five seconds held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// When it begins; milliseconds since 1970, by the chain's clock.
    pub start_ms: u64,
    /// Checkpoints in it.
    pub checkpoints: u64,
    /// Transactions that people sent.
    pub sent: u64,
    /// Of these, those that failed.
    pub failed: u64,
    /// Transactions of the system itself.
    pub system: u64,
    /// Shannons of fees.
    pub fees: u64,
    /// Targets that were filled.
    pub hits: u64,
    /// Checkpoints that nobody saw, as while the connection was down.
    pub missed: u64,
}

/// Spans that follow each other, added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// All of them, as one that begins with the first.
    pub span: Span,
    /// How long it is; milliseconds.
    pub length_ms: u64,
}

/// The newest checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// Its number.
    pub number: u64,
    /// Its epoch.
    pub epoch: u64,
    /// Its time; milliseconds since 1970, by the chain's clock.
    pub timestamp_ms: u64,
    /// When it was heard of; milliseconds since 1970, by this device's clock.
    pub heard_ms: u64,
}

/// A transaction that went by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenTransaction {
    /// Which.
    pub digest: TransactionDigest,
    /// What it says, as a sentence without a full stop.
    pub headline: String,
    /// Who sent it; the zero address stands for the system.
    pub sender: Address,
    /// Whether it did what it says.
    pub succeeded: bool,
    /// Its checkpoint.
    pub checkpoint: u64,
    /// When; milliseconds since 1970, by the chain's clock.
    pub timestamp_ms: u64,
}

/// The pulse of a network since somebody listens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulse {
    /// When listening began; milliseconds since 1970, by the chain's clock.
    pub since_ms: Option<u64>,
    /// The newest checkpoint.
    pub newest: Option<Newest>,
    /// Spans with a checkpoint in them, oldest first; of what is between them, nothing happened.
    pub spans: VecDeque<Span>,
    /// The newest transactions, newest first, but for those that only open a commit.
    pub recent: VecDeque<SeenTransaction>,
}

impl Pulse {
    /// Length of a span; milliseconds.
    pub const SPAN_MS: u64 = SPAN_MS;

    /// Takes note of a checkpoint. `now_ms` is this device's time. Older ones than the newest known
    /// change nothing.
    pub fn note(&mut self, checkpoint: &Checkpoint, now_ms: u64) {
        let number = checkpoint.sequence_number;
        let missed = match self.newest {
            Some(newest) if number <= newest.number => return,
            Some(newest) => number - newest.number - 1,
            None => 0,
        };
        let timestamp_ms = checkpoint.timestamp_ms;
        self.since_ms.get_or_insert(timestamp_ms);
        self.newest =
            Some(Newest { number, epoch: checkpoint.epoch, timestamp_ms, heard_ms: now_ms });
        let span = self.span_at(timestamp_ms);
        span.checkpoints += 1;
        span.missed = span.missed.saturating_add(missed);
        for transaction in &checkpoint.transactions {
            span.count(transaction);
        }
        for transaction in &checkpoint.transactions {
            self.remember(transaction, checkpoint);
        }
    }

    /// Transactions per second that people sent, in thousandths, over the window that ends at
    /// `until_ms` of the chain's clock. None before anything was heard.
    #[must_use]
    pub fn sent_per_second_milli(&self, until_ms: u64, window_ms: u64) -> Option<u64> {
        let since = self.since_ms?;
        let from = until_ms.saturating_sub(window_ms);
        // Whole spans only, the one that is going on among them.
        let sent: u64 = self
            .spans
            .iter()
            .filter(|span| span.start_ms.saturating_add(SPAN_MS) > from)
            .map(|span| span.sent)
            .sum();
        let heard = until_ms.saturating_sub(since.max(from)).max(SPAN_MS);
        Some(sent.saturating_mul(1_000_000) / heard)
    }

    /// The time since somebody listens, at most the last hour, in at most 120 stretches of equal length
    /// up to a time of the chain's clock; those in which nothing happened included.
    #[must_use]
    pub fn stretches(&self, until_ms: u64) -> Vec<Stretch> {
        let Some(since) = self.since_ms else { return Vec::new() };
        let since = since.max(until_ms.saturating_sub(SPANS as u64 * SPAN_MS - 1));
        let spans = until_ms.saturating_sub(since) / SPAN_MS + 1;
        let fits = |length: &u64| spans.div_ceil(*length) < STRETCHES;
        let length_ms = STRETCH_SPANS.into_iter().find(fits).unwrap_or(6) * SPAN_MS;
        let first = since / length_ms;
        let last = (until_ms / length_ms).max(first);
        let mut stretches: Vec<_> = (first..=last)
            .map(|nth| Span { start_ms: nth * length_ms, ..Span::default() })
            .map(|span| Stretch { span, length_ms })
            .collect();
        for span in &self.spans {
            let place = (span.start_ms / length_ms).checked_sub(first);
            let place = place.and_then(|place| usize::try_from(place).ok());
            if let Some(stretch) = place.and_then(|place| stretches.get_mut(place)) {
                stretch.span.add(span);
            }
        }
        stretches
    }

    /// What is new since a span began; the transactions whole.
    #[must_use]
    pub fn since(&self, start_ms: u64) -> Self {
        let newer = self.spans.iter().filter(|span| span.start_ms >= start_ms);
        Self { spans: newer.copied().collect(), ..self.clone() }
    }

    /// Takes over what [`since`](Self::since) gave.
    pub fn merge(&mut self, newer: Self) {
        if let Some(first) = newer.spans.front() {
            self.spans.retain(|span| span.start_ms < first.start_ms);
        }
        self.spans.extend(newer.spans);
        while self.spans.len() > SPANS {
            self.spans.pop_front();
        }
        (self.since_ms, self.newest, self.recent) = (newer.since_ms, newer.newest, newer.recent);
    }

    fn span_at(&mut self, timestamp_ms: u64) -> &mut Span {
        let start_ms = timestamp_ms - timestamp_ms % SPAN_MS;
        // The chain's clock may stand still, and never goes back.
        if self.spans.back().is_none_or(|last| last.start_ms < start_ms) {
            if self.spans.len() == SPANS {
                self.spans.pop_front();
            }
            self.spans.push_back(Span { start_ms, ..Span::default() });
        }
        self.spans.back_mut().expect("one was pushed where there was none")
    }

    fn remember(&mut self, transaction: &CheckpointTransaction, checkpoint: &Checkpoint) {
        if matches!(transaction.kind, Some(TransactionKind::ConsensusCommitPrologueV1(_))) {
            return;
        }
        self.recent.push_front(SeenTransaction {
            digest: transaction.executed.digest,
            headline: transaction.headline(),
            sender: transaction.sender,
            succeeded: transaction.executed.failure.is_none(),
            checkpoint: checkpoint.sequence_number,
            timestamp_ms: checkpoint.timestamp_ms,
        });
        self.recent.truncate(RECENT);
    }
}

impl Span {
    fn add(&mut self, other: &Self) {
        let Self { start_ms: _, checkpoints, sent, failed, system, fees, hits, missed } = other;
        self.checkpoints += checkpoints;
        self.sent += sent;
        self.failed += failed;
        self.system += system;
        self.fees = self.fees.saturating_add(*fees);
        self.hits += hits;
        self.missed = self.missed.saturating_add(*missed);
    }

    fn count(&mut self, transaction: &CheckpointTransaction) {
        if transaction.is_system() {
            self.system += 1;
            return;
        }
        let failed = transaction.executed.failure.is_some();
        self.sent += 1;
        self.failed += u64::from(failed);
        self.fees = self.fees.saturating_add(transaction.executed.fee.total_fee);
        let fills = matches!(transaction.kind, Some(TransactionKind::SubmitData(_)));
        self.hits += u64::from(fills && !failed);
    }
}

impl CheckpointTransaction {
    /// Whether the system itself sent it.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.sender == Address::ZERO
    }

    /// What it says, as a sentence without a full stop.
    #[must_use]
    pub fn headline(&self) -> String {
        self.kind.as_ref().map_or_else(
            || "A transaction of a kind that this wallet does not know".to_owned(),
            |kind| {
                let transaction = TransactionData::new(kind.clone(), self.sender, Vec::new());
                crate::describe::Description::of(&transaction).headline
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Pulse, SPAN_MS, SPANS};
    use crate::address::{Address, ObjectId};
    use crate::digest::TransactionDigest;
    use crate::effects::TransactionFee;
    use crate::ports::{Checkpoint, CheckpointTransaction, Executed};
    use crate::tx::TransactionKind;
    use crate::tx::kind::ChangeEpoch;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn transaction(sender: u8, kind: Option<TransactionKind>) -> CheckpointTransaction {
        CheckpointTransaction {
            executed: Executed {
                digest: TransactionDigest([sender; 32]),
                failure: None,
                epoch: 1,
                fee: TransactionFee::new(1_000, 600, 7),
                changed_objects: Vec::new(),
                balance_changes: Vec::new(),
                gas_payment: Vec::new(),
                checkpoint: None,
                timestamp_ms: None,
            },
            sender: Address([sender; 32]),
            kind,
        }
    }

    fn checkpoint(number: u64, timestamp_ms: u64, senders: &[u8]) -> Checkpoint {
        let claim = TransactionKind::ClaimRewards { target_id: ObjectId([8; 32]) };
        Checkpoint {
            sequence_number: number,
            epoch: 1,
            timestamp_ms,
            transactions: senders
                .iter()
                .map(|sender| transaction(*sender, Some(claim.clone())))
                .collect(),
        }
    }

    #[test]
    fn checkpoints_are_counted_where_they_belong() {
        let mut pulse = Pulse::default();
        pulse.note(&checkpoint(7, SPAN_MS, &[1, 2]), 0);
        pulse.note(&checkpoint(8, 2 * SPAN_MS - 1, &[3, 0]), 0);
        pulse.note(&checkpoint(9, 2 * SPAN_MS, &[]), 0);
        let counts: Vec<_> =
            pulse.spans.iter().map(|span| (span.start_ms, span.checkpoints, span.sent)).collect();
        assert_eq!(counts, [(SPAN_MS, 2, 3), (2 * SPAN_MS, 1, 0)]);
        assert_eq!(pulse.spans[0].system, 1);
        assert_eq!(pulse.spans[0].fees, 3 * 1607);
        assert_eq!(pulse.recent.len(), 4);
        assert_eq!(pulse.recent[0].sender, Address::ZERO);
    }

    #[test]
    fn what_nobody_saw_is_told_and_what_comes_twice_counts_once() {
        let mut pulse = Pulse::default();
        pulse.note(&checkpoint(7, 0, &[1]), 0);
        pulse.note(&checkpoint(7, 0, &[1]), 0);
        pulse.note(&checkpoint(12, SPAN_MS, &[1]), 0);
        assert_eq!((pulse.spans[0].sent, pulse.spans[0].missed), (1, 0));
        assert_eq!((pulse.spans[1].sent, pulse.spans[1].missed), (1, 4));
    }

    #[test]
    fn a_rate_is_of_the_time_that_was_listened() {
        let mut pulse = Pulse::default();
        assert_eq!(pulse.sent_per_second_milli(0, 60_000), None);
        pulse.note(&checkpoint(1, 100_000, &[1, 2, 3, 4, 5]), 0);
        assert_eq!(pulse.sent_per_second_milli(100_000, 60_000), Some(1_000), "at least a span");
        assert_eq!(pulse.sent_per_second_milli(110_000, 60_000), Some(500));
        assert_eq!(pulse.sent_per_second_milli(400_000, 60_000), Some(0), "and then silence");
    }

    #[test]
    fn stretches_cover_all_the_time_and_lose_nothing() {
        let mut pulse = Pulse::default();
        assert!(pulse.stretches(0).is_empty());
        for number in 0..700 {
            pulse.note(&checkpoint(number, 1_000_003 + number * SPAN_MS, &[1, 2]), 0);
            let until = 1_000_003 + number * SPAN_MS;
            let stretches = pulse.stretches(until);
            assert!(stretches.len() <= 121, "{}", stretches.len());
            let sent: u64 = stretches.iter().map(|stretch| stretch.span.sent).sum();
            assert_eq!(sent, 2 * (number + 1));
            let last = stretches.last().unwrap();
            assert!(last.span.start_ms <= until && until < last.span.start_ms + last.length_ms);
        }
        let later = pulse.stretches(10_000_000);
        assert_eq!(later.last().unwrap().span.sent, 0, "silence is told as well");
    }

    #[test]
    fn an_hour_is_kept_and_pieces_make_the_whole() {
        let mut pulse = Pulse::default();
        let mut page = Pulse::default();
        for number in 0..(SPANS as u64 + 5) {
            let before = pulse.spans.back().map_or(0, |span| span.start_ms);
            pulse.note(&checkpoint(2 * number, number * SPAN_MS, &[1]), number);
            pulse.note(&checkpoint(2 * number + 1, number * SPAN_MS, &[1]), number);
            page.merge(pulse.since(before));
        }
        assert_eq!(pulse.spans.len(), SPANS);
        assert_eq!(page, pulse);
    }

    #[test]
    fn a_kind_that_is_not_known_is_told_as_such() {
        let unknown = transaction(1, None);
        assert!(unknown.headline().contains("does not know"));
        let change = ChangeEpoch {
            epoch: 9,
            epoch_start_timestamp_ms: 2,
            protocol_version: 3,
            fees: 4,
            epoch_randomness: Vec::new(),
        };
        let known = transaction(0, Some(TransactionKind::ChangeEpoch(change)));
        assert_eq!(known.headline(), "Begin epoch 9");
        assert!(known.is_system());
    }
}
