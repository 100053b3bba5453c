//! A transaction acted out on what is known of its objects, by the chain's own rules.
//!
//! The steps are the chain's: gas coins are merged and the base fee is taken, the kind runs, and
//! what it wrote is counted and paid for.

use super::current::{Content, CurrentObjects, Held};
use super::error::{Defect, PreviewError, Run, Shortage, Stop, fail};
use super::{Change, ObjectChange, Preview, kinds, without_zeros};
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::digest::TransactionDigest;
use crate::effects::TransactionFee;
use crate::failure::ExecutionFailureStatus as Failure;
use crate::fees::FeeParameters;
use crate::object::{ObjectRef, ObjectType, StakedSoma};
use crate::system_state::SystemStateV1;
use crate::target::TargetV1;
use crate::tx::{TransactionData, TransactionKind};
use std::collections::{BTreeMap, BTreeSet};

/// Objects as they will be, starting from what they are.
pub(super) struct Sketch<'a> {
    transaction: &'a TransactionData,
    digest: TransactionDigest,
    state: &'a SystemStateV1,
    fees: FeeParameters,
    value_fee: u64,
    primary: ObjectId,
    before: BTreeMap<ObjectId, Held>,
    /// Those that vanish are missing.
    after: BTreeMap<ObjectId, Held>,
    /// Those made and changed so far, which cost a fee each.
    written: BTreeSet<ObjectId>,
    ids_allotted: u64,
}

/// The transaction's objects as they are: all known, and all the sender's that must be.
fn gather(
    transaction: &TransactionData,
    current: &CurrentObjects<'_>,
) -> Result<BTreeMap<ObjectId, Held>, PreviewError> {
    let kind = transaction.kind();
    let mut before = BTreeMap::new();
    for object in kind.owned_inputs().iter().chain(transaction.gas_payment()) {
        let held = current.get(object.id).ok_or(PreviewError::UnknownObject(object.id))?;
        if held.owner != Some(transaction.sender()) {
            return Err(PreviewError::NotYours(object.id));
        }
        before.insert(object.id, held.clone());
    }
    let state = kind.uses_system_state().then_some(ObjectId::SYSTEM_STATE);
    for id in state.into_iter().chain(kind.target()) {
        let held = current.get(id).ok_or(PreviewError::UnknownObject(id))?;
        before.insert(id, held.clone());
    }
    Ok(before)
}

/// No object may be named twice, and none that is merged into another coin may be used after it.
fn refuse_doubles(transaction: &TransactionData) -> Result<(), PreviewError> {
    let mut seen = BTreeSet::new();
    for object in transaction.kind().owned_inputs() {
        if !seen.insert(object.id) {
            return Err(PreviewError::NamedTwice(object.id));
        }
    }
    // The one kind that knows that such a coin is in the paying coin already.
    if matches!(transaction.kind(), TransactionKind::PayCoins { amounts: Some(_), .. }) {
        seen.clear();
    }
    let mut gas_seen = BTreeSet::new();
    for (at, coin) in transaction.gas_payment().iter().enumerate() {
        if !gas_seen.insert(coin.id) || (at > 0 && seen.contains(&coin.id)) {
            return Err(PreviewError::NamedTwice(coin.id));
        }
    }
    Ok(())
}

impl<'a> Sketch<'a> {
    /// Merges the gas coins and makes sure that the base fee can be paid.
    pub(super) fn begin(
        transaction: &'a TransactionData,
        current: &CurrentObjects<'a>,
    ) -> Result<Self, PreviewError> {
        if transaction.kind().is_system() {
            return Err(PreviewError::System);
        }
        let primary = transaction.gas_payment().first().ok_or(PreviewError::NoGas)?.id;
        refuse_doubles(transaction)?;
        let before = gather(transaction, current)?;
        let mut sketch = Self {
            transaction,
            digest: transaction.digest(),
            state: current.state(),
            fees: FeeParameters::from(&current.state().parameters),
            value_fee: 0,
            primary,
            after: before.clone(),
            before,
            written: BTreeSet::new(),
            ids_allotted: 0,
        };
        let merged = sketch.merge_gas()?;
        let base_fee = sketch.fees.base_fee;
        if merged == base_fee {
            return Err(Defect::ExactlyBaseFee.into());
        }
        let Some(rest) = merged.checked_sub(base_fee) else {
            let (needed, available) = (Shannons(base_fee), Shannons(merged));
            let stop = Stop::Short(Failure::InsufficientGas.into(), Shortage { needed, available });
            return Err(stop.after_paying(merged));
        };
        sketch.value_fee = sketch.value_fee();
        sketch.set_coin(primary, rest);
        Ok(sketch)
    }

    fn merge_gas(&mut self) -> Result<u64, PreviewError> {
        let mut merged = 0_u64;
        for coin in self.transaction.gas_payment() {
            let Some(Content::Coin(balance)) = self.after.get(&coin.id).map(|held| &held.content)
            else {
                return Err(PreviewError::NotACoin(coin.id));
            };
            let sum = merged.checked_add(*balance);
            merged = sum
                .ok_or_else(|| Stop::Failure(Failure::ArithmeticOverflow.into()).after_paying(0))?;
            self.delete(coin.id);
        }
        let owner = Some(self.sender());
        self.write(self.primary, Held { owner, content: Content::Coin(merged) });
        Ok(merged)
    }

    /// The price of the value moved, on balances after merging and before the base fee.
    fn value_fee(&self) -> u64 {
        let balance = |coin: &ObjectRef| self.coin(coin.id).unwrap_or(0);
        let full = |value: u64| self.fees.payment(0, value).value_fee;
        let half = |value: u64| self.fees.stake(0, value).value_fee;
        let sum = |parts: &mut dyn Iterator<Item = u64>| parts.fold(0, u64::saturating_add);
        match self.transaction.kind() {
            TransactionKind::TransferCoin { coin, amount, .. } => {
                full(amount.unwrap_or_else(|| balance(coin)))
            }
            TransactionKind::PayCoins { amounts: Some(amounts), .. } => {
                full(sum(&mut amounts.iter().copied()))
            }
            TransactionKind::PayCoins { coins, amounts: None, .. } => {
                full(sum(&mut coins.iter().map(balance)))
            }
            TransactionKind::AddStake { coin_ref, amount, .. }
            | TransactionKind::AddStakeToModel { coin_ref, amount, .. } => {
                half(amount.unwrap_or_else(|| balance(coin_ref)))
            }
            TransactionKind::CreateModel { stake_amount, .. } => half(*stake_amount),
            TransactionKind::WithdrawStake { staked_soma } => {
                half(self.stake(staked_soma.id).map_or(0, |stake| stake.principal))
            }
            TransactionKind::ClaimRewards { target_id } => {
                half(self.target(*target_id).map_or(0, |target| target.reward_pool))
            }
            _ => 0,
        }
    }

    /// Runs the kind, and takes what it costs.
    pub(super) fn run(mut self) -> Result<Preview, PreviewError> {
        let ran = kinds::run(&mut self).and_then(|()| self.charge());
        match ran {
            Ok(fee) => Ok(self.finish(fee)),
            Err(stop) => Err(stop.after_paying(self.fees.base_fee)),
        }
    }

    fn charge(&mut self) -> Run<TransactionFee> {
        let written = u64::try_from(self.written.len()).unwrap_or(u64::MAX);
        let rest_of_fee = self.rest_of_fee(written);
        // A kind may have used the paying coin up; then it pays nothing more.
        let balance = self.coin(self.primary).unwrap_or(0);
        let rest = self.spend(self.primary, balance, rest_of_fee, Failure::InsufficientGas)?;
        if rest == 0 {
            self.delete(self.primary);
        } else {
            self.set_coin(self.primary, rest);
        }
        let operation_fee = rest_of_fee.saturating_sub(self.value_fee);
        Ok(TransactionFee::new(self.fees.base_fee, operation_fee, self.value_fee))
    }

    /// Compares before with after. The chain gives all inputs a new version, changed or not.
    fn finish(self, fee: TransactionFee) -> Preview {
        let mut balances = BTreeMap::<Address, i128>::new();
        let mut count = |held: &Held, sign: i128| {
            if let (Content::Coin(balance), Some(owner)) = (&held.content, held.owner) {
                *balances.entry(owner).or_default() += sign * i128::from(*balance);
            }
        };
        let mut object_changes = Vec::new();
        for (id, held) in &self.before {
            count(held, -1);
            let after = self.after.get(id);
            object_changes.push(ObjectChange {
                id: *id,
                object_type: held.content.object_type(),
                change: if after.is_some() { Change::Changed } else { Change::Deleted },
                owner: after.and_then(|held| held.owner),
            });
        }
        for (id, held) in &self.after {
            count(held, 1);
            if !self.before.contains_key(id) {
                object_changes.push(ObjectChange {
                    id: *id,
                    object_type: held.content.object_type(),
                    change: Change::Created,
                    owner: held.owner,
                });
            }
        }
        object_changes.sort_unstable();
        Preview { fee, balance_changes: without_zeros(balances), object_changes }
    }
}

/// What kinds are made of.
impl<'a> Sketch<'a> {
    pub(super) const fn transaction(&self) -> &'a TransactionData {
        self.transaction
    }

    pub(super) const fn sender(&self) -> Address {
        self.transaction.sender()
    }

    pub(super) const fn state(&self) -> &'a SystemStateV1 {
        self.state
    }

    pub(super) fn is_gas(&self, id: ObjectId) -> bool {
        self.primary == id
    }

    pub(super) const fn primary(&self) -> ObjectId {
        self.primary
    }

    /// The value fee and the price of so many writes: what is still to be paid.
    pub(super) const fn rest_of_fee(&self, writes: u64) -> u64 {
        self.value_fee.saturating_add(self.fees.write_object_fee.saturating_mul(writes))
    }

    /// What is left of a coin's balance, or what is missing in it. The base fee, which the paying
    /// coin has paid already, is counted on both sides.
    pub(super) fn spend(
        &self,
        coin: ObjectId,
        balance: u64,
        amount: u64,
        failure: Failure,
    ) -> Run<u64> {
        balance.checked_sub(amount).ok_or_else(|| {
            let paid = if self.is_gas(coin) { self.fees.base_fee } else { 0 };
            let needed = Shannons(amount.saturating_add(paid));
            let available = Shannons(balance.saturating_add(paid));
            Stop::Short(Box::new(failure), Shortage { needed, available })
        })
    }

    /// Whether an object is still there.
    pub(super) fn exists(&self, id: ObjectId) -> bool {
        self.after.contains_key(&id)
    }

    fn held(&self, id: ObjectId) -> Run<&Held> {
        match self.after.get(&id) {
            Some(held) => Ok(held),
            None => fail(Failure::ObjectNotFound { object_id: id }),
        }
    }

    fn of_type<T>(&self, id: ObjectId, expected: ObjectType) -> Run<T> {
        let actual_type = self.held(id)?.content.object_type();
        fail(Failure::InvalidObjectType { object_id: id, expected_type: expected, actual_type })
    }

    pub(super) fn coin(&self, id: ObjectId) -> Run<u64> {
        match self.held(id)?.content {
            Content::Coin(balance) => Ok(balance),
            _ => self.of_type(id, ObjectType::Coin),
        }
    }

    pub(super) fn stake(&self, id: ObjectId) -> Run<StakedSoma> {
        match self.held(id)?.content {
            Content::Stake(stake) => Ok(stake),
            _ => self.of_type(id, ObjectType::StakedSoma),
        }
    }

    pub(super) fn target(&self, id: ObjectId) -> Run<&TargetV1> {
        match self.after.get(&id).map(|held| &held.content) {
            Some(Content::Target(target)) => Ok(target),
            _ => fail(Failure::TargetNotFound),
        }
    }

    fn write(&mut self, id: ObjectId, held: Held) {
        self.after.insert(id, held);
        self.written.insert(id);
    }

    /// Marks an object as written, with a change in it that a preview does not show.
    pub(super) fn touch(&mut self, id: ObjectId) {
        self.written.insert(id);
    }

    pub(super) fn touch_state(&mut self) {
        self.touch(ObjectId::SYSTEM_STATE);
    }

    pub(super) fn set_coin(&mut self, id: ObjectId, balance: u64) {
        let owner = self.after.get(&id).and_then(|held| held.owner);
        self.write(id, Held { owner, content: Content::Coin(balance) });
    }

    pub(super) fn set_owner(&mut self, id: ObjectId, owner: Address) -> Run {
        let content = self.held(id)?.content.clone();
        self.write(id, Held { owner: Some(owner), content });
        Ok(())
    }

    pub(super) fn delete(&mut self, id: ObjectId) {
        self.after.remove(&id);
        self.written.remove(&id);
    }

    /// The next id; also for what has an id and is no object of its own.
    pub(super) fn allot_id(&mut self) -> ObjectId {
        let id = ObjectId::derive(&self.digest, self.ids_allotted);
        self.ids_allotted += 1;
        id
    }

    fn create(&mut self, owner: Option<Address>, content: Content) {
        let id = self.allot_id();
        self.write(id, Held { owner, content });
    }

    pub(super) fn create_coin(&mut self, owner: Address, balance: u64) {
        self.create(Some(owner), Content::Coin(balance));
    }

    pub(super) fn create_stake(&mut self, stake: StakedSoma) {
        self.create(Some(self.sender()), Content::Stake(stake));
    }

    pub(super) fn create_target(&mut self) {
        self.create(None, Content::NewTarget);
    }
}
