//! Checkpoints with the digests that seal them.

use crate::checkpoint::{CheckpointContents, CheckpointSummary};
use crate::digest::{CheckpointContentsDigest, CheckpointDigest, TransactionDigest};
use crate::ports::Checkpoint;

/// A checkpoint whose digest covers its head, whose head covers its contents, and whose contents
/// name exactly its transactions. Who signed it is not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedCheckpoint {
    digest: CheckpointDigest,
    summary: CheckpointSummary,
    contents: CheckpointContents,
    checkpoint: Checkpoint,
}

/// A checkpoint whose parts do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The head has another digest.
    #[error("the head of the checkpoint has the digest {actual}, not {expected}")]
    Digest {
        /// What it should be.
        expected: CheckpointDigest,
        /// What it is.
        actual: CheckpointDigest,
    },
    /// The contents have another root than the head says.
    #[error("the contents of the checkpoint have the root {actual}, not {expected}")]
    Contents {
        /// What the head says.
        expected: CheckpointContentsDigest,
        /// What it is.
        actual: CheckpointContentsDigest,
    },
    /// Number, epoch or time are not those of the head.
    #[error("the checkpoint is not the one that its head describes")]
    Head,
    /// Its transactions are not those of the contents, in their order.
    #[error("the checkpoint has other transactions than its contents name")]
    Transactions,
}

impl SealedCheckpoint {
    /// Puts a checkpoint together with what seals it.
    ///
    /// # Errors
    /// Where the parts do not belong together.
    pub fn new(
        digest: CheckpointDigest,
        summary: CheckpointSummary,
        contents: CheckpointContents,
        checkpoint: Checkpoint,
    ) -> Result<Self, SealError> {
        let actual = summary.digest();
        if actual != digest {
            return Err(SealError::Digest { expected: digest, actual });
        }
        let actual = contents.digest();
        if actual != summary.content_digest {
            return Err(SealError::Contents { expected: summary.content_digest, actual });
        }
        if (summary.sequence_number, summary.epoch, summary.timestamp_ms)
            != (checkpoint.sequence_number, checkpoint.epoch, checkpoint.timestamp_ms)
        {
            return Err(SealError::Head);
        }
        let CheckpointContents::V1 { transactions, .. } = &contents;
        let named = transactions.iter().map(|(digest, _)| *digest);
        if !named.eq(checkpoint.transactions.iter().map(|one| one.executed.digest)) {
            return Err(SealError::Transactions);
        }
        Ok(Self { digest, summary, contents, checkpoint })
    }

    /// Its identity.
    #[must_use]
    pub const fn digest(&self) -> CheckpointDigest {
        self.digest
    }

    /// Its head.
    #[must_use]
    pub const fn summary(&self) -> &CheckpointSummary {
        &self.summary
    }

    /// Digests and signatures of its transactions.
    #[must_use]
    pub const fn contents(&self) -> &CheckpointContents {
        &self.contents
    }

    /// What its transactions say and did.
    #[must_use]
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The digests of its transactions, in their order.
    pub fn transactions(&self) -> impl Iterator<Item = TransactionDigest> {
        self.checkpoint.transactions.iter().map(|one| one.executed.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::{SealError, SealedCheckpoint};
    use crate::address::Address;
    use crate::checkpoint::{CheckpointContents, CheckpointSummary};
    use crate::digest::{
        CheckpointContentsDigest, CheckpointDigest, EffectsDigest, TransactionDigest,
    };
    use crate::effects::TransactionFee;
    use crate::ports::{Checkpoint, CheckpointTransaction, Executed};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn contents(count: u8) -> CheckpointContents {
        let pair = |n| (TransactionDigest([n; 32]), EffectsDigest([n; 32]));
        let transactions: Vec<_> = (0..count).map(pair).collect();
        CheckpointContents::V1 {
            user_signatures: vec![Vec::new(); transactions.len()],
            transactions,
        }
    }

    fn summary(contents: &CheckpointContents) -> CheckpointSummary {
        CheckpointSummary {
            epoch: 3,
            sequence_number: 12,
            network_total_transactions: 40,
            content_digest: contents.digest(),
            previous_digest: Some(CheckpointDigest([1; 32])),
            epoch_rolling_transaction_fees: TransactionFee::new(1000, 0, 0),
            timestamp_ms: 77,
            checkpoint_commitments: Vec::new(),
            end_of_epoch_data: None,
            version_specific_data: Vec::new(),
        }
    }

    fn checkpoint(count: u8) -> Checkpoint {
        let executed = |n| Executed {
            digest: TransactionDigest([n; 32]),
            failure: None,
            epoch: 3,
            fee: TransactionFee::new(0, 0, 0),
            changed_objects: Vec::new(),
            balance_changes: Vec::new(),
            gas_payment: Vec::new(),
            checkpoint: Some(12),
            timestamp_ms: Some(77),
        };
        let transaction =
            |n| CheckpointTransaction { executed: executed(n), sender: Address::ZERO, kind: None };
        Checkpoint {
            sequence_number: 12,
            epoch: 3,
            timestamp_ms: 77,
            transactions: (0..count).map(transaction).collect(),
        }
    }

    #[test]
    fn parts_that_belong_together_are_a_checkpoint() {
        let (contents, digest) = (contents(3), summary(&contents(3)).digest());
        let sealed =
            SealedCheckpoint::new(digest, summary(&contents), contents, checkpoint(3)).unwrap();
        assert_eq!(sealed.digest(), sealed.summary().digest());
        assert_eq!(sealed.transactions().count(), 3);
    }

    #[test]
    fn parts_of_different_checkpoints_are_told_apart() {
        let head = summary(&contents(3));
        let digest = head.digest();
        let seal = |digest, summary, contents, checkpoint| {
            SealedCheckpoint::new(digest, summary, contents, checkpoint).unwrap_err()
        };
        let other = CheckpointDigest([9; 32]);
        assert_eq!(
            seal(other, head.clone(), contents(3), checkpoint(3)),
            SealError::Digest { expected: other, actual: digest }
        );
        let expected: CheckpointContentsDigest = contents(3).digest();
        assert_eq!(
            seal(digest, head.clone(), contents(2), checkpoint(3)),
            SealError::Contents { expected, actual: contents(2).digest() }
        );
        let later = Checkpoint { timestamp_ms: 78, ..checkpoint(3) };
        assert_eq!(seal(digest, head.clone(), contents(3), later), SealError::Head);
        assert_eq!(seal(digest, head.clone(), contents(3), checkpoint(2)), SealError::Transactions);
        let mut turned = checkpoint(3);
        turned.transactions.reverse();
        assert_eq!(seal(digest, head, contents(3), turned), SealError::Transactions);
    }
}
