//! Proposals as they are kept: their text, and what became of them. A text is read and checked anew each
//! time.

use super::account;
use crate::context::Context;
use crate::refusal::{Refusal, sentence};
use crate::review::Purpose;
use bridge::damaged::{DamagedRecord, RecordKind};
use bridge::multisig::{MemberView, ProposalState, ProposalView};
use browser::store::Drawer;
use serde::{Deserialize, Serialize};
use wasm_core::address::Address;
use wasm_core::describe::Description;
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::job::send::InFlight;
use wasm_core::multisig::{Member, Proposal, read};
use wasm_core::preview::Explanation;

/// Whose turn it is to change a proposal.
#[derive(Default)]
pub(crate) struct Proposals {
    turn: futures::lock::Mutex<()>,
}

/// How far a proposal has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Stage {
    Open,
    Sent,
    Executed(Option<Explanation>),
    Moved,
}

/// A proposal as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) text: String,
    pub(super) at_ms: u64,
    /// Newest checkpoint of the node when this wallet first saw there all that it uses;
    /// [`InFlight::NOT_SEEN`] before.
    pub(super) checkpoint: u64,
    pub(super) stage: Stage,
    /// What it is for, beyond itself, where it was made here.
    pub(super) purpose: Purpose,
    /// Whether it was opened from a text, and not made here.
    #[serde(default)]
    pub(super) opened: bool,
}

impl Record {
    /// Whether it may still be executed.
    pub(super) fn is_alive(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Sent)
    }
}

fn key(chain: CheckpointDigest, digest: TransactionDigest) -> String {
    format!("{chain}/{digest}")
}

fn chosen_chain(context: &Context) -> Result<CheckpointDigest, Refusal> {
    Ok(context.following.facts()?.chain_id)
}

/// All that are kept for a chain, newest first. Those that cannot be read are told by [`damaged`], and
/// silence nothing else.
pub(super) async fn all(
    context: &Context,
    chain: CheckpointDigest,
) -> Result<Vec<(Record, Proposal)>, Refusal> {
    let kept = context.store.all(Drawer::Proposals).await?;
    let readable = kept.iter().filter_map(|(key, text)| parse(key, text).ok());
    let mut of_chain: Vec<_> = readable.filter(|(_, proposal)| proposal.chain() == chain).collect();
    of_chain.sort_by_key(|(record, _)| std::cmp::Reverse(record.at_ms));
    Ok(of_chain)
}

/// How many are kept for a chain, readable or not.
pub(super) async fn count(context: &Context, chain: CheckpointDigest) -> Result<usize, Refusal> {
    let (names, prefix) = (context.store.keys(Drawer::Proposals).await?, format!("{chain}/"));
    Ok(names.iter().filter(|name| name.starts_with(&prefix)).count())
}

/// Those that cannot be read, of any chain.
pub(crate) async fn damaged(context: &Context) -> Result<Vec<DamagedRecord>, Refusal> {
    let kept = context.store.all(Drawer::Proposals).await?;
    let damaged = kept.into_iter().filter_map(|(key, contents)| {
        let reason = parse(&key, &contents).err()?;
        Some(DamagedRecord { kind: RecordKind::Proposal, key, reason, contents })
    });
    Ok(damaged.collect())
}

/// Reads what is kept under a name, or says why it cannot be read.
fn parse(name: &str, text: &str) -> Result<(Record, Proposal), String> {
    let record: Record = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let proposal = read(&record.text).map_err(|error| error.to_string())?;
    // What lies under a name is what the name says, or somebody moved it there.
    if key(proposal.chain(), proposal.digest()) != name {
        return Err("it is not the proposal that its name says".into());
    }
    Ok((record, proposal))
}

/// One of the chosen chain.
pub(super) async fn load(
    context: &Context,
    digest: TransactionDigest,
) -> Result<(Record, Proposal), Refusal> {
    load_of(context, chosen_chain(context)?, digest).await
}

/// One of a chain.
pub(super) async fn load_of(
    context: &Context,
    chain: CheckpointDigest,
    digest: TransactionDigest,
) -> Result<(Record, Proposal), Refusal> {
    find(context, chain, digest).await?.ok_or_else(|| {
        Refusal::new(
            "multisig/unknown",
            "This proposal is not kept here for the chosen network.",
            "Open its file or link, or choose the network that it is meant for.",
        )
    })
}

async fn find(
    context: &Context,
    chain: CheckpointDigest,
    digest: TransactionDigest,
) -> Result<Option<(Record, Proposal)>, Refusal> {
    let name = key(chain, digest);
    let Some(text) = context.store.get(Drawer::Proposals, &name).await? else { return Ok(None) };
    parse(&name, &text).map(Some).map_err(|reason| {
        Refusal::new(
            "multisig/damaged",
            format!("A proposal that is kept here cannot be read: {reason}."),
            "Remove it on the home page, and open it anew from the file or link that you have of it.",
        )
    })
}

/// Changes a proposal, or makes it, in one step that no other change can come between, and only while
/// the wallet is open.
pub(super) async fn change<T>(
    context: &Context,
    chain: CheckpointDigest,
    digest: TransactionDigest,
    change: impl FnOnce(Option<(Record, Proposal)>) -> Result<(Record, Proposal, T), Refusal>,
) -> Result<(Record, Proposal, T), Refusal> {
    let _turn = context.proposals.turn.lock().await;
    context.open_wallet()?;
    let (mut record, proposal, outcome) = change(find(context, chain, digest).await?)?;
    record.text = proposal.to_text();
    context.store.save(Drawer::Proposals, &key(chain, digest), &record).await?;
    Ok((record, proposal, outcome))
}

/// Notes how far one has come. One that was deleted stays deleted.
pub(super) async fn set_stage(
    context: &Context,
    chain: CheckpointDigest,
    digest: TransactionDigest,
    stage: Stage,
) -> Result<(), Refusal> {
    let _turn = context.proposals.turn.lock().await;
    let Some((mut record, _)) = find(context, chain, digest).await? else { return Ok(()) };
    // What was executed stays so, whatever a node that is behind says.
    if matches!(record.stage, Stage::Executed(_)) || record.stage == stage {
        return Ok(());
    }
    record.stage = stage;
    Ok(context.store.save(Drawer::Proposals, &key(chain, digest), &record).await?)
}

/// Notes that a node at this checkpoint has shown all that one uses, as it uses it.
pub(super) async fn set_seen(
    context: &Context,
    chain: CheckpointDigest,
    digest: TransactionDigest,
    checkpoint: u64,
) -> Result<(), Refusal> {
    let _turn = context.proposals.turn.lock().await;
    let Some((mut record, _)) = find(context, chain, digest).await? else { return Ok(()) };
    if record.checkpoint != InFlight::NOT_SEEN {
        return Ok(());
    }
    record.checkpoint = checkpoint;
    Ok(context.store.save(Drawer::Proposals, &key(chain, digest), &record).await?)
}

/// Forgets one. While its outcome is open it stays: whoever forgot it could sign its coins away again.
pub(super) async fn remove(context: &Context, digest: TransactionDigest) -> Result<(), Refusal> {
    context.open_wallet()?;
    let chain = chosen_chain(context)?;
    let _turn = context.proposals.turn.lock().await;
    if let Ok(Some((record, _))) = find(context, chain, digest).await
        && record.stage == Stage::Sent
    {
        return Err(Refusal::passing(
            "multisig/sent",
            "This was sent, and what became of it is not known yet.",
            "Wait until the network tells; the wallet keeps asking.",
        ));
    }
    Ok(context.store.remove(Drawer::Proposals, &key(chain, digest)).await?)
}

/// What a page sees of one.
pub(super) fn view(
    context: &Context,
    record: &Record,
    proposal: &Proposal,
) -> Result<ProposalView, Refusal> {
    let own = account::keys(context)?;
    let account = proposal.transaction().sender();
    let label = context
        .open_wallet()?
        .read(|secrets| secrets.account(&account).map(|account| account.label().to_owned()));
    let member = |Member { key, weight, has_signed }: Member| MemberView {
        address: key.address(),
        key,
        weight,
        has_signed,
        own: own.iter().find(|own| own.key == key).map(|own| own.label.clone()),
    };
    Ok(ProposalView {
        digest: proposal.digest(),
        account,
        label,
        headline: headline(proposal),
        at_ms: record.at_ms,
        members: proposal.members().into_iter().map(member).collect(),
        is_hearsay: record.opened && proposal.weight() == 0,
        weight: proposal.weight(),
        threshold: proposal.account().threshold,
        state: match &record.stage {
            Stage::Open => ProposalState::Open,
            Stage::Sent => ProposalState::Sent,
            Stage::Executed(failure) => ProposalState::Executed(failure.clone()),
            Stage::Moved => ProposalState::Moved,
        },
        text: record.text.clone(),
        transaction: proposal.transaction_base64(),
        signature: proposal.signature_base64(),
    })
}

/// What a proposal's transaction does, in words worked out of its bytes.
pub(super) fn headline(proposal: &Proposal) -> String {
    sentence(&Description::of(proposal.transaction()).headline).trim_end_matches('.').to_owned()
}

/// Whose proposal it is.
pub(super) const fn sender(proposal: &Proposal) -> Address {
    proposal.transaction().sender()
}
