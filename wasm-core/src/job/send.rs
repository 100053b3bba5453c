//! From an intent to an executed transaction.
//!
//! [`Prepared`] is the only way from an intent to a signature, so what is signed is what was shown.
//! A caller that must survive a crash does it in these steps: [`Prepared::new`], show
//! [`Prepared::review`], [`Prepared::sign`], store [`InFlight`] (and the signed bytes, where it wants
//! to send them again), [`execute`], and later [`settle`] as long as the outcome is unknown.

use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::coins::{self, CoinShortage, PAYMENT_WRITES, Payment};
use crate::describe::Description;
use crate::digest::{CheckpointDigest, TransactionDigest};
use crate::fees::{FeeParameters, Inputs};
use crate::intent::{Amount, Intent, ModelError, Nobody, SendCoins, active_model_kind};
use crate::keys::Keypair;
use crate::object::ObjectRef;
use crate::ports::{Chain, ChainError, Coin, Executed};
use crate::preview::{Explanation, Finding, Level, Preview, PreviewError, Review, Simulation};
use crate::system_state::{ModelStateV1, SystemStateV1};
use crate::tx::sign::SignedTransaction;
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// What a preparation has to respect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The chain it is meant for; any, where none.
    pub expected_chain: Option<CheckpointDigest>,
    /// Coins that are promised to transactions on their way.
    pub excluded: BTreeSet<ObjectId>,
}

/// Why nothing can be prepared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// The node gave no answer. [`ChainError::Stale`] and [`ChainError::Locked`] mean that the coins
    /// moved while this was prepared: prepare again.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The node belongs to another chain than the one meant.
    #[error("this node belongs to another chain, {actual}, than this wallet expects, {expected}")]
    WrongChain {
        /// The one meant.
        expected: CheckpointDigest,
        /// The node's.
        actual: CheckpointDigest,
    },
    /// The coins do not suffice.
    #[error(transparent)]
    Coins(#[from] CoinShortage),
    /// Nothing would be sent.
    #[error("an amount is more than zero")]
    Nothing,
    /// The fee would take everything.
    #[error("the fee of {fee} SOMA would take all that this account has")]
    FeeTakesAll {
        /// The fee.
        fee: Shannons,
    },
    /// The model does not allow it now.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// It would fail, or what it would do cannot be told.
    #[error(transparent)]
    Preview(#[from] PreviewError),
}

/// Why a prepared transaction is not signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignRefused {
    /// The key is another account's.
    #[error("the key of {actual} cannot sign for {expected}")]
    WrongKey {
        /// The sender.
        expected: Address,
        /// Whose key it is.
        actual: Address,
    },
    /// A finding forbids it.
    #[error("{0}")]
    Forbidden(String),
}

/// A transaction that has been tried out and may now be shown, and then signed.
///
/// There is no other way to a signature, so what is signed is what was shown.
#[derive(Clone, Debug)]
pub struct Prepared {
    transaction: TransactionData,
    review: Review,
    checkpoint: u64,
}

/// What must be kept of a signed transaction until its outcome is known. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InFlight {
    /// Which transaction.
    pub digest: TransactionDigest,
    /// The versions of owned objects that it uses up.
    pub inputs: Vec<ObjectRef>,
    /// Newest checkpoint of the node when it was prepared.
    pub checkpoint: u64,
}

impl InFlight {
    /// Coins that must not be used for anything else meanwhile.
    pub fn excluded(&self) -> impl Iterator<Item = ObjectId> {
        self.inputs.iter().map(|input| input.id)
    }
}

/// What is known after sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was executed; whether it did what it says stands in there.
    Executed(Box<Executed>),
    /// It may have been executed. Ask [`settle`] later.
    Unknown {
        /// Which transaction.
        digest: TransactionDigest,
        /// Why nothing is known.
        cause: ChainError,
    },
    /// It was not executed, and nothing was paid.
    NotExecuted(ChainError),
}

/// What became of a transaction whose outcome was unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It was executed.
    Executed(Box<Executed>),
    /// Nothing is known yet.
    Unknown,
    /// It was not executed and never can be: its coins have moved on without it.
    Dropped,
}

/// All that a preparation reads of the chain.
struct View {
    state: SystemStateV1,
    coins: Vec<Coin>,
    fees: FeeParameters,
    checkpoint: u64,
}

impl View {
    async fn gather(
        chain: &impl Chain,
        sender: Address,
        terms: &Terms,
    ) -> Result<Self, PrepareError> {
        let info = chain.service_info().await?;
        if let Some(expected) = terms.expected_chain
            && expected != info.chain_id
        {
            return Err(PrepareError::WrongChain { expected, actual: info.chain_id });
        }
        let state = chain.system_state().await?.as_v1().clone();
        let coins = chain.coins(sender).await?;
        let fees = FeeParameters::from(&state.parameters);
        Ok(Self { state, coins, fees, checkpoint: info.checkpoint_height })
    }

    /// What the chosen coins and every other coin named hold.
    fn inputs(&self) -> Inputs {
        let coins = self.coins.iter().map(|coin| (coin.reference.id, coin.balance)).collect();
        Inputs { coins, ..Inputs::default() }
    }

    fn balance(&self) -> u64 {
        self.coins.iter().fold(0, |sum, coin| sum.saturating_add(coin.balance))
    }
}

impl Prepared {
    /// Chooses coins, builds the transaction, tells what it would do and lets the node try it out.
    ///
    /// # Errors
    /// Where it cannot be done, or the node did not tell what is needed to know.
    pub async fn new(
        chain: &impl Chain,
        sender: Address,
        intent: &Intent,
        terms: &Terms,
    ) -> Result<Self, PrepareError> {
        let view = View::gather(chain, sender, terms).await?;
        let state = &view.state;
        let kind = match intent {
            Intent::SendCoins(send) => {
                let (transaction, findings) = build_send(&view, sender, *send, terms)?;
                return Self::finish(chain, &view, transaction, findings).await;
            }
            Intent::CreateModel(create) => create.kind(state)?,
            Intent::CommitModel(commit) => commit.kind(sender, state)?,
            Intent::RevealModel(reveal) => reveal.kind(sender, state)?,
            Intent::SetModelCommission { model, commission_bps } => {
                let (model_id, new_rate) = (*model, *commission_bps);
                if new_rate > crate::intent::MAX_COMMISSION_BPS {
                    return Err(ModelError::CommissionTooHigh.into());
                }
                let kind = TransactionKind::SetModelCommissionRate { model_id, new_rate };
                active_model_kind(model_id, sender, state, kind)?
            }
            Intent::DeactivateModel(model_id) => {
                let kind = TransactionKind::DeactivateModel { model_id: *model_id };
                active_model_kind(*model_id, sender, state, kind)?
            }
        };
        let transaction = build_kind(&view, sender, kind, terms)?;
        Self::finish(chain, &view, transaction, Vec::new()).await
    }

    /// Prepares a transaction of any kind that [`Preview`] knows. Coins for the fee are chosen; those
    /// that the kind names are left to it.
    ///
    /// # Errors
    /// Where it cannot be done, or the node did not tell what is needed to know.
    pub async fn kind(
        chain: &impl Chain,
        sender: Address,
        kind: TransactionKind,
        terms: &Terms,
    ) -> Result<Self, PrepareError> {
        let view = View::gather(chain, sender, terms).await?;
        let transaction = build_kind(&view, sender, kind, terms)?;
        Self::finish(chain, &view, transaction, Vec::new()).await
    }

    async fn finish(
        chain: &impl Chain,
        view: &View,
        transaction: TransactionData,
        mut findings: Vec<Finding>,
    ) -> Result<Self, PrepareError> {
        let preview = Preview::of(&transaction, &view.fees, &view.inputs())?;
        let digest = transaction.digest();
        let answer = chain.simulate(&transaction).await;
        if let Err(error @ (ChainError::Stale { .. } | ChainError::Locked { .. })) = answer {
            return Err(error.into());
        }
        let simulation = Simulation::compare(digest, &preview, &answer);
        findings.extend(of_simulation(&simulation, &answer));
        findings.extend(of_kind(transaction.kind(), &view.state));
        findings.sort_by_key(|finding| Reverse(finding.level));
        let review = Review {
            description: Description::of(&transaction),
            sender: transaction.sender(),
            preview,
            simulation,
            findings,
            digest,
            bytes: hex::encode(transaction.to_bytes()),
        };
        Ok(Self { transaction, review, checkpoint: view.checkpoint })
    }

    /// All that a person should see before signing.
    #[must_use]
    pub const fn review(&self) -> &Review {
        &self.review
    }

    /// What the network will know the transaction by.
    #[must_use]
    pub const fn digest(&self) -> TransactionDigest {
        self.review.digest
    }

    /// What to keep, before sending, until the outcome is known.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        let mut inputs = self.transaction.gas_payment().to_vec();
        for input in self.transaction.kind().owned_inputs() {
            if !inputs.iter().any(|gas| gas.id == input.id) {
                inputs.push(input);
            }
        }
        InFlight { digest: self.digest(), inputs, checkpoint: self.checkpoint }
    }

    /// Signs exactly the bytes that were reviewed.
    ///
    /// # Errors
    /// Where the key is another account's, or a finding forbids it.
    pub fn sign(self, key: &Keypair) -> Result<SignedTransaction, SignRefused> {
        let (expected, actual) = (self.transaction.sender(), key.address());
        if expected != actual {
            return Err(SignRefused::WrongKey { expected, actual });
        }
        if let Some(finding) = self.review.findings.iter().find(|f| f.level == Level::Forbidden) {
            return Err(SignRefused::Forbidden(finding.text.clone()));
        }
        Ok(self.transaction.sign(key))
    }

    /// Signs and executes, for callers that need nothing in between.
    ///
    /// # Errors
    /// Where it is not signed.
    pub async fn sign_and_execute(
        self,
        chain: &impl Chain,
        key: &Keypair,
    ) -> Result<Outcome, SignRefused> {
        Ok(execute(chain, &self.sign(key)?).await)
    }
}

/// Executes a signed transaction. Doing it again with the same one is safe and gives the same answer.
///
/// Where the answer leaves the outcome open, the digest is looked up before anything is said.
pub async fn execute(chain: &impl Chain, signed: &SignedTransaction) -> Outcome {
    let digest = signed.transaction.digest();
    let cause = match chain.execute(signed).await {
        Ok(executed) if executed.digest == digest => {
            return Outcome::Executed(Box::new(executed));
        }
        Ok(other) => {
            ChainError::Garbage(format!("it speaks of {} instead of {digest}", other.digest))
        }
        Err(cause) => cause,
    };
    match chain.transaction(digest).await {
        Ok(Some(executed)) if executed.digest == digest => Outcome::Executed(Box::new(executed)),
        Ok(None) if !leaves_outcome_unknown(&cause) => Outcome::NotExecuted(cause),
        _ => Outcome::Unknown { digest, cause },
    }
}

/// Whether a refusal of the node leaves it open that the transaction is executed after all.
const fn leaves_outcome_unknown(error: &ChainError) -> bool {
    const UNKNOWN: i32 = 2;
    const DEADLINE_EXCEEDED: i32 = 4;
    const ALREADY_EXISTS: i32 = 6;
    const ABORTED: i32 = 10;
    const INTERNAL: i32 = 13;
    const UNAVAILABLE: i32 = 14;
    match error {
        // The same transaction is under way, or the node stopped waiting for it.
        ChainError::Refused { code, .. } => matches!(
            *code,
            UNKNOWN | DEADLINE_EXCEEDED | ALREADY_EXISTS | ABORTED | INTERNAL | UNAVAILABLE
        ),
        error => error.leaves_outcome_unknown(),
    }
}

/// Looks up what became of a transaction whose outcome was unknown.
///
/// # Errors
/// Where the node gives no answer.
pub async fn settle(chain: &impl Chain, sent: &InFlight) -> Result<Settlement, ChainError> {
    if let Some(executed) = find(chain, sent.digest).await? {
        return Ok(Settlement::Executed(executed));
    }
    if !has_moved_on(chain, sent).await? {
        return Ok(Settlement::Unknown);
    }
    // It may have been this very transaction that moved them, between the two questions.
    Ok(find(chain, sent.digest).await?.map_or(Settlement::Dropped, Settlement::Executed))
}

async fn find(
    chain: &impl Chain,
    digest: TransactionDigest,
) -> Result<Option<Box<Executed>>, ChainError> {
    match chain.transaction(digest).await? {
        Some(executed) if executed.digest == digest => Ok(Some(Box::new(executed))),
        Some(other) => Err(ChainError::Garbage(format!(
            "asked for transaction {digest}, it speaks of {}",
            other.digest
        ))),
        None => Ok(None),
    }
}

/// Whether an input exists in a later version, or is gone from a node that is not behind.
async fn has_moved_on(chain: &impl Chain, sent: &InFlight) -> Result<bool, ChainError> {
    let mut gone = false;
    for input in &sent.inputs {
        match chain.object(input.id).await? {
            Some(object) if object.data.version > input.version => return Ok(true),
            Some(_) => {}
            None => gone = true,
        }
    }
    // A node that is behind may not have seen the coin yet.
    Ok(gone && chain.service_info().await?.checkpoint_height > sent.checkpoint)
}

fn build_send(
    view: &View,
    sender: Address,
    SendCoins { recipient, amount }: SendCoins,
    terms: &Terms,
) -> Result<(TransactionData, Vec<Finding>), PrepareError> {
    let (payment, amount) = match amount {
        Amount::Exact(Shannons::ZERO) => return Err(PrepareError::Nothing),
        Amount::Exact(amount) => {
            let payment =
                coins::choose_for_sending(&view.coins, &terms.excluded, amount, &view.fees)?;
            (payment, Some(amount.0))
        }
        Amount::Max => {
            let payment = coins::everything(&view.coins, &terms.excluded)?;
            if coins::swept(&payment, &view.fees).is_none() {
                let fee = view.fees.payment(PAYMENT_WRITES, payment.total().0).total_fee;
                return Err(PrepareError::FeeTakesAll { fee: Shannons(fee) });
            }
            (payment, None)
        }
    };
    let findings = of_send(view, sender, recipient, &payment, amount);
    let kind = TransactionKind::TransferCoin { coin: payment.primary(), amount, recipient };
    Ok((TransactionData::new(kind, sender, payment.references()), findings))
}

fn build_kind(
    view: &View,
    sender: Address,
    kind: TransactionKind,
    terms: &Terms,
) -> Result<TransactionData, PrepareError> {
    let mut excluded = terms.excluded.clone();
    excluded.extend(kind.owned_inputs().iter().map(|input| input.id));
    let from_gas = match kind {
        TransactionKind::CreateModel { stake_amount, .. } => Shannons(stake_amount),
        _ => Shannons::ZERO,
    };
    // The fee does not depend on which coin pays, as long as it is none that the kind names.
    let any = coins::everything(&view.coins, &excluded)?;
    let tried = TransactionData::new(kind.clone(), sender, vec![any.primary()]);
    let fee = view.fees.of(&tried, &view.inputs()).map_err(PreviewError::from)?;
    let payment = coins::choose(&view.coins, &excluded, from_gas, fee)?;
    Ok(TransactionData::new(kind, sender, payment.references()))
}

fn finding(level: Level, text: impl Into<String>) -> Finding {
    Finding { level, text: text.into() }
}

fn of_simulation(
    simulation: &Simulation,
    answer: &Result<Executed, ChainError>,
) -> Option<Finding> {
    match simulation {
        Simulation::Agrees => None,
        Simulation::Differs { .. } => Some(finding(
            Level::Danger,
            "The node says that this would do something else than the wallet computes. One of the \
             two is wrong; do not sign unless you know why.",
        )),
        Simulation::WouldFail(Explanation { what, .. }) => Some(finding(
            Level::Forbidden,
            format!(
                "The node says that this would fail: {what} It would cost the fee for nothing."
            ),
        )),
        Simulation::Unavailable { reason } => {
            // A node that refuses to try it out has seen something wrong with it.
            let refused = matches!(answer, Err(ChainError::Refused { .. }));
            let level = if refused { Level::Danger } else { Level::Caution };
            Some(finding(
                level,
                format!(
                    "The node could not try this out ({reason}); the wallet's own preview \
                         stands alone."
                ),
            ))
        }
    }
}

fn of_send(
    view: &View,
    sender: Address,
    recipient: Address,
    payment: &Payment,
    amount: Option<u64>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let own_coin = || {
        let is_recipient = |coin: &Coin| coin.reference.id.0 == recipient.0;
        view.coins.iter().any(is_recipient).then_some(Nobody::Object("one of your coins"))
    };
    let nobody = Nobody::of(recipient)
        .or_else(|| Nobody::in_state(recipient, &view.state))
        .or_else(own_coin);
    if let Some(nobody) = nobody {
        let text = nobody.to_string();
        let mut letters = text.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        let sentence: String = first.into_iter().chain(letters).chain(['.']).collect();
        findings.push(finding(Level::Forbidden, sentence));
    }
    if recipient == sender {
        findings.push(finding(
            Level::Caution,
            "This is your own address: the coins come back to you, joined into one, and only the \
             fee is spent.",
        ));
    }
    let balance = view.balance();
    let spent = match amount {
        Some(amount) => amount.saturating_add(view.fees.payment(PAYMENT_WRITES, amount).total_fee),
        None => payment.total().0,
    };
    let left = Shannons(balance.saturating_sub(spent));
    if amount.is_none() && left > Shannons::ZERO {
        findings.push(finding(
            Level::Information,
            format!(
                "{left} SOMA stay in coins that are in use or do not fit into one transaction."
            ),
        ));
    }
    if recipient != sender && left.0 < balance / 10 {
        findings.push(finding(
            Level::Information,
            format!("This is nearly everything in this account; {left} SOMA stay."),
        ));
    }
    findings
}

/// Commission, in basis points, from which on a second look is asked for.
const HIGH_COMMISSION_BPS: u64 = 5_000;

fn of_kind(kind: &TransactionKind, state: &SystemStateV1) -> Vec<Finding> {
    let high_commission = |rate: u64| {
        (rate > HIGH_COMMISSION_BPS)
            .then(|| finding(Level::Caution, "The commission is more than half."))
    };
    match kind {
        TransactionKind::CreateModel { commission_rate, .. } => {
            let deadline = finding(
                Level::Caution,
                format!(
                    "Weights must be committed before epoch {} ends, or half of the stake is lost.",
                    state.epoch.saturating_add(1)
                ),
            );
            high_commission(*commission_rate).into_iter().chain([deadline]).collect()
        }
        TransactionKind::SetModelCommissionRate { new_rate, .. } => {
            high_commission(*new_rate).into_iter().collect()
        }
        TransactionKind::CommitModel(args) => {
            let due = state.epoch.saturating_add(1);
            let model = state.model_registry.models.get(&args.model_id);
            let update = match model.map(crate::system_state::Model::state) {
                Some(ModelStateV1::Active(active)) => Some(active.pending_update.is_some()),
                _ => None,
            };
            let lost = match update {
                Some(_) => "the update lapses",
                None => "half of the stake is lost and the model can never be active",
            };
            let deadline = finding(
                Level::Caution,
                format!("The reveal counts in epoch {due} only. If it is missed, {lost}."),
            );
            let replaced = (update == Some(true)).then(|| {
                finding(Level::Caution, "This replaces an update that waits for its reveal.")
            });
            [deadline].into_iter().chain(replaced).collect()
        }
        TransactionKind::RevealModel(_) => vec![finding(
            Level::Caution,
            "Key and embedding become public for good: everybody can then use the weights.",
        )],
        TransactionKind::DeactivateModel { .. } => {
            vec![finding(Level::Danger, "This is final: the model can never be active again.")]
        }
        _ => Vec::new(),
    }
}
