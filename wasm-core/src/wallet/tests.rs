//! One operation against a node that loses, refuses, differs and fails.

use super::{Journal, JournalError, Sent, Wallet, WalletError};
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::coins::CoinShortage;
use crate::digest::{CheckpointDigest, TransactionDigest};
use crate::failure::FailureKind;
use crate::intent::Amount;
use crate::job::fake::{FakeChain, block_on, coin_object, executed};
use crate::job::send::PrepareError;
use crate::keys::Keypair;
use crate::ports::{ChainError, Executed, ExecutionFailure, Pause};
use std::cell::RefCell;
use std::task::{Context, Waker};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const YOU: Address = Address([2; 32]);

fn key() -> Keypair {
    Keypair::derive(&[7; 32])
}

/// Time that does not pass.
#[derive(Default)]
struct Counted(RefCell<Vec<u64>>);

impl Pause for &Counted {
    async fn pause(&self, milliseconds: u64) {
        self.0.borrow_mut().push(milliseconds);
    }
}

/// What was noted, and how it ended.
#[derive(Default)]
struct Notes {
    is_full: bool,
    sending: RefCell<Vec<TransactionDigest>>,
    settled: RefCell<Vec<(TransactionDigest, bool)>>,
}

impl Journal for &Notes {
    async fn sending(&self, sent: &Sent) -> Result<(), JournalError> {
        if self.is_full {
            return Err(JournalError("the disk is full".into()));
        }
        self.sending.borrow_mut().push(sent.in_flight.digest);
        Ok(())
    }

    async fn settled(&self, digest: TransactionDigest, executed: Option<&Executed>) {
        self.settled.borrow_mut().push((digest, executed.is_some()));
    }
}

#[derive(Default)]
struct World {
    pauses: Counted,
    notes: Notes,
}

type FakeWallet<'a> = Wallet<FakeChain, &'a Counted, &'a Notes>;

impl World {
    /// A wallet of coins of these balances; the node knows them by their ids.
    fn wallet(&self, balances: &[u64]) -> FakeWallet<'_> {
        let mut chain = FakeChain::new(balances);
        let objects = chain.coins.iter().map(|coin| coin.reference);
        chain.objects = objects.map(|it| coin_object(it.id, it.version)).collect();
        self.of(chain)
    }

    fn of(&self, chain: FakeChain) -> FakeWallet<'_> {
        Wallet::with_journal(chain, &self.pauses, &self.notes, key())
    }
}

fn send(wallet: &FakeWallet<'_>) -> Result<Executed, WalletError> {
    let amount = Amount::Exact(Shannons(20_000));
    block_on(wallet.send_coins(YOU, amount)).map(|done| done.executed)
}

/// What was sent for execution, each time.
fn sent(wallet: &FakeWallet<'_>) -> Vec<TransactionDigest> {
    let sent = wallet.chain().sent.borrow();
    sent.iter().map(|signed| signed.transaction.digest()).collect()
}

fn lose_answers(wallet: &FakeWallet<'_>, times: usize) {
    let lost = Err(ChainError::Timeout { seconds: 90 });
    wallet.chain().executed.borrow_mut().extend(vec![lost; times]);
}

fn refused(code: i32) -> ChainError {
    ChainError::Refused { code, message: "no".into(), violations: Vec::new() }
}

#[test]
fn a_transaction_is_noted_before_it_is_sent_and_settled_after() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    let done = send(&wallet).unwrap();
    assert_eq!(sent(&wallet), [done.digest]);
    assert_eq!(*world.notes.sending.borrow(), [done.digest]);
    assert_eq!(*world.notes.settled.borrow(), [(done.digest, true)]);
    // No checkpoint was ever seen: it is looked for a while, and not for ever.
    assert_eq!(done.checkpoint, None);
    let waited: u64 = world.pauses.0.borrow().iter().sum();
    assert!((20_000..60_000).contains(&waited), "{waited} ms");
}

#[test]
fn what_cannot_be_noted_is_not_sent() {
    let mut world = World::default();
    world.notes.is_full = true;
    let wallet = world.wallet(&[1_000_000]);
    assert!(matches!(send(&wallet), Err(WalletError::Journal(_))));
    assert_eq!(sent(&wallet), []);
    assert!(!wallet.queue.is_busy() && wallet.queue.doubtful().is_empty());
}

#[test]
fn a_lost_answer_is_looked_up_and_nothing_is_sent_twice() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    let honest = send(&wallet).unwrap();
    let wallet = world.wallet(&[1_000_000]);
    lose_answers(&wallet, 1);
    // Not known when it is looked up first, and then it is.
    let found = [Ok(None), Ok(Some(honest.clone()))];
    wallet.chain().found.borrow_mut().extend(found);
    assert_eq!(send(&wallet).unwrap().digest, honest.digest);
    assert_eq!(sent(&wallet), [honest.digest]);
}

#[test]
fn where_nothing_is_known_the_same_bytes_are_sent_again() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000, 900_000]);
    lose_answers(&wallet, 3);
    let done = send(&wallet).unwrap();
    assert_eq!(sent(&wallet), [done.digest; 4]);
    assert_eq!(*world.notes.sending.borrow(), [done.digest], "it is signed once");
}

#[test]
fn an_outcome_that_nobody_tells_is_unknown_and_is_settled_before_the_coin_is_used_again() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    lose_answers(&wallet, 50);
    let Err(WalletError::Unknown { digest, .. }) = send(&wallet) else { panic!("it is known") };
    let times = sent(&wallet).len();
    assert!((5..20).contains(&times), "sent {times} times");
    assert!(world.pauses.0.borrow().is_sorted(), "pauses grow");
    assert_eq!(block_on(wallet.settle()), [digest]);
    assert!(world.notes.settled.borrow().is_empty());
    // The node is back: the first is executed at last. Its coin is used up, whatever an old listing
    // says of it.
    wallet.chain().executed.borrow_mut().clear();
    let before = sent(&wallet).len();
    assert_eq!(send(&wallet), Err(PrepareError::Coins(CoinShortage::NoCoins).into()));
    assert_eq!(sent(&wallet)[before..], [digest]);
    assert_eq!(*world.notes.settled.borrow(), [(digest, true)]);
}

#[test]
fn what_was_noted_before_a_crash_is_settled_by_the_next_wallet() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    lose_answers(&wallet, 50);
    assert!(send(&wallet).is_err());
    let noted = wallet.queue.doubtful();
    let wallet = world.wallet(&[1_000_000]);
    wallet.resume(noted.clone());
    assert_eq!(block_on(wallet.settle()), []);
    assert_eq!(sent(&wallet), [noted[0].in_flight.digest]);
}

#[test]
fn a_coin_that_moved_on_is_noticed_and_the_payment_is_made_anew() {
    let world = World::default();
    let mut chain = FakeChain::new(&[1_000_000]);
    let object = chain.coins[0].reference.id;
    // Somebody else used it; the node lists it as it was at first.
    chain.objects = vec![coin_object(object, 6)];
    let wallet = world.of(chain);
    wallet.chain().executed.borrow_mut().push_back(Err(ChainError::Stale { object }));
    let done = send(&wallet).unwrap();
    let attempts = sent(&wallet);
    assert_eq!((attempts.len(), attempts.last()), (2, Some(&done.digest)));
    let settled = world.notes.settled.borrow();
    assert_eq!(*settled, [(attempts[0], false), (done.digest, true)]);
}

#[test]
fn a_stale_coin_that_this_very_transaction_used_means_that_it_was_executed() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    let honest = send(&wallet).unwrap();
    let wallet = world.wallet(&[1_000_000]);
    let object = ObjectId([100; 32]);
    wallet.chain().executed.borrow_mut().push_back(Err(ChainError::Stale { object }));
    let found = [Ok(None), Ok(Some(honest.clone()))];
    wallet.chain().found.borrow_mut().extend(found);
    assert_eq!(send(&wallet).unwrap().digest, honest.digest);
    assert_eq!(sent(&wallet).len(), 1);
}

#[test]
fn a_locked_coin_is_replaced_by_another() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000, 900_000]);
    let object = ObjectId([100; 32]);
    wallet.chain().executed.borrow_mut().push_back(Err(ChainError::Locked { object }));
    send(&wallet).unwrap();
    let sent = wallet.chain().sent.borrow();
    let paying = |n: usize| sent[n].transaction.gas_payment()[0].id;
    assert_eq!((paying(0), paying(1)), (object, ObjectId([101; 32])));
}

#[test]
fn a_coin_that_stays_locked_ends_the_matter() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    let object = ObjectId([100; 32]);
    wallet.chain().executed.borrow_mut().push_back(Err(ChainError::Locked { object }));
    assert!(matches!(send(&wallet), Err(WalletError::Prepare(_))));
    assert_eq!(sent(&wallet).len(), 1);
}

#[test]
fn a_coin_that_somebody_else_used_up_is_forgotten() {
    let world = World::default();
    let wallet = world.wallet(&[900_000]);
    block_on(wallet.balance()).unwrap();
    // The richest was there, and another wallet of this account has merged it away since.
    let mut gone = wallet.chain().coins[0];
    gone.reference.id = ObjectId([99; 32]);
    gone.balance = 1_000_000;
    wallet.queue.learn(gone);
    let done = send(&wallet).unwrap();
    assert_eq!(sent(&wallet), [done.digest]);
    assert!(block_on(wallet.balance()).unwrap() < Shannons(gone.balance));
}

/// Notes what is sent, and never returns from it.
#[derive(Default)]
struct Stuck(RefCell<Vec<Sent>>);

impl Journal for &Stuck {
    async fn sending(&self, sent: &Sent) -> Result<(), JournalError> {
        self.0.borrow_mut().push(sent.clone());
        std::future::pending().await
    }

    async fn settled(&self, _: TransactionDigest, _: Option<&Executed>) {}
}

#[test]
fn a_call_that_is_given_up_once_it_is_noted_keeps_its_coin() {
    let (pauses, notes) = (Counted::default(), Stuck::default());
    let wallet = Wallet::with_journal(FakeChain::new(&[1_000_000]), &pauses, &notes, key());
    let amount = Amount::Exact(Shannons(20_000));
    let mut call = Box::pin(wallet.send_coins(YOU, amount));
    assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(call);
    // Whoever takes the notes up after a crash sends it.
    let noted = notes.0.borrow()[0].in_flight.digest;
    let doubtful: Vec<_> = wallet.queue.doubtful().iter().map(|it| it.in_flight.digest).collect();
    assert_eq!(doubtful, [noted]);
}

#[test]
fn a_node_of_another_chain_settles_nothing() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    lose_answers(&wallet, 50);
    assert!(send(&wallet).is_err());
    let noted = wallet.queue.doubtful();
    // There, its coin is unknown, and checkpoints have gone on.
    let chain = FakeChain::new(&[]);
    chain.height.set(1_000);
    let wallet = world.of(chain).on_chain(CheckpointDigest([44; 32]));
    wallet.resume(noted.clone());
    assert_eq!(block_on(wallet.settle()), [noted[0].in_flight.digest]);
    assert_eq!(sent(&wallet), []);
    assert!(world.notes.settled.borrow().is_empty());
}

#[test]
fn a_node_that_differs_once_is_asked_again() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    let other = executed(TransactionDigest([1; 32]), 0);
    *wallet.chain().simulated.borrow_mut() = Some(Ok(other));
    let done = send(&wallet).unwrap();
    assert_eq!(sent(&wallet), [done.digest]);
}

#[test]
fn a_foreseen_failure_is_not_sent() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    let mut failed = executed(TransactionDigest([1; 32]), 0);
    failed.failure = Some(ExecutionFailure { kind: FailureKind::InsufficientGas, detail: None });
    *wallet.chain().simulated.borrow_mut() = Some(Ok(failed));
    assert!(matches!(send(&wallet), Err(WalletError::WouldFail(_))));
    assert_eq!(sent(&wallet), []);
}

#[test]
fn a_failure_in_execution_is_told_with_what_it_cost() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    let digest = send(&wallet).unwrap().digest;
    let wallet = world.wallet(&[1_000_000]);
    let mut failed = executed(digest, 0);
    failed.failure = Some(ExecutionFailure { kind: FailureKind::ModelNotActive, detail: None });
    wallet.chain().executed.borrow_mut().push_back(Ok(failed.clone()));
    assert_eq!(send(&wallet), Err(WalletError::Failed(Box::new(failed))));
    assert!(!wallet.queue.is_busy());
}

#[test]
fn a_refusal_for_good_is_not_tried_again() {
    let world = World::default();
    let wallet = world.wallet(&[1_000_000]);
    wallet.chain().executed.borrow_mut().push_back(Err(refused(3)));
    assert_eq!(send(&wallet), Err(WalletError::NotExecuted(refused(3))));
    assert_eq!(sent(&wallet).len(), 1);
    // The coin is free again.
    assert!(send(&wallet).is_ok());
}

#[test]
fn too_little_is_told_after_a_second_look_at_the_account() {
    let world = World::default();
    let wallet = world.wallet(&[10_000]);
    assert!(matches!(send(&wallet), Err(WalletError::Prepare(_))));
    assert_eq!((sent(&wallet), world.pauses.0.borrow().len()), (vec![], 0));
}

#[test]
fn a_wallet_does_not_print_its_key() {
    let world = World::default();
    let printed = format!("{:?}", world.wallet(&[]));
    assert!(printed.contains(&hex::encode(key().address().0)), "{printed}");
    assert!(!printed.contains("key"), "{printed}");
}
