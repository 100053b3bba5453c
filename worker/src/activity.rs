//! What accounts did and received, kept per chain and account.

use crate::context::Context;
use crate::refusal::Refusal;
use bridge::wallet::{ActivityEntry, ActivityState};
use browser::clock::now_ms;
use browser::store::Drawer;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_core::activity::Involvement;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::job::send::{self, InFlight, Settlement};
use wasm_core::ports::{Checkpoint, Executed};
use wasm_core::preview::Explanation;
use wasm_core::tx::TransactionKind;
use wasm_core::tx::sign::SignedTransaction;

/// Entries kept of one account on one chain.
const KEPT: usize = 2_000;
/// After so long, a transaction that no node knows and that cannot be sent again is given up.
const GIVE_UP_MS: u64 = 120_000;

/// An entry, and, while its outcome is open, what tells whether a lost transaction can still happen.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    entry: ActivityEntry,
    in_flight: Option<InFlight>,
    /// The signed transaction (BCS in hex), to be sent again where it never arrived. None for a
    /// reveal, whose bytes hold a key.
    #[serde(default)]
    signed: Option<String>,
}

impl Record {
    const fn of(entry: ActivityEntry) -> Self {
        Self { entry, in_flight: None, signed: None }
    }

    /// Sent, and what became of it is not known.
    fn is_open(&self) -> bool {
        self.entry.state == ActivityState::Pending && self.in_flight.is_some()
    }
}

/// One account on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ledger {
    pub(crate) chain: CheckpointDigest,
    pub(crate) account: Address,
}

impl Ledger {
    fn key(&self) -> String {
        format!("{}/{}", self.chain, self.account)
    }

    /// The ledger of the account in use on the chosen network.
    pub(crate) fn current(context: &Context) -> Result<Self, Refusal> {
        let chain = context.following.facts()?.chain_id;
        Ok(Self { chain, account: context.account()? })
    }

    async fn load(&self, context: &Context) -> Result<Vec<Record>, Refusal> {
        Ok(context.store.load(Drawer::Activity, &self.key()).await?.unwrap_or_default())
    }

    /// Changes the entry of a digest, or the place where a new one goes, in one step that no other
    /// change can come between.
    async fn change(
        &self,
        context: &Context,
        digest: TransactionDigest,
        change: impl FnOnce(Option<Record>) -> Option<Record>,
    ) -> Result<(), Refusal> {
        let _turn = context.ledger_turn.lock().await;
        let mut records = self.load(context).await?;
        let at = records.iter().position(|record| record.entry.digest == digest);
        let known = at.and_then(|at| records.get(at).cloned());
        match (at, change(known)) {
            (Some(at), Some(record)) => records[at] = record,
            (None, Some(record)) => records.insert(0, record),
            (_, None) => return Ok(()),
        }
        self.save(context, records).await
    }

    /// Keeps the newest entries, and every one whose outcome is open.
    async fn save(&self, context: &Context, mut records: Vec<Record>) -> Result<(), Refusal> {
        let mut at = 0;
        records.retain(|record| {
            at += 1;
            at <= KEPT || record.is_open()
        });
        Ok(context.store.save(Drawer::Activity, &self.key(), &records).await?)
    }
}

/// What the account in use did on the chosen network, newest first.
pub(crate) async fn list(context: &Rc<Context>) -> Result<Vec<ActivityEntry>, Refusal> {
    let records = Ledger::current(context)?.load(context).await?;
    Ok(records.into_iter().map(|record| record.entry).collect())
}

/// Coins promised to transactions whose outcome is not known yet.
pub(crate) async fn promised(
    context: &Context,
    ledger: Ledger,
) -> Result<BTreeSet<ObjectId>, Refusal> {
    Ok(promised_by(&ledger.load(context).await?).collect())
}

/// The same coins and other objects, each with the transaction that uses it.
pub(crate) async fn promised_to(
    context: &Context,
    ledger: Ledger,
) -> Result<BTreeMap<ObjectId, TransactionDigest>, Refusal> {
    let records = ledger.load(context).await?;
    let open = records.iter().filter(|record| record.is_open());
    let in_flight = open.filter_map(|record| record.in_flight.as_ref());
    Ok(in_flight.flat_map(|sent| sent.excluded().map(|id| (id, sent.digest))).collect())
}

fn promised_by(records: &[Record]) -> impl Iterator<Item = ObjectId> {
    records
        .iter()
        .filter(|record| record.is_open())
        .filter_map(|record| record.in_flight.as_ref())
        .flat_map(InFlight::excluded)
}

/// Notes a transaction that is about to be sent. Sending waits for this.
pub(crate) async fn begin(
    context: &Context,
    ledger: Ledger,
    signed: &SignedTransaction,
    in_flight: InFlight,
    headline: String,
) -> Result<(), Refusal> {
    let kind = signed.transaction.kind();
    let entry = ActivityEntry {
        digest: in_flight.digest,
        headline,
        at_ms: now_ms(),
        state: ActivityState::Pending,
        change: None,
        fee: None,
        counterparty: counterparty(kind),
    };
    let holds_key = matches!(kind, TransactionKind::RevealModel(_));
    let signed = (!holds_key).then(|| hex::encode(signed.to_bytes()));
    let _turn = context.ledger_turn.lock().await;
    let mut records = ledger.load(context).await?;
    // Two reviews may have been prepared of the same coins; two transactions of them would block both.
    let taken: BTreeSet<ObjectId> = promised_by(&records).collect();
    if in_flight.excluded().any(|coin| taken.contains(&coin)) {
        return Err(Refusal::passing(
            "prepare/moved",
            "Another transaction of this account uses the same coins and is on its way. Nothing was \
             sent.",
            "Wait until it is done, then prepare this one again.",
        ));
    }
    // The same bytes may have been given up before; they are on their way again.
    records.retain(|record| record.entry.digest != entry.digest);
    records.insert(0, Record { entry, in_flight: Some(in_flight), signed });
    ledger.save(context, records).await
}

/// Notes what became of a transaction.
pub(crate) async fn finish(
    context: &Context,
    ledger: Ledger,
    executed: &Executed,
) -> Result<(), Refusal> {
    ledger
        .change(context, executed.digest, |known| {
            known.map(|record| Record::of(settled(record.entry, executed, ledger)))
        })
        .await
}

/// Notes that a transaction was never executed and never will be.
pub(crate) async fn drop_pending(
    context: &Context,
    ledger: Ledger,
    digest: TransactionDigest,
) -> Result<(), Refusal> {
    ledger
        .change(context, digest, |known| {
            known.map(|mut record| {
                record.entry.state = ActivityState::Dropped;
                Record::of(record.entry)
            })
        })
        .await
}

fn settled(entry: ActivityEntry, executed: &Executed, ledger: Ledger) -> ActivityEntry {
    let state = match &executed.failure {
        None => ActivityState::Succeeded,
        Some(failure) => ActivityState::Failed(Explanation::of_failure(failure)),
    };
    ActivityEntry {
        state,
        change: Some(change_of(executed, ledger.account)),
        fee: Some(Shannons(executed.fee.total_fee)),
        ..entry
    }
}

/// Shannons that an account gained or lost.
pub(crate) fn change_of(executed: &Executed, account: Address) -> i128 {
    let own = executed.balance_changes.iter().filter(|(address, _)| *address == account);
    // A node may say anything, sums that do not fit included.
    own.fold(0, |sum, (_, change)| sum.saturating_add(*change))
}

fn counterparty(kind: &TransactionKind) -> Option<Address> {
    match kind {
        TransactionKind::TransferCoin { recipient, .. }
        | TransactionKind::TransferObjects { recipient, .. } => Some(*recipient),
        TransactionKind::PayCoins { recipients, .. } => match recipients[..] {
            [recipient] => Some(recipient),
            _ => None,
        },
        _ => None,
    }
}

/// Looks through a checkpoint for what concerns the account in use.
pub(crate) async fn notice(context: &Rc<Context>, checkpoint: &Checkpoint) {
    let Ok(ledger) = Ledger::current(context) else { return };
    let mut concerned = false;
    for transaction in &checkpoint.transactions {
        let Some(involvement) = Involvement::of(transaction, ledger.account) else { continue };
        concerned = true;
        let executed = &transaction.executed;
        // An entry that cannot be written is written when its transaction is looked up again.
        let _ = ledger
            .change(context, executed.digest, |known| {
                let Involvement { headline, change, fee, counterparty } = involvement;
                let record = known.unwrap_or_else(|| {
                    Record::of(ActivityEntry {
                        digest: executed.digest,
                        headline,
                        at_ms: checkpoint.timestamp_ms,
                        state: ActivityState::Pending,
                        change: None,
                        fee: None,
                        counterparty,
                    })
                });
                let entry = settled(record.entry, executed, ledger);
                let entry = ActivityEntry { fee, change: Some(change), ..entry };
                Some(Record::of(entry))
            })
            .await;
    }
    if concerned {
        context.account_changed();
    }
}

/// Looks up what became of transactions whose answer was lost.
pub(crate) async fn settle(context: &Rc<Context>) {
    let Ok(ledger) = Ledger::current(context) else { return };
    let Ok(records) = ledger.load(context).await else { return };
    let mut changed = false;
    for record in records {
        let Some(in_flight) = &record.in_flight else { continue };
        let digest = record.entry.digest;
        if record.entry.state != ActivityState::Pending
            || context.reviews.borrow().is_sending(&digest)
        {
            continue;
        }
        let (signed, sent_ms) = (record.signed.as_deref(), record.entry.at_ms);
        let noted = match resolve(context, ledger.chain, in_flight, signed, sent_ms).await {
            Some(Settlement::Executed(executed)) => finish(context, ledger, &executed).await,
            Some(Settlement::Dropped) => drop_pending(context, ledger, digest).await,
            Some(Settlement::Unknown) | None => continue,
        };
        changed |= noted.is_ok();
    }
    if changed {
        context.account_changed();
    }
}

/// The signed bytes of a transaction whose outcome is not known, where they are kept.
pub(crate) async fn signed(
    context: &Context,
    ledger: Ledger,
    digest: &TransactionDigest,
) -> Option<String> {
    let records = ledger.load(context).await.ok()?;
    records.into_iter().find(|record| record.entry.digest == *digest)?.signed
}

/// Finds out what became of a transaction of a chain; one that never arrived is sent again, which is
/// safe. Nothing is known while another chain is chosen, or answers: to that, no transaction happened.
pub(crate) async fn resolve(
    context: &Context,
    chain: CheckpointDigest,
    in_flight: &InFlight,
    signed: Option<&str>,
    sent_ms: u64,
) -> Option<Settlement> {
    let signed = signed
        .and_then(|text| hex::decode(text).ok())
        .and_then(|bytes| SignedTransaction::from_bytes(&bytes).ok());
    let node = context.following.node_of(chain)?;
    match send::settle_on(&*node, chain, in_flight, signed.as_ref()).await.ok()?? {
        // A reveal whose bytes are not kept. Should it arrive after all, a second one fails on the
        // chain and costs the base fee.
        Settlement::Unknown
            if signed.is_none() && now_ms() > sent_ms.saturating_add(GIVE_UP_MS) =>
        {
            Some(Settlement::Dropped)
        }
        settlement => Some(settlement),
    }
}
