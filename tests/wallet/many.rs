//! Many operations of one account at once, against the local network over gRPC: also when answers are
//! lost before and after a transaction is executed.

use crate::{Hurried, key_of, network};
use futures::future::join_all;
use localnet::network::{Config, Network, RunningNetwork};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rpc::native::NativeClient;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::coins::CoinShortage;
use wasm_core::digest::TransactionDigest;
use wasm_core::intent::Amount;
use wasm_core::job::send::PrepareError;
use wasm_core::keys::Keypair;
use wasm_core::object::{Object, ObjectType};
use wasm_core::ports::{Chain, ChainError, Checkpoint, Coin, Executed, ServiceInfo};
use wasm_core::system_state::SystemState;
use wasm_core::tx::TransactionData;
use wasm_core::tx::sign::SignedTransaction;
use wasm_core::wallet::{Done, Wallet, WalletError};

/// All shannons there are.
const SUPPLY: u64 = 10_000_000 * Shannons::PER_SOMA;

/// A node over a line that loses questions and answers, by a fixed seed.
struct Lossy {
    node: NativeClient,
    rng: RefCell<StdRng>,
    /// Of 100 calls, so many are lost on the way there, and so many on the way back.
    percent: u32,
    lost_before: Cell<u32>,
    lost_after: Cell<u32>,
    /// What was sent for execution, each time that it was.
    sent: RefCell<Vec<TransactionDigest>>,
}

impl Lossy {
    fn new(node: NativeClient, percent: u32) -> Self {
        Self {
            node,
            rng: RefCell::new(StdRng::seed_from_u64(3)),
            percent,
            lost_before: Cell::new(0),
            lost_after: Cell::new(0),
            sent: RefCell::default(),
        }
    }

    fn is_lost(&self, count: &Cell<u32>) -> Result<(), ChainError> {
        if self.rng.borrow_mut().random_range(0..100) >= self.percent {
            return Ok(());
        }
        count.set(count.get() + 1);
        Err(ChainError::Timeout { seconds: 1 })
    }

    async fn over<T>(
        &self,
        call: impl Future<Output = Result<T, ChainError>>,
    ) -> Result<T, ChainError> {
        self.is_lost(&self.lost_before)?;
        let answer = call.await?;
        self.is_lost(&self.lost_after)?;
        Ok(answer)
    }
}

impl Chain for Lossy {
    async fn service_info(&self) -> Result<ServiceInfo, ChainError> {
        self.over(self.node.service_info()).await
    }
    async fn system_state(&self) -> Result<SystemState, ChainError> {
        self.over(self.node.system_state()).await
    }
    async fn coins(&self, owner: Address) -> Result<Vec<Coin>, ChainError> {
        self.over(self.node.coins(owner)).await
    }
    async fn object(&self, id: ObjectId) -> Result<Option<Object>, ChainError> {
        self.over(self.node.object(id)).await
    }
    async fn simulate(&self, transaction: &TransactionData) -> Result<Executed, ChainError> {
        self.over(self.node.simulate(transaction)).await
    }
    async fn execute(&self, signed: &SignedTransaction) -> Result<Executed, ChainError> {
        self.sent.borrow_mut().push(signed.transaction.digest());
        self.over(self.node.execute(signed)).await
    }
    async fn transaction(&self, digest: TransactionDigest) -> Result<Option<Executed>, ChainError> {
        self.over(self.node.transaction(digest)).await
    }
    async fn checkpoint(&self, number: Option<u64>) -> Result<Option<Checkpoint>, ChainError> {
        self.over(self.node.checkpoint(number)).await
    }
}

/// All shannons in coins, stakes and targets, in the emission pool, and paid as fees by transactions.
fn supply(network: &RunningNetwork, owners: &[Address], fees: u64) -> u64 {
    let ledger = network.node().ledger();
    let state = ledger.system_state();
    let owned = owners.iter().flat_map(|owner| ledger.owned(*owner, None));
    let held: u64 = owned
        .map(|object| match object.data.object_type {
            ObjectType::Coin => object.coin_balance().expect("a coin"),
            ObjectType::StakedSoma => object.staked_soma().expect("a stake").principal,
            ObjectType::SystemState | ObjectType::Target => 0,
        })
        .sum();
    held + state.emission_pool.balance + fees
}

/// What each operation does with the shannons that it moves.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Send,
    Pay,
    Stake,
}

struct Told {
    kind: Kind,
    amount: u64,
    executed: Executed,
}

/// The `n`-th of many operations.
async fn operation<C: Chain>(
    wallet: &Wallet<C, Hurried>,
    n: u64,
    to: [Address; 2],
    validator: Address,
) -> Result<Told, WalletError> {
    let amount = 1_000_000 + n;
    let (kind, executed) = match n % 8 {
        6 => {
            let payments = vec![(to[0], Shannons(amount)), (to[1], Shannons(amount))];
            let Done { executed, value } = wallet.pay_many(payments).await?;
            assert_eq!(value.len(), 2);
            (Kind::Pay, executed)
        }
        7 => {
            let amount = Amount::Exact(Shannons(amount));
            (Kind::Stake, wallet.stake_with_validator(validator, amount).await?.executed)
        }
        _ => {
            let amount = Amount::Exact(Shannons(amount));
            (Kind::Send, wallet.send_coins(to[0], amount).await?.executed)
        }
    };
    Ok(Told { kind, amount, executed })
}

/// Runs so many operations at once and checks every shannon afterwards.
async fn many_at_once<C: Chain>(network: &RunningNetwork, wallet: &Wallet<C, Hurried>, count: u64) {
    let to = [Address([2; 32]), Address([3; 32])];
    let validator = network.validators[0].account.address();
    let everybody: Vec<Address> = {
        let accounts = network.accounts.iter().map(Keypair::address);
        accounts.chain([validator]).chain(to).collect()
    };
    // The faucet has coins too, and its key is its own.
    let elsewhere = SUPPLY - supply(network, &everybody, 0);
    let told = join_all((0..count).map(|n| operation(wallet, n, to, validator))).await;
    let told: Vec<Told> = told.into_iter().map(|told| told.expect("every one succeeds")).collect();

    let digests: BTreeSet<_> = told.iter().map(|told| told.executed.digest).collect();
    assert_eq!(digests.len(), told.len(), "no operation is another's");
    assert!(told.iter().all(|told| told.executed.checkpoint.is_some()), "all are in checkpoints");
    let sum = |of: &dyn Fn(Kind) -> u64| told.iter().map(|told| told.amount * of(told.kind)).sum();
    let (first, second, staked): (u64, u64, u64) = (
        sum(&|kind| u64::from(!matches!(kind, Kind::Stake))),
        sum(&|kind| u64::from(matches!(kind, Kind::Pay))),
        sum(&|kind| u64::from(matches!(kind, Kind::Stake))),
    );
    let fees: u64 = told.iter().map(|told| told.executed.fee.total_fee).sum();
    {
        let ledger = network.node().ledger();
        assert_eq!(ledger.balance(to[0]), first);
        assert_eq!(ledger.balance(to[1]), second);
        let stakes = ledger.owned(wallet.address(), Some(ObjectType::StakedSoma));
        let principal: u64 =
            stakes.iter().map(|it| it.staked_soma().expect("a stake").principal).sum();
        assert_eq!(principal, staked);
        let rest = network.account_balance.0 - first - second - staked - fees;
        assert_eq!(ledger.balance(wallet.address()), rest);
    }
    assert_eq!(supply(network, &everybody, fees) + elsewhere, SUPPLY);
}

#[tokio::test]
async fn two_hundred_operations_at_once_all_succeed_to_the_shannon() {
    let network = network().await;
    let node = NativeClient::connect(&network.rpc_url);
    let wallet = Wallet::new(node, Hurried, key_of(&network, 0)).on_chain(network.chain_id);
    many_at_once(&network, &wallet, 200).await;
}

#[tokio::test]
async fn a_line_that_loses_every_eighth_message_loses_and_doubles_nothing() {
    let network = network().await;
    let lossy = Lossy::new(NativeClient::connect(&network.rpc_url), 12);
    let wallet = Wallet::new(lossy, Hurried, key_of(&network, 1));
    many_at_once(&network, &wallet, 200).await;
    let lossy = wallet.chain();
    assert!(lossy.lost_before.get() > 50 && lossy.lost_after.get() > 50);
    let sent = lossy.sent.borrow();
    let different: BTreeSet<_> = sent.iter().collect();
    assert!(different.len() < sent.len(), "nothing was ever sent again");
}

/// A mebibyte is what WebAssembly has; optimised programs take much less of it than this one.
#[test]
fn operations_fit_on_a_browsers_stack() {
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let network = network().await;
            let lossy = Lossy::new(NativeClient::connect(&network.rpc_url), 12);
            let wallet = Wallet::new(lossy, Hurried, key_of(&network, 1));
            many_at_once(&network, &wallet, 40).await;
        });
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run);
    thread.expect("a thread").join().expect("no overflow");
}

#[tokio::test]
async fn one_coin_is_enough_and_too_many_are_merged_on_the_way() {
    let (one, many) = (Keypair::derive(&[41; 32]), Keypair::derive(&[42; 32]));
    let small = Shannons(10_000_000);
    let mut config = Config::for_tests();
    config.funds = vec![(one.address(), Shannons(Shannons::PER_SOMA))];
    config.funds.extend(vec![(many.address(), small); 300]);
    let network = Network::start(config).await.expect("a network");
    let (to, one_address, many_address) = (Address([2; 32]), one.address(), many.address());

    let wallet = Wallet::new(NativeClient::connect(&network.rpc_url), Hurried, one);
    let send = || wallet.send_coins(to, Amount::Exact(Shannons(1_000)));
    for done in join_all((0..20).map(|_| send())).await {
        done.expect("the coin comes back each time");
    }
    assert_eq!(network.node().ledger().owned(one_address, None).len(), 1);
    let error = wallet.send_coins(to, Amount::Exact(Shannons(Shannons::PER_SOMA))).await;
    assert!(matches!(error, Err(WalletError::Prepare(_))), "{error:?}");

    let wallet = Wallet::new(NativeClient::connect(&network.rpc_url), Hurried, many);
    let nearly_all = Amount::Exact(Shannons(290 * small.0));
    let done = wallet.send_coins(to, nearly_all).await.expect("coins are merged first");
    let ledger = network.node().ledger();
    assert_eq!(ledger.balance(to), 20 * 1_000 + 290 * small.0);
    let rest = 10 * small.0 - done.executed.fee.total_fee - 1_300;
    assert_eq!(ledger.balance(many_address), rest, "merging costs 1,300 shannons");
}

#[tokio::test]
async fn where_others_merged_all_coins_too_little_is_said_to_be_too_little() {
    let many = Keypair::derive(&[43; 32]);
    let small = Shannons(10_000_000);
    let mut config = Config::for_tests();
    config.funds = vec![(many.address(), small); 300];
    let network = Network::start(config).await.expect("a network");
    let to = Address([2; 32]);
    let wallet = Wallet::new(NativeClient::connect(&network.rpc_url), Hurried, many);
    // Each needs more coins than one transaction takes, and there is money for one of them.
    let amount = Amount::Exact(Shannons(280 * small.0));
    let (mut done, mut short) = (0, 0);
    for told in join_all((0..5).map(|_| wallet.send_coins(to, amount))).await {
        match told {
            Ok(_) => done += 1,
            Err(WalletError::Prepare(PrepareError::Coins(CoinShortage::TooMuch { .. }))) => {
                short += 1;
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((done, short), (1, 4));
    assert_eq!(network.node().ledger().balance(to), 280 * small.0);
}

#[tokio::test]
async fn two_wallets_of_one_account_get_in_each_others_way_and_both_arrive() {
    let network = network().await;
    let wallet = || {
        let node = NativeClient::connect(&network.rpc_url);
        Wallet::new(node, Hurried, key_of(&network, 2))
    };
    let (first, second) = (wallet(), wallet());
    let to = Address([2; 32]);
    let send = async |wallet: &Wallet<NativeClient, Hurried>, n: u64| {
        wallet.send_coins(to, Amount::Exact(Shannons(n))).await.map(|done| done.executed)
    };
    // Fewer at once than there are coins, so that each finds one that the other leaves alone.
    let mut fees = 0;
    for round in 0..10 {
        let both = [send(&first, 2 * round + 1), send(&second, 2 * round + 2)];
        for executed in join_all(both).await {
            fees += executed.expect("each finds a coin").fee.total_fee;
        }
    }
    let ledger = network.node().ledger();
    assert_eq!(ledger.balance(to), (1..=20).sum::<u64>());
    let rest = network.account_balance.0 - ledger.balance(to) - fees;
    assert_eq!(ledger.balance(first.address()), rest);
}

#[tokio::test]
async fn every_coin_can_be_merged_given_away_and_staked() {
    let network = network().await;
    let wallet = Wallet::new(NativeClient::connect(&network.rpc_url), Hurried, key_of(&network, 3));
    let validator = network.validators[0].account.address();
    let merged = wallet.merge_coins().await.expect("five coins");
    assert_eq!(merged.executed.fee.total_fee, 1_300);
    let coin = {
        let ledger = network.node().ledger();
        let owned = ledger.owned(wallet.address(), None);
        assert_eq!(owned.len(), 1);
        owned[0].id().expect("an id")
    };
    assert_eq!(merged.value, coin);
    assert!(wallet.merge_coins().await.is_err(), "one coin is nothing to merge");

    let half = Amount::Exact(Shannons(network.account_balance.0 / 2));
    let stake = wallet.stake_with_validator(validator, half).await.expect("a stake").value;
    let back = wallet.withdraw_stake(stake).await.expect("not active yet").value;
    assert_eq!(back.amount.0, network.account_balance.0 / 2);
    let all = wallet.stake_with_validator(validator, Amount::Max).await.expect("all").value;
    let left = wallet.balance().await.expect("a listing");
    assert!(left.0 < 10, "{left} SOMA are left");
    let error = wallet.withdraw_stake(all).await;
    assert!(matches!(error, Err(WalletError::Prepare(_))), "nothing pays the fee: {error:?}");
}

#[tokio::test]
async fn stakes_and_coins_are_given_away_down_to_the_last_one() {
    let network = network().await;
    let wallet = Wallet::new(NativeClient::connect(&network.rpc_url), Hurried, key_of(&network, 4));
    let validator = network.validators[0].account.address();
    let to = Address([2; 32]);
    let some = Amount::Exact(Shannons(Shannons::PER_SOMA));
    let stake = wallet.stake_with_validator(validator, some).await.expect("a stake").value;
    let coins = || {
        let ledger = network.node().ledger();
        let coins = ledger.owned(wallet.address(), Some(ObjectType::Coin));
        coins.iter().map(|coin| coin.id().expect("an id")).collect::<Vec<_>>()
    };
    let one = coins()[0];
    let given = wallet.transfer_objects(vec![stake, one], to).await.expect("a gift");
    assert_eq!(given.executed.fee.total_fee, 1_900, "another coin pays");
    let rest = coins();
    assert_eq!(rest.len(), 4);
    let given = wallet.transfer_objects(rest, to).await.expect("all the others");
    assert_eq!(given.executed.fee.total_fee, 2_200, "one of them pays");
    let ledger = network.node().ledger();
    assert!(ledger.owned(wallet.address(), None).is_empty());
    assert_eq!(ledger.owned(to, None).len(), 6);
}
