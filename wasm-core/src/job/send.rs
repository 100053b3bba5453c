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
        let simulation = if matches!(transaction.kind(), TransactionKind::RevealModel(_)) {
            // Trying a reveal out would hand the key to the node before its owner signs; and some
            // nodes stop when they are asked to. Everything it could fail for is checked above.
            findings.push(finding(
                Level::Information,
                "The node was not asked to try this out: it would learn the key before you sign.",
            ));
            let reason = "the key stays here until you sign".into();
            Simulation::Unavailable { reason }
        } else {
            let answer = chain.simulate(&transaction).await;
            if let Err(error @ (ChainError::Stale { .. } | ChainError::Locked { .. })) = answer {
                return Err(error.into());
            }
            let simulation = Simulation::compare(digest, &preview, &answer);
            findings.extend(of_simulation(&simulation, &answer));
            simulation
        };
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
    if let Some(executed) = find_or_hidden(chain, sent.digest).await? {
        return Ok(Settlement::Executed(executed));
    }
    if !has_moved_on(chain, sent).await? {
        return Ok(Settlement::Unknown);
    }
    // It may have been this very transaction that moved them, between the two questions.
    let found = find_or_hidden(chain, sent.digest).await?;
    Ok(found.map_or(Settlement::Dropped, Settlement::Executed))
}

/// Looks a transaction up. A node whose browser interface hides why it fails says of one that it does
/// not know just that it failed; its coins tell the rest.
async fn find_or_hidden(
    chain: &impl Chain,
    digest: TransactionDigest,
) -> Result<Option<Box<Executed>>, ChainError> {
    match find(chain, digest).await {
        Err(ChainError::Hidden) => Ok(None),
        answer => answer,
    }
}

/// Looks up what became of a transaction, and sends it again where nothing is known of it: it may
/// never have arrived, and the same bytes cannot be executed twice.
///
/// Only a refusal of the transaction itself counts as an end. A node that is busy, behind or keeps the
/// reason to itself says nothing of what the first sending did.
///
/// # Errors
/// Where the node gives no answer.
pub async fn settle_or_resend(
    chain: &impl Chain,
    sent: &InFlight,
    signed: &SignedTransaction,
) -> Result<Settlement, ChainError> {
    const INVALID_ARGUMENT: i32 = 3;
    const FAILED_PRECONDITION: i32 = 9;
    match settle(chain, sent).await? {
        Settlement::Unknown => {}
        known => return Ok(known),
    }
    Ok(match execute(chain, signed).await {
        Outcome::Executed(executed) => Settlement::Executed(executed),
        Outcome::NotExecuted(ChainError::Refused {
            code: INVALID_ARGUMENT | FAILED_PRECONDITION,
            ..
        }) => Settlement::Dropped,
        // Coins that moved on meanwhile are seen by the next look.
        Outcome::NotExecuted(_) | Outcome::Unknown { .. } => Settlement::Unknown,
    })
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
            // It was this very transaction: the next look finds it.
            Some(object) if object.previous_transaction == sent.digest => return Ok(false),
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

fn of_kind(kind: &TransactionKind, state: &SystemStateV1) -> Vec<Finding> {
    let high_commission = |rate: u64| {
        (rate > crate::rate::HIGH_COMMISSION_BPS)
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
                format!(
                    "Executed in this epoch, the commit must be revealed in epoch {due}, and only \
                     then. If that is missed, {lost}."
                ),
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

#[cfg(test)]
mod tests {
    use super::super::fake::{CHAIN, FakeChain, block_on, coin_object, executed};
    use super::{
        InFlight, Outcome, PrepareError, Prepared, Settlement, SignRefused, Terms, execute, settle,
        settle_or_resend,
    };
    use crate::address::{Address, ObjectId};
    use crate::amount::Shannons;
    use crate::coins::CoinShortage;
    use crate::digest::{CheckpointDigest, TransactionDigest};
    use crate::failure::FailureKind;
    use crate::intent::{Amount, CreateModel, Intent, ModelError, SendCoins};
    use crate::keys::Keypair;
    use crate::object::Object;
    use crate::ports::{ChainError, ExecutionFailure};
    use crate::preview::{Level, Simulation};
    use crate::tensor::SomaTensor;
    use crate::tx::kind::RevealModelArgs;
    use crate::tx::{TransactionData, TransactionKind};
    use crate::weights::DecryptionKey;
    use std::collections::BTreeSet;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const YOU: Address = Address([2; 32]);

    fn key() -> Keypair {
        Keypair::derive(&[7; 32])
    }

    fn send(amount: Amount) -> Intent {
        SendCoins { recipient: YOU, amount }.into()
    }

    fn exact(shannons: u64) -> Intent {
        send(Amount::Exact(Shannons(shannons)))
    }

    fn prepare(chain: &FakeChain, intent: &Intent) -> Result<Prepared, PrepareError> {
        block_on(Prepared::new(chain, key().address(), intent, &Terms::default()))
    }

    fn levels(prepared: &Prepared) -> Vec<Level> {
        prepared.review().findings.iter().map(|finding| finding.level).collect()
    }

    #[test]
    fn what_is_signed_is_what_was_shown() {
        let chain = FakeChain::new(&[1_000_000, 50_000]);
        let prepared = prepare(&chain, &exact(20_000)).unwrap();
        let review = prepared.review().clone();
        assert_eq!(review.simulation, Simulation::Agrees);
        assert!(review.findings.is_empty(), "{:?}", review.findings);
        let bytes = hex::decode(&review.bytes).unwrap();
        let shown = TransactionData::from_bytes(&bytes).unwrap();
        assert_eq!((shown.digest(), shown.sender()), (review.digest, key().address()));
        let outcome = block_on(prepared.sign_and_execute(&chain, &key())).unwrap();
        assert_eq!(outcome, Outcome::Executed(Box::new(chain.honest(&shown))));
        let sent = chain.sent.borrow();
        assert_eq!(sent.len(), 1);
        assert_eq!(sent[0].transaction, shown);
        assert_eq!(sent[0].signature.verify(&shown), Ok(()));
    }

    #[test]
    fn everything_leaves_in_one_transaction_of_all_coins() {
        let chain = FakeChain::new(&[50_000, 1_000_000, 7]);
        let prepared = prepare(&chain, &send(Amount::Max)).unwrap();
        let fee = 1_000 + 600 + 1_050;
        let changes = &prepared.review().preview.balance_changes;
        assert!(changes.contains(&(YOU, 1_050_007 - fee)), "{changes:?}");
        assert!(changes.contains(&(key().address(), -1_050_007)), "{changes:?}");
        let coins: Vec<_> = prepared.in_flight().excluded().collect();
        assert_eq!(coins, [101, 100, 102].map(|n| ObjectId([n; 32])));
    }

    #[test]
    fn a_coin_in_flight_pays_for_nothing_else() {
        let chain = FakeChain::new(&[1_000_000, 50_000]);
        let first = prepare(&chain, &exact(20_000)).unwrap().in_flight();
        let terms = Terms { excluded: first.excluded().collect(), ..Terms::default() };
        let second = block_on(Prepared::new(&chain, key().address(), &exact(20_000), &terms));
        let second: BTreeSet<_> = second.unwrap().in_flight().excluded().collect();
        assert!(second.is_disjoint(&terms.excluded));
    }

    #[test]
    fn money_that_is_not_there_is_told_before_anything_else() {
        let chain = FakeChain::new(&[10_000]);
        assert_eq!(
            prepare(&chain, &exact(10_000)).unwrap_err(),
            PrepareError::Coins(CoinShortage::TooMuch {
                spendable: Shannons(8_392),
                fee: Shannons(1_610)
            })
        );
        assert_eq!(prepare(&chain, &exact(0)).unwrap_err(), PrepareError::Nothing);
        let poor = FakeChain::new(&[1_500]);
        let error = prepare(&poor, &send(Amount::Max)).unwrap_err();
        assert_eq!(error, PrepareError::FeeTakesAll { fee: Shannons(1_601) });
    }

    #[test]
    fn another_chain_is_refused() {
        let chain = FakeChain::new(&[1_000_000]);
        let of = |expected| {
            let terms = Terms { expected_chain: Some(expected), ..Terms::default() };
            block_on(Prepared::new(&chain, key().address(), &exact(1), &terms))
        };
        assert!(of(CHAIN).is_ok());
        let other = CheckpointDigest([4; 32]);
        let error = of(other).unwrap_err();
        assert_eq!(error, PrepareError::WrongChain { expected: other, actual: CHAIN });
    }

    #[test]
    fn an_address_of_nobody_cannot_be_signed_for() {
        let chain = FakeChain::new(&[1_000_000]);
        let pool = chain.state.validators.validators[0].staking_pool.id;
        let own_coin = ObjectId([100; 32]);
        for id in [ObjectId::ZERO, ObjectId::SYSTEM_STATE, pool, own_coin] {
            let amount = Amount::Exact(Shannons(1));
            let intent = SendCoins { recipient: Address(id.0), amount }.into();
            let prepared = prepare(&chain, &intent).unwrap();
            assert_eq!(levels(&prepared), [Level::Forbidden], "{id}");
            let refused = prepared.sign(&key()).unwrap_err();
            assert!(matches!(refused, SignRefused::Forbidden(_)), "{refused:?}");
        }
    }

    #[test]
    fn ones_own_address_and_nearly_everything_are_pointed_out() {
        let chain = FakeChain::new(&[1_000_000]);
        let amount = Amount::Exact(Shannons(10));
        let to_self = SendCoins { recipient: key().address(), amount }.into();
        assert_eq!(levels(&prepare(&chain, &to_self).unwrap()), [Level::Caution]);
        assert_eq!(levels(&prepare(&chain, &exact(950_000)).unwrap()), [Level::Information]);
    }

    #[test]
    fn a_node_that_foresees_failure_forbids_signing() {
        let chain = FakeChain::new(&[1_000_000]);
        let mut failed = executed(TransactionDigest([1; 32]), 0);
        failed.failure =
            Some(ExecutionFailure { kind: FailureKind::InsufficientGas, detail: None });
        *chain.simulated.borrow_mut() = Some(Ok(failed));
        let prepared = prepare(&chain, &exact(1)).unwrap();
        assert!(matches!(prepared.review().simulation, Simulation::WouldFail(_)));
        assert_eq!(levels(&prepared), [Level::Forbidden]);
        assert!(prepared.sign(&key()).is_err());
    }

    #[test]
    fn a_node_that_differs_is_a_danger() {
        let chain = FakeChain::new(&[1_000_000]);
        *chain.simulated.borrow_mut() = Some(Ok(executed(TransactionDigest([1; 32]), 0)));
        let prepared = prepare(&chain, &exact(1)).unwrap();
        assert!(matches!(prepared.review().simulation, Simulation::Differs { .. }));
        assert_eq!(levels(&prepared), [Level::Danger]);
    }

    #[test]
    fn without_a_simulation_our_own_preview_stands() {
        for (error, level) in [
            (ChainError::Unimplemented("simulation".into()), Level::Caution),
            (ChainError::Timeout { seconds: 30 }, Level::Caution),
            (
                ChainError::Refused { code: 13, message: "no".into(), violations: Vec::new() },
                Level::Danger,
            ),
        ] {
            let chain = FakeChain::new(&[1_000_000]);
            *chain.simulated.borrow_mut() = Some(Err(error));
            let prepared = prepare(&chain, &exact(1)).unwrap();
            assert!(matches!(prepared.review().simulation, Simulation::Unavailable { .. }));
            assert_eq!(prepared.review().preview.fee.total_fee, 1_600);
            assert_eq!(levels(&prepared), [level]);
            assert!(prepared.sign(&key()).is_ok());
        }
    }

    #[test]
    fn coins_that_move_during_preparation_mean_preparing_again() {
        let object = ObjectId([100; 32]);
        for error in [ChainError::Stale { object }, ChainError::Locked { object }] {
            let chain = FakeChain::new(&[1_000_000]);
            *chain.simulated.borrow_mut() = Some(Err(error.clone()));
            assert_eq!(prepare(&chain, &exact(1)).unwrap_err(), PrepareError::Chain(error));
        }
    }

    #[test]
    fn another_accounts_key_signs_nothing() {
        let chain = FakeChain::new(&[1_000_000]);
        let other = Keypair::derive(&[8; 32]);
        let refused = prepare(&chain, &exact(1)).unwrap().sign(&other).unwrap_err();
        let (expected, actual) = (key().address(), other.address());
        assert_eq!(refused, SignRefused::WrongKey { expected, actual });
    }

    #[test]
    fn a_models_stake_comes_out_of_joined_coins() {
        let chain = FakeChain::new(&[600_000_000, 500_000_000]);
        let stake = Shannons(chain.state.parameters.model_min_stake);
        let intent = CreateModel { stake, commission_bps: 6_000 }.into();
        let prepared = prepare(&chain, &intent).unwrap();
        assert_eq!(prepared.in_flight().inputs.len(), 2);
        assert_eq!(prepared.review().simulation, Simulation::Agrees);
        assert_eq!(levels(&prepared), [Level::Caution, Level::Caution]);
        let small = CreateModel { stake: Shannons(stake.0 - 1), commission_bps: 0 }.into();
        let error = prepare(&chain, &small).unwrap_err();
        assert_eq!(error, PrepareError::Model(ModelError::StakeTooSmall { least: stake }));
    }

    #[test]
    fn no_node_learns_a_key_before_its_owner_signs() {
        let chain = FakeChain::new(&[1_000_000]);
        *chain.simulated.borrow_mut() = Some(Err(ChainError::Hidden));
        let kind = TransactionKind::RevealModel(RevealModelArgs {
            model_id: ObjectId([5; 32]),
            decryption_key: DecryptionKey([6; 32]),
            embedding: SomaTensor::vector(vec![1.0]),
        });
        let terms = Terms::default();
        let prepared = block_on(Prepared::kind(&chain, key().address(), kind, &terms)).unwrap();
        assert!(chain.simulated.borrow().is_some(), "the node was asked");
        assert_eq!(levels(&prepared), [Level::Caution, Level::Information]);
        assert_eq!(prepared.review().preview.fee.total_fee, 1_600);
    }

    #[test]
    fn a_kind_that_names_a_coin_is_paid_by_another() {
        let chain = FakeChain::new(&[1_000_000, 50_000]);
        let kind = TransactionKind::AddStake {
            address: chain.state.validators.validators[0].metadata.soma_address,
            coin_ref: chain.coins[0].reference,
            amount: Some(400_000),
        };
        let terms = Terms::default();
        let prepared = block_on(Prepared::kind(&chain, key().address(), kind, &terms)).unwrap();
        let inputs: Vec<_> = prepared.in_flight().inputs.iter().map(|input| input.id).collect();
        assert_eq!(inputs, [chain.coins[1].reference.id, chain.coins[0].reference.id]);
    }

    fn signed(chain: &FakeChain) -> (crate::tx::sign::SignedTransaction, InFlight) {
        let prepared = prepare(chain, &exact(20_000)).unwrap();
        let in_flight = prepared.in_flight();
        (prepared.sign(&key()).unwrap(), in_flight)
    }

    fn silences() -> Vec<ChainError> {
        let refused =
            |code| ChainError::Refused { code, message: String::new(), violations: vec![] };
        vec![
            ChainError::Unreachable("gone".into()),
            ChainError::Timeout { seconds: 90 },
            ChainError::Cancelled,
            ChainError::Hidden,
            ChainError::Garbage("half an answer".into()),
            refused(6),
            refused(10),
            refused(14),
        ]
    }

    #[test]
    fn after_a_silence_the_digest_is_looked_up_before_anything_is_said() {
        for cause in silences() {
            let chain = FakeChain::new(&[1_000_000]);
            let (signed, sent) = signed(&chain);
            let done = executed(sent.digest, 0);
            let answer = |found| {
                chain.executed.borrow_mut().push_back(Err(cause.clone()));
                chain.found.borrow_mut().push_back(found);
                block_on(execute(&chain, &signed))
            };
            assert_eq!(answer(Ok(Some(done.clone()))), Outcome::Executed(Box::new(done)));
            let unknown = Outcome::Unknown { digest: sent.digest, cause: cause.clone() };
            assert_eq!(answer(Ok(None)), unknown, "{cause:?}");
            assert_eq!(answer(Err(ChainError::Hidden)), unknown, "{cause:?}");
        }
    }

    #[test]
    fn a_plain_refusal_means_not_executed() {
        let object = ObjectId([100; 32]);
        for cause in [
            ChainError::Stale { object },
            ChainError::Locked { object },
            ChainError::Refused { code: 3, message: "bad".into(), violations: Vec::new() },
            ChainError::Unimplemented("execution".into()),
        ] {
            let chain = FakeChain::new(&[1_000_000]);
            let (signed, sent) = signed(&chain);
            chain.executed.borrow_mut().push_back(Err(cause.clone()));
            assert_eq!(block_on(execute(&chain, &signed)), Outcome::NotExecuted(cause.clone()));
            // Sent a second time, its coins are stale because the first time worked.
            let done = executed(sent.digest, 0);
            chain.executed.borrow_mut().push_back(Err(cause));
            chain.found.borrow_mut().push_back(Ok(Some(done.clone())));
            let outcome = block_on(execute(&chain, &signed));
            assert_eq!(outcome, Outcome::Executed(Box::new(done)));
        }
    }

    #[test]
    fn an_answer_about_another_transaction_is_no_answer() {
        let chain = FakeChain::new(&[1_000_000]);
        let (signed, sent) = signed(&chain);
        let other = executed(TransactionDigest([9; 32]), 0);
        chain.executed.borrow_mut().push_back(Ok(other));
        let outcome = block_on(execute(&chain, &signed));
        assert!(matches!(outcome, Outcome::Unknown { digest, .. } if digest == sent.digest));
    }

    #[test]
    fn an_unknown_outcome_settles_by_digest_or_by_its_coins() {
        let mut chain = FakeChain::new(&[1_000_000]);
        let (_, sent) = signed(&chain);
        let done = Settlement::Executed(Box::new(executed(sent.digest, 0)));
        chain.found.borrow_mut().push_back(Ok(Some(executed(sent.digest, 0))));
        assert_eq!(block_on(settle(&chain, &sent)), Ok(done.clone()));
        // The coin is as it was.
        let coin = sent.inputs[0];
        chain.objects = vec![coin_object(coin.id, coin.version)];
        assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
        // Something else used it.
        chain.objects = vec![coin_object(coin.id, coin.version + 1)];
        assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Dropped));
        // It was this transaction, between the two questions.
        let found = [Ok(None), Ok(Some(executed(sent.digest, 0)))];
        chain.found.borrow_mut().extend(found);
        assert_eq!(block_on(settle(&chain, &sent)), Ok(done));
    }

    #[test]
    fn a_lost_transaction_is_sent_again_and_only_its_own_refusal_ends_it() {
        let mut chain = FakeChain::new(&[1_000_000]);
        let (signed, sent) = signed(&chain);
        chain.objects = vec![coin_object(sent.inputs[0].id, sent.inputs[0].version)];
        let refused =
            |code| ChainError::Refused { code, message: String::new(), violations: vec![] };
        let object = sent.inputs[0].id;
        for error in [
            refused(7),
            refused(8),
            refused(12),
            ChainError::Stale { object },
            ChainError::Locked { object },
            ChainError::Hidden,
        ] {
            chain.executed.borrow_mut().push_back(Err(error.clone()));
            let settled = block_on(settle_or_resend(&chain, &sent, &signed));
            assert_eq!(settled, Ok(Settlement::Unknown), "{error:?}");
        }
        for code in [3, 9] {
            chain.executed.borrow_mut().push_back(Err(refused(code)));
            let settled = block_on(settle_or_resend(&chain, &sent, &signed));
            assert_eq!(settled, Ok(Settlement::Dropped), "{code}");
        }
        let before = chain.sent.borrow().len();
        let settled = block_on(settle_or_resend(&chain, &sent, &signed));
        assert!(matches!(settled, Ok(Settlement::Executed(done)) if done.digest == sent.digest));
        assert_eq!(chain.sent.borrow().len(), before + 1);
        // What is known already is not sent again.
        chain.found.borrow_mut().push_back(Ok(Some(executed(sent.digest, 0))));
        assert!(block_on(settle_or_resend(&chain, &sent, &signed)).is_ok());
        assert_eq!(chain.sent.borrow().len(), before + 1);
    }

    #[test]
    fn behind_a_node_that_hides_its_errors_the_coins_tell_that_a_payment_was_dropped() {
        let mut chain = FakeChain::new(&[1_000_000]);
        let (_, sent) = signed(&chain);
        let hidden = || [Err(ChainError::Hidden), Err(ChainError::Hidden)];
        let mut coin = coin_object(sent.inputs[0].id, sent.inputs[0].version);
        chain.objects = vec![coin.clone()];
        chain.found.borrow_mut().extend(hidden());
        assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
        chain.found.borrow_mut().clear();
        // The coin was last written by the payment itself.
        coin = coin_object(coin.id().unwrap(), sent.inputs[0].version + 1);
        chain.objects = vec![Object { previous_transaction: sent.digest, ..coin.clone() }];
        chain.found.borrow_mut().extend(hidden());
        assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
        chain.found.borrow_mut().clear();
        chain.objects = vec![coin];
        chain.found.borrow_mut().extend(hidden());
        assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Dropped));
    }

    #[test]
    fn a_node_that_is_behind_does_not_make_a_payment_look_dropped() {
        let mut chain = FakeChain::new(&[1_000_000]);
        let (_, sent) = signed(&chain);
        chain.objects = Vec::new();
        assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
        chain.height.set(sent.checkpoint + 1);
        assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Dropped));
        chain.objects = vec![coin_object(sent.inputs[0].id, sent.inputs[0].version - 1)];
        assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
    }
}
