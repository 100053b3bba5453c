//! A local network, and transactions that are foretold, simulated, executed and compared.

use localnet::network::{Config, Network, RunningNetwork};
use rpc::native::Http2;
use rpc::{Client, TargetFilter};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use wasm_core::address::{Address, ObjectId, TargetId};
use wasm_core::job::send::{Prepared, Terms};
use wasm_core::keys::Keypair;
use wasm_core::listing::StatusFilter;
use wasm_core::object::{Object, ObjectRef};
use wasm_core::ports::{Chain as _, Coin, Executed, ExecutionFailure};
use wasm_core::preview::{CurrentObjects, Preview, PreviewError, Simulation};
use wasm_core::system_state::SystemStateV1;
use wasm_core::target::TargetV1;
use wasm_core::tx::{TransactionData, TransactionKind};

/// A network with four validators and models to begin with, and what was done on it.
pub(crate) struct Live {
    pub(crate) network: RunningNetwork,
    pub(crate) node: Client<Http2>,
    admin: Client<Http2>,
    /// Kinds that succeeded as foretold.
    pub(crate) done: RefCell<BTreeSet<&'static str>>,
    /// Failures that came as foretold.
    pub(crate) failed: RefCell<usize>,
}

impl Live {
    pub(crate) async fn start() -> Self {
        let config = Config { demo: true, validators: Some(4), ..Config::for_tests() };
        let network = Network::start(config).await.expect("a network");
        Self {
            node: Client::connect(&network.rpc_url),
            admin: Client::connect(&network.admin_url),
            network,
            done: RefCell::default(),
            failed: RefCell::default(),
        }
    }

    pub(crate) fn user(&self, number: usize) -> &Keypair {
        &self.network.accounts[number]
    }

    pub(crate) fn validator(&self, number: usize) -> &Keypair {
        &self.network.validators[number].account
    }

    pub(crate) async fn state(&self) -> SystemStateV1 {
        self.node.system_state().await.expect("the system state").as_v1().clone()
    }

    pub(crate) async fn next_epoch(&self) -> u64 {
        self.admin.advance_epoch().await.expect("a new epoch").epoch
    }

    /// An address's coins, richest first.
    pub(crate) async fn coins(&self, owner: Address) -> Vec<Coin> {
        let mut coins = self.node.coins(owner).await.expect("coins");
        coins.sort_by_key(|coin| Reverse(coin.balance));
        coins
    }

    async fn object(&self, id: ObjectId) -> Object {
        self.node.object(id).await.expect("an answer").expect("an object")
    }

    pub(crate) async fn reference(&self, id: ObjectId) -> ObjectRef {
        self.object(id).await.reference().expect("an id")
    }

    /// Targets that wait for data.
    pub(crate) async fn open_targets(&self) -> Vec<TargetId> {
        let filter = TargetFilter { status: Some(StatusFilter::Open), ..TargetFilter::default() };
        let listed = self.node.targets(&filter).await.expect("targets");
        listed.into_iter().map(|target| target.id).collect()
    }

    pub(crate) async fn target(&self, id: TargetId) -> TargetV1 {
        self.object(id).await.target().expect("a target")
    }

    /// All that a preview of the kind needs.
    async fn current<'a>(
        &self,
        state: &'a SystemStateV1,
        sender: Address,
        kind: &TransactionKind,
    ) -> CurrentObjects<'a> {
        let coins = self.coins(sender).await;
        let mut current = CurrentObjects::new(state).with_coins(sender, &coins);
        for id in current.missing(kind) {
            current.put(&self.object(id).await).expect("an object of its type");
        }
        current
    }

    /// The richest coin that the kind does not name.
    async fn gas(&self, sender: Address, kind: &TransactionKind) -> ObjectRef {
        let named: BTreeSet<ObjectId> = kind.owned_inputs().iter().map(|of| of.id).collect();
        let coins = self.coins(sender).await;
        let free = coins.iter().find(|coin| !named.contains(&coin.reference.id));
        free.expect("a coin that pays").reference
    }

    /// Executes a transaction, after all accounts of it agreed, and compares with what it did.
    pub(crate) async fn does_with_gas(
        &self,
        key: &Keypair,
        kind: TransactionKind,
        gas: Vec<ObjectRef>,
    ) -> Executed {
        let name = kind.name();
        let state = self.state().await;
        let current = self.current(&state, key.address(), &kind).await;
        let transaction = TransactionData::new(kind, key.address(), gas);
        let preview = Preview::of(&transaction, &current).unwrap_or_else(|e| panic!("{name}: {e}"));
        let digest = transaction.digest();
        let simulated = self.node.simulate(&transaction).await;
        let compared = Simulation::compare(digest, &preview, &simulated);
        assert_eq!(compared, Simulation::Agrees, "{name}, simulated");
        let executed = self.node.execute(&transaction.sign(key)).await;
        let compared = Simulation::compare(digest, &preview, &executed);
        assert_eq!(compared, Simulation::Agrees, "{name}, executed");
        self.done.borrow_mut().insert(name);
        executed.expect("an execution")
    }

    /// The same, where a coin pays that the kind does not name. What the wallet prepares of the kind by
    /// itself has to agree as well.
    pub(crate) async fn does(&self, key: &Keypair, kind: TransactionKind) -> Executed {
        let sender = key.address();
        let prepared = Prepared::kind(&self.node, sender, kind.clone(), &Terms::default()).await;
        let prepared = prepared.unwrap_or_else(|error| panic!("{}: {error}", kind.name()));
        match (&kind, &prepared.review().simulation) {
            // A reveal is not shown to a node before it is signed.
            (TransactionKind::RevealModel(_), Simulation::Unavailable { .. })
            | (_, Simulation::Agrees) => {}
            (_, other) => panic!("{}: {other:?}", kind.name()),
        }
        let gas = self.gas(sender, &kind).await;
        self.does_with_gas(key, kind, vec![gas]).await
    }

    /// A transaction that would fail: the node says the same failure and the same cost.
    pub(crate) async fn fails(&self, key: &Keypair, kind: TransactionKind) -> ExecutionFailure {
        let name = kind.name();
        let gas = self.gas(key.address(), &kind).await;
        let state = self.state().await;
        let current = self.current(&state, key.address(), &kind).await;
        let transaction = TransactionData::new(kind, key.address(), vec![gas]);
        let told = match Preview::of(&transaction, &current) {
            Err(PreviewError::WouldFail(told)) => told,
            other => panic!("{name}: {other:?}"),
        };
        let simulated = self.node.simulate(&transaction).await.expect("a simulation");
        let failure = ExecutionFailure::from(&told.failure);
        assert_eq!(simulated.failure.as_ref(), Some(&failure), "{name}");
        assert_eq!(simulated.fee.total_fee, told.cost.0, "{name}");
        *self.failed.borrow_mut() += 1;
        failure
    }
}
