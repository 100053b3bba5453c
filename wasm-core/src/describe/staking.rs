//! Stakes in words.

use super::{PointValue, Told};
use crate::address::{Address, ModelId};
use crate::amount::Shannons;
use crate::object::ObjectRef;

impl Told<'_> {
    pub(super) fn add_stake(&mut self, validator: Address, coin: &ObjectRef, amount: Option<u64>) {
        let name = format!("validator {}", validator.to_short());
        self.stake(&name, PointValue::Address(validator), coin, amount);
        self.consequence(
            "The stake counts from the next epoch on, and earns its share of what the validator \
             earns, less the validator's commission. It can be withdrawn at any time.",
        );
    }

    pub(super) fn add_stake_to_model(
        &mut self,
        model: ModelId,
        coin: &ObjectRef,
        amount: Option<u64>,
    ) {
        let name = format!("model {}", model.to_short());
        self.stake(&name, PointValue::Object(model), coin, amount);
        self.consequence(
            "The stake counts from the next epoch on and makes the model more likely to be drawn \
             for targets; it earns nothing by itself. It can be withdrawn, and can be lost in part \
             where the model misses a deadline or is reported.",
        );
    }

    fn stake(&mut self, name: &str, party: PointValue, coin: &ObjectRef, amount: Option<u64>) {
        match amount {
            Some(amount) => {
                self.headline(format!("Stake {} SOMA with {name}", Shannons(amount)));
                self.amount("Stake", amount);
            }
            None => {
                self.headline(format!("Stake a whole coin with {name}"));
                let whole = if self.pays_fee(coin) {
                    "The whole coin, less the fee"
                } else {
                    "The whole coin"
                };
                self.text("Stake", whole);
            }
        }
        self.point("With", party);
        self.object("Coin", coin.id);
    }

    pub(super) fn withdraw_stake(&mut self, stake: &ObjectRef) {
        self.headline("Withdraw a stake with its rewards");
        self.object("Stake", stake.id);
        self.consequence(
            "The stake ends and earns nothing more; stake and rewards come back as a new coin.",
        );
    }
}
