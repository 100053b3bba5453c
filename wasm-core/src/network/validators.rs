//! Validators as a person compares them: stake, power, commission, risk, reports, and what a share of
//! each pool was worth.

use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::bytes::FixedBytes;
use crate::intent::UpdateValidator;
use crate::multiaddr::Multiaddr;
use crate::preview::QUORUM;
use crate::system_state::{StakingPool, SystemStateV1, Validator, ValidatorMetadata};
use crate::validator_info::ValidatorInfo;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The newest rates of a pool that are told.
const RATES: usize = 120;

/// All validators of a network, and those that were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorsTable {
    /// The current epoch.
    pub epoch: u64,
    /// Staked with the validators of this epoch.
    pub total_stake: Shannons,
    /// The voting power that reports need to cost a validator its rewards, of 10,000.
    pub quorum: u64,
    /// Those of this epoch by power, then those to come, then those that left.
    pub validators: Vec<ValidatorSeat>,
}

/// Where a validator stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outlook {
    /// Validates in this epoch, and goes on.
    Active,
    /// Validates in this epoch, and leaves with its end.
    Leaving,
    /// Joins with the next epoch, if it has the stake.
    Joining,
    /// Validates no more; stakes can be withdrawn.
    Left,
}

/// One validator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorSeat {
    /// Who signs its transactions and is paid.
    pub address: Address,
    /// Where it stands.
    pub outlook: Outlook,
    /// Of 10,000.
    pub voting_power: u64,
    /// In its pool, rewards included.
    pub stake: Shannons,
    /// What will be in its pool in the next epoch.
    pub next_stake: Shannons,
    /// Its share of its pool's rewards, basis points.
    pub commission_bps: u64,
    /// The same from the next epoch on.
    pub next_commission_bps: u64,
    /// For how many epochs its stake has been too small; none where it is not.
    pub at_risk_epochs: Option<u64>,
    /// Who reports it.
    pub reporters: BTreeSet<Address>,
    /// The voting power of those, of 10,000.
    pub reported_power: u64,
    /// Whom it reports.
    pub reports: BTreeSet<Address>,
    /// What stakes know its pool by.
    pub pool: ObjectId,
    /// Rewards in the pool.
    pub rewards: Shannons,
    /// Stake that joins the pool with the next epoch.
    pub pending_stake: Shannons,
    /// Stake that leaves the pool with the next epoch.
    pub pending_withdrawal: Shannons,
    /// What a share of the pool was worth, by epoch, oldest first; the newest ones.
    pub rates: Vec<PoolRate>,
    /// Keys and addresses.
    pub keys: ValidatorKeys,
}

/// What a pool held when an epoch began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolRate {
    /// Which epoch.
    pub epoch: u64,
    /// In the pool.
    pub soma: Shannons,
    /// Shares of it.
    pub shares: u64,
}

/// Keys in hex, and addresses, as they are and, where they change with the next epoch, as they will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValidatorKeys {
    /// What, now, and next.
    pub lines: Vec<(String, String, Option<String>)>,
    /// Where it takes transactions, now.
    pub network_address: String,
    /// Where it shares state, now.
    pub p2p_address: String,
    /// Where it takes part in consensus, now.
    pub primary_address: String,
    /// BLS12-381 in G2, now.
    pub protocol_key: FixedBytes<96>,
    /// Ed25519, for connections, now.
    pub network_key: FixedBytes<32>,
    /// Ed25519, for workers, now.
    pub worker_key: FixedBytes<32>,
}

impl PoolRate {
    /// What a share was worth, in billionths of a shannon's share: shannons times 10⁹ by shares. Equal
    /// parts where there is nothing.
    #[must_use]
    pub fn worth_nano(&self) -> u128 {
        const ONE: u128 = 1_000_000_000;
        if self.soma.0 == 0 || self.shares == 0 {
            return ONE;
        }
        u128::from(self.soma.0) * ONE / u128::from(self.shares)
    }
}

impl ValidatorsTable {
    /// What a system state says of validators.
    #[must_use]
    pub fn of(state: &SystemStateV1) -> Self {
        let set = &state.validators;
        let leaving: BTreeSet<u64> = set.pending_removals.iter().copied().collect();
        let power: BTreeMap<Address, u64> = set
            .validators
            .iter()
            .map(|one| (one.metadata.soma_address, one.voting_power))
            .collect();
        let seat = |validator: &Validator, outlook| seat(validator, outlook, state, &power);
        let active = (0_u64..).zip(&set.validators).map(|(at, validator)| {
            let outlook = if leaving.contains(&at) { Outlook::Leaving } else { Outlook::Active };
            seat(validator, outlook)
        });
        let joining = set.pending_validators.iter().map(|one| seat(one, Outlook::Joining));
        let left = set.inactive_validators.values().map(|one| seat(one, Outlook::Left));
        let mut validators: Vec<_> = active.chain(joining).chain(left).collect();
        validators.sort_by(|one, other| {
            let place = |seat: &ValidatorSeat| seat.outlook.max(Outlook::Leaving);
            place(one)
                .cmp(&place(other))
                .then(other.voting_power.cmp(&one.voting_power))
                .then(other.stake.0.cmp(&one.stake.0))
                .then(one.address.cmp(&other.address))
        });
        Self {
            epoch: state.epoch,
            total_stake: Shannons(set.total_stake),
            quorum: QUORUM,
            validators,
        }
    }
}

fn seat(
    validator: &Validator,
    outlook: Outlook,
    state: &SystemStateV1,
    power: &BTreeMap<Address, u64>,
) -> ValidatorSeat {
    let (address, pool) = (validator.metadata.soma_address, &validator.staking_pool);
    let records = &state.validator_report_records;
    // One that left and joined again has a seat of each; reports are about the one that is active.
    let counts = matches!(outlook, Outlook::Active | Outlook::Leaving);
    let reporters = records.get(&address).filter(|_| counts).cloned().unwrap_or_default();
    let by_it = records.iter().filter(|(_, reporters)| counts && reporters.contains(&address));
    let at_risk = state.validators.at_risk_validators.get(&address).copied();
    ValidatorSeat {
        address,
        outlook,
        voting_power: validator.voting_power,
        stake: Shannons(pool.soma_balance),
        next_stake: Shannons(validator.next_epoch_stake),
        commission_bps: validator.commission_rate,
        next_commission_bps: validator.next_epoch_commission_rate,
        at_risk_epochs: at_risk.filter(|_| counts),
        reported_power: reporters
            .iter()
            .filter_map(|reporter| power.get(reporter))
            .fold(0, |sum: u64, power| sum.saturating_add(*power)),
        reporters,
        reports: by_it.map(|(reportee, _)| *reportee).collect(),
        pool: pool.id,
        rewards: Shannons(pool.rewards_pool),
        pending_stake: Shannons(pool.pending_stake),
        pending_withdrawal: Shannons(pool.pending_total_soma_withdraw),
        rates: rates_of(pool),
        keys: ValidatorKeys::of(&validator.metadata),
    }
}

/// What a share of a pool was worth, by epoch, oldest first; the newest ones.
pub(crate) fn rates_of(pool: &StakingPool) -> Vec<PoolRate> {
    let mut rates: Vec<_> = pool
        .exchange_rates
        .iter()
        .rev()
        .take(RATES)
        .map(|(&epoch, rate)| PoolRate {
            epoch,
            soma: Shannons(rate.soma_amount),
            shares: rate.pool_token_amount,
        })
        .collect();
    rates.reverse();
    rates
}

impl ValidatorKeys {
    fn of(metadata: &ValidatorMetadata) -> Self {
        let mut lines = Vec::new();
        let mut line = |what: &str, now: String, next: Option<String>| {
            lines.push((what.to_owned(), now, next));
        };
        line(
            "Address for transactions",
            metadata.net_address.clone(),
            metadata.next_epoch_net_address.clone(),
        );
        line(
            "Address for state",
            metadata.p2p_address.clone(),
            metadata.next_epoch_p2p_address.clone(),
        );
        line(
            "Address for consensus",
            metadata.primary_address.clone(),
            metadata.next_epoch_primary_address.clone(),
        );
        line(
            "Address of the proxy",
            metadata.proxy_address.clone(),
            metadata.next_epoch_proxy_address.clone(),
        );
        let hex = |key: &[u8]| hex::encode(key);
        line(
            "Protocol key",
            hex(&metadata.protocol_pubkey.0),
            metadata.next_epoch_protocol_pubkey.map(|key| hex(&key.0)),
        );
        line(
            "Network key",
            hex(&metadata.network_pubkey.0),
            metadata.next_epoch_network_pubkey.map(|key| hex(&key.0)),
        );
        line(
            "Worker key",
            hex(&metadata.worker_pubkey.0),
            metadata.next_epoch_worker_pubkey.map(|key| hex(&key.0)),
        );
        Self {
            lines,
            network_address: metadata.net_address.clone(),
            p2p_address: metadata.p2p_address.clone(),
            primary_address: metadata.primary_address.clone(),
            protocol_key: metadata.protocol_pubkey,
            network_key: metadata.network_pubkey,
            worker_key: metadata.worker_pubkey,
        }
    }

    /// What would have to change for a validator to be what its node's tool wrote. The address of the
    /// proxy is not among it: the chain takes one and ignores it.
    #[must_use]
    pub fn update_to(&self, info: &ValidatorInfo) -> UpdateValidator {
        let address = |new: &Multiaddr, now: &str| (new.as_str() != now).then(|| new.clone());
        UpdateValidator {
            network_address: address(&info.network_address, &self.network_address),
            p2p_address: address(&info.p2p_address, &self.p2p_address),
            primary_address: address(&info.primary_address, &self.primary_address),
            protocol_key: (info.protocol_key != self.protocol_key)
                .then_some((info.protocol_key, info.proof_of_possession)),
            worker_key: (info.worker_key != self.worker_key).then_some(info.worker_key),
            network_key: (info.network_key != self.network_key).then_some(info.network_key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outlook, PoolRate, RATES, ValidatorsTable};
    use crate::address::Address;
    use crate::amount::Shannons;
    use crate::bytes::FixedBytes;
    use crate::intent::UpdateValidator;
    use crate::recorded;
    use crate::system_state::{PoolTokenExchangeRate, SystemStateV1};
    use crate::validator_info::ValidatorInfo;
    use std::collections::BTreeSet;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Four validators of growing power, the last of which leaves, and one to come.
    fn state() -> SystemStateV1 {
        let mut state = recorded::system_state();
        let one = state.validators.validators[0].clone();
        state.validators.validators.clear();
        for n in 1..=4_u8 {
            let mut validator = one.clone();
            validator.metadata.soma_address = Address([n; 32]);
            validator.voting_power = u64::from(n) * 1_000;
            state.validators.validators.push(validator);
        }
        state.validators.pending_removals = vec![3];
        let mut pending = one;
        pending.metadata.soma_address = Address([9; 32]);
        pending.voting_power = 0;
        state.validators.pending_validators = vec![pending];
        state.validators.inactive_validators.clear();
        state.validator_report_records.clear();
        state
    }

    #[test]
    fn the_mighty_come_first_and_those_to_come_after_them() {
        let table = ValidatorsTable::of(&state());
        let order: Vec<_> =
            table.validators.iter().map(|seat| (seat.address.0[0], seat.outlook)).collect();
        assert_eq!(
            order,
            [
                (4, Outlook::Leaving),
                (3, Outlook::Active),
                (2, Outlook::Active),
                (1, Outlook::Active),
                (9, Outlook::Joining)
            ]
        );
    }

    #[test]
    fn reports_weigh_as_much_as_those_who_make_them() {
        let mut state = state();
        let reporters = BTreeSet::from([Address([2; 32]), Address([4; 32]), Address([7; 32])]);
        state.validator_report_records.insert(Address([1; 32]), reporters.clone());
        state.validators.at_risk_validators.insert(Address([1; 32]), 3);
        let table = ValidatorsTable::of(&state);
        let seat = |n: u8| table.validators.iter().find(|seat| seat.address.0[0] == n).unwrap();
        assert_eq!(seat(1).reporters, reporters);
        assert_eq!(
            seat(1).reported_power,
            6_000,
            "an address that validates no more has no weight"
        );
        assert_eq!(seat(1).at_risk_epochs, Some(3));
        assert_eq!(seat(2).reports, BTreeSet::from([Address([1; 32])]));
        assert_eq!(seat(3).at_risk_epochs, None);
    }

    #[test]
    fn the_newest_rates_are_told_oldest_first() {
        let mut state = state();
        let pool = &mut state.validators.validators[0].staking_pool;
        pool.exchange_rates = (0..300)
            .map(|epoch| {
                (epoch, PoolTokenExchangeRate { soma_amount: epoch + 10, pool_token_amount: 10 })
            })
            .collect();
        let table = ValidatorsTable::of(&state);
        let rates = &table.validators.iter().find(|seat| seat.address.0[0] == 1).unwrap().rates;
        assert_eq!(rates.len(), RATES);
        assert_eq!(rates[0].epoch, 300 - RATES as u64);
        assert_eq!(rates[RATES - 1].epoch, 299);
        assert_eq!(rates[RATES - 1].worth_nano(), 30_900_000_000);
    }

    #[test]
    fn only_what_differs_from_the_file_is_changed() {
        let state = state();
        let keys = &ValidatorsTable::of(&state).validators[0].keys;
        let info = ValidatorInfo {
            account_address: Address([4; 32]),
            protocol_key: keys.protocol_key,
            worker_key: FixedBytes([7; 32]),
            network_key: keys.network_key,
            proof_of_possession: FixedBytes([8; 48]),
            commission_bps: 0,
            network_address: "/dns/node.example/tcp/8080/http".parse().unwrap(),
            p2p_address: keys.p2p_address.parse().unwrap(),
            primary_address: keys.primary_address.parse().unwrap(),
            proxy_address: "/dns/node.example/tcp/1/http".parse().unwrap(),
        };
        let wanted = UpdateValidator {
            network_address: Some(info.network_address.clone()),
            worker_key: Some(info.worker_key),
            ..UpdateValidator::default()
        };
        assert_eq!(keys.update_to(&info), wanted);
        let other = ValidatorInfo { protocol_key: FixedBytes([9; 96]), ..info };
        let key = (FixedBytes([9; 96]), other.proof_of_possession);
        assert_eq!(keys.update_to(&other).protocol_key, Some(key));
    }

    #[test]
    fn an_empty_pool_is_worth_its_equal() {
        let rate = PoolRate { epoch: 0, soma: Shannons(0), shares: 7 };
        assert_eq!(rate.worth_nano(), 1_000_000_000);
    }
}
