//! What every kind of transaction costs when it succeeds, to the shannon.
//!
//! `total = base fee + objects written × write fee + value fee`. A transaction that fails costs its
//! base fee alone.

use crate::address::ObjectId;
use crate::amount::Shannons;
use crate::effects::TransactionFee;
use crate::object::ObjectRef;
use crate::system_state::SystemParameters;
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The numbers that fees are made of, fixed for an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeParameters {
    /// Shannons for being executed at all.
    pub base_fee: u64,
    /// Shannons for each object written.
    pub write_object_fee: u64,
    /// Basis points of the value moved; stakes and claims pay half of them.
    pub value_fee_bps: u64,
}

impl From<&SystemParameters> for FeeParameters {
    fn from(parameters: &SystemParameters) -> Self {
        Self {
            base_fee: parameters.base_fee,
            write_object_fee: parameters.write_object_fee,
            value_fee_bps: parameters.value_fee_bps,
        }
    }
}

/// What of the chain's objects a transaction's fee and effects depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Shannons in each coin that the transaction names.
    pub coins: BTreeMap<ObjectId, u64>,
    /// Principal in shannons of each stake that the transaction names.
    pub stakes: BTreeMap<ObjectId, u64>,
    /// What becomes of the target that the transaction names.
    pub target: Option<TargetOutcome>,
}

/// What becomes of a target, as far as a fee depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetOutcome {
    /// It is filled.
    Filled {
        /// Shannons taken from the bond coin.
        bond: u64,
        /// Whether a new target takes its place.
        replaced: bool,
    },
    /// It is settled and deleted.
    Settled {
        /// Shannons it held as a reward.
        reward_pool: u64,
        /// Coins paid out.
        coins_created: u64,
    },
}

/// Why a fee cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FeeError {
    /// Nothing pays it.
    #[error("no coin pays the fee")]
    NoGas,
    /// The balance of a coin is needed and not known.
    #[error("the balance of coin {0} is not known")]
    UnknownCoin(ObjectId),
    /// The principal of a stake is needed and not known.
    #[error("the amount of stake {0} is not known")]
    UnknownStake(ObjectId),
    /// The outcome for the target is needed and not known.
    #[error("what becomes of the target is not known")]
    UnknownTarget,
    /// Sums of the transaction's own amounts do not fit into 64 bits.
    #[error("the amounts add up to more than can exist")]
    Overflow,
    /// Only the system sends it, without a fee.
    #[error("transactions of the system have no fee")]
    System,
}

/// What a transaction's fee is charged on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Charge {
    /// Objects created and changed, the coin that pays among them even if the fee empties it.
    written: u64,
    /// Shannons moved.
    value: u64,
    /// Whether the value pays half the rate.
    half_rate: bool,
}

impl Charge {
    const fn flat(written: u64) -> Self {
        Self { written, value: 0, half_rate: false }
    }
}

impl FeeParameters {
    /// The fee of a transaction that writes so many objects and moves no value.
    #[must_use]
    pub const fn flat(&self, written: u64) -> TransactionFee {
        self.charge(Charge::flat(written))
    }

    /// The fee of a payment of so many shannons that writes so many objects.
    #[must_use]
    pub const fn payment(&self, written: u64, value: u64) -> TransactionFee {
        self.charge(Charge { written, value, half_rate: false })
    }

    /// The fee of staking so many shannons while writing so many objects.
    #[must_use]
    pub const fn stake(&self, written: u64, value: u64) -> TransactionFee {
        self.charge(Charge { written, value, half_rate: true })
    }

    /// What a transaction costs when it succeeds.
    ///
    /// # Errors
    /// Where the fee depends on something that `inputs` does not tell, or nothing can pay.
    pub fn of(
        &self,
        transaction: &TransactionData,
        inputs: &Inputs,
    ) -> Result<TransactionFee, FeeError> {
        charge_of(transaction, inputs).map(|charge| self.charge(charge))
    }

    const fn charge(&self, Charge { written, value, half_rate }: Charge) -> TransactionFee {
        let rate = if half_rate { self.value_fee_bps / 2 } else { self.value_fee_bps };
        TransactionFee::new(
            self.base_fee,
            written.saturating_mul(self.write_object_fee),
            Shannons(value).bps(rate).0,
        )
    }
}

/// Looks up balances, where the gas coins count as merged into the first.
struct Balances<'a> {
    inputs: &'a Inputs,
    gas: &'a [ObjectRef],
    primary: ObjectId,
}

impl Balances<'_> {
    fn single(&self, coin: ObjectId) -> Result<u64, FeeError> {
        self.inputs.coins.get(&coin).copied().ok_or(FeeError::UnknownCoin(coin))
    }

    fn is_gas(&self, coin: &ObjectRef) -> bool {
        coin.id == self.primary
    }

    /// The balance once gas coins are merged.
    fn merged(&self, coin: &ObjectRef) -> Result<u64, FeeError> {
        if !self.is_gas(coin) {
            return self.single(coin.id);
        }
        self.gas.iter().try_fold(0_u64, |sum, gas| {
            sum.checked_add(self.single(gas.id)?).ok_or(FeeError::Overflow)
        })
    }

    fn whole_or(&self, coin: &ObjectRef, amount: Option<u64>) -> Result<u64, FeeError> {
        amount.map_or_else(|| self.merged(coin), Ok)
    }
}

fn charge_of(transaction: &TransactionData, inputs: &Inputs) -> Result<Charge, FeeError> {
    let gas = transaction.gas_payment();
    let primary = gas.first().ok_or(FeeError::NoGas)?.id;
    let balances = Balances { inputs, gas, primary };
    match transaction.kind() {
        TransactionKind::Genesis(_)
        | TransactionKind::ConsensusCommitPrologueV1(_)
        | TransactionKind::ChangeEpoch(_) => Err(FeeError::System),
        TransactionKind::TransferCoin { coin, amount, .. } => {
            let value = balances.whole_or(coin, *amount)?;
            let splits = match amount {
                Some(amount) if !balances.is_gas(coin) => *amount < balances.single(coin.id)?,
                _ => false,
            };
            Ok(Charge { written: 2 + u64::from(splits), value, half_rate: false })
        }
        TransactionKind::PayCoins { coins, amounts, recipients } => {
            pay_charge(&balances, coins, amounts.as_deref(), recipients.len())
        }
        TransactionKind::TransferObjects { objects, .. } => {
            let own_gas = objects.iter().any(|object| balances.is_gas(object));
            Ok(Charge::flat(count(objects.len()) + u64::from(!own_gas)))
        }
        TransactionKind::AddStake { coin_ref, amount, .. }
        | TransactionKind::AddStakeToModel { coin_ref, amount, .. } => {
            let value = balances.whole_or(coin_ref, *amount)?;
            let leaves_rest = match amount {
                Some(amount) if !balances.is_gas(coin_ref) => {
                    *amount < balances.single(coin_ref.id)?
                }
                _ => false,
            };
            Ok(Charge { written: 3 + u64::from(leaves_rest), value, half_rate: true })
        }
        TransactionKind::WithdrawStake { staked_soma } => {
            let principal = inputs.stakes.get(&staked_soma.id);
            let value = *principal.ok_or(FeeError::UnknownStake(staked_soma.id))?;
            Ok(Charge { written: 3, value, half_rate: true })
        }
        TransactionKind::CreateModel { stake_amount, .. } => {
            Ok(Charge { written: 3, value: *stake_amount, half_rate: true })
        }
        TransactionKind::SubmitData(args) => {
            let Some(TargetOutcome::Filled { bond, replaced }) = inputs.target else {
                return Err(FeeError::UnknownTarget);
            };
            let keeps_rest =
                !balances.is_gas(&args.bond_coin) && bond < balances.single(args.bond_coin.id)?;
            Ok(Charge::flat(3 + u64::from(keeps_rest) + u64::from(replaced)))
        }
        TransactionKind::ClaimRewards { .. } => match inputs.target {
            Some(TargetOutcome::Settled { reward_pool, coins_created }) => Ok(Charge {
                written: coins_created.saturating_add(2),
                value: reward_pool,
                half_rate: true,
            }),
            _ => Err(FeeError::UnknownTarget),
        },
        TransactionKind::AddValidator(_)
        | TransactionKind::RemoveValidator(_)
        | TransactionKind::ReportValidator { .. }
        | TransactionKind::UndoReportValidator { .. }
        | TransactionKind::UpdateValidatorMetadata(_)
        | TransactionKind::SetCommissionRate { .. }
        | TransactionKind::CommitModel(_)
        | TransactionKind::RevealModel(_)
        | TransactionKind::SetModelCommissionRate { .. }
        | TransactionKind::DeactivateModel { .. }
        | TransactionKind::ReportModel { .. }
        | TransactionKind::UndoReportModel { .. }
        | TransactionKind::ReportSubmission { .. }
        | TransactionKind::UndoReportSubmission { .. } => Ok(Charge::flat(2)),
    }
}

fn pay_charge(
    balances: &Balances<'_>,
    coins: &[ObjectRef],
    amounts: Option<&[u64]>,
    recipients: usize,
) -> Result<Charge, FeeError> {
    let from_gas = coins.iter().any(|coin| balances.is_gas(coin));
    let (written, value) = match amounts {
        Some(amounts) => (
            count(recipients) + 1 + u64::from(!from_gas),
            amounts.iter().try_fold(0_u64, |sum, &amount| sum.checked_add(amount)),
        ),
        None => {
            let mut sum = Some(0_u64);
            for coin in coins {
                let balance = balances.merged(coin)?;
                sum = sum.and_then(|sum| sum.checked_add(balance));
            }
            (2, sum)
        }
    };
    Ok(Charge { written, value: value.ok_or(FeeError::Overflow)?, half_rate: false })
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{FeeError, FeeParameters, Inputs};
    use crate::address::Address;
    use crate::effects::{ExecutionStatus, TransactionFee};
    use crate::recorded;
    use crate::tx::{TransactionData, TransactionKind};
    use std::collections::BTreeMap;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const FEES: FeeParameters =
        FeeParameters { base_fee: 1_000, write_object_fee: 300, value_fee_bps: 11 };

    #[test]
    fn every_recorded_success_costs_what_we_say() {
        let mut counts = BTreeMap::<&str, u32>::new();
        for step in recorded::steps() {
            if step.status == ExecutionStatus::Success {
                let fee = step.fees.of(&step.transaction, &step.inputs);
                assert_eq!(fee, Ok(step.fee), "{}", step.name);
                *counts.entry(step.transaction.kind().name()).or_default() += 1;
            }
        }
        // Were the scenarios not read, nothing would have been compared.
        for kind in ["TransferCoin", "PayCoins", "CreateModel", "SubmitData", "ClaimRewards"] {
            assert!(counts.contains_key(kind), "{kind} in {counts:?}");
        }
        assert!(counts.len() >= 20, "{counts:?}");
    }

    #[test]
    fn stakes_pay_half_the_rate_rounded_down() {
        assert_eq!(FEES.payment(2, 10_000), TransactionFee::new(1_000, 600, 11));
        assert_eq!(FEES.stake(3, 10_000), TransactionFee::new(1_000, 900, 5));
        assert_eq!(FEES.flat(2), TransactionFee::new(1_000, 600, 0));
    }

    #[test]
    fn without_a_coin_that_pays_there_is_no_fee() {
        let kind = TransactionKind::DeactivateModel { model_id: crate::address::ObjectId([1; 32]) };
        let transaction = TransactionData::new(kind, Address([2; 32]), Vec::new());
        assert_eq!(FEES.of(&transaction, &Inputs::default()), Err(FeeError::NoGas));
    }
}
