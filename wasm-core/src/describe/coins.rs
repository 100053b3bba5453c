//! Payments and gifts in words.

use super::{PointValue, Told};
use crate::address::Address;
use crate::amount::Shannons;
use crate::object::ObjectRef;

impl Told<'_> {
    pub(super) fn transfer_coin(
        &mut self,
        coin: &ObjectRef,
        amount: Option<u64>,
        recipient: Address,
    ) {
        let to = recipient.to_short();
        match amount {
            Some(amount) => {
                self.headline(format!("Send {} SOMA to {to}", Shannons(amount)));
                self.amount("Amount", amount);
            }
            None if self.pays_fee(coin) => {
                self.headline(format!("Send everything to {to}"));
                let coins = match self.gas.len() {
                    1 => "The whole coin".to_owned(),
                    coins => format!("All of {coins} coins"),
                };
                self.text("Amount", format!("{coins}, less the fee"));
            }
            None => {
                self.headline(format!("Send a whole coin to {to}"));
                self.text("Amount", "The whole coin; another coin pays the fee");
            }
        }
        self.address("Recipient", recipient);
        self.object("Coin", coin.id);
        self.consequence("A payment cannot be called back.");
    }

    pub(super) fn pay_coins(
        &mut self,
        coins: &[ObjectRef],
        amounts: Option<&[u64]>,
        recipients: &[Address],
    ) {
        let people = match recipients {
            [one] => one.to_short(),
            several => format!("{} people", several.len()),
        };
        match amounts {
            Some(amounts) => {
                let sum: u128 = amounts.iter().map(|amount| u128::from(*amount)).sum();
                let sum =
                    u64::try_from(sum).map_or("too many".into(), |sum| Shannons(sum).to_string());
                self.headline(format!("Pay {sum} SOMA to {people}"));
                self.payments(amounts, recipients);
            }
            None => {
                self.headline(format!("Send everything in {} coins to {people}", coins.len()));
                self.text(
                    "Amount",
                    "Everything in the coins, less the fee where one of them pays it",
                );
                for recipient in recipients {
                    self.address("Recipient", *recipient);
                }
            }
        }
        for coin in coins {
            self.object("Coin", coin.id);
        }
        self.consequence(
            "A payment cannot be called back. What the coins hold beyond it becomes one coin.",
        );
    }

    /// Who gets what, pair by pair; and what is left over where the two lists are not of one length.
    fn payments(&mut self, amounts: &[u64], recipients: &[Address]) {
        for (number, (amount, recipient)) in amounts.iter().zip(recipients).enumerate() {
            let payment = PointValue::Payment { amount: Shannons(*amount), recipient: *recipient };
            self.point(&format!("Payment {}", number + 1), payment);
        }
        for amount in amounts.iter().skip(recipients.len()) {
            self.amount("Amount without a recipient", *amount);
        }
        for recipient in recipients.iter().skip(amounts.len()) {
            self.address("Recipient without an amount", *recipient);
        }
    }

    pub(super) fn transfer_objects(&mut self, objects: &[ObjectRef], recipient: Address) {
        let to = recipient.to_short();
        self.headline(match objects.len() {
            1 => format!("Give an object to {to}"),
            several => format!("Give {several} objects to {to}"),
        });
        self.address("Recipient", recipient);
        for object in objects {
            let whole = if self.pays_fee(object) { "Object, less the fee" } else { "Object" };
            self.object(whole, object.id);
        }
        self.consequence(
            "Each object goes over with all that is in it: coins with their whole balance, stakes \
             with their rewards. It cannot be called back.",
        );
    }
}
