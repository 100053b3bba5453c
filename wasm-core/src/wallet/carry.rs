//! Carries an intent through: prepared, signed, sent, settled, and seen in a checkpoint.
//!
//! Nothing is signed anew before it is known that what was signed before is not executed and never
//! will be. Everything is tried a bounded number of times, with growing pauses.

use super::Wallet;
use super::error::WalletError;
use super::journal::{Journal, Sent};
use super::learn::Aftermath;
use super::patient::Patient;
use super::queue::{Reservation, Turn};
use crate::coins::CoinShortage;
use crate::intent::{Intent, ObjectsError};
use crate::job::send::{
    self, Draft, Facts, Outcome, PrepareError, Prepared, Purse, Settlement, Terms,
};
use crate::ports::{Chain, ChainError, Coin, Executed, Pause};
use crate::preview::Simulation;
use std::collections::BTreeSet;

/// How often an operation is prepared before it is given up.
const ATTEMPTS: u32 = 8;
/// After so many attempts, for some 400 milliseconds, what is known of the coins is doubted.
const DOUBT_AFTER: u32 = 3;
/// How often a transaction is looked up and sent again before its outcome is called unknown.
const SETTLINGS: u32 = 10;
/// How often a transaction is looked up until it is in a checkpoint: for some 30 seconds.
const LOOKS: u32 = 36;
/// How often scattered coins are merged for one operation.
const MERGES: u32 = 16;

/// Milliseconds of a first pause, of the longest between attempts, and between looks.
const FIRST_PAUSE: u64 = 125;
const LONGEST_PAUSE: u64 = 8_000;
const LONGEST_LOOK: u64 = 1_000;

/// The pause after so many attempts: twice the last, up to a limit.
const fn pause_after(attempt: u32, longest: u64) -> u64 {
    let doubled = FIRST_PAUSE.saturating_mul(1_u64 << if attempt < 16 { attempt } else { 16 });
    if doubled < longest { doubled } else { longest }
}

/// How an attempt ended without success.
enum Ended {
    /// Another one may help.
    Again(WalletError),
    /// None will.
    For(WalletError),
    /// The money is there, in more coins than one transaction takes.
    Scattered,
}

impl From<PrepareError> for Ended {
    fn from(error: PrepareError) -> Self {
        match &error {
            PrepareError::Chain(cause) if is_passing(cause) => Self::Again(error.into()),
            PrepareError::Coins(CoinShortage::TooScattered) => Self::Scattered,
            _ => Self::For(error.into()),
        }
    }
}

/// Whether it is a matter of time, or of other coins.
const fn is_passing(cause: &ChainError) -> bool {
    cause.is_retryable() || matches!(cause, ChainError::Stale { .. } | ChainError::Locked { .. })
}

impl<C: Chain, P: Pause, J: Journal> Wallet<C, P, J> {
    /// Carries an intent through.
    pub(super) async fn carry(&self, intent: &Intent) -> Result<Executed, WalletError> {
        let (mut attempt, mut merges) = (0, 0);
        loop {
            let error = match Box::pin(self.attempt(intent)).await {
                Ok(executed) => return self.in_checkpoint(executed).await,
                Err(Ended::For(error)) => return Err(error),
                Err(Ended::Scattered) if merges < MERGES && *intent != Intent::MergeCoins => {
                    merges += 1;
                    match Box::pin(self.carry(&Intent::MergeCoins)).await {
                        Ok(_) => {}
                        // Others merged them meanwhile.
                        Err(WalletError::Prepare(
                            PrepareError::NothingToMerge | PrepareError::Coins(_),
                        )) => {}
                        Err(error) => return Err(error),
                    }
                    continue;
                }
                Err(Ended::Scattered) => {
                    return Err(PrepareError::from(CoinShortage::TooScattered).into());
                }
                Err(Ended::Again(error)) => error,
            };
            attempt += 1;
            if attempt == ATTEMPTS {
                return Err(error);
            }
            if attempt >= DOUBT_AFTER {
                // A node that was behind has caught up: it may be the queue that is wrong.
                self.queue.distrust();
            }
            self.pause.pause(pause_after(attempt - 1, LONGEST_PAUSE)).await;
        }
    }

    const fn node(&self) -> Patient<'_, C, P> {
        Patient { chain: &self.chain, pause: &self.pause }
    }

    fn terms(&self) -> Terms {
        Terms { expected_chain: self.expected_chain, ..Terms::default() }
    }

    async fn facts(&self, intent: &Intent) -> Result<Facts, PrepareError> {
        Facts::of_intent(&self.node(), intent, &self.terms()).await
    }

    /// Asks the node for all coins of the account.
    pub(super) async fn list(&self) -> Result<(), ChainError> {
        let began = self.queue.time();
        let coins = self.node().coins(self.address()).await?;
        self.queue.list(coins, began);
        Ok(())
    }

    async fn attempt(&self, intent: &Intent) -> Result<Executed, Ended> {
        let mut facts = self.facts(intent).await?;
        let turn = self.queue.line_up();
        let waited = turn.first().await;
        let (mut draft, mut reservation, waited) =
            self.take(intent, &mut facts, &turn, waited).await?;
        drop(turn);
        if waited {
            // The chain went on meanwhile. What was chosen must do for it as it is now.
            facts = self.facts(intent).await?;
            let (coins, excluded) = (&reservation.coins, BTreeSet::new());
            let purse = Purse { coins, excluded: &excluded, keep: Some(0) };
            draft = match Draft::of_intent(&facts, self.address(), intent, &purse) {
                Err(error @ PrepareError::Coins(_)) => return Err(Ended::Again(error.into())),
                draft => draft?,
            };
        }
        let prepared = Prepared::try_out(&self.node(), &facts, &reservation.coins, draft).await;
        let prepared = prepared.inspect_err(|error| {
            if let PrepareError::Chain(cause) = error {
                self.avoid(cause, facts.state.epoch);
            }
        })?;
        tried_out(intent, &prepared)?;
        let in_flight = prepared.in_flight();
        // Whoever wrote the program decided; the node's word was weighed above.
        let consent = prepared.review().every_danger();
        let signed =
            prepared.sign(&self.key, &consent).map_err(|refused| Ended::For(refused.into()))?;
        let sent = Sent { in_flight, signed };
        // From its note on it may be sent, by whoever reads that: even if this call is dropped here.
        reservation.begin(sent.clone());
        if let Err(error) = self.journal.sending(&sent).await {
            reservation.end();
            return Err(Ended::For(error.into()));
        }
        Box::pin(self.deliver(&sent, &mut reservation, facts.state.epoch)).await
    }

    /// Waits for coins, and reserves them. Says whether it took any time.
    async fn take(
        &self,
        intent: &Intent,
        facts: &mut Facts,
        turn: &Turn<'_>,
        mut waited: bool,
    ) -> Result<(Draft, Reservation<'_>, bool), Ended> {
        // What an intent names must not be older than what the queue knows of it.
        let names_objects = !intent.objects().is_empty();
        let (mut is_old, mut has_settled) = (waited, false);
        let began = self.queue.time();
        loop {
            if self.queue.needs_listing() {
                self.list().await.map_err(PrepareError::from)?;
            }
            if names_objects && is_old {
                *facts = self.facts(intent).await?;
            }
            let time = self.queue.time();
            let drafted = self.queue.reserve(facts.state.epoch, |purse| {
                Draft::of_intent(facts, self.address(), intent, purse)
            });
            let shortage = match drafted {
                Ok(Some((draft, reservation))) => return Ok((draft, reservation, waited)),
                Ok(None) => CoinShortage::AllInUse.into(),
                Err(
                    error @ (PrepareError::Coins(_)
                    | PrepareError::Nothing
                    | PrepareError::NothingToMerge
                    | PrepareError::FeeTakesAll { .. }
                    | PrepareError::Objects(ObjectsError::InUse(_))),
                ) => error,
                Err(error) => return Err(error.into()),
            };
            (waited, is_old) = (true, true);
            if self.queue.is_busy() {
                // Somebody's coins come back.
                turn.changed_since(time).await;
            } else if !has_settled && !self.queue.doubtful().is_empty() {
                has_settled = true;
                self.settle_doubtful().await;
            } else if self.queue.listed_at().is_none_or(|listed| listed <= began) {
                // Coins may have arrived that nobody told of.
                self.list().await.map_err(PrepareError::from)?;
            } else {
                return Err(shortage.into());
            }
        }
    }

    /// Notes which coin stood in the way.
    fn avoid(&self, cause: &ChainError, epoch: u64) {
        match cause {
            ChainError::Stale { .. } => self.queue.distrust(),
            ChainError::Locked { object } => {
                self.queue.bar(*object, epoch);
                self.queue.distrust();
            }
            _ => {}
        }
    }

    /// Sends until it is known what became of it.
    async fn deliver(
        &self,
        sent: &Sent,
        reservation: &mut Reservation<'_>,
        epoch: u64,
    ) -> Result<Executed, Ended> {
        let digest = sent.in_flight.digest;
        let mut cause = match send::execute(&self.node(), &sent.signed).await {
            Outcome::Executed(executed) => return self.finish(*executed, reservation).await,
            Outcome::Unknown { cause, .. } => cause,
            Outcome::NotExecuted(cause @ ChainError::Stale { .. }) => {
                // Either it was this transaction that used the coin, or it never will be executed.
                self.avoid(&cause, epoch);
                cause
            }
            Outcome::NotExecuted(cause) => {
                self.avoid(&cause, epoch);
                reservation.end();
                self.journal.settled(digest, None).await;
                let again = is_passing(&cause);
                let error = WalletError::NotExecuted(cause);
                return Err(if again { Ended::Again(error) } else { Ended::For(error) });
            }
        };
        for settling in 0..SETTLINGS {
            self.pause.pause(pause_after(settling, LONGEST_PAUSE)).await;
            match self.settle_or_resend(sent).await {
                Ok(Settlement::Executed(executed)) => {
                    return self.finish(*executed, reservation).await;
                }
                Ok(Settlement::Dropped) => {
                    reservation.end();
                    self.queue.distrust();
                    self.journal.settled(digest, None).await;
                    return Err(Ended::Again(WalletError::NotExecuted(cause)));
                }
                Ok(Settlement::Unknown) => {}
                Err(error) => cause = error,
            }
        }
        Err(Ended::For(WalletError::Unknown { digest, cause }))
    }

    /// Takes note of what a transaction did to the coins, and frees what it used.
    async fn finish(
        &self,
        executed: Executed,
        reservation: &mut Reservation<'_>,
    ) -> Result<Executed, Ended> {
        self.note(&executed, &reservation.coins).await;
        reservation.end();
        self.journal.settled(executed.digest, Some(&executed)).await;
        if executed.failure.is_some() {
            return Err(Ended::For(WalletError::Failed(Box::new(executed))));
        }
        Ok(executed)
    }

    async fn note(&self, executed: &Executed, used: &[Coin]) {
        let aftermath = Aftermath::of(executed, self.address(), used);
        for (id, version) in aftermath.used_up {
            self.queue.use_up(id, version);
        }
        for coin in aftermath.certain {
            self.queue.learn(coin);
        }
        if !aftermath.untold.is_empty() {
            self.queue.distrust();
        }
        for reference in aftermath.unsure {
            match self.node().object(reference.id).await {
                Ok(Some(object)) if object.owner.address() == Some(self.address()) => {
                    if let (Ok(reference), Ok(balance)) =
                        (object.reference(), object.coin_balance())
                    {
                        self.queue.learn(Coin { reference, balance });
                    }
                }
                // It has gone on since.
                Ok(_) => {}
                Err(_) => self.queue.distrust(),
            }
        }
    }

    /// Looks one transaction up, and sends it again where nothing is known of it. On another chain
    /// nothing ever is, which says nothing.
    async fn settle_or_resend(&self, sent: &Sent) -> Result<Settlement, ChainError> {
        if let Some(expected) = self.expected_chain {
            let actual = self.node().service_info().await?.chain_id;
            if actual != expected {
                let text = format!("this node belongs to another chain, {actual}, than {expected}");
                return Err(ChainError::Unreachable(text));
            }
        }
        send::settle_or_resend(&self.node(), &sent.in_flight, &sent.signed).await
    }

    /// Looks up every transaction whose outcome is unknown, and sends it again where nothing is known
    /// of it. Those that are settled free what they used.
    pub(super) async fn settle_doubtful(&self) {
        for sent in self.queue.doubtful() {
            let digest = sent.in_flight.digest;
            let executed = match self.settle_or_resend(&sent).await {
                Ok(Settlement::Executed(executed)) => Some(executed),
                Ok(Settlement::Dropped) => None,
                Ok(Settlement::Unknown) | Err(_) => continue,
            };
            for input in &sent.in_flight.inputs {
                if executed.is_some() {
                    self.queue.use_up(input.id, input.version);
                }
            }
            self.queue.distrust();
            self.journal.settled(digest, executed.as_deref()).await;
            self.queue.settled(digest);
        }
    }

    /// Waits until a checkpoint holds a transaction. Where that takes too long it is said as it is,
    /// without a checkpoint: it is executed for good all the same.
    async fn in_checkpoint(&self, mut executed: Executed) -> Result<Executed, WalletError> {
        for look in 0..LOOKS {
            if executed.checkpoint.is_some() {
                break;
            }
            self.pause.pause(pause_after(look, LONGEST_LOOK)).await;
            if let Ok(Some(found)) = Box::pin(self.chain.transaction(executed.digest)).await
                && found.digest == executed.digest
            {
                executed.checkpoint = found.checkpoint;
                executed.timestamp_ms = found.timestamp_ms;
            }
        }
        Ok(executed)
    }
}

/// Whether the node foresees the same as the wallet.
fn tried_out(intent: &Intent, prepared: &Prepared) -> Result<(), Ended> {
    match &prepared.review().simulation {
        Simulation::Agrees => Ok(()),
        Simulation::Differs { differences, .. } => {
            Err(Ended::Again(WalletError::Differs(differences.clone())))
        }
        Simulation::WouldFail(why) => Err(Ended::For(WalletError::WouldFail(why.clone()))),
        // No node is asked to try a reveal out: it would learn the key.
        Simulation::Unavailable { .. } if matches!(intent, Intent::RevealModel(_)) => Ok(()),
        Simulation::Unavailable { reason } => {
            Err(Ended::Again(WalletError::NotTriedOut(reason.clone())))
        }
    }
}
