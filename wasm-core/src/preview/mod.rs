//! What a transaction would do to balances and objects, computed here and told by the node.
//!
//! [`Preview::of`] acts a transaction out by the chain's own rules on what is known of its objects;
//! [`Simulation::compare`] sets the node's answer beside it.

mod coins;
mod compare;
mod current;
mod error;
mod kinds;
mod models;
mod review;
mod sketch;
mod staking;
mod targets;
mod validators;

pub use compare::{Simulation, signed_soma};
pub use current::CurrentObjects;
pub use error::{Defect, PreviewError, Shortage, WouldFail};
pub use review::{Consent, Finding, Level, Review};
pub use staking::Withdrawal;
pub use targets::{PaidAs, Payment, QUORUM, Reports, Settlement, Shares, bond, is_replaced};

pub use crate::explain::Explanation;

use crate::address::{Address, ObjectId};
use crate::digest::ObjectDigest;
use crate::effects::TransactionFee;
use crate::object::{ObjectRef, ObjectType};
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use sketch::Sketch;
use std::collections::BTreeMap;

/// What a transaction would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What it costs.
    pub fee: TransactionFee,
    /// Shannons gained or lost by each address, fee included; none that are zero, by address.
    pub balance_changes: Vec<(Address, i128)>,
    /// Objects made, changed and deleted, by id.
    pub object_changes: Vec<ObjectChange>,
}

/// An object that a transaction would make, change or delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectChange {
    /// Which object.
    pub id: ObjectId,
    /// What it is.
    pub object_type: ObjectType,
    /// What becomes of it.
    pub change: Change,
    /// Who owns it afterwards, where an address does.
    pub owner: Option<Address>,
}

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Change {
    Created,
    Changed,
    Deleted,
}

/// The node's answer does not say what an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node does not say what object {0} is")]
pub struct UntypedObject(pub ObjectId);

impl Preview {
    /// What a transaction would do if it were executed now, by the chain's own rules.
    ///
    /// # Errors
    /// Where it would fail or be refused for reasons that can be seen here, or names objects that are
    /// not known.
    pub fn of(
        transaction: &TransactionData,
        current: &CurrentObjects<'_>,
    ) -> Result<Self, PreviewError> {
        Sketch::begin(transaction, current)?.run()
    }

    /// What a kind costs when a coin pays for it that the kind does not name, however much that holds.
    ///
    /// # Errors
    /// As [`of`](Self::of), but never for want of money in the paying coin.
    pub fn fee_of(
        kind: &TransactionKind,
        sender: Address,
        current: &CurrentObjects<'_>,
    ) -> Result<TransactionFee, PreviewError> {
        let named = kind.owned_inputs();
        // An id that is no object's: only its being another than those named matters.
        let stand_in = (0..=u8::MAX)
            .map(|n| ObjectId([n; 32]))
            .find(|id| current.get(*id).is_none() && named.iter().all(|object| object.id != *id))
            .ok_or(PreviewError::NoGas)?;
        let mut current = current.clone();
        current.put_coin(sender, stand_in, u64::MAX);
        let gas = ObjectRef { id: stand_in, version: 0, digest: ObjectDigest([0; 32]) };
        let transaction = TransactionData::new(kind.clone(), sender, vec![gas]);
        Ok(Self::of(&transaction, &current)?.fee)
    }

    /// Shannons that an address gains or loses.
    #[must_use]
    pub fn balance_change(&self, address: Address) -> i128 {
        self.balance_changes.iter().find(|(of, _)| *of == address).map_or(0, |(_, change)| *change)
    }
}

fn without_zeros(balances: BTreeMap<Address, i128>) -> Vec<(Address, i128)> {
    balances.into_iter().filter(|(_, change)| *change != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::{Change, CurrentObjects, Defect, ObjectChange, Preview, PreviewError, Shortage};
    use crate::address::{Address, ObjectId};
    use crate::amount::Shannons;
    use crate::digest::ObjectDigest;
    use crate::effects::{ExecutionStatus, TransactionFee};
    use crate::failure::ExecutionFailureStatus;
    use crate::object::{ObjectRef, ObjectType};
    use crate::recorded;
    use crate::system_state::SystemStateV1;
    use crate::tx::kind::{ChangeEpoch, GenesisTransaction};
    use crate::tx::{TransactionData, TransactionKind};
    use std::collections::BTreeMap;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ME: Address = Address([1; 32]);
    const YOU: Address = Address([2; 32]);

    fn coin(n: u8) -> ObjectRef {
        ObjectRef { id: ObjectId([n; 32]), version: 3, digest: ObjectDigest([n; 32]) }
    }

    /// Base fee 1000, 300 for each object written, 10 basis points of value.
    fn state() -> SystemStateV1 {
        recorded::system_state()
    }

    fn preview(
        transaction: &TransactionData,
        state: &SystemStateV1,
        coins: &[(u8, u64)],
    ) -> Result<Preview, PreviewError> {
        let mut current = CurrentObjects::new(state);
        for (n, balance) in coins {
            current.put_coin(ME, ObjectId([*n; 32]), *balance);
        }
        Preview::of(transaction, &current)
    }

    fn with_gas(kind: TransactionKind, gas: &[u8]) -> TransactionData {
        TransactionData::new(kind, ME, gas.iter().map(|n| coin(*n)).collect())
    }

    fn send(amount: Option<u64>, gas: &[u8]) -> TransactionData {
        let kind = TransactionKind::TransferCoin { coin: coin(gas[0]), amount, recipient: YOU };
        with_gas(kind, gas)
    }

    #[test]
    fn every_recorded_success_does_what_we_say() {
        let mut counts = BTreeMap::<&str, u32>::new();
        for step in recorded::steps() {
            if step.status == ExecutionStatus::Success {
                let preview = Preview::of(&step.transaction, &step.current());
                *counts.entry(step.transaction.kind().name()).or_default() += 1;
                assert_eq!(preview, Ok(step.did), "{}", step.name);
            }
        }
        assert_eq!(counts.len(), 23, "every kind that is not the system's: {counts:?}");
    }

    #[test]
    fn every_recorded_failure_is_foreseen_with_its_cost() {
        let mut foreseen = 0;
        for step in recorded::steps() {
            let ExecutionStatus::Failure { error } = &step.status else { continue };
            let preview = Preview::of(&step.transaction, &step.current());
            if matches!(error, ExecutionFailureStatus::InvalidProofOfPossession { .. }) {
                // Whether a proof holds only a node can tell.
                assert!(preview.is_ok(), "{}: {preview:?}", step.name);
                continue;
            }
            let Err(PreviewError::WouldFail(told)) = preview else {
                panic!("{}: {preview:?}", step.name);
            };
            assert_eq!(&told.failure, error, "{}", step.name);
            assert_eq!(told.cost, Shannons(step.did.fee.total_fee), "{}", step.name);
            foreseen += 1;
        }
        assert!(foreseen >= 70, "{foreseen}");
    }

    #[test]
    fn a_fee_is_told_before_a_coin_is_chosen() {
        let mut told = 0;
        for step in recorded::steps() {
            let named = step.transaction.kind().owned_inputs();
            let gas = step.transaction.gas_payment();
            if step.status == ExecutionStatus::Success && gas.iter().all(|of| !named.contains(of)) {
                let transaction = &step.transaction;
                let fee =
                    Preview::fee_of(transaction.kind(), transaction.sender(), &step.current());
                assert_eq!(fee, Ok(step.did.fee), "{}", step.name);
                told += 1;
            }
        }
        assert!(told >= 60, "{told}");
    }

    #[test]
    fn transactions_of_the_system_have_no_preview() {
        let change = ChangeEpoch {
            epoch: 1,
            epoch_start_timestamp_ms: 2,
            protocol_version: 3,
            fees: 4,
            epoch_randomness: Vec::new(),
        };
        for kind in [
            TransactionKind::Genesis(GenesisTransaction { objects: Vec::new() }),
            TransactionKind::ChangeEpoch(change),
        ] {
            let told = preview(&with_gas(kind, &[1]), &state(), &[(1, 1_000_000)]);
            assert_eq!(told, Err(PreviewError::System));
        }
    }

    #[test]
    fn sending_everything_empties_the_coins_and_tells_what_arrives() {
        let transaction = send(None, &[1, 2]);
        let coins = [(1, 1_000_000), (2, 234_567)];
        let preview = preview(&transaction, &state(), &coins).unwrap();
        // 10 basis points of 1,234,567, rounded down
        let fee = TransactionFee::new(1_000, 600, 1_234);
        let arrives = 1_234_567 - i128::from(fee.total_fee);
        assert_eq!(preview.fee, fee);
        assert_eq!(preview.balance_changes, [(ME, -1_234_567), (YOU, arrives)]);
        let gone = |n: u8| ObjectChange {
            id: ObjectId([n; 32]),
            object_type: ObjectType::Coin,
            change: Change::Deleted,
            owner: None,
        };
        let arrived = ObjectChange {
            id: ObjectId::derive(&transaction.digest(), 0),
            object_type: ObjectType::Coin,
            change: Change::Created,
            owner: Some(YOU),
        };
        let mut expected = [gone(1), gone(2), arrived];
        expected.sort_unstable();
        assert_eq!(preview.object_changes, expected);
    }

    #[test]
    fn one_shannon_less_than_needed_is_refused() {
        let needed = 50_000 + 1_000 + 600 + 50;
        let transaction = send(Some(50_000), &[1]);
        assert!(preview(&transaction, &state(), &[(1, needed)]).is_ok());
        let told = preview(&transaction, &state(), &[(1, needed - 1)]).unwrap_err();
        assert_eq!(told.failure(), Some(&ExecutionFailureStatus::InsufficientCoinBalance));
        let PreviewError::WouldFail(told) = told else { panic!("{told:?}") };
        let (needed, available) = (Shannons(needed), Shannons(needed - 1));
        assert_eq!(told.shortage, Some(Shortage { needed, available }));
        assert_eq!(
            told.to_string(),
            "this needs 0.00005165 SOMA in one coin, which holds 0.000051649 SOMA"
        );
    }

    #[test]
    fn a_failure_is_told_in_words() {
        let kind = TransactionKind::DeactivateModel { model_id: ObjectId([7; 32]) };
        let told = preview(&with_gas(kind, &[1]), &state(), &[(1, 1_000_000)]).unwrap_err();
        assert_eq!(told.failure(), Some(&ExecutionFailureStatus::ModelNotFound));
        assert!(told.to_string().starts_with("this would fail: "), "{told}");
    }

    #[test]
    fn a_coin_of_exactly_the_base_fee_never_pays() {
        assert_eq!(
            preview(&send(Some(1), &[1]), &state(), &[(1, 1_000)]),
            Err(Defect::ExactlyBaseFee.into())
        );
    }

    #[test]
    fn a_coin_named_twice_is_refused() {
        let kind = TransactionKind::TransferCoin { coin: coin(2), amount: Some(1), recipient: YOU };
        let merged_away = with_gas(kind, &[1, 2]);
        let twice =
            TransactionKind::TransferObjects { objects: vec![coin(2), coin(2)], recipient: YOU };
        for transaction in [merged_away, send(Some(1), &[1, 2, 2]), with_gas(twice, &[1])] {
            assert_eq!(
                preview(&transaction, &state(), &[(1, 1_000_000), (2, 1_000_000)]),
                Err(PreviewError::NamedTwice(ObjectId([2; 32])))
            );
        }
    }

    #[test]
    fn a_payment_may_name_coins_that_are_merged_for_its_fee() {
        let kind = TransactionKind::PayCoins {
            coins: vec![coin(1), coin(2)],
            amounts: Some(vec![1_500_000]),
            recipients: vec![YOU],
        };
        let told =
            preview(&with_gas(kind, &[1, 2]), &state(), &[(1, 1_000_000), (2, 1_000_000)]).unwrap();
        assert_eq!(told.fee, TransactionFee::new(1_000, 600, 1_500));
        assert_eq!(told.balance_change(ME), -1_503_100);
    }

    #[test]
    fn nothing_is_foretold_of_what_is_unknown_or_somebody_elses() {
        let state = state();
        let transaction = send(Some(1), &[1]);
        let unknown = Err(PreviewError::UnknownObject(ObjectId([1; 32])));
        assert_eq!(preview(&transaction, &state, &[]), unknown);
        let mut current = CurrentObjects::new(&state);
        current.put_coin(YOU, ObjectId([1; 32]), 1_000_000);
        let foreign = Err(PreviewError::NotYours(ObjectId([1; 32])));
        assert_eq!(Preview::of(&transaction, &current), foreign);
        let target_id = ObjectId([8; 32]);
        let claim = with_gas(TransactionKind::ClaimRewards { target_id }, &[1]);
        assert_eq!(
            preview(&claim, &state, &[(1, 1_000_000)]),
            Err(PreviewError::UnknownObject(target_id))
        );
        let nobody = TransactionData::new(claim.kind().clone(), ME, Vec::new());
        assert_eq!(preview(&nobody, &state, &[]), Err(PreviewError::NoGas));
    }

    #[test]
    fn what_a_kind_names_and_nobody_knows_yet_is_to_be_looked_up() {
        let state = state();
        let mut current = CurrentObjects::new(&state);
        current.put_coin(ME, ObjectId([1; 32]), 7);
        let kind =
            TransactionKind::TransferObjects { objects: vec![coin(1), coin(2)], recipient: YOU };
        assert_eq!(current.missing(&kind), [ObjectId([2; 32])]);
        let target_id = ObjectId([8; 32]);
        assert_eq!(current.missing(&TransactionKind::ClaimRewards { target_id }), [target_id]);
    }
}
