//! From an intent to a transaction: which coins pay, and out of which one.
//!
//! Everything is paid from one heap: the coins that pay the fee are merged into the first, and that
//! is also the one that is spent, staked or put up as a bond. It always holds the whole fee, since a
//! fee that cannot be paid in full strands whatever else the transaction names.

use super::facts::Facts;
use super::findings;
use super::prepare::PrepareError;
use super::recipients;
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::coins::{self, CoinShortage, PAYMENT_WRITES, Payment, STAKE_WRITES};
use crate::effects::TransactionFee;
use crate::intent::{
    self, Amount, Intent, ObjectsError, PayMany, SendCoins, StakeWithModel, StakeWithValidator,
    TransferObjects,
};
use crate::object::ObjectRef;
use crate::ports::Coin;
use crate::preview::{Finding, Preview};
use crate::tx::{TransactionData, TransactionKind};
use std::collections::BTreeSet;

/// Objects written by a submission whose target is replaced: gas coin, system state and two targets.
/// Whether it will be is only known when it is executed.
const SUBMIT_WRITES: u64 = 4;
/// Of the transaction, so that signature and the wrapper of consensus still fit.
const MAX_BYTES: usize = 262_144 - 1_024;

/// The sender's coins, and which of them may pay.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purse<'a> {
    pub(crate) coins: &'a [Coin],
    pub(crate) excluded: &'a BTreeSet<ObjectId>,
    /// Small coins are merged on the way, down to so many usable ones. None are where this is none.
    pub(crate) keep: Option<usize>,
}

/// A transaction that nobody has tried out yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) transaction: TransactionData,
    pub(crate) findings: Vec<Finding>,
}

impl Purse<'_> {
    fn choose(&self, amount: Shannons, fee: TransactionFee) -> Result<Payment, CoinShortage> {
        coins::choose(self.coins, self.excluded, amount, fee).map(|payment| self.joined(payment))
    }

    fn everything(&self) -> Result<Payment, CoinShortage> {
        coins::everything(self.coins, self.excluded)
    }

    /// With small coins added, which costs nothing.
    fn joined(&self, payment: Payment) -> Payment {
        match self.keep {
            Some(keep) => payment.joining(self.coins, self.excluded, keep),
            None => payment,
        }
    }

    fn balance(&self) -> u64 {
        self.coins.iter().fold(0, |sum, coin| sum.saturating_add(coin.balance))
    }
}

impl Draft {
    /// The transaction of an intent.
    pub(crate) fn of_intent(
        facts: &Facts,
        sender: Address,
        intent: &Intent,
        purse: &Purse<'_>,
    ) -> Result<Self, PrepareError> {
        let drafting = Drafting { facts, sender, purse };
        let draft = drafting.intent(intent)?;
        let bytes = draft.transaction.to_bytes().len();
        if bytes > MAX_BYTES {
            return Err(PrepareError::TooLarge { bytes, most: MAX_BYTES });
        }
        Ok(draft)
    }

    /// The transaction of a kind. Coins for the fee are chosen among those that it does not name.
    pub(crate) fn of_kind(
        facts: &Facts,
        sender: Address,
        kind: TransactionKind,
        purse: &Purse<'_>,
    ) -> Result<Self, PrepareError> {
        let mut excluded = purse.excluded.clone();
        excluded.extend(kind.owned_inputs().iter().map(|input| input.id));
        let purse = Purse { excluded: &excluded, ..*purse };
        let from_gas = match kind {
            TransactionKind::CreateModel { stake_amount, .. } => Shannons(stake_amount),
            _ => Shannons::ZERO,
        };
        let fee = Preview::fee_of(&kind, sender, &facts.current(sender, purse.coins)?)?;
        let payment = purse.choose(from_gas, fee)?;
        Ok(Self::new(sender, kind, payment.references()))
    }

    fn new(sender: Address, kind: TransactionKind, gas: Vec<ObjectRef>) -> Self {
        Self { transaction: TransactionData::new(kind, sender, gas), findings: Vec::new() }
    }
}

struct Drafting<'a> {
    facts: &'a Facts,
    sender: Address,
    purse: &'a Purse<'a>,
}

impl Drafting<'_> {
    fn intent(&self, intent: &Intent) -> Result<Draft, PrepareError> {
        let (state, sender, objects) = (&self.facts.state, self.sender, &self.facts.objects);
        let kind = match intent {
            Intent::SendCoins(send) => return self.send(*send),
            Intent::PayMany(pay) => return self.pay_many(pay),
            Intent::TransferObjects(transfer) => return self.transfer(transfer),
            Intent::MergeCoins => return self.merge(),
            Intent::StakeWithValidator(stake) => return self.stake_with_validator(stake),
            Intent::StakeWithModel(stake) => return self.stake_with_model(stake),
            Intent::SubmitData(submit) => {
                let bond = submit.check(state, objects)?;
                let payment = self.purse.choose(bond, self.facts.fees.flat(SUBMIT_WRITES))?;
                return Ok(self.paid(&payment, submit.kind(payment.primary())));
            }
            Intent::WithdrawStake(id) => intent::withdraw_stake(*id, sender, state, objects)?.0,
            Intent::CreateModel(create) => create.kind(state)?,
            Intent::CommitModel(commit) => commit.kind(sender, state)?,
            Intent::RevealModel(reveal) => reveal.kind(sender, state)?,
            Intent::SetModelCommission { model, commission_bps } => {
                intent::set_model_commission(*model, *commission_bps, sender, state)?
            }
            Intent::DeactivateModel(model) => intent::deactivate_model(*model, sender, state)?,
            Intent::ReportModel(model) => intent::report_model(*model, sender, state)?,
            Intent::UndoReportModel(model) => intent::undo_report_model(*model, sender, state)?,
            Intent::ClaimRewards(target) => intent::claim_rewards(*target, state, objects)?,
            Intent::ReportSubmission(target) => {
                intent::report_submission(*target, sender, state, objects)?
            }
            Intent::UndoReportSubmission(target) => {
                intent::undo_report_submission(*target, sender, state, objects)?
            }
            Intent::AddValidator(info) => intent::add_validator(info, sender, state)?,
            Intent::RemoveValidator => intent::remove_validator(sender, state)?,
            Intent::UpdateValidator(update) => update.kind(sender, state)?,
            Intent::SetValidatorCommission { commission_bps } => {
                intent::set_validator_commission(*commission_bps, sender, state)?
            }
            Intent::ReportValidator(reportee) => {
                intent::report_validator(*reportee, sender, state)?
            }
            Intent::UndoReportValidator(reportee) => {
                intent::undo_report_validator(*reportee, sender, state)?
            }
        };
        Draft::of_kind(self.facts, sender, kind, self.purse)
    }

    fn paid(&self, payment: &Payment, kind: TransactionKind) -> Draft {
        Draft::new(self.sender, kind, payment.references())
    }

    fn send(&self, SendCoins { recipient, amount }: SendCoins) -> Result<Draft, PrepareError> {
        let fees = &self.facts.fees;
        let (payment, amount) = match amount {
            Amount::Exact(Shannons::ZERO) => return Err(PrepareError::Nothing),
            Amount::Exact(amount) => {
                let (coins, excluded) = (self.purse.coins, self.purse.excluded);
                let payment = coins::choose_for_sending(coins, excluded, amount, fees)?;
                (self.purse.joined(payment), Some(amount.0))
            }
            Amount::Max => {
                let payment = self.purse.everything()?;
                if coins::swept(&payment, fees).is_none() {
                    let fee = fees.payment(PAYMENT_WRITES, payment.total().0).total_fee;
                    return Err(PrepareError::FeeTakesAll { fee: Shannons(fee) });
                }
                (payment, None)
            }
        };
        let kind = TransactionKind::TransferCoin { coin: payment.primary(), amount, recipient };
        let spent = match amount {
            Some(amount) => amount.saturating_add(fees.payment(PAYMENT_WRITES, amount).total_fee),
            None => payment.total().0,
        };
        let mut draft = self.paid(&payment, kind);
        draft.findings = recipients::nobodies(self.facts, self.purse.coins, [recipient]);
        draft.findings.extend(findings::of_send(&findings::Sending {
            to_self: recipient == self.sender,
            everything: amount.is_none(),
            balance: self.purse.balance(),
            spent,
        }));
        Ok(draft)
    }

    fn pay_many(&self, pay: &PayMany) -> Result<Draft, PrepareError> {
        let total = pay.total()?;
        let count = u64::try_from(pay.payments.len()).unwrap_or(u64::MAX);
        let fee = self.facts.fees.payment(count.saturating_add(1), total.0);
        let payment = self.purse.choose(total, fee)?;
        let mut draft = self.paid(&payment, pay.kind(payment.primary()));
        let paid = pay.payments.iter().map(|(recipient, _)| *recipient);
        draft.findings = recipients::nobodies(self.facts, self.purse.coins, paid.clone());
        draft.findings.extend(findings::of_send(&findings::Sending {
            to_self: paid.clone().all(|recipient| recipient == self.sender),
            everything: false,
            balance: self.purse.balance(),
            spent: total.0.saturating_add(fee.total_fee),
        }));
        Ok(draft)
    }

    /// Given away are whole objects; the fee is paid by a coin that is not among them, or, where there
    /// is none, by the richest that is.
    fn transfer(&self, transfer: &TransferObjects) -> Result<Draft, PrepareError> {
        let references = transfer.references(self.sender, &self.facts.objects)?;
        let in_use = |reference: &&ObjectRef| self.purse.excluded.contains(&reference.id);
        if let Some(promised) = references.iter().find(in_use) {
            return Err(ObjectsError::InUse(promised.id).into());
        }
        let mut excluded = self.purse.excluded.clone();
        excluded.extend(&transfer.objects);
        let others = Purse { excluded: &excluded, ..*self.purse };
        let count = u64::try_from(references.len()).unwrap_or(u64::MAX);
        let gas = match others.choose(Shannons::ZERO, self.facts.fees.flat(count.saturating_add(1)))
        {
            Ok(payment) => payment.references(),
            Err(shortage) => {
                let fee = self.facts.fees.flat(count);
                let fee = fee.total_fee.max(fee.base_fee.saturating_add(1));
                let given = references.iter().filter_map(|reference| {
                    let balance = self.facts.objects.get(&reference.id)?.coin_balance().ok()?;
                    (balance >= fee).then_some((balance, *reference))
                });
                vec![given.max().ok_or(shortage)?.1]
            }
        };
        let recipient = transfer.recipient;
        let kind = TransactionKind::TransferObjects { objects: references, recipient };
        let mut draft = Draft::new(self.sender, kind, gas);
        draft.findings = recipients::nobodies(self.facts, self.purse.coins, [recipient]);
        let given: Vec<_> =
            transfer.objects.iter().filter_map(|id| self.facts.objects.get(id)).collect();
        draft.findings.extend(findings::of_giving(&findings::Giving {
            to_self: recipient == self.sender,
            objects: &given,
            balance: self.purse.balance(),
        }));
        Ok(draft)
    }

    /// All coins pay, which merges them, and the one that is left is given to its owner, which moves
    /// no value and so costs the least of all ways.
    fn merge(&self) -> Result<Draft, PrepareError> {
        let payment = self.purse.everything()?;
        if payment.references().len() < 2 {
            return Err(PrepareError::NothingToMerge);
        }
        let fee = self.facts.fees.flat(1);
        if payment.total().0 < fee.total_fee.max(fee.base_fee.saturating_add(1)) {
            return Err(PrepareError::FeeTakesAll { fee: Shannons(fee.total_fee) });
        }
        let objects = vec![payment.primary()];
        let kind = TransactionKind::TransferObjects { objects, recipient: self.sender };
        Ok(self.paid(&payment, kind))
    }

    /// The coins of a stake, and how much it is.
    fn stake(&self, amount: Amount) -> Result<(Payment, u64), PrepareError> {
        let fees = &self.facts.fees;
        match amount {
            Amount::Exact(Shannons::ZERO) => Err(PrepareError::Nothing),
            Amount::Exact(amount) => {
                let payment = self.purse.choose(amount, fees.stake(STAKE_WRITES, amount.0))?;
                Ok((payment, amount.0))
            }
            // Always a number: with none, the chain makes a stake with a model for nothing.
            Amount::Max => {
                let payment = self.purse.everything()?;
                match coins::largest_stake(payment.total(), fees) {
                    Shannons::ZERO => {
                        let fee = Shannons(fees.flat(STAKE_WRITES).total_fee);
                        Err(PrepareError::FeeTakesAll { fee })
                    }
                    amount => Ok((payment, amount.0)),
                }
            }
        }
    }

    fn stake_with_validator(&self, stake: &StakeWithValidator) -> Result<Draft, PrepareError> {
        stake.check(&self.facts.state)?;
        let (payment, amount) = self.stake(stake.amount)?;
        Ok(self.staking(&payment, stake.kind(payment.primary(), amount), amount))
    }

    fn stake_with_model(&self, stake: &StakeWithModel) -> Result<Draft, PrepareError> {
        stake.check(&self.facts.state)?;
        let (payment, amount) = self.stake(stake.amount)?;
        Ok(self.staking(&payment, stake.kind(payment.primary(), amount), amount))
    }

    /// A stake writes as much as its withdrawal, and costs as much.
    fn staking(&self, payment: &Payment, kind: TransactionKind, amount: u64) -> Draft {
        let mut draft = self.paid(payment, kind);
        let fee = self.facts.fees.stake(STAKE_WRITES, amount).total_fee;
        let left = self.purse.balance().saturating_sub(amount).saturating_sub(fee);
        draft.findings.extend(findings::of_left_for_withdrawal(Shannons(left), Shannons(fee)));
        draft
    }
}
