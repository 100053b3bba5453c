//! What a transaction on the chain meant to an account, as a line of its activity.

use crate::address::Address;
use crate::amount::Shannons;
use crate::describe::Description;
use crate::ports::{CheckpointTransaction, Executed};
use crate::tx::{TransactionData, TransactionKind};
use std::collections::BTreeSet;

/// What a transaction meant to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Involvement {
    /// What it was, as a sentence without a full stop.
    pub headline: String,
    /// Shannons gained or lost, fee included.
    pub change: i128,
    /// Shannons of fee, where the account paid it.
    pub fee: Option<Shannons>,
    /// Whom it was with, where it was with one other.
    pub counterparty: Option<Address>,
    /// The chain's name of its kind; none for a kind that this wallet does not know.
    pub kind: Option<&'static str>,
    /// Whether the account sent it.
    pub sent: bool,
    /// Everybody else who was paid or given something, or sent it, with the shannons that they gained
    /// or lost.
    pub parties: Vec<(Address, i128)>,
}

impl Involvement {
    /// What a transaction of a checkpoint meant to an account; nothing where it has no part in it.
    #[must_use]
    pub fn of(transaction: &CheckpointTransaction, account: Address) -> Option<Self> {
        let CheckpointTransaction { executed, sender, kind } = transaction;
        let change = executed.balance_change(account);
        let named = kind.as_ref().map(TransactionKind::name);
        let is_owner_of_something = || {
            executed.changed_objects.iter().any(|changed| {
                changed.after.is_some_and(|(_, owner)| owner.address() == Some(account))
            })
        };
        if *sender == account {
            let others = kind.as_ref().map(recipients).unwrap_or_default();
            return Some(Self {
                headline: sent_headline(kind.as_ref(), account),
                change,
                fee: Some(Shannons(executed.fee.total_fee)),
                counterparty: match others[..] {
                    [other] if other != account => Some(other),
                    _ => None,
                },
                kind: named,
                sent: true,
                parties: {
                    let moved = executed.balance_changes.iter().filter(|(_, by)| *by != 0);
                    let moved = moved.map(|(address, _)| *address);
                    parties(executed, account, others.into_iter().chain(moved))
                },
            });
        }
        if change == 0 && !is_owner_of_something() {
            return None;
        }
        // The zero address sends what the system itself does.
        let by_system = *sender == Address::ZERO;
        Some(Self {
            headline: received_headline(change, *sender),
            change,
            fee: None,
            counterparty: (!by_system).then_some(*sender),
            kind: named,
            sent: false,
            parties: parties(executed, account, (!by_system).then_some(*sender)),
        })
    }
}

/// Those of these who are neither the account nor the system, each once and with what they gained.
fn parties(
    executed: &Executed,
    account: Address,
    named: impl IntoIterator<Item = Address>,
) -> Vec<(Address, i128)> {
    let mut addresses: BTreeSet<Address> = named.into_iter().collect();
    addresses.remove(&account);
    addresses.remove(&Address::ZERO);
    addresses.into_iter().map(|address| (address, executed.balance_change(address))).collect()
}

fn sent_headline(kind: Option<&TransactionKind>, sender: Address) -> String {
    match kind {
        Some(kind) => {
            Description::of(&TransactionData::new(kind.clone(), sender, Vec::new())).headline
        }
        None => "A transaction of a kind that this wallet does not know".into(),
    }
}

fn received_headline(change: i128, sender: Address) -> String {
    let from = if sender == Address::ZERO { "the network".into() } else { sender.to_short() };
    let shannons = Shannons(u64::try_from(change.unsigned_abs()).unwrap_or(u64::MAX));
    match change {
        0 => format!("Received objects from {from}"),
        1.. => format!("Received {shannons} SOMA from {from}"),
        _ => format!("Lost {shannons} SOMA through {from}"),
    }
}

/// Whom a kind pays or gives to.
fn recipients(kind: &TransactionKind) -> Vec<Address> {
    match kind {
        TransactionKind::TransferCoin { recipient, .. }
        | TransactionKind::TransferObjects { recipient, .. } => vec![*recipient],
        TransactionKind::PayCoins { recipients, .. } => recipients.clone(),
        TransactionKind::AddStake { address, .. } => vec![*address],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::Involvement;
    use crate::address::{Address, ObjectId};
    use crate::amount::Shannons;
    use crate::digest::{ObjectDigest, TransactionDigest};
    use crate::effects::{IdOperation, TransactionFee};
    use crate::object::{ObjectRef, Owner};
    use crate::ports::{ChangedObject, CheckpointTransaction, Executed};
    use crate::tx::TransactionKind;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ME: Address = Address([1; 32]);
    const YOU: Address = Address([2; 32]);
    const COIN: ObjectRef =
        ObjectRef { id: ObjectId([3; 32]), version: 1, digest: ObjectDigest([3; 32]) };

    fn payment(recipient: Address, changes: &[(Address, i128)]) -> CheckpointTransaction {
        let amount = Some(1_500_000_000);
        CheckpointTransaction {
            executed: Executed {
                digest: TransactionDigest([9; 32]),
                failure: None,
                epoch: 1,
                fee: TransactionFee::new(1_000, 600, 0),
                changed_objects: Vec::new(),
                balance_changes: changes.to_vec(),
                gas_payment: Vec::new(),
                checkpoint: None,
                timestamp_ms: None,
            },
            sender: ME,
            kind: Some(TransactionKind::TransferCoin { coin: COIN, amount, recipient }),
        }
    }

    #[test]
    fn a_payment_is_told_to_both_sides() {
        let paid = payment(YOU, &[(ME, -1_500_001_600), (YOU, 1_500_000_000)]);
        assert_eq!(
            Involvement::of(&paid, ME),
            Some(Involvement {
                headline: "Send 1.5 SOMA to 0x020202…020202".into(),
                change: -1_500_001_600,
                fee: Some(Shannons(1_600)),
                counterparty: Some(YOU),
                kind: Some("TransferCoin"),
                sent: true,
                parties: vec![(YOU, 1_500_000_000)],
            })
        );
        assert_eq!(
            Involvement::of(&paid, YOU),
            Some(Involvement {
                headline: "Received 1.5 SOMA from 0x010101…010101".into(),
                change: 1_500_000_000,
                fee: None,
                counterparty: Some(ME),
                kind: Some("TransferCoin"),
                sent: false,
                parties: vec![(ME, -1_500_001_600)],
            })
        );
        assert_eq!(Involvement::of(&paid, Address([4; 32])), None);
    }

    #[test]
    fn a_payment_to_oneself_is_with_nobody() {
        let told = Involvement::of(&payment(ME, &[(ME, -1_600)]), ME).unwrap();
        assert_eq!((told.change, told.counterparty), (-1_600, None));
    }

    #[test]
    fn an_object_that_arrives_is_told_and_so_is_a_kind_that_nobody_knows() {
        let mut given = payment(YOU, &[(ME, -1_600)]);
        given.kind = None;
        given.executed.changed_objects.push(ChangedObject {
            id: COIN.id,
            object_type: None,
            before: Some((COIN, Owner::AddressOwner(ME))),
            after: Some((COIN, Owner::AddressOwner(YOU))),
            id_operation: IdOperation::None,
        });
        let told = Involvement::of(&given, YOU).unwrap();
        assert_eq!(told.headline, "Received objects from 0x010101…010101");
        let told = Involvement::of(&given, ME).unwrap();
        assert_eq!(told.headline, "A transaction of a kind that this wallet does not know");
        given.sender = Address::ZERO;
        let told = Involvement::of(&given, YOU).unwrap();
        assert_eq!(
            (told.headline.as_str(), told.counterparty),
            ("Received objects from the network", None)
        );
    }
}
