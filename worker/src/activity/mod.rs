//! What accounts did and received, kept per chain and account.

mod history;
mod notes;

pub(crate) use history::{Histories, keep_up};

use crate::context::Context;
use crate::network;
use crate::refusal::Refusal;
use bridge::activity::{ActivityEntry, ActivityRequest, ActivityState, ActivityView};
use bridge::activity_kept::{is_full, keep_newest};
use browser::clock::now_ms;
use browser::store::Drawer;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasm_core::activity::Involvement;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::describe::Description;
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::job::send::{self, InFlight, Settlement};
use wasm_core::ports::{Checkpoint, CheckpointTransaction, Executed};
use wasm_core::preview::Explanation;
use wasm_core::tx::sign::SignedTransaction;
use wasm_core::tx::{TransactionData, TransactionKind};

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

    /// Takes in what concerns the account of a checkpoint. Says whether anything did.
    async fn add_checkpoint(
        &self,
        context: &Context,
        checkpoint: &Checkpoint,
    ) -> Result<bool, Refusal> {
        let told = checkpoint.transactions.iter().map(|transaction| {
            let mut transaction = transaction.clone();
            transaction.executed.checkpoint = Some(checkpoint.sequence_number);
            (transaction, checkpoint.timestamp_ms)
        });
        self.add(context, told.collect()).await
    }

    /// Takes in what concerns the account of transactions, each with its time. Says whether anything did.
    async fn add(
        &self,
        context: &Context,
        told: Vec<(CheckpointTransaction, u64)>,
    ) -> Result<bool, Refusal> {
        let concerns = |(transaction, _): &(CheckpointTransaction, u64)| {
            Involvement::of(transaction, self.account).is_some()
        };
        if !told.iter().any(concerns) {
            return Ok(false);
        }
        let _turn = context.ledger_turn.lock().await;
        let mut records = self.load(context).await?;
        let now = now_ms();
        for (transaction, at_ms) in &told {
            let digest = transaction.executed.digest;
            let at = records.iter().position(|record| record.entry.digest == digest);
            let known = at.and_then(|at| records.get(at)).map(|record| record.entry.clone());
            let Some(entry) = entry_of(transaction, self.account, (*at_ms).min(now), known) else {
                continue;
            };
            match at {
                Some(at) => records[at] = Record::of(entry),
                None => records.push(Record::of(entry)),
            }
        }
        self.save(context, records).await?;
        Ok(true)
    }

    /// Takes in entries of transactions that are not known otherwise.
    async fn add_hearsay(
        &self,
        context: &Context,
        entries: Vec<ActivityEntry>,
    ) -> Result<(), Refusal> {
        let _turn = context.ledger_turn.lock().await;
        let mut records = self.load(context).await?;
        let known: BTreeSet<TransactionDigest> =
            records.iter().map(|record| record.entry.digest).collect();
        let now = now_ms();
        let new = entries.into_iter().filter(|entry| !known.contains(&entry.digest));
        let new = new.map(|entry| ActivityEntry { at_ms: entry.at_ms.min(now), ..entry });
        records.extend(new.map(Record::of));
        self.save(context, records).await
    }

    /// Keeps the newest entries, and every one whose outcome is open.
    async fn save(&self, context: &Context, mut records: Vec<Record>) -> Result<(), Refusal> {
        keep_newest(&mut records, |record| &record.entry, Record::is_open);
        Ok(context.store.save(Drawer::Activity, &self.key(), &records).await?)
    }
}

/// Answers what a page asks about the account in use: always with everything.
pub(crate) async fn answer(
    context: &Rc<Context>,
    request: ActivityRequest,
) -> Result<ActivityView, Refusal> {
    // What is kept here shows without any network.
    let account = context.account()?;
    let ledger = Ledger { chain: network::last_chain(context)?, account };
    match request {
        ActivityRequest::View => {}
        ActivityRequest::Note { digest, text } => {
            notes::keep(context, ledger, digest, text).await?;
        }
        ActivityRequest::SearchPast => {
            history::search_again(context, Ledger::current(context)?).await?;
        }
    }
    let notes = notes::of(context, ledger).await?;
    let entries = ledger.load(context).await?.into_iter().map(|record| {
        let note = notes.get(&record.entry.digest).cloned().unwrap_or_default();
        ActivityEntry { note, ..record.entry }
    });
    let entries: Vec<_> = entries.collect();
    let (followed_from, past) = history::known(context, ledger).await?;
    let full = is_full(&entries);
    Ok(ActivityView { entries, followed_from, past, full })
}

/// Everybody whom an account paid, or gave something, with a transaction that this wallet signed: what a
/// node tells of an account's past makes nobody known.
pub(crate) async fn paid(context: &Context, ledger: Ledger) -> Result<BTreeSet<Address>, Refusal> {
    let records = ledger.load(context).await?;
    let done = records
        .iter()
        .map(|record| &record.entry)
        .filter(|entry| entry.signed_here && entry.state == ActivityState::Succeeded);
    Ok(done.flat_map(ActivityEntry::others).collect())
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

/// Whether a transaction was sent and its outcome is open.
pub(crate) async fn is_open(
    context: &Context,
    ledger: Ledger,
    digest: &TransactionDigest,
) -> Result<bool, Refusal> {
    let records = ledger.load(context).await?;
    Ok(records.iter().any(|record| record.entry.digest == *digest && record.is_open()))
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
    let entry =
        ActivityEntry { signed_here: true, ..pending(in_flight.digest, headline, now_ms(), kind) };
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

/// Notes a transaction that was found executed, whoever sent it.
pub(crate) async fn note_found(
    context: &Context,
    ledger: Ledger,
    transaction: &TransactionData,
    executed: &Executed,
) -> Result<(), Refusal> {
    ledger
        .change(context, executed.digest, |known| {
            // Nothing of what an indexer said of it stands beside what is known now.
            let proven = known.filter(|record| !record.entry.hearsay);
            let entry = proven.map_or_else(
                || {
                    let headline = Description::of(transaction).headline;
                    let at_ms = executed.timestamp_ms.unwrap_or(u64::MAX).min(now_ms());
                    pending(executed.digest, headline, at_ms, transaction.kind())
                },
                |record| record.entry,
            );
            Some(Record::of(settled(entry, executed, ledger)))
        })
        .await
}

/// The entry of a transaction that the account sends.
fn pending(
    digest: TransactionDigest,
    headline: String,
    at_ms: u64,
    kind: &TransactionKind,
) -> ActivityEntry {
    ActivityEntry {
        digest,
        headline,
        at_ms,
        state: ActivityState::Pending,
        change: None,
        fee: None,
        counterparty: counterparty(kind),
        kind: Some(kind.name().to_owned()),
        sent: true,
        parties: recipients(kind).into_iter().map(|recipient| (recipient, 0)).collect(),
        checkpoint: None,
        hearsay: false,
        signed_here: false,
        note: String::new(),
    }
}

fn settled(entry: ActivityEntry, executed: &Executed, ledger: Ledger) -> ActivityEntry {
    let state = match &executed.failure {
        None => ActivityState::Succeeded,
        Some(failure) => ActivityState::Failed(Explanation::of_failure(failure)),
    };
    let parties = entry.parties.iter().map(|(address, _)| *address);
    let parties = parties.map(|address| (address, executed.balance_change(address))).collect();
    ActivityEntry {
        state,
        change: Some(change_of(executed, ledger.account)),
        fee: Some(Shannons(executed.fee.total_fee)),
        parties,
        checkpoint: executed.checkpoint.or(entry.checkpoint),
        hearsay: false,
        ..entry
    }
}

/// Shannons that an account gained or lost.
pub(crate) fn change_of(executed: &Executed, account: Address) -> i128 {
    let own = executed.balance_changes.iter().filter(|(address, _)| *address == account);
    // A node may say anything, sums that do not fit included.
    own.fold(0, |sum, (_, change)| sum.saturating_add(*change))
}

fn recipients(kind: &TransactionKind) -> BTreeSet<Address> {
    match kind {
        TransactionKind::TransferCoin { recipient, .. }
        | TransactionKind::TransferObjects { recipient, .. } => BTreeSet::from([*recipient]),
        TransactionKind::PayCoins { recipients, .. } => recipients.iter().copied().collect(),
        _ => BTreeSet::new(),
    }
}

fn counterparty(kind: &TransactionKind) -> Option<Address> {
    let recipients = recipients(kind);
    recipients.first().copied().filter(|_| recipients.len() == 1)
}

/// The entry of a transaction of the chain, over what is known of it already; nothing where the account has
/// no part in it.
fn entry_of(
    transaction: &CheckpointTransaction,
    account: Address,
    at_ms: u64,
    known: Option<ActivityEntry>,
) -> Option<ActivityEntry> {
    let involvement = Involvement::of(transaction, account)?;
    let executed = &transaction.executed;
    let known = known.filter(|known| !known.hearsay);
    let state = match &executed.failure {
        None => ActivityState::Succeeded,
        Some(failure) => ActivityState::Failed(Explanation::of_failure(failure)),
    };
    let checkpoint = known.as_ref().and_then(|known| known.checkpoint);
    let signed_here = known.as_ref().is_some_and(|known| known.signed_here);
    Some(ActivityEntry {
        digest: executed.digest,
        at_ms: known.as_ref().map_or(at_ms, |known| known.at_ms),
        headline: known.map_or(involvement.headline, |known| known.headline),
        state,
        change: Some(involvement.change),
        fee: involvement.fee,
        counterparty: involvement.counterparty,
        kind: involvement.kind.map(str::to_owned),
        sent: involvement.sent,
        parties: involvement.parties,
        checkpoint: executed.checkpoint.or(checkpoint),
        hearsay: false,
        signed_here,
        note: String::new(),
    })
}

/// Looks through a checkpoint for what concerns the account in use.
pub(crate) async fn notice(context: &Rc<Context>, checkpoint: &Checkpoint) {
    let Ok(ledger) = Ledger::current(context) else { return };
    // What cannot be written now is looked up again later.
    let written = ledger.add_checkpoint(context, checkpoint).await;
    if written.is_ok() {
        history::heard(context, ledger, checkpoint.sequence_number);
    }
    if written.is_ok_and(|concerned| concerned) {
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
