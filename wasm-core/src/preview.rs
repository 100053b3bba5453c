//! What a transaction would do to balances and objects, computed here and told by the node.

use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::describe::Description;
use crate::digest::TransactionDigest;
use crate::effects::TransactionFee;
use crate::fees::{FeeError, FeeParameters, Inputs};
use crate::object::{ObjectRef, ObjectType};
use crate::ports::{ChainError, Executed};
use crate::tx::{TransactionData, TransactionKind};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// What a transaction would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What it costs.
    pub fee: TransactionFee,
    /// Shannons gained or lost by each address, fee included; none that are zero, by address.
    pub balance_changes: Vec<(Address, i128)>,
    /// Objects made, changed and deleted, by id.
    pub object_changes: Vec<ObjectChange>,
}

/// An object that a transaction would make, change or delete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectChange {
    /// Which object.
    pub id: ObjectId,
    /// What it is.
    pub object_type: ObjectType,
    /// What becomes of it.
    pub change: Change,
    /// Who owns it afterwards, where an address does.
    pub owner: Option<Address>,
}

/// What becomes of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Change {
    Created,
    Changed,
    Deleted,
}

/// What the node says of the same transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Simulation {
    /// It agrees to the shannon.
    Agrees,
    /// It would do something else than our own preview says.
    Differs {
        /// What the node says it would do.
        preview: Preview,
        /// Each difference as a sentence.
        differences: Vec<String>,
    },
    /// It would be executed and fail.
    WouldFail(Explanation),
    /// The node could not be asked.
    Unavailable {
        /// Why.
        reason: String,
    },
}

/// Something to know before signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How grave it is.
    pub level: Level,
    /// What it is, as a sentence.
    pub text: String,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    /// Good to know.
    Information,
    /// Look twice.
    Caution,
    /// Needs an explicit act.
    Danger,
    /// Cannot be signed.
    Forbidden,
}

/// What went wrong, what it means and what to do, in plain words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// What happened, and what it means.
    pub what: String,
    /// What to do next.
    pub next: String,
}

/// A transaction ready to be looked at: all that a person sees before signing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// In words.
    pub description: Description,
    /// Who signs and pays.
    pub sender: Address,
    /// What it would do, by our own reckoning.
    pub preview: Preview,
    /// What the node says.
    pub simulation: Simulation,
    /// What to know before signing.
    pub findings: Vec<Finding>,
    /// Digest of exactly the bytes that would be signed.
    pub digest: TransactionDigest,
    /// Those bytes (BCS of `TransactionData`), in hex.
    pub bytes: String,
}

/// Why what a transaction would do cannot be told, or would not be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// What it does depends on more than its inputs.
    #[error("what a {0} transaction would do can only be told by a node")]
    Unsupported(&'static str),
    /// The fee cannot be told.
    #[error(transparent)]
    Fee(#[from] FeeError),
    /// It would fail for want of money.
    #[error("this needs {needed} SOMA in one coin, which holds {available} SOMA")]
    TooLittle {
        /// What the coin must hold.
        needed: Shannons,
        /// What it holds.
        available: Shannons,
    },
    /// The coin that pays would hold exactly the base fee, which the chain handles wrongly.
    #[error("the coin that pays must hold more than the base fee")]
    ExactlyBaseFee,
    /// An object stands in the transaction twice, or is merged away before it is used.
    #[error("object {0} is named twice")]
    NamedTwice(ObjectId),
    /// An object that the transaction gives away is not known.
    #[error("object {0} is not known")]
    UnknownObject(ObjectId),
    /// The kind's own arguments make it fail.
    #[error("{0}")]
    Arguments(&'static str),
}

/// The node's answer does not say what an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node does not say what object {0} is")]
pub struct UntypedObject(pub ObjectId);

/// Coins and stakes as they will be, starting from what they are.
struct Sketch<'a> {
    transaction: &'a TransactionData,
    digest: TransactionDigest,
    fee: TransactionFee,
    primary: ObjectId,
    /// Coins as they are. All of them are the sender's.
    before: BTreeMap<ObjectId, u64>,
    /// Coins as they will be; those that vanish are missing.
    after: BTreeMap<ObjectId, (Address, u64)>,
    /// Objects that are no coins.
    others: Vec<ObjectChange>,
}

impl Preview {
    /// What a transaction would do if it succeeds, by the chain's own rules.
    ///
    /// # Errors
    /// Where it would fail for reasons that can be seen here, or only a node can tell.
    pub fn of(
        transaction: &TransactionData,
        fees: &FeeParameters,
        inputs: &Inputs,
    ) -> Result<Self, PreviewError> {
        let mut sketch = Sketch::begin(transaction, fees, inputs)?;
        sketch.apply(inputs)?;
        sketch.finish()
    }

    /// What a node says a transaction did or would do.
    ///
    /// Creations that were undone are left out. What an object is, where the node does not say it, is
    /// taken from our own preview of the same transaction.
    ///
    /// # Errors
    /// Where neither says what an object is.
    pub fn from_executed(executed: &Executed, ours: &Self) -> Result<Self, UntypedObject> {
        let mut balances = BTreeMap::<Address, i128>::new();
        for (address, change) in &executed.balance_changes {
            *balances.entry(*address).or_default() += change;
        }
        let mut object_changes = Vec::new();
        for changed in &executed.changed_objects {
            let change = match (&changed.before, &changed.after) {
                (None, None) => continue,
                (None, Some(_)) => Change::Created,
                (Some(_), Some(_)) => Change::Changed,
                (Some(_), None) => Change::Deleted,
            };
            let known = || ours.object_changes.iter().find(|ours| ours.id == changed.id);
            let object_type = changed
                .object_type
                .or_else(|| known().map(|ours| ours.object_type))
                .ok_or(UntypedObject(changed.id))?;
            let owner = changed.after.and_then(|(_, owner)| owner.address());
            object_changes.push(ObjectChange { id: changed.id, object_type, change, owner });
        }
        object_changes.sort_unstable();
        Ok(Self { fee: executed.fee, balance_changes: without_zeros(balances), object_changes })
    }

    /// Shannons that an address gains or loses.
    #[must_use]
    pub fn balance_change(&self, address: Address) -> i128 {
        self.balance_changes.iter().find(|(of, _)| *of == address).map_or(0, |(_, change)| *change)
    }

    /// How another account of the same transaction differs, each difference as a sentence.
    #[must_use]
    pub fn differences(&self, theirs: &Self) -> Vec<String> {
        let mut sentences = Vec::new();
        if self.fee != theirs.fee {
            sentences.push(format!(
                "The fee would be {} SOMA by our reckoning and {} SOMA by the node's.",
                Shannons(self.fee.total_fee),
                Shannons(theirs.fee.total_fee),
            ));
        }
        let addresses: BTreeSet<Address> =
            [self, theirs].iter().flat_map(|of| &of.balance_changes).map(|(of, _)| *of).collect();
        for address in addresses {
            let (ours, node) = (self.balance_change(address), theirs.balance_change(address));
            if ours != node {
                sentences.push(format!(
                    "The balance of {address} would change by {} SOMA by our reckoning and by {} \
                     SOMA by the node's.",
                    signed_soma(ours),
                    signed_soma(node),
                ));
            }
        }
        let ids: BTreeSet<ObjectId> =
            [self, theirs].iter().flat_map(|of| &of.object_changes).map(|of| of.id).collect();
        for id in ids {
            let of = |preview: &Self| preview.object_changes.iter().find(|of| of.id == id).copied();
            if of(self) != of(theirs) {
                sentences.push(format!(
                    "Object {id} would be {} by our reckoning and {} by the node's.",
                    fate(of(self)),
                    fate(of(theirs)),
                ));
            }
        }
        sentences
    }
}

impl Simulation {
    /// Sets the node's answer beside our own preview of the transaction of this digest.
    #[must_use]
    pub fn compare(
        digest: TransactionDigest,
        ours: &Preview,
        answer: &Result<Executed, ChainError>,
    ) -> Self {
        let executed = match answer {
            Ok(executed) => executed,
            Err(error) => return Self::Unavailable { reason: error.to_string() },
        };
        if let Some(failure) = &executed.failure {
            return Self::WouldFail(Explanation::of_failure(failure));
        }
        let theirs = match Preview::from_executed(executed, ours) {
            Ok(theirs) => theirs,
            Err(untyped) => return Self::Unavailable { reason: untyped.to_string() },
        };
        let mut differences = ours.differences(&theirs);
        if executed.digest != digest {
            differences.push(format!(
                "The node speaks of another transaction, {}, than the one to be signed, {digest}.",
                executed.digest
            ));
        }
        if differences.is_empty() {
            Self::Agrees
        } else {
            Self::Differs { preview: theirs, differences }
        }
    }
}

/// Signed shannons as exact decimal SOMA with a sign.
#[must_use]
pub fn signed_soma(change: i128) -> String {
    let sign = if change < 0 { "−" } else { "+" };
    match u64::try_from(change.unsigned_abs()) {
        Ok(shannons) => format!("{sign}{}", Shannons(shannons)),
        // No balance can change by so much; a node that says so is quoted, in shannons.
        Err(_) => format!("{sign}{} shannons, which is more than exists in", change.unsigned_abs()),
    }
}

fn without_zeros(balances: BTreeMap<Address, i128>) -> Vec<(Address, i128)> {
    balances.into_iter().filter(|(_, change)| *change != 0).collect()
}

fn fate(change: Option<ObjectChange>) -> String {
    let Some(ObjectChange { object_type, change, owner, .. }) = change else {
        return "left alone".into();
    };
    let change = match change {
        Change::Created => "created",
        Change::Changed => "changed",
        Change::Deleted => return format!("deleted ({})", object_type.name()),
    };
    match owner {
        Some(owner) => format!("{change} ({}, owned by {owner})", object_type.name()),
        None => format!("{change} ({})", object_type.name()),
    }
}

impl<'a> Sketch<'a> {
    /// Merges the gas coins and makes sure that the base fee can be paid.
    fn begin(
        transaction: &'a TransactionData,
        fees: &FeeParameters,
        inputs: &Inputs,
    ) -> Result<Self, PreviewError> {
        let gas = transaction.gas_payment();
        let primary = gas.first().ok_or(FeeError::NoGas)?.id;
        let named = transaction.kind().owned_inputs();
        let mut seen = BTreeSet::new();
        for object in &named {
            if !seen.insert(object.id) {
                return Err(PreviewError::NamedTwice(object.id));
            }
        }
        seen.remove(&primary);
        for coin in gas {
            if !seen.insert(coin.id) {
                return Err(PreviewError::NamedTwice(coin.id));
            }
        }
        let fee = fees.of(transaction, inputs)?;
        let mut before = BTreeMap::new();
        for object in gas.iter().chain(&named) {
            match inputs.coins.get(&object.id) {
                Some(balance) => before.insert(object.id, *balance),
                None if inputs.stakes.contains_key(&object.id) => continue,
                None => return Err(PreviewError::UnknownObject(object.id)),
            };
        }
        let sender = transaction.sender();
        let mut after: BTreeMap<_, _> =
            before.iter().map(|(id, balance)| (*id, (sender, *balance))).collect();
        let mut merged = 0_u64;
        for coin in gas {
            let (_, balance) = after.remove(&coin.id).ok_or(FeeError::UnknownCoin(coin.id))?;
            merged = merged.checked_add(balance).ok_or(FeeError::Overflow)?;
        }
        after.insert(primary, (sender, merged));
        match merged.cmp(&fee.base_fee) {
            Ordering::Less => {
                let (needed, available) = (Shannons(fee.base_fee), Shannons(merged));
                return Err(PreviewError::TooLittle { needed, available });
            }
            Ordering::Equal => return Err(PreviewError::ExactlyBaseFee),
            Ordering::Greater => {}
        }
        let digest = transaction.digest();
        Ok(Self { transaction, digest, fee, primary, before, after, others: Vec::new() })
    }

    fn apply(&mut self, inputs: &Inputs) -> Result<(), PreviewError> {
        let kind = self.transaction.kind();
        match kind {
            TransactionKind::Genesis(_)
            | TransactionKind::ConsensusCommitPrologueV1(_)
            | TransactionKind::ChangeEpoch(_)
            | TransactionKind::WithdrawStake { .. }
            | TransactionKind::SubmitData(_)
            | TransactionKind::ClaimRewards { .. } => {
                return Err(PreviewError::Unsupported(kind.name()));
            }
            TransactionKind::TransferCoin { coin, amount, recipient } => {
                self.transfer(coin.id, *amount, *recipient)?;
            }
            TransactionKind::PayCoins { coins, amounts: Some(amounts), recipients } => {
                self.pay(coins, amounts, recipients)?;
            }
            // A node cannot be told of it, so it can never be executed.
            TransactionKind::PayCoins { amounts: None, .. } => {
                return Err(PreviewError::Unsupported("PayCoins without amounts"));
            }
            TransactionKind::TransferObjects { objects, recipient } => {
                self.give(objects, *recipient, inputs)?;
            }
            TransactionKind::AddStake { coin_ref, amount, .. } => {
                self.stake(coin_ref.id, *amount, 0)?;
            }
            TransactionKind::AddStakeToModel { coin_ref, amount, .. } => {
                if amount.is_none() && coin_ref.id == self.primary {
                    return Err(PreviewError::Arguments(
                        "staking the whole coin that also pays the fee does not work on this \
                         network; name an amount",
                    ));
                }
                self.stake(coin_ref.id, *amount, 0)?;
            }
            TransactionKind::CreateModel { stake_amount, .. } => {
                self.stake(self.primary, Some(*stake_amount), 2)?;
            }
            TransactionKind::ReportSubmission { target_id }
            | TransactionKind::UndoReportSubmission { target_id } => {
                self.other(*target_id, ObjectType::Target, Change::Changed, None);
            }
            TransactionKind::AddValidator(_)
            | TransactionKind::RemoveValidator(_)
            | TransactionKind::ReportValidator { .. }
            | TransactionKind::UndoReportValidator { .. }
            | TransactionKind::UpdateValidatorMetadata(_)
            | TransactionKind::SetCommissionRate { .. }
            | TransactionKind::CommitModel(_)
            | TransactionKind::RevealModel(_)
            | TransactionKind::SetModelCommissionRate { .. }
            | TransactionKind::DeactivateModel { .. }
            | TransactionKind::ReportModel { .. }
            | TransactionKind::UndoReportModel { .. } => {}
        }
        if kind.uses_system_state() {
            self.other(ObjectId::SYSTEM_STATE, ObjectType::SystemState, Change::Changed, None);
        }
        Ok(())
    }
}

impl Sketch<'_> {
    fn balance(&self, coin: ObjectId) -> Result<u64, PreviewError> {
        let (_, balance) = self.after.get(&coin).ok_or(PreviewError::UnknownObject(coin))?;
        Ok(*balance)
    }

    /// What the paying coin holds beyond the whole fee.
    fn beyond_fee(&self, amount: u64) -> Result<u64, PreviewError> {
        let available = self.balance(self.primary)?;
        let needed = amount.saturating_add(self.fee.total_fee);
        available.checked_sub(self.fee.total_fee).filter(|rest| *rest >= amount).ok_or(
            PreviewError::TooLittle { needed: Shannons(needed), available: Shannons(available) },
        )
    }

    fn create_coin(&mut self, n: u64, owner: Address, balance: u64) {
        self.after.insert(ObjectId::derive(&self.digest, n), (owner, balance));
    }

    /// Takes shannons out of a coin; one that is not the paying one vanishes when it is empty.
    fn take(&mut self, coin: ObjectId, amount: u64) -> Result<(), PreviewError> {
        let available = self.balance(coin)?;
        let rest = available.checked_sub(amount).ok_or(PreviewError::TooLittle {
            needed: Shannons(amount),
            available: Shannons(available),
        })?;
        if rest == 0 && coin != self.primary {
            self.after.remove(&coin);
        } else {
            self.after.insert(coin, (self.transaction.sender(), rest));
        }
        Ok(())
    }

    fn transfer(
        &mut self,
        coin: ObjectId,
        amount: Option<u64>,
        recipient: Address,
    ) -> Result<(), PreviewError> {
        let amount = if coin == self.primary {
            match amount {
                Some(amount) => self.beyond_fee(amount).map(|_| amount)?,
                // One shannon at least must be left to be sent.
                None => self.beyond_fee(1)?,
            }
        } else {
            let balance = self.balance(coin)?;
            match amount {
                Some(amount) if amount != balance => amount,
                _ => {
                    self.after.insert(coin, (recipient, balance));
                    return Ok(());
                }
            }
        };
        self.take(coin, amount)?;
        self.create_coin(0, recipient, amount);
        Ok(())
    }

    fn pay(
        &mut self,
        coins: &[ObjectRef],
        amounts: &[u64],
        recipients: &[Address],
    ) -> Result<(), PreviewError> {
        let first = coins.first().ok_or(PreviewError::Arguments("no coin is named"))?.id;
        if recipients.is_empty() {
            return Err(PreviewError::Arguments("nobody is named to be paid"));
        }
        if amounts.len() != recipients.len() {
            return Err(PreviewError::Arguments("there must be one amount for each recipient"));
        }
        let rest_in =
            if coins.iter().any(|coin| coin.id == self.primary) { self.primary } else { first };
        let mut heap = 0_u64;
        for coin in coins {
            heap = heap.checked_add(self.balance(coin.id)?).ok_or(FeeError::Overflow)?;
            self.after.remove(&coin.id);
        }
        let paid = amounts.iter().try_fold(0_u64, |sum, &amount| sum.checked_add(amount));
        let paid = paid.ok_or(FeeError::Overflow)?;
        // The chain wants value and first write fees in the heap even where another coin pays them.
        let writes = self.fee.operation_fee;
        let counted = if rest_in == self.primary {
            self.fee.total_fee
        } else {
            let recipients = u64::try_from(recipients.len()).unwrap_or(u64::MAX);
            let each = writes / recipients.saturating_add(2);
            self.fee.value_fee.saturating_add(writes.saturating_sub(each))
        };
        let needed = paid.saturating_add(counted);
        if heap < needed {
            let (needed, available) = (Shannons(needed), Shannons(heap));
            return Err(PreviewError::TooLittle { needed, available });
        }
        self.after.insert(rest_in, (self.transaction.sender(), heap - paid));
        for (n, (amount, recipient)) in (0..).zip(amounts.iter().zip(recipients)) {
            self.create_coin(n, *recipient, *amount);
        }
        Ok(())
    }

    fn give(
        &mut self,
        objects: &[ObjectRef],
        recipient: Address,
        inputs: &Inputs,
    ) -> Result<(), PreviewError> {
        if objects.is_empty() {
            return Err(PreviewError::Arguments("no object is named"));
        }
        for object in objects {
            if let Some((owner, _)) = self.after.get_mut(&object.id) {
                *owner = recipient;
            } else if inputs.stakes.contains_key(&object.id) {
                let stake = ObjectType::StakedSoma;
                self.other(object.id, stake, Change::Changed, Some(recipient));
            } else {
                return Err(PreviewError::UnknownObject(object.id));
            }
        }
        Ok(())
    }

    fn stake(&mut self, coin: ObjectId, amount: Option<u64>, n: u64) -> Result<(), PreviewError> {
        let amount = match amount {
            Some(0) => return Err(PreviewError::Arguments("a stake of nothing is not possible")),
            Some(amount) if coin == self.primary => self.beyond_fee(amount).map(|_| amount)?,
            Some(amount) => amount,
            None if coin == self.primary => self.beyond_fee(1)?,
            None => self.balance(coin)?,
        };
        self.take(coin, amount)?;
        let id = ObjectId::derive(&self.digest, n);
        let sender = self.transaction.sender();
        self.other(id, ObjectType::StakedSoma, Change::Created, Some(sender));
        Ok(())
    }

    fn other(
        &mut self,
        id: ObjectId,
        object_type: ObjectType,
        change: Change,
        owner: Option<Address>,
    ) {
        self.others.push(ObjectChange { id, object_type, change, owner });
    }

    /// Takes the fee and compares before with after.
    fn finish(mut self) -> Result<Preview, PreviewError> {
        let (owner, balance) =
            *self.after.get(&self.primary).ok_or(PreviewError::UnknownObject(self.primary))?;
        let rest = balance.checked_sub(self.fee.total_fee).ok_or(PreviewError::TooLittle {
            needed: Shannons(self.fee.total_fee),
            available: Shannons(balance),
        })?;
        if rest == 0 {
            self.after.remove(&self.primary);
        } else {
            self.after.insert(self.primary, (owner, rest));
        }
        let mut balances = BTreeMap::<Address, i128>::new();
        let sender = self.transaction.sender();
        let mut object_changes = self.others;
        for (id, balance) in &self.before {
            *balances.entry(sender).or_default() -= i128::from(*balance);
            let owner = self.after.get(id).map(|(owner, _)| *owner);
            let change = if owner.is_some() { Change::Changed } else { Change::Deleted };
            object_changes.push(ObjectChange {
                id: *id,
                object_type: ObjectType::Coin,
                change,
                owner,
            });
        }
        for (id, (owner, balance)) in &self.after {
            *balances.entry(*owner).or_default() += i128::from(*balance);
            if !self.before.contains_key(id) {
                object_changes.push(ObjectChange {
                    id: *id,
                    object_type: ObjectType::Coin,
                    change: Change::Created,
                    owner: Some(*owner),
                });
            }
        }
        object_changes.sort_unstable();
        let fee = self.fee;
        Ok(Preview { fee, balance_changes: without_zeros(balances), object_changes })
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, ObjectChange, Preview, PreviewError, Simulation, signed_soma};
    use crate::address::{Address, ObjectId};
    use crate::digest::{ObjectDigest, TransactionDigest};
    use crate::effects::{ExecutionStatus, IdOperation, TransactionFee};
    use crate::failure::{ExecutionFailureStatus, FailureKind};
    use crate::fees::{FeeParameters, Inputs};
    use crate::object::{ObjectRef, ObjectType, Owner};
    use crate::ports::{ChainError, ChangedObject, Executed, ExecutionFailure};
    use crate::recorded;
    use crate::tx::{TransactionData, TransactionKind};
    use std::collections::BTreeMap;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const FEES: FeeParameters =
        FeeParameters { base_fee: 1_000, write_object_fee: 300, value_fee_bps: 10 };
    const ME: Address = Address([1; 32]);
    const YOU: Address = Address([2; 32]);
    const DIGEST: TransactionDigest = TransactionDigest([9; 32]);

    fn coin(n: u8) -> ObjectRef {
        ObjectRef { id: ObjectId([n; 32]), version: 3, digest: ObjectDigest([n; 32]) }
    }

    fn inputs(coins: &[(u8, u64)]) -> Inputs {
        let coins = coins.iter().map(|(n, balance)| (ObjectId([*n; 32]), *balance)).collect();
        Inputs { coins, ..Inputs::default() }
    }

    fn send(amount: Option<u64>, gas: &[u8]) -> TransactionData {
        let gas: Vec<_> = gas.iter().map(|n| coin(*n)).collect();
        let kind = TransactionKind::TransferCoin { coin: gas[0], amount, recipient: YOU };
        TransactionData::new(kind, ME, gas)
    }

    #[test]
    fn every_recorded_success_does_what_we_say() {
        let mut counts = BTreeMap::<&str, u32>::new();
        for step in recorded::steps() {
            let name = step.transaction.kind().name();
            if step.status != ExecutionStatus::Success {
                continue;
            }
            match Preview::of(&step.transaction, &step.fees, &step.inputs) {
                Err(PreviewError::Unsupported(_)) => {
                    let told = ["WithdrawStake", "SubmitData", "ClaimRewards", "PayCoins"];
                    assert!(told.contains(&name), "{}", step.name);
                }
                preview => {
                    assert_eq!(preview, Ok(step.did), "{}", step.name);
                    *counts.entry(name).or_default() += 1;
                }
            }
        }
        for kind in ["TransferCoin", "PayCoins", "TransferObjects", "CreateModel", "AddStake"] {
            assert!(counts.contains_key(kind), "{kind} in {counts:?}");
        }
        assert!(counts.len() >= 15, "{counts:?}");
    }

    #[test]
    fn every_recorded_want_of_money_is_foreseen() {
        let mut seen = 0;
        for step in recorded::steps() {
            let ExecutionStatus::Failure { error } = step.status else { continue };
            if matches!(
                error,
                ExecutionFailureStatus::InsufficientGas
                    | ExecutionFailureStatus::InsufficientCoinBalance
                    | ExecutionFailureStatus::ArithmeticOverflow
            ) {
                let preview = Preview::of(&step.transaction, &step.fees, &step.inputs);
                assert!(preview.is_err(), "{}: {preview:?}", step.name);
                seen += 1;
            }
        }
        assert!(seen >= 8, "{seen}");
    }

    #[test]
    fn sending_everything_empties_the_coins_and_tells_what_arrives() {
        let transaction = send(None, &[1, 2]);
        let preview =
            Preview::of(&transaction, &FEES, &inputs(&[(1, 1_000_000), (2, 234_567)])).unwrap();
        // 10 basis points of 1,234,567, rounded down
        let fee = TransactionFee::new(1_000, 600, 1_234);
        let arrives = 1_234_567 - i128::from(fee.total_fee);
        assert_eq!(preview.fee, fee);
        assert_eq!(preview.balance_changes, [(ME, -1_234_567), (YOU, arrives)]);
        let gone = |n: u8| ObjectChange {
            id: ObjectId([n; 32]),
            object_type: ObjectType::Coin,
            change: Change::Deleted,
            owner: None,
        };
        let arrived = ObjectChange {
            id: ObjectId::derive(&transaction.digest(), 0),
            object_type: ObjectType::Coin,
            change: Change::Created,
            owner: Some(YOU),
        };
        let mut expected = [gone(1), gone(2), arrived];
        expected.sort_unstable();
        assert_eq!(preview.object_changes, expected);
    }

    #[test]
    fn one_shannon_less_than_needed_is_refused() {
        let needed = 50_000 + 1_000 + 600 + 50;
        assert!(Preview::of(&send(Some(50_000), &[1]), &FEES, &inputs(&[(1, needed)])).is_ok());
        assert_eq!(
            Preview::of(&send(Some(50_000), &[1]), &FEES, &inputs(&[(1, needed - 1)])),
            Err(PreviewError::TooLittle {
                needed: crate::amount::Shannons(needed),
                available: crate::amount::Shannons(needed - 1)
            })
        );
    }

    #[test]
    fn a_coin_of_exactly_the_base_fee_never_pays() {
        assert_eq!(
            Preview::of(&send(Some(1), &[1]), &FEES, &inputs(&[(1, 1_000)])),
            Err(PreviewError::ExactlyBaseFee)
        );
    }

    #[test]
    fn a_coin_named_twice_is_refused() {
        let kind = TransactionKind::TransferCoin { coin: coin(2), amount: Some(1), recipient: YOU };
        let merged_away = TransactionData::new(kind, ME, vec![coin(1), coin(2)]);
        let balances = inputs(&[(1, 1_000_000), (2, 1_000_000)]);
        for transaction in [merged_away, send(Some(1), &[1, 2, 2])] {
            assert_eq!(
                Preview::of(&transaction, &FEES, &balances),
                Err(PreviewError::NamedTwice(ObjectId([2; 32])))
            );
        }
    }

    fn executed(preview: &Preview) -> Executed {
        let state = |owner: Option<Address>| {
            let shared = Owner::Shared { initial_shared_version: 1 };
            (coin(7), owner.map_or(shared, Owner::AddressOwner))
        };
        let changed = |of: &ObjectChange| ChangedObject {
            id: of.id,
            object_type: Some(of.object_type),
            before: (of.change != Change::Created).then(|| state(Some(ME))),
            after: (of.change != Change::Deleted).then(|| state(of.owner)),
            id_operation: IdOperation::None,
        };
        Executed {
            digest: DIGEST,
            failure: None,
            epoch: 1,
            fee: preview.fee,
            changed_objects: preview.object_changes.iter().map(changed).collect(),
            balance_changes: preview.balance_changes.clone(),
            gas_payment: Vec::new(),
            checkpoint: None,
            timestamp_ms: None,
        }
    }

    fn ours() -> Preview {
        Preview::of(&send(Some(50_000), &[1]), &FEES, &inputs(&[(1, 1_000_000)])).unwrap()
    }

    #[test]
    fn the_node_agrees_where_it_says_the_same_in_other_words() {
        let ours = ours();
        let mut executed = executed(&ours);
        executed.balance_changes.push((Address([3; 32]), 0));
        executed.balance_changes.reverse();
        executed.changed_objects.reverse();
        // An undone creation, and an object whose type the node leaves out.
        executed.changed_objects[0].object_type = None;
        executed.changed_objects.push(ChangedObject {
            id: ObjectId([8; 32]),
            object_type: None,
            before: None,
            after: None,
            id_operation: IdOperation::Created,
        });
        assert_eq!(Simulation::compare(DIGEST, &ours, &Ok(executed)), Simulation::Agrees);
    }

    #[test]
    fn every_difference_is_a_sentence_with_exact_amounts() {
        let ours = ours();
        let mut answer = executed(&ours);
        answer.fee = TransactionFee::new(1_000, 600, 51);
        answer.balance_changes[1].1 += 1;
        answer.changed_objects.remove(0);
        let Simulation::Differs { differences, .. } =
            Simulation::compare(TransactionDigest([8; 32]), &ours, &Ok(answer))
        else {
            panic!("no difference");
        };
        assert_eq!(differences.len(), 4, "{differences:?}");
        assert_eq!(
            differences[0],
            "The fee would be 0.00000165 SOMA by our reckoning and 0.000001651 SOMA by the node's."
        );
        assert_eq!(
            differences[1],
            format!(
                "The balance of {YOU} would change by +0.00005 SOMA by our reckoning and by \
                 +0.000050001 SOMA by the node's."
            )
        );
        assert!(differences[2].contains("left alone by the node's"), "{}", differences[2]);
        assert!(differences[3].contains("another transaction"), "{}", differences[3]);
    }

    #[test]
    fn a_failure_and_a_silent_node_are_told_apart() {
        let ours = ours();
        let mut failed = executed(&ours);
        failed.failure =
            Some(ExecutionFailure { kind: FailureKind::InsufficientCoinBalance, detail: None });
        let failed = Simulation::compare(DIGEST, &ours, &Ok(failed));
        assert!(matches!(failed, Simulation::WouldFail(_)), "{failed:?}");
        let silent = Err(ChainError::Timeout { seconds: 30 });
        let silent = Simulation::compare(DIGEST, &ours, &silent);
        assert!(matches!(silent, Simulation::Unavailable { .. }), "{silent:?}");
    }

    #[test]
    fn an_object_that_nobody_names_is_no_agreement() {
        let ours = ours();
        let mut answer = executed(&ours);
        answer.changed_objects.push(ChangedObject {
            id: ObjectId([8; 32]),
            object_type: None,
            before: None,
            after: Some((coin(8), Owner::AddressOwner(YOU))),
            id_operation: IdOperation::Created,
        });
        let told = Simulation::compare(DIGEST, &ours, &Ok(answer));
        assert!(matches!(told, Simulation::Unavailable { .. }), "{told:?}");
    }

    #[test]
    fn changes_are_printed_with_their_sign() {
        assert_eq!(signed_soma(-1), "−0.000000001");
        assert_eq!(signed_soma(1_500_000_000), "+1.5");
        assert!(signed_soma(i128::MIN).starts_with('−'));
    }
}
