//! What to know before signing.

use crate::amount::Shannons;
use crate::object::Object;
use crate::ports::{ChainError, Executed};
use crate::preview::{Explanation, Finding, Level, Simulation};
use crate::stakes::{self, StakeHolder, StakeWarning};
use crate::system_state::{Model, ModelStateV1, SystemStateV1};
use crate::tx::TransactionKind;

pub(super) fn finding(level: Level, text: impl Into<String>) -> Finding {
    Finding { level, text: text.into() }
}

pub(super) fn of_simulation(
    simulation: &Simulation,
    answer: &Result<Executed, ChainError>,
) -> Option<Finding> {
    match simulation {
        Simulation::Agrees => None,
        Simulation::Differs { .. } => Some(finding(
            Level::Danger,
            "The node says that this would do something else than the wallet computes. One of the \
             two is wrong; do not sign unless you know why.",
        )),
        Simulation::WouldFail(Explanation { what, .. }) => Some(finding(
            Level::Forbidden,
            format!(
                "The node says that this would fail: {what} It would cost the fee for nothing."
            ),
        )),
        Simulation::Unavailable { reason } => {
            // A node that refuses to try it out has seen something wrong with it.
            let refused = matches!(answer, Err(ChainError::Refused { .. }));
            let level = if refused { Level::Danger } else { Level::Caution };
            Some(finding(
                level,
                format!(
                    "The node could not try this out ({reason}); the wallet's own preview \
                         stands alone."
                ),
            ))
        }
    }
}

/// What there is to say of a payment.
pub(super) struct Sending {
    /// Whether sender and recipient are the same.
    pub(super) to_self: bool,
    /// Whether everything that can be sent is.
    pub(super) everything: bool,
    /// Shannons of the account.
    pub(super) balance: u64,
    /// Shannons that leave it, the fee among them.
    pub(super) spent: u64,
}

pub(super) fn of_send(sending: &Sending) -> Vec<Finding> {
    let Sending { to_self, everything, balance, spent } = *sending;
    let mut findings = Vec::new();
    if to_self {
        findings.push(finding(
            Level::Caution,
            "This is your own address: the coins come back to you, joined into one, and only the \
             fee is spent.",
        ));
    }
    let left = Shannons(balance.saturating_sub(spent));
    if !to_self && left == Shannons::ZERO {
        findings.push(finding(
            Level::Caution,
            "This is everything in this account: nothing stays, not even for a fee.",
        ));
    } else if everything && left > Shannons::ZERO {
        findings.push(finding(
            Level::Information,
            format!(
                "{left} SOMA stay in coins that are in use or do not fit into one transaction."
            ),
        ));
    }
    if !to_self && left > Shannons::ZERO && left.0 < balance / 10 {
        findings.push(finding(
            Level::Information,
            format!("This is nearly everything in this account; {left} SOMA stay."),
        ));
    }
    findings
}

fn of_warnings(warnings: &[StakeWarning]) -> Vec<Finding> {
    warnings.iter().map(|warning| finding(warning.level(), warning.sentence())).collect()
}

/// What there is to say of a stake that leaves so many shannons in coins: taking it back costs a fee,
/// which the stake itself does not pay.
pub(super) fn of_left_for_withdrawal(left: Shannons, fee: Shannons) -> Option<Finding> {
    (left < fee).then(|| {
        let text = format!(
            "{left} SOMA stay in coins. Taking this stake back costs about {fee} SOMA, which other coins \
             of the account must pay."
        );
        finding(Level::Caution, text)
    })
}

/// What there is to say of objects that are given away.
pub(super) struct Giving<'a> {
    /// Whether sender and recipient are the same.
    pub(super) to_self: bool,
    /// The objects.
    pub(super) objects: &'a [&'a Object],
    /// Shannons of the account.
    pub(super) balance: u64,
}

pub(super) fn of_giving(giving: &Giving<'_>) -> Vec<Finding> {
    let Giving { to_self, objects, balance } = *giving;
    if to_self {
        return vec![finding(
            Level::Caution,
            "This is your own address: everything stays where it is, and only the fee is spent.",
        )];
    }
    let sum = |amounts: &mut dyn Iterator<Item = u64>| {
        Shannons(amounts.fold(0, |sum: u64, amount| sum.saturating_add(amount)))
    };
    let coins = sum(&mut objects.iter().filter_map(|object| object.coin_balance().ok()));
    let staked = objects.iter().filter_map(|object| object.staked_soma().ok());
    let stakes = staked.clone().count();
    let principal = sum(&mut staked.map(|stake| stake.principal));
    let mut findings = Vec::new();
    if stakes > 0 {
        let given = if stakes == 1 {
            format!(
                "A stake of {principal} SOMA, and all that was earned with it, will belong to the \
                 receiver alone. This cannot be taken back."
            )
        } else {
            format!(
                "Stakes of {principal} SOMA, and all that was earned with it, will belong to the \
                 receiver alone. This cannot be taken back."
            )
        };
        findings.push(finding(Level::Danger, given));
    }
    if coins > Shannons::ZERO {
        findings.push(if coins.0 >= balance {
            finding(
                Level::Danger,
                format!(
                    "Whole coins are given: {coins} SOMA, all that this account has. This cannot be \
                     taken back."
                ),
            )
        } else {
            finding(
                Level::Caution,
                format!("Whole coins are given: {coins} SOMA. This cannot be taken back."),
            )
        });
    }
    findings
}

pub(super) fn of_kind(kind: &TransactionKind, state: &SystemStateV1) -> Vec<Finding> {
    let high_commission = |rate: u64| {
        (rate > crate::rate::HIGH_COMMISSION_BPS)
            .then(|| finding(Level::Caution, "The commission is more than half."))
    };
    let of_stake = |holder| of_warnings(&stakes::of_holder(holder, state));
    match kind {
        TransactionKind::AddStake { address, .. } => of_stake(StakeHolder::Validator(*address)),
        TransactionKind::AddStakeToModel { model_id, .. } => {
            of_stake(StakeHolder::Model(*model_id))
        }
        TransactionKind::CreateModel { commission_rate, .. } => {
            let deadline = finding(
                Level::Caution,
                format!(
                    "Weights must be committed before epoch {} ends, or half of the stake is lost.",
                    state.epoch.saturating_add(1)
                ),
            );
            high_commission(*commission_rate).into_iter().chain([deadline]).collect()
        }
        TransactionKind::SetModelCommissionRate { new_rate, .. }
        | TransactionKind::SetCommissionRate { new_rate } => {
            high_commission(*new_rate).into_iter().collect()
        }
        TransactionKind::SubmitData(args) => {
            let size = args.data_manifest.manifest.size();
            let bond = size.saturating_mul(state.parameters.submission_bond_per_byte);
            let text = format!(
                "A bond of {} SOMA is at risk: it is lost where validators of two thirds of the voting \
                 power report the data.",
                Shannons(bond)
            );
            vec![finding(Level::Caution, text)]
        }
        TransactionKind::CommitModel(args) => {
            let due = state.epoch.saturating_add(1);
            let model = state.model_registry.models.get(&args.model_id);
            let update = match model.map(Model::state) {
                Some(ModelStateV1::Active(active)) => Some(active.pending_update.is_some()),
                _ => None,
            };
            let lost = match update {
                Some(_) => "the update lapses",
                None => "half of the stake is lost and the model can never be active",
            };
            let deadline = finding(
                Level::Caution,
                format!(
                    "Executed in this epoch, the commit must be revealed in epoch {due}, and only \
                     then. If that is missed, {lost}."
                ),
            );
            let replaced = (update == Some(true)).then(|| {
                finding(Level::Caution, "This replaces an update that waits for its reveal.")
            });
            [deadline].into_iter().chain(replaced).collect()
        }
        TransactionKind::RevealModel(_) => vec![finding(
            Level::Caution,
            "Key and embedding become public for good: everybody can then use the weights.",
        )],
        TransactionKind::RemoveValidator(_) => {
            vec![finding(Level::Caution, "This validator leaves when this epoch ends.")]
        }
        TransactionKind::DeactivateModel { .. } => {
            vec![finding(Level::Danger, "This is final: the model can never be active again.")]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Giving, of_giving, of_kind, of_left_for_withdrawal};
    use crate::address::{Address, ObjectId};
    use crate::amount::Shannons;
    use crate::digest::{ObjectDigest, TransactionDigest};
    use crate::object::{Object, ObjectRef, ObjectType, Owner, StakedSoma};
    use crate::preview::Level;
    use crate::recorded;
    use crate::tx::TransactionKind;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn object(object_type: ObjectType, payload: &[u8]) -> Object {
        let owner = Owner::AddressOwner(Address([1; 32]));
        let writer = TransactionDigest([1; 32]);
        Object::new(ObjectId([3; 32]), 1, object_type, payload, owner, writer)
    }

    fn levels(to_self: bool, objects: &[&Object], balance: u64) -> Vec<Level> {
        let giving = Giving { to_self, objects, balance };
        of_giving(&giving).iter().map(|finding| finding.level).collect()
    }

    #[test]
    fn a_stake_and_all_coins_are_given_away_only_with_a_word() {
        let coin = object(ObjectType::Coin, &5_u64.to_le_bytes());
        let stake =
            StakedSoma { pool_id: ObjectId([9; 32]), stake_activation_epoch: 1, principal: 7 };
        let stake = object(ObjectType::StakedSoma, &bcs::to_bytes(&stake).unwrap());
        assert_eq!(levels(false, &[&coin], 6), [Level::Caution]);
        assert_eq!(levels(false, &[&coin], 5), [Level::Danger]);
        assert_eq!(levels(false, &[&stake, &coin], 6), [Level::Danger, Level::Caution]);
        assert_eq!(levels(true, &[&stake, &coin], 5), [Level::Caution]);
    }

    #[test]
    fn a_stake_that_leaves_no_fee_for_its_return_is_pointed_out() {
        let of = |left, fee| of_left_for_withdrawal(Shannons(left), Shannons(fee)).is_some();
        assert!(of(9, 10));
        assert!(!of(10, 10));
    }

    #[test]
    fn what_there_is_to_know_of_a_validator_is_said_before_staking() {
        let mut state = recorded::system_state();
        let validator = &mut state.validators.validators[0];
        let address = validator.metadata.soma_address;
        validator.commission_rate = 9_000;
        let id = ObjectId([1; 32]);
        let coin_ref = ObjectRef { id, version: 1, digest: ObjectDigest([1; 32]) };
        let kind = TransactionKind::AddStake { address, coin_ref, amount: Some(1) };
        let findings = of_kind(&kind, &state);
        assert!(findings.iter().any(|finding| finding.text.contains("90 %")), "{findings:?}");
    }
}
