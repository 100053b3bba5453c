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
    /// Addresses that were paid before, as far as this wallet remembers.
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
            if self.paid.contains(&recipient) || self.book.contains_key(&recipient) {
                continue;
            }
            strangers += 1;
            findings.extend(self.like(sender, recipient));
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

    /// A warning of an address that looks like another one that is known.
    fn like(&self, sender: Address, recipient: Address) -> Option<Finding> {
        let own = self.own.keys().chain([&sender]).map(|address| (*address, KnownAs::Own));
        let book = self.book.keys().map(|address| (*address, KnownAs::Contact));
        let paid = self.paid.iter().map(|address| (*address, KnownAs::Past));
        let like = lookalike::find(&recipient, own.chain(book).chain(paid))?;
        let known = like.known;
        let of_whom = match self.own.get(&known).or_else(|| self.book.get(&known)) {
            Some(name) => format!("the address of {name}"),
            None if known == sender => "your own address".to_owned(),
            None => "an address that you paid before".to_owned(),
        };
        let text = format!(
            "{recipient} looks like {of_whom}, {known}, and is another one. Such addresses are made to \
             be mistaken for each other: compare the digits in the middle."
        );
        Some(finding(Level::Danger, text))
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
