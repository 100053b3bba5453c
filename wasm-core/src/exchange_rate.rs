//! What a share of a staking pool is worth.
//!
//! The rules are those of `types/src/system_state/staking.rs` of soma-org/soma.

use crate::system_state::{PoolTokenExchangeRate, StakingPool};

/// `amount · numerator / denominator`, rounded down and saturating; the amount itself at a rate with
/// a zero in it, which stands for 1:1.
fn convert(amount: u64, numerator: u64, denominator: u64) -> u64 {
    if numerator == 0 || denominator == 0 {
        return amount;
    }
    let converted = u128::from(amount) * u128::from(numerator) / u128::from(denominator);
    u64::try_from(converted).unwrap_or(u64::MAX)
}

impl PoolTokenExchangeRate {
    /// Pool tokens that shannons are worth.
    #[must_use]
    pub fn to_tokens(self, shannons: u64) -> u64 {
        convert(shannons, self.pool_token_amount, self.soma_amount)
    }

    /// Shannons that pool tokens are worth.
    #[must_use]
    pub fn to_shannons(self, tokens: u64) -> u64 {
        convert(tokens, self.soma_amount, self.pool_token_amount)
    }
}

impl StakingPool {
    /// The rate in force at an epoch: the newest recorded one since activation, and none later than
    /// deactivation. 1:1 (zeros) before the pool was active.
    #[must_use]
    pub fn rate_at(&self, epoch: u64) -> PoolTokenExchangeRate {
        let Some(activation) = self.activation_epoch.filter(|&activation| activation <= epoch)
        else {
            return PoolTokenExchangeRate::default();
        };
        let last = self.deactivation_epoch.map_or(epoch, |deactivation| deactivation.min(epoch));
        if last < activation {
            return PoolTokenExchangeRate::default();
        }
        let newest = self.exchange_rates.range(activation..=last).next_back();
        newest.map(|(_, rate)| *rate).unwrap_or_default()
    }
}
