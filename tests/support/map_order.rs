//! `map_order.json`: a staking pool whose map has keys in an order that numbers do not have.

use crate::Count;
use crate::read::{Hex, Text, file, round_trip, same, same_bytes};
use anyhow::Result;
use serde::Deserialize;
use wasm_core::address::ObjectId;
use wasm_core::system_state::{PoolTokenExchangeRate, StakingPool};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vectors {
    pub id: Text<ObjectId>,
    pub exchange_rates: Vec<Rate>,
    pub staking_pool_bcs: Hex,
}

/// A rate of an epoch.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Rate {
    pub epoch: Text<u64>,
    pub soma_amount: Text<u64>,
    pub pool_token_amount: Text<u64>,
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vectors = file(json)?;
    let rate = |rate: &Rate| {
        let Rate { epoch, soma_amount, pool_token_amount } = rate;
        let (soma_amount, pool_token_amount) = (soma_amount.0, pool_token_amount.0);
        (epoch.0, PoolTokenExchangeRate { soma_amount, pool_token_amount })
    };
    let pool = StakingPool {
        id: vectors.id.0,
        activation_epoch: Some(0),
        deactivation_epoch: None,
        soma_balance: 1,
        rewards_pool: 3,
        pool_token_balance: 2,
        exchange_rates: vectors.exchange_rates.iter().map(rate).collect(),
        pending_stake: 4,
        pending_total_soma_withdraw: 0,
        pending_pool_token_withdraw: 0,
    };
    same_bytes("pool", bcs::to_bytes(&pool)?, &vectors.staking_pool_bcs.0)?;
    same("pool", round_trip("pool", &vectors.staking_pool_bcs.0)?, pool)?;
    Ok(vec![Count::of("keys of an ordered map", vectors.exchange_rates.len())])
}
