//! What an account did and received as a page sees it: entries, how they are searched, and how far back
//! they reach.

use serde::{Deserialize, Serialize};
use wasm_core::address::Address;
use wasm_core::amount::Shannons;
use wasm_core::digest::TransactionDigest;
use wasm_core::preview::{Explanation, signed_soma};

/// The longest note, characters.
pub const LONGEST_NOTE: usize = 500;

/// A question about the activity of the account in use. Each is answered by the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActivityRequest {
    /// Everything, newest first.
    View,
    /// Keep a private note with a transaction; an empty one is forgotten.
    Note {
        /// Which.
        digest: TransactionDigest,
        /// What its owner wrote.
        text: String,
    },
    /// Search the network for what the account did and received before.
    SearchPast,
}

/// What an account did and received, and how far back that reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityView {
    /// Newest first.
    pub entries: Vec<ActivityEntry>,
    /// The first checkpoint from which on nothing was missed; none before the network answered.
    pub followed_from: Option<u64>,
    /// What is known of the time before.
    pub past: Past,
    /// Whether so many are kept that older ones may have been left out.
    pub full: bool,
}

/// How far the time before is known that a wallet followed its network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Past {
    /// Nobody was asked yet.
    #[default]
    NotSearched,
    /// It is being searched for.
    Searching {
        /// Transactions looked at by now.
        looked_at: u64,
    },
    /// An indexer that has the chain from its beginning told all of it.
    Told,
    /// What led to the coins and stakes that the account holds was found, back to the beginning.
    Traced,
    /// What led to the coins and stakes that the account holds was found, as far as the node remembers.
    Forgotten,
    /// There is more than this wallet looks through.
    TooMuch,
    /// The network gave no answer; what was found by then is shown.
    Interrupted,
}

/// Something an account did or received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityEntry {
    /// Which transaction.
    pub digest: TransactionDigest,
    /// What it was, as a sentence.
    pub headline: String,
    /// When it was sent or seen; milliseconds since 1970.
    pub at_ms: u64,
    /// How far it has come.
    pub state: ActivityState,
    /// Shannons gained or lost, fee included, once known.
    pub change: Option<i128>,
    /// Shannons of fee, once known.
    pub fee: Option<Shannons>,
    /// Whom it was with, where it was with one other.
    pub counterparty: Option<Address>,
    /// The chain's name of its kind, where it is known.
    #[serde(default)]
    pub kind: Option<String>,
    /// Whether the account sent it.
    #[serde(default)]
    pub sent: bool,
    /// Everybody else in it, with the shannons that they gained or lost.
    #[serde(default)]
    pub parties: Vec<(Address, i128)>,
    /// The checkpoint that holds it, once it is known.
    #[serde(default)]
    pub checkpoint: Option<u64>,
    /// Whether only an indexer told of it, and nobody proved it.
    #[serde(default)]
    pub hearsay: bool,
    /// Whether this wallet signed and sent it, on whatever node's word.
    #[serde(default)]
    pub signed_here: bool,
    /// What its owner wrote to it; kept in this browser only.
    #[serde(default)]
    pub note: String,
}

/// How far a transaction has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActivityState {
    /// Sent; what became of it is not known yet.
    Pending,
    /// Executed, as meant.
    Succeeded,
    /// Executed; whether as meant is not known.
    Unclear,
    /// Executed, and failed.
    Failed(Explanation),
    /// Never executed: its coins have moved on without it.
    Dropped,
}

/// What somebody looks for among entries. What is empty finds everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivitySearch {
    /// Words that all occur somewhere in an entry, in any case.
    pub text: String,
    /// The chain's name of a kind.
    pub kind: Option<String>,
    /// Somebody who has a part in it.
    pub with: Option<Address>,
    /// Not before this moment; milliseconds since 1970.
    pub from_ms: Option<u64>,
    /// Before this moment; milliseconds since 1970.
    pub before_ms: Option<u64>,
}

impl ActivityEntry {
    /// Everybody else who has a part in it.
    pub fn others(&self) -> impl Iterator<Item = Address> {
        let single = self.counterparty.filter(|one| self.parties.iter().all(|(it, _)| it != one));
        self.parties.iter().map(|(address, _)| *address).chain(single)
    }

    fn searched(&self) -> String {
        let mut text = format!("{} {} {}", self.headline, self.note, self.digest);
        for address in self.others() {
            text = format!("{text} {address}");
        }
        if let Some(kind) = &self.kind {
            text = format!("{text} {kind}");
        }
        for amount in self.change.iter().chain(self.parties.iter().map(|(_, change)| change)) {
            text = format!("{text} {}", signed_soma(*amount));
        }
        text.to_lowercase()
    }
}

impl ActivitySearch {
    /// Whether an entry is what is looked for.
    #[must_use]
    pub fn finds(&self, entry: &ActivityEntry) -> bool {
        let kind = self.kind.is_none() || self.kind == entry.kind;
        let with = self.with.is_none_or(|with| entry.others().any(|other| other == with));
        let from = self.from_ms.is_none_or(|from| entry.at_ms >= from);
        let before = self.before_ms.is_none_or(|before| entry.at_ms < before);
        kind && with && from && before && self.finds_words(entry)
    }

    fn finds_words(&self, entry: &ActivityEntry) -> bool {
        let wanted = self.text.to_lowercase();
        if wanted.trim().is_empty() {
            return true;
        }
        let searched = entry.searched();
        wanted.split_whitespace().all(|word| searched.contains(word))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{ActivityEntry, ActivitySearch, ActivityState};
    use wasm_core::address::Address;
    use wasm_core::amount::Shannons;
    use wasm_core::digest::TransactionDigest;

    pub(crate) const YOU: Address = Address([2; 32]);

    pub(crate) fn entry() -> ActivityEntry {
        ActivityEntry {
            digest: TransactionDigest([9; 32]),
            headline: "Send 1.5 SOMA to 0x0202…0202".into(),
            at_ms: 1_000,
            state: ActivityState::Succeeded,
            change: Some(-1_500_001_600),
            fee: Some(Shannons(1_600)),
            counterparty: Some(YOU),
            kind: Some("TransferCoin".into()),
            sent: true,
            parties: vec![(YOU, 1_500_000_000)],
            checkpoint: Some(7),
            hearsay: false,
            signed_here: true,
            note: "Rent of May".into(),
        }
    }

    fn finds(search: &ActivitySearch) -> bool {
        search.finds(&entry())
    }

    #[test]
    fn words_are_found_in_any_case_and_all_of_them() {
        let of = |text: &str| finds(&ActivitySearch { text: text.into(), ..Default::default() });
        assert!(of("") && of("  ") && of("rent") && of("MAY send") && of("1.5000016"));
        assert!(of(&YOU.to_string()) && of(&TransactionDigest([9; 32]).to_string()));
        assert!(!of("rent june"));
    }

    #[test]
    fn kind_person_and_time_narrow_it_down() {
        let all = ActivitySearch::default;
        assert!(finds(&ActivitySearch { kind: Some("TransferCoin".into()), ..all() }));
        assert!(!finds(&ActivitySearch { kind: Some("PayCoins".into()), ..all() }));
        assert!(finds(&ActivitySearch { with: Some(YOU), ..all() }));
        assert!(!finds(&ActivitySearch { with: Some(Address([3; 32])), ..all() }));
        assert!(finds(&ActivitySearch { from_ms: Some(1_000), before_ms: Some(1_001), ..all() }));
        assert!(!finds(&ActivitySearch { from_ms: Some(1_001), ..all() }));
        assert!(!finds(&ActivitySearch { before_ms: Some(1_000), ..all() }));
    }

    #[test]
    fn an_entry_that_an_older_wallet_kept_is_read() {
        let digest = TransactionDigest([9; 32]);
        let kept = format!(
            r#"{{"digest":"{digest}","headline":"Received","at_ms":1,"state":"Succeeded","change":5,"fee":null,"counterparty":null}}"#
        );
        let entry: ActivityEntry = serde_json::from_str(&kept).unwrap();
        assert_eq!((entry.change, &entry.kind, entry.others().count()), (Some(5), &None, 0));
    }
}
