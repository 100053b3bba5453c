//! What transactions cost when they succeed, to the shannon.
//!
//! `total = base fee + objects written × write fee + value fee`. A transaction that fails costs its
//! base fee alone. What a kind writes, and the value it moves, [`Preview`](crate::preview::Preview)
//! knows.

use crate::amount::Shannons;
use crate::effects::TransactionFee;
use crate::system_state::SystemParameters;
use serde::{Deserialize, Serialize};

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

impl FeeParameters {
    /// The fee of a transaction that writes so many objects and moves no value.
    #[must_use]
    pub const fn flat(&self, written: u64) -> TransactionFee {
        self.charge(written, 0, 0)
    }

    /// The fee of a payment of so many shannons that writes so many objects.
    #[must_use]
    pub const fn payment(&self, written: u64, value: u64) -> TransactionFee {
        self.charge(written, value, self.value_fee_bps)
    }

    /// The fee of staking so many shannons while writing so many objects.
    #[must_use]
    pub const fn stake(&self, written: u64, value: u64) -> TransactionFee {
        self.charge(written, value, self.value_fee_bps / 2)
    }

    const fn charge(&self, written: u64, value: u64, rate: u64) -> TransactionFee {
        TransactionFee::new(
            self.base_fee,
            written.saturating_mul(self.write_object_fee),
            Shannons(value).bps(rate).0,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::FeeParameters;
    use crate::effects::TransactionFee;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const FEES: FeeParameters =
        FeeParameters { base_fee: 1_000, write_object_fee: 300, value_fee_bps: 11 };

    #[test]
    fn stakes_pay_half_the_rate_rounded_down() {
        assert_eq!(FEES.payment(2, 10_000), TransactionFee::new(1_000, 600, 11));
        assert_eq!(FEES.stake(3, 10_000), TransactionFee::new(1_000, 900, 5));
        assert_eq!(FEES.flat(2), TransactionFee::new(1_000, 600, 0));
    }
}
