//! The operations of the network, one call each.

use super::Wallet;
use super::error::WalletError;
use super::journal::Journal;
use crate::address::{Address, ModelId, ObjectId, TargetId};
use crate::amount::Shannons;
use crate::intent::{
    Amount, CommitModel, CreateModel, Intent, PayMany, RevealModel, SendCoins, StakeWithModel,
    StakeWithValidator, SubmitData, TransferObjects, UpdateValidator,
};
use crate::object::ObjectType;
use crate::ports::{Chain, Executed, Pause};
use crate::validator_info::ValidatorInfo;

/// What was done, and what it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done<T> {
    /// The transaction. It is final; where it has no checkpoint, none was seen in time.
    pub executed: Executed,
    /// What it made.
    pub value: T,
}

/// A stake that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The coin that holds it.
    pub coin: ObjectId,
    /// The stake and what it earned; the fee is not taken off.
    pub amount: Shannons,
}

/// A model that was registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreatedModel {
    /// What it is known by.
    pub model: ModelId,
    /// Its staking pool.
    pub pool: ObjectId,
    /// The first stake.
    pub stake: ObjectId,
}

/// Data that was submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// What is at stake for its honesty.
    pub bond: Shannons,
    /// The target that took the place of the filled one.
    pub replacement: Option<TargetId>,
}

/// A target that was settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Who was paid how much; the fee is not taken off.
    pub paid: Vec<(Address, Shannons)>,
    /// What of it came to this account.
    pub own: Shannons,
}

/// What an address gained but for the fee, which the sender paid.
fn gained(executed: &Executed, of: Address, sender: Address) -> Shannons {
    let fee = if of == sender { i128::from(executed.fee.total_fee) } else { 0 };
    let gain = executed.balance_change(of).saturating_add(fee);
    Shannons(u64::try_from(gain).unwrap_or_default())
}

/// The `n`-th object that a transaction created, if its effects have it.
fn created(executed: &Executed, n: u64, what: &'static str) -> Result<ObjectId, WalletError> {
    let id = ObjectId::derive(&executed.digest, n);
    let is_it = |changed: &crate::ports::ChangedObject| {
        changed.id == id && changed.before.is_none() && changed.after.is_some()
    };
    match executed.changed_objects.iter().any(is_it) {
        true => Ok(id),
        false => Err(WalletError::Effects { digest: executed.digest, what }),
    }
}

impl<C: Chain, P: Pause, J: Journal> Wallet<C, P, J> {
    /// Does what an intent means, whatever that is.
    ///
    /// # Errors
    /// Where it is not done; [`WalletError`] says what is known then.
    pub async fn execute(&self, intent: impl Into<Intent>) -> Result<Done<()>, WalletError> {
        let executed = self.carry(&intent.into()).await?;
        Ok(Done { executed, value: () })
    }

    async fn made<T>(
        &self,
        intent: impl Into<Intent>,
        value: impl FnOnce(&Executed) -> Result<T, WalletError>,
    ) -> Result<Done<T>, WalletError> {
        let executed = self.carry(&intent.into()).await?;
        let value = value(&executed)?;
        Ok(Done { executed, value })
    }

    /// Sends coins; returns the recipient's coin.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn send_coins(
        &self,
        recipient: Address,
        amount: Amount,
    ) -> Result<Done<ObjectId>, WalletError> {
        self.made(SendCoins { recipient, amount }, |it| created(it, 0, "coin of the recipient"))
            .await
    }

    /// Pays several people at once; returns their coins, in their order.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn pay_many(
        &self,
        payments: Vec<(Address, Shannons)>,
    ) -> Result<Done<Vec<ObjectId>>, WalletError> {
        let count = u64::try_from(payments.len()).unwrap_or(u64::MAX);
        let coins =
            |it: &Executed| (0..count).map(|n| created(it, n, "coin of a recipient")).collect();
        self.made(PayMany { payments }, coins).await
    }

    /// Gives whole coins and stakes away.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn transfer_objects(
        &self,
        objects: Vec<ObjectId>,
        recipient: Address,
    ) -> Result<Done<()>, WalletError> {
        self.execute(TransferObjects { objects, recipient }).await
    }

    /// Joins the account's free coins, as many as one transaction takes; returns the one that is left.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn merge_coins(&self) -> Result<Done<ObjectId>, WalletError> {
        self.made(Intent::MergeCoins, |executed| {
            let own = |owner: crate::object::Owner| owner.address() == Some(self.address());
            let mut changed = executed.changed_objects.iter();
            let left = changed.find(|it| it.after.is_some_and(|(_, owner)| own(owner)));
            let what = "coin that is left";
            let digest = executed.digest;
            left.map(|it| it.id).ok_or(WalletError::Effects { digest, what })
        })
        .await
    }

    /// Stakes with a validator; returns the stake.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn stake_with_validator(
        &self,
        validator: Address,
        amount: Amount,
    ) -> Result<Done<ObjectId>, WalletError> {
        self.made(StakeWithValidator { validator, amount }, |it| created(it, 0, "stake")).await
    }

    /// Stakes with a model; returns the stake.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn stake_with_model(
        &self,
        model: ModelId,
        amount: Amount,
    ) -> Result<Done<ObjectId>, WalletError> {
        self.made(StakeWithModel { model, amount }, |it| created(it, 0, "stake")).await
    }

    /// Takes a stake back, with what it earned.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn withdraw_stake(&self, stake: ObjectId) -> Result<Done<Withdrawn>, WalletError> {
        self.made(Intent::WithdrawStake(stake), |it| {
            let coin = created(it, 0, "coin of the stake")?;
            Ok(Withdrawn { coin, amount: gained(it, self.address(), self.address()) })
        })
        .await
    }

    /// Registers a model with its first stake.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn create_model(
        &self,
        stake: Shannons,
        commission_bps: u64,
    ) -> Result<Done<CreatedModel>, WalletError> {
        self.made(CreateModel { stake, commission_bps }, |it| {
            // Model and pool are no objects of their own.
            let (model, pool) = (ObjectId::derive(&it.digest, 0), ObjectId::derive(&it.digest, 1));
            Ok(CreatedModel { model, pool, stake: created(it, 2, "stake")? })
        })
        .await
    }

    /// Promises a model's weights, embedding and key: its first, or new ones.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn commit_model(&self, commit: CommitModel) -> Result<Done<()>, WalletError> {
        self.execute(commit).await
    }

    /// Keeps the promise, in the epoch after it.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn reveal_model(&self, reveal: RevealModel) -> Result<Done<()>, WalletError> {
        self.execute(reveal).await
    }

    /// Sets a model's commission from the next epoch on.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn set_model_commission(
        &self,
        model: ModelId,
        commission_bps: u64,
    ) -> Result<Done<()>, WalletError> {
        self.execute(Intent::SetModelCommission { model, commission_bps }).await
    }

    /// Takes a model out of service for good.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn deactivate_model(&self, model: ModelId) -> Result<Done<()>, WalletError> {
        self.execute(Intent::DeactivateModel(model)).await
    }

    /// Reports a model, as a validator.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn report_model(&self, model: ModelId) -> Result<Done<()>, WalletError> {
        self.execute(Intent::ReportModel(model)).await
    }

    /// Takes a report of a model back.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn undo_report_model(&self, model: ModelId) -> Result<Done<()>, WalletError> {
        self.execute(Intent::UndoReportModel(model)).await
    }

    /// Submits data for a target.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn submit_data(&self, submit: SubmitData) -> Result<Done<Submitted>, WalletError> {
        self.made(submit, |it| {
            let fee = i128::from(it.fee.total_fee);
            let bond = it.balance_change(self.address()).saturating_neg().saturating_sub(fee);
            let bond = Shannons(u64::try_from(bond).unwrap_or_default());
            let new = it.changed_objects.iter().find(|changed| {
                changed.before.is_none() && changed.object_type == Some(ObjectType::Target)
            });
            Ok(Submitted { bond, replacement: new.map(|target| target.id) })
        })
        .await
    }

    /// Settles a target, one's own or anybody's, that is due or expired.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn claim_rewards(&self, target: TargetId) -> Result<Done<Claimed>, WalletError> {
        self.made(Intent::ClaimRewards(target), |it| {
            let own = gained(it, self.address(), self.address());
            let others = it.balance_changes.iter().map(|(of, _)| *of);
            let others = others.filter(|of| *of != self.address());
            let all = others.chain([self.address()]);
            let paid = all.map(|of| (of, gained(it, of, self.address())));
            Ok(Claimed { paid: paid.filter(|(_, amount)| amount.0 > 0).collect(), own })
        })
        .await
    }

    /// Reports the submission for a target, as a validator.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn report_submission(&self, target: TargetId) -> Result<Done<()>, WalletError> {
        self.execute(Intent::ReportSubmission(target)).await
    }

    /// Takes a report of a submission back.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn undo_report_submission(&self, target: TargetId) -> Result<Done<()>, WalletError> {
        self.execute(Intent::UndoReportSubmission(target)).await
    }

    /// Asks to become a validator; returns the pool that takes its stakes.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn add_validator(&self, info: ValidatorInfo) -> Result<Done<ObjectId>, WalletError> {
        let intent = Intent::AddValidator(Box::new(info));
        self.made(intent, |it| Ok(ObjectId::derive(&it.digest, 0))).await
    }

    /// Stops being a validator when this epoch ends.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn remove_validator(&self) -> Result<Done<()>, WalletError> {
        self.execute(Intent::RemoveValidator).await
    }

    /// Changes keys or addresses as a validator, from the next epoch on.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn update_validator(&self, update: UpdateValidator) -> Result<Done<()>, WalletError> {
        self.execute(update).await
    }

    /// Sets the commission as a validator, from the next epoch on.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn set_validator_commission(
        &self,
        commission_bps: u64,
    ) -> Result<Done<()>, WalletError> {
        self.execute(Intent::SetValidatorCommission { commission_bps }).await
    }

    /// Reports another validator, as one.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn report_validator(&self, reportee: Address) -> Result<Done<()>, WalletError> {
        self.execute(Intent::ReportValidator(reportee)).await
    }

    /// Takes a report of a validator back.
    ///
    /// # Errors
    /// Where it is not done.
    pub async fn undo_report_validator(&self, reportee: Address) -> Result<Done<()>, WalletError> {
        self.execute(Intent::UndoReportValidator(reportee)).await
    }
}
