//! A node that says what a test tells it to say.

use crate::address::{Address, ObjectId};
use crate::digest::{CheckpointDigest, ObjectDigest, TransactionDigest};
use crate::effects::{IdOperation, TransactionFee};
use crate::object::{Object, ObjectRef, ObjectType, Owner};
use crate::ports::{Chain, ChainError, ChangedObject, Checkpoint, Coin, Executed, ServiceInfo};
use crate::preview::{Change, CurrentObjects, Preview};
use crate::recorded;
use crate::system_state::{SystemState, SystemStateV1};
use crate::tx::TransactionData;
use crate::tx::sign::SignedTransaction;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Runs a future that never has to wait, as those of the fake do not.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a fake made its caller wait"),
    }
}

/// What a node was given and will say. Simulation is honest unless `simulated` holds an answer;
/// `executed` and `found` are answered in order, then by an honest execution and by `None`.
pub(crate) struct FakeChain {
    pub(crate) state: SystemStateV1,
    pub(crate) coins: Vec<Coin>,
    pub(crate) height: Cell<u64>,
    pub(crate) simulated: RefCell<Option<Result<Executed, ChainError>>>,
    pub(crate) executed: RefCell<VecDeque<Result<Executed, ChainError>>>,
    pub(crate) found: RefCell<VecDeque<Result<Option<Executed>, ChainError>>>,
    pub(crate) objects: Vec<Object>,
    pub(crate) sent: RefCell<Vec<SignedTransaction>>,
}

pub(crate) const CHAIN: CheckpointDigest = CheckpointDigest([3; 32]);

impl FakeChain {
    pub(crate) fn new(balances: &[u64]) -> Self {
        let coin = |(n, balance): (u8, &u64)| {
            let (id, digest) = (ObjectId([n; 32]), ObjectDigest([n; 32]));
            Coin { reference: ObjectRef { id, version: 5, digest }, balance: *balance }
        };
        Self {
            state: recorded::system_state(),
            coins: (100..).zip(balances).map(coin).collect(),
            height: Cell::new(7),
            simulated: RefCell::default(),
            executed: RefCell::default(),
            found: RefCell::default(),
            objects: Vec::new(),
            sent: RefCell::default(),
        }
    }

    /// What an honest node says of a transaction of these coins.
    pub(crate) fn honest(&self, transaction: &TransactionData) -> Executed {
        let current =
            CurrentObjects::new(&self.state).with_coins(transaction.sender(), &self.coins);
        let preview = Preview::of(transaction, &current).expect("a payable transaction");
        let mut executed = executed(transaction.digest(), self.state.epoch);
        executed.fee = preview.fee;
        executed.balance_changes = preview.balance_changes;
        let state = |id: ObjectId, owner: Option<Address>| {
            let shared = Owner::Shared { initial_shared_version: 1 };
            let reference = ObjectRef { id, version: 6, digest: ObjectDigest([1; 32]) };
            (reference, owner.map_or(shared, Owner::AddressOwner))
        };
        for of in preview.object_changes {
            executed.changed_objects.push(ChangedObject {
                id: of.id,
                object_type: (of.change != Change::Deleted).then_some(of.object_type),
                before: (of.change != Change::Created).then(|| state(of.id, None)),
                after: (of.change != Change::Deleted).then(|| state(of.id, of.owner)),
                id_operation: IdOperation::None,
            });
        }
        executed
    }
}

/// A transaction that succeeded and did nothing.
pub(crate) fn executed(digest: TransactionDigest, epoch: u64) -> Executed {
    Executed {
        digest,
        failure: None,
        epoch,
        fee: TransactionFee::default(),
        changed_objects: Vec::new(),
        balance_changes: Vec::new(),
        gas_payment: Vec::new(),
        checkpoint: None,
        timestamp_ms: None,
    }
}

/// A coin as an object of some version.
pub(crate) fn coin_object(id: ObjectId, version: u64) -> Object {
    let owner = Owner::AddressOwner(Address([1; 32]));
    let writer = TransactionDigest([1; 32]);
    Object::new(id, version, ObjectType::Coin, &1_u64.to_le_bytes(), owner, writer)
}

impl Chain for FakeChain {
    async fn service_info(&self) -> Result<ServiceInfo, ChainError> {
        Ok(ServiceInfo {
            chain_id: CHAIN,
            chain: "localnet".into(),
            epoch: self.state.epoch,
            checkpoint_height: self.height.get(),
            server: "soma-node/0.1.21".into(),
        })
    }

    async fn system_state(&self) -> Result<SystemState, ChainError> {
        Ok(SystemState::V1(self.state.clone()))
    }

    async fn coins(&self, _owner: Address) -> Result<Vec<Coin>, ChainError> {
        Ok(self.coins.clone())
    }

    async fn object(&self, id: ObjectId) -> Result<Option<Object>, ChainError> {
        Ok(self.objects.iter().find(|object| object.id() == Ok(id)).cloned())
    }

    async fn simulate(&self, transaction: &TransactionData) -> Result<Executed, ChainError> {
        if let Some(answer) = self.simulated.borrow_mut().take() {
            return answer;
        }
        let is_known = |paying: &ObjectRef| self.coins.iter().any(|coin| coin.reference == *paying);
        match transaction.gas_payment().iter().find(|paying| !is_known(paying)) {
            None => Ok(self.honest(transaction)),
            Some(paying) => Err(ChainError::Refused {
                code: 13,
                message: format!("Could not find the referenced object {}", paying.id),
                violations: Vec::new(),
            }),
        }
    }

    async fn execute(&self, signed: &SignedTransaction) -> Result<Executed, ChainError> {
        self.sent.borrow_mut().push(signed.clone());
        let answer = self.executed.borrow_mut().pop_front();
        answer.unwrap_or_else(|| Ok(self.honest(&signed.transaction)))
    }

    async fn transaction(&self, _: TransactionDigest) -> Result<Option<Executed>, ChainError> {
        self.found.borrow_mut().pop_front().unwrap_or(Ok(None))
    }

    async fn checkpoint(&self, _: Option<u64>) -> Result<Option<Checkpoint>, ChainError> {
        Ok(None)
    }
}
