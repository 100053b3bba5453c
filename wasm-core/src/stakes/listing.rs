//! Which places are listed, and in which order.

use super::holders::{StakeHolder, StakePlace};
use std::cmp::Reverse;

/// Which places are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlaceFilter {
    /// Those that take stake.
    #[default]
    Open,
    /// Validators that take stake.
    Validators,
    /// Models that take stake.
    Models,
    /// All, those out of service too.
    All,
}

/// In which order places are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlaceOrder {
    /// By what is in the pool, most first.
    #[default]
    Stake,
    /// By commission of the next epoch, least first.
    Commission,
    /// By how the worth of a share grew, most first.
    Growth,
    /// By warnings, none first.
    Warnings,
}

impl PlaceFilter {
    fn passes(self, place: &StakePlace) -> bool {
        let open = place.refuses.is_none();
        match self {
            Self::Open => open,
            Self::Validators => open && matches!(place.holder, StakeHolder::Validator(_)),
            Self::Models => open && matches!(place.holder, StakeHolder::Model(_)),
            Self::All => true,
        }
    }
}

impl PlaceOrder {
    /// Sorts places; equal ones stay as they are.
    fn sort(self, places: &mut [StakePlace]) {
        match self {
            Self::Stake => places.sort_by_key(|place| Reverse(place.stake)),
            Self::Commission => places.sort_by_key(|place| place.next_commission_bps),
            Self::Growth => places.sort_by_key(|place| Reverse(place.growth())),
            Self::Warnings => places.sort_by_key(|place| {
                let gravest = place.warnings.iter().map(|warning| warning.level()).max();
                (gravest, place.warnings.len())
            }),
        }
    }
}

/// The places that a text, a filter and an order leave. A text is a part of an id: of whom, of whose, or of
/// the pool.
#[must_use]
pub fn listed(
    places: &[StakePlace],
    text: &str,
    filter: PlaceFilter,
    order: PlaceOrder,
) -> Vec<StakePlace> {
    let text = text.trim().to_lowercase();
    let has_text = |place: &StakePlace| {
        let holder = match place.holder {
            StakeHolder::Validator(address) => address.to_string(),
            StakeHolder::Model(id) => id.to_string(),
        };
        [holder, place.owner.to_string(), place.pool.to_string()]
            .iter()
            .any(|id| id.contains(&text))
    };
    let mut listed: Vec<_> = places
        .iter()
        .filter(|place| filter.passes(place) && (text.is_empty() || has_text(place)))
        .cloned()
        .collect();
    order.sort(&mut listed);
    listed
}

#[cfg(test)]
mod tests {
    use super::{PlaceFilter, PlaceOrder, listed};
    use crate::address::{Address, ObjectId};
    use crate::amount::Shannons;
    use crate::network::PoolRate;
    use crate::stakes::{PlaceStanding, StakeHolder, StakePlace, StakeWarning};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn place(n: u8, holder: StakeHolder) -> StakePlace {
        StakePlace {
            holder,
            owner: Address([n; 32]),
            pool: ObjectId([n + 0x40; 32]),
            standing: PlaceStanding::Active,
            stake: Shannons(u64::from(n)),
            joining: Shannons::ZERO,
            leaving: Shannons::ZERO,
            commission_bps: 0,
            next_commission_bps: u64::from(n) * 100,
            rates: Vec::new(),
            warnings: Vec::new(),
            refuses: None,
        }
    }

    fn rate(epoch: u64, soma: u64) -> PoolRate {
        PoolRate { epoch, soma: Shannons(soma), shares: 100 }
    }

    /// A validator, a model, and a model out of service.
    fn places() -> Vec<StakePlace> {
        let mut validator = place(1, StakeHolder::Validator(Address([1; 32])));
        validator.rates = vec![rate(1, 100), rate(9, 130)];
        let mut model = place(2, StakeHolder::Model(ObjectId([0x12; 32])));
        model.rates = vec![rate(1, 100), rate(9, 100)];
        model.warnings = vec![StakeWarning::EarnsNothing];
        let mut ended = place(3, StakeHolder::Model(ObjectId([0x13; 32])));
        ended.refuses = Some("it is out of service".to_owned());
        ended.warnings = vec![StakeWarning::Ended];
        vec![validator, model, ended]
    }

    fn owners(text: &str, filter: PlaceFilter, order: PlaceOrder) -> Vec<u8> {
        listed(&places(), text, filter, order).iter().map(|place| place.owner.0[0]).collect()
    }

    #[test]
    fn only_what_takes_stake_is_listed_unless_all_is_asked_for() {
        use PlaceFilter as F;
        let by = |filter| owners("", filter, PlaceOrder::Commission);
        assert_eq!(by(F::Open), [1, 2]);
        assert_eq!(by(F::Validators), [1]);
        assert_eq!(by(F::Models), [2]);
        assert_eq!(by(F::All), [1, 2, 3]);
    }

    #[test]
    fn each_order_puts_its_own_first() {
        use PlaceOrder as O;
        let by = |order| owners("", PlaceFilter::All, order);
        assert_eq!(by(O::Stake), [3, 2, 1]);
        assert_eq!(by(O::Commission), [1, 2, 3]);
        assert_eq!(by(O::Growth), [1, 2, 3], "what has not grown yet comes last");
        assert_eq!(by(O::Warnings), [1, 2, 3]);
    }

    #[test]
    fn a_part_of_any_id_finds_its_place() {
        let find = |text: &str| owners(text, PlaceFilter::All, PlaceOrder::Commission);
        assert_eq!(find(" 0X1212 "), [2]);
        assert_eq!(find("4343"), [3], "its pool");
        assert_eq!(find("0101"), [1], "its owner");
        assert!(find("zz").is_empty());
    }
}
