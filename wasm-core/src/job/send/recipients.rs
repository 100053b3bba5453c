//! What there is to know of a recipient: whether it can be anybody, and whether it is somebody known.

use super::facts::Facts;
use super::findings::finding;
use crate::address::{Address, ObjectId};
use crate::intent::Nobody;
use crate::lookalike::{self, KnownAs};
use crate::ports::Coin;
use crate::preview::{Finding, Level};
use std::collections::{BTreeMap, BTreeSet};

/// Whom a sender knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Acquaintances {
    /// Accounts of the same wallet, with their labels.
    pub own: BTreeMap<Address, String>,
    /// Entries of the address book, with their names.
    pub book: BTreeMap<Address, String>,
    /// Addresses that were paid before with transactions that this wallet signed, as far as it remembers.
    pub paid: BTreeSet<Address>,
}

impl Acquaintances {
    /// What there is to say of recipients: never paid before, or like somebody known, and not them.
    pub(super) fn findings(&self, sender: Address, recipients: &[Address]) -> Vec<Finding> {
        let recipients: BTreeSet<Address> = recipients.iter().copied().collect();
        let mut findings = Vec::new();
        let mut strangers = 0_usize;
        for &recipient in &recipients {
            if recipient == sender || self.own.contains_key(&recipient) {
                continue;
            }
            let (paid, in_book) =
                (self.paid.contains(&recipient), self.book.contains_key(&recipient));
            // Only who was both written down and paid is beyond doubt: a forged address can be in either.
            if !(paid && in_book) {
                let like = self.like(Some(sender), recipient);
                findings.extend(like.map(|text| finding(Level::Danger, text)));
            }
            if !paid && !in_book {
                strangers += 1;
            }
        }
        let first_time = match (strangers, recipients.len()) {
            (0, _) => return findings,
            (1, 1) => {
                "This wallet remembers no earlier payment to this address. Compare all of its \
                       digits with where you have it from."
                    .to_owned()
            }
            (strangers, all) => format!(
                "This wallet remembers no earlier payment to {strangers} of the {all} recipients. \
                 Compare all digits of each with where you have it from."
            ),
        };
        findings.push(finding(Level::Caution, first_time));
        findings
    }

    /// A sentence on an address that looks like another one that is known, where it does.
    #[must_use]
    pub fn look_alike(&self, address: Address) -> Option<String> {
        self.like(None, address)
    }

    fn like(&self, sender: Option<Address>, recipient: Address) -> Option<String> {
        let own = self.own.keys().chain(&sender).map(|address| (*address, KnownAs::Own));
        let book = self.book.keys().map(|address| (*address, KnownAs::Contact));
        // Who was paid is not held against others who were: either may be the forged one.
        let past = self.paid.iter().filter(|_| !self.paid.contains(&recipient));
        let paid = past.map(|address| (*address, KnownAs::Past));
        let others = own.chain(book).chain(paid).filter(|(known, _)| *known != recipient);
        let like = lookalike::find(&recipient, others)?;
        let known = like.known;
        let of_whom = match self.own.get(&known).or_else(|| self.book.get(&known)) {
            Some(name) => format!("the address of {name}"),
            None if sender == Some(known) => "your own address".to_owned(),
            None => "an address that you paid before".to_owned(),
        };
        Some(format!(
            "{recipient} looks like {of_whom}, {known}, and is another one. Such addresses are made to \
             be mistaken for each other: compare the digits in the middle."
        ))
    }
}

/// Recipients that can be nobody.
pub(super) fn nobodies(
    facts: &Facts,
    own_coins: &[Coin],
    recipients: impl IntoIterator<Item = Address>,
) -> Vec<Finding> {
    let recipients: BTreeSet<Address> = recipients.into_iter().collect();
    let of_one = |recipient: &Address| {
        let id = ObjectId(recipient.0);
        let own_coin = || {
            let is_recipient = |coin: &Coin| coin.reference.id == id;
            own_coins.iter().any(is_recipient).then_some(Nobody::Object("one of your coins"))
        };
        let object = || {
            let objects = facts.recipients_as_objects.as_ref()?;
            objects.contains(&id).then_some(Nobody::Object("an object on this network"))
        };
        let nobody = Nobody::of(*recipient)
            .or_else(|| Nobody::in_state(*recipient, &facts.state))
            .or_else(own_coin)
            .or_else(object)?;
        let text = nobody.to_string();
        let mut letters = text.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let sentence: String = first.into_iter().chain(letters).chain(['.']).collect();
        Some(finding(Level::Forbidden, sentence))
    };
    let mut findings: Vec<Finding> = recipients.iter().filter_map(of_one).collect();
    if facts.recipients_as_objects.is_none() {
        findings.push(finding(
            Level::Caution,
            "The node did not tell whether a recipient is an object instead of an address; what is sent \
             to an object is lost.",
        ));
    }
    findings
}
