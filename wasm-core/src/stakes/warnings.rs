//! What to know of a validator or a model before staking with it.

use super::holders::{PlaceStanding, StakeHolder};
use crate::address::{Address, ModelId};
use crate::amount::Shannons;
use crate::preview::{Level, QUORUM};
use crate::rate::HIGH_COMMISSION_BPS;
use crate::system_state::{Model, ModelStateV1, StakingPool, SystemStateV1, Validator};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Epochs that a validator of little stake is kept for; the chain's own constant.
const AT_RISK_EPOCHS: u64 = 7;

/// Something to know before staking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StakeWarning {
    /// It is out of service.
    Ended,
    /// A model's commit was missed: a part of its stake is slashed with each epoch that ends so.
    CommitMissed {
        /// What is lost of the pool each time, basis points.
        slash_bps: u64,
    },
    /// A model must commit, or a part of its stake is slashed.
    CommitDue {
        /// The last epoch for it.
        by: u64,
        /// What is lost of the pool, basis points.
        slash_bps: u64,
    },
    /// A model must be revealed, or a part of its stake is slashed and it never becomes active.
    RevealDue {
        /// The only epoch for it.
        in_epoch: u64,
        /// What is lost of the pool, basis points.
        slash_bps: u64,
    },
    /// Enough validators report it to have it punished when this epoch ends.
    Condemned {
        /// Whether a model.
        model: bool,
        /// What is lost of the pool (a model) or of its reward (a validator), basis points.
        loss_bps: u64,
    },
    /// Some validators report it.
    Reported {
        /// Their voting power, of 10,000.
        power: u64,
        /// The voting power that has it punished.
        quorum: u64,
    },
    /// A validator whose stake is too small.
    AtRisk {
        /// For so many epochs.
        epochs: u64,
    },
    /// A validator that leaves when this epoch ends.
    Leaving,
    /// A validator to be.
    Joining,
    /// A part of the pool was slashed.
    Slashed {
        /// What is in it.
        holds: Shannons,
        /// What its shares stood for.
        shares: Shannons,
    },
    /// More than half of the rewards go to the owner.
    HighCommission {
        /// Basis points.
        bps: u64,
        /// Only from the next epoch on.
        next: bool,
    },
    /// The commission rises with the next epoch.
    CommissionRises {
        /// Basis points.
        from: u64,
        /// Basis points.
        to: u64,
    },
    /// A model's pool, which the chain pays no rewards.
    EarnsNothing,
}

impl StakeWarning {
    /// How grave it is.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::CommitMissed { .. } | Self::Condemned { .. } => Level::Danger,
            Self::Joining | Self::EarnsNothing | Self::CommissionRises { .. } => Level::Information,
            _ => Level::Caution,
        }
    }

    /// What it is, in a word or two, for a row of a table.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Ended => "out of service",
            Self::CommitMissed { .. } => "commit missed",
            Self::CommitDue { .. } => "commit due",
            Self::RevealDue { .. } => "reveal due",
            Self::Condemned { .. } => "to be punished",
            Self::Reported { .. } => "reported",
            Self::AtRisk { .. } => "at risk",
            Self::Leaving => "leaving",
            Self::Joining => "not yet a validator",
            Self::Slashed { .. } => "slashed",
            Self::HighCommission { .. } => "over 50 %",
            Self::CommissionRises { .. } => "commission rises",
            Self::EarnsNothing => "earns nothing",
        }
    }

    /// What it is, as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let percent = |bps: &u64| percent(*bps);
        match self {
            Self::Ended => "It is out of service for good: stake earns nothing there any more.".into(),
            Self::CommitMissed { slash_bps } => format!(
                "Its weights were not committed in time: {} of its pool is slashed with every epoch \
                 that ends like this.",
                percent(slash_bps)
            ),
            Self::CommitDue { by, slash_bps } => format!(
                "It is not active: its weights must be committed before epoch {by} ends, or {} of its \
                 pool is slashed.",
                percent(slash_bps)
            ),
            Self::RevealDue { in_epoch, slash_bps } => format!(
                "It is not active: its weights must be revealed in epoch {in_epoch}, or {} of its pool \
                 is slashed and it never becomes active.",
                percent(slash_bps)
            ),
            Self::Condemned { model: true, loss_bps } => format!(
                "Enough validators report it: when this epoch ends, {} of its pool is slashed and it \
                 goes out of service.",
                percent(loss_bps)
            ),
            Self::Condemned { model: false, loss_bps } => format!(
                "Enough validators report it: when this epoch ends, it loses {} of its reward.",
                percent(loss_bps)
            ),
            Self::Reported { power, quorum } => format!(
                "Validators with {} of the voting power report it; with {} of it, it is punished.",
                percent(power),
                percent(quorum)
            ),
            Self::AtRisk { epochs } => format!(
                "It has too little stake for {epochs} epochs now; after more than {AT_RISK_EPOCHS} it \
                 is removed."
            ),
            Self::Leaving => {
                "It leaves when this epoch ends: stake put in now never earns anything.".into()
            }
            Self::Joining => {
                "It is no validator yet. It becomes one when an epoch ends with enough stake in its \
                 pool; until then stake earns nothing."
                    .into()
            }
            Self::Slashed { holds, shares } => {
                format!("Its pool was slashed: it holds {holds} SOMA for {shares} SOMA of shares.")
            }
            Self::HighCommission { bps, next: false } => {
                format!("Its owner takes {} of the rewards.", percent(bps))
            }
            Self::HighCommission { bps, next: true } => {
                format!("From the next epoch on its owner takes {} of the rewards.", percent(bps))
            }
            Self::CommissionRises { from, to } => format!(
                "Its commission rises from {} to {} with the next epoch.",
                percent(from),
                percent(to)
            ),
            Self::EarnsNothing => {
                "Pools of models are paid no rewards: stake brings the model nearer to targets, and \
                 what it wins is paid to its owner."
                    .into()
            }
        }
    }
}

/// Basis points in percent.
fn percent(bps: u64) -> String {
    let text = format!("{}.{:02}", bps / 100, bps % 100);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// What there is to know of a place by its name; nothing where there is none.
pub(crate) fn of_holder(holder: StakeHolder, state: &SystemStateV1) -> Vec<StakeWarning> {
    let set = &state.validators;
    match holder {
        StakeHolder::Validator(address) => {
            let is_it = |validator: &Validator| validator.metadata.soma_address == address;
            let place = set.validators.iter().position(is_it);
            if let Some(at) = place {
                let leaves =
                    set.pending_removals.iter().any(|index| usize::try_from(*index) == Ok(at));
                let standing = if leaves { PlaceStanding::Leaving } else { PlaceStanding::Active };
                return of_validator(&set.validators[at], standing, state);
            }
            let joining = set.pending_validators.iter().find(|validator| is_it(validator));
            joining.map_or_else(Vec::new, |one| of_validator(one, PlaceStanding::Joining, state))
        }
        StakeHolder::Model(id) => {
            let model = state.model_registry.models.get(&id);
            model.map_or_else(Vec::new, |model| of_model(id, model, state))
        }
    }
}

pub(super) fn of_validator(
    validator: &Validator,
    standing: PlaceStanding,
    state: &SystemStateV1,
) -> Vec<StakeWarning> {
    let address = validator.metadata.soma_address;
    let mut warnings = Vec::new();
    match standing {
        PlaceStanding::Ended => return vec![StakeWarning::Ended],
        PlaceStanding::Leaving => warnings.push(StakeWarning::Leaving),
        PlaceStanding::Joining => warnings.push(StakeWarning::Joining),
        _ => {}
    }
    // One that left and joins again has the address of its reports, which were about the one before.
    if standing != PlaceStanding::Joining {
        let reporters = state.validator_report_records.get(&address);
        warnings.extend(reported(reporters.into_iter().flatten(), state, None));
        let epochs = state.validators.at_risk_validators.get(&address);
        warnings.extend(epochs.map(|epochs| StakeWarning::AtRisk { epochs: *epochs }));
    }
    warnings.extend(commission(validator.commission_rate, validator.next_epoch_commission_rate));
    by_gravity(warnings)
}

pub(super) fn of_model(id: ModelId, model: &Model, state: &SystemStateV1) -> Vec<StakeWarning> {
    let parameters = &state.parameters;
    let slash_bps = parameters.model_reveal_slash_rate_bps;
    let mut warnings = Vec::new();
    match model.state() {
        ModelStateV1::Inactive(_) => warnings.push(StakeWarning::Ended),
        ModelStateV1::Created(created) => {
            let by = created.create_epoch.saturating_add(1);
            warnings.push(if state.epoch > by {
                StakeWarning::CommitMissed { slash_bps }
            } else {
                StakeWarning::CommitDue { by, slash_bps }
            });
        }
        ModelStateV1::Pending(pending) => {
            let in_epoch = pending.commit_epoch.saturating_add(1);
            warnings.push(StakeWarning::RevealDue { in_epoch, slash_bps });
        }
        ModelStateV1::Active(_) => {
            let reporters = state.model_registry.model_report_records.get(&id);
            let loss = Some(parameters.model_tally_slash_rate_bps);
            warnings.extend(reported(reporters.into_iter().flatten(), state, loss));
        }
    }
    warnings.extend(slashed(model.staking_pool()));
    if !matches!(model.state(), ModelStateV1::Inactive(_)) {
        warnings.push(StakeWarning::EarnsNothing);
    }
    by_gravity(warnings)
}

/// What reports come to; a model loses the given part of its pool, a validator half of its reward.
fn reported<'a>(
    reporters: impl Iterator<Item = &'a Address>,
    state: &SystemStateV1,
    slash_bps: Option<u64>,
) -> Option<StakeWarning> {
    const HALF_OF_REWARD_BPS: u64 = 5_000;
    let mut some = false;
    let power = reporters.fold(0_u64, |power, reporter| {
        some = true;
        let mut validators = state.validators.validators.iter();
        let it = validators.find(|validator| validator.metadata.soma_address == *reporter);
        power.saturating_add(it.map_or(0, |validator| validator.voting_power))
    });
    some.then(|| {
        if power >= QUORUM {
            let loss_bps = slash_bps.unwrap_or(HALF_OF_REWARD_BPS);
            StakeWarning::Condemned { model: slash_bps.is_some(), loss_bps }
        } else {
            StakeWarning::Reported { power, quorum: QUORUM }
        }
    })
}

fn commission(now: u64, next: u64) -> Option<StakeWarning> {
    if now > HIGH_COMMISSION_BPS {
        Some(StakeWarning::HighCommission { bps: now, next: false })
    } else if next > HIGH_COMMISSION_BPS {
        Some(StakeWarning::HighCommission { bps: next, next: true })
    } else {
        (next > now).then_some(StakeWarning::CommissionRises { from: now, to: next })
    }
}

/// Pools only grow but for a slash.
fn slashed(pool: &StakingPool) -> Option<StakeWarning> {
    let (holds, shares) = (Shannons(pool.soma_balance), Shannons(pool.pool_token_balance));
    (holds < shares).then_some(StakeWarning::Slashed { holds, shares })
}

fn by_gravity(mut warnings: Vec<StakeWarning>) -> Vec<StakeWarning> {
    warnings.sort_by_key(|warning| Reverse(warning.level()));
    warnings
}
