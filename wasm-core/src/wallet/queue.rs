//! Who may use which coin: one queue for an account.
//!
//! Whatever a transaction on its way uses is reserved for it. Operations take their turns in the order
//! in which they came, wait for coins instead of failing, and never hold one while they wait. What a
//! transaction leaves behind is read off its effects; the account is listed again only in doubt.

use super::journal::Sent;
use crate::address::ObjectId;
use crate::digest::TransactionDigest;
use crate::job::send::{Draft, PrepareError, Purse};
use crate::object::Version;
use crate::ports::Coin;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// So many usable coins are left beside those that pay, so that as many operations go on at once;
/// what there is beyond them is merged on the way.
const KEEP: usize = 16;

/// The coins of an account, and who uses them.
#[derive(Debug, Default)]
pub(super) struct Queue {
    inner: RefCell<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Coins as they are known, reserved ones too, with the time when that was learned.
    coins: BTreeMap<ObjectId, (Coin, u64)>,
    /// Versions below this have been used up, whatever a node that is behind may say.
    floor: BTreeMap<ObjectId, (Version, u64)>,
    /// Coins and other objects that transactions on their way use.
    reserved: BTreeSet<ObjectId>,
    /// How many operations hold reservations right now.
    holders: usize,
    /// Transactions whose outcome nobody waits for any more.
    doubtful: BTreeMap<TransactionDigest, Sent>,
    /// Versions of coins that another transaction of an epoch has locked.
    barred: BTreeMap<ObjectId, (Version, u64)>,
    /// Tickets in their order.
    waiting: VecDeque<u64>,
    wakers: BTreeMap<u64, Waker>,
    last_ticket: u64,
    /// Counts what happens.
    time: u64,
    /// When the last listing began; none where the coins have to be listed.
    listed: Option<u64>,
}

impl Inner {
    fn tick(&mut self) -> u64 {
        self.time += 1;
        self.time
    }

    fn use_up(&mut self, id: ObjectId, version: Version) {
        let time = self.tick();
        let floor = self.floor.entry(id).or_default();
        *floor = (floor.0.max(version.saturating_add(1)), time);
        if self.coins.get(&id).is_some_and(|(coin, _)| coin.reference.version <= version) {
            self.coins.remove(&id);
        }
    }

    fn learn(&mut self, coin: Coin) {
        let id = coin.reference.id;
        let below = self.floor.get(&id).is_some_and(|(floor, _)| coin.reference.version < *floor);
        let known = self.coins.get(&id).map(|(known, _)| known.reference.version);
        if below || known.is_some_and(|known| known > coin.reference.version) {
            return;
        }
        let time = self.tick();
        self.coins.insert(id, (coin, time));
    }

    /// Frees what nobody needs any more, but for what a doubtful transaction uses.
    fn release(&mut self, ids: &[ObjectId]) {
        let doubtful = self.doubtful.values().flat_map(|sent| sent.in_flight.excluded());
        let doubtful: BTreeSet<ObjectId> = doubtful.collect();
        self.reserved.retain(|id| !ids.contains(id) || doubtful.contains(id));
    }

    /// What must not pay: what is promised, and what another transaction has locked.
    fn excluded(&self, epoch: u64) -> BTreeSet<ObjectId> {
        let mut excluded = self.reserved.clone();
        let is_barred = |(id, (version, during)): &(&ObjectId, &(Version, u64))| {
            let known = self.coins.get(id).map(|(coin, _)| coin.reference.version);
            *during == epoch && known == Some(*version)
        };
        excluded.extend(self.barred.iter().filter(is_barred).map(|(id, _)| *id));
        excluded
    }
}

/// A place in the queue. It is left when this is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    queue: &'a Queue,
    ticket: u64,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.queue.change(|inner| {
            inner.waiting.retain(|ticket| *ticket != self.ticket);
            inner.wakers.remove(&self.ticket);
        });
    }
}

impl Turn<'_> {
    /// Waits until nobody is ahead. Says whether that took any time.
    pub(super) async fn first(&self) -> bool {
        let mut waited = false;
        poll_fn(|context| {
            let mut inner = self.queue.inner.borrow_mut();
            if inner.waiting.front() == Some(&self.ticket) {
                return Poll::Ready(());
            }
            waited = true;
            inner.wakers.insert(self.ticket, context.waker().clone());
            Poll::Pending
        })
        .await;
        waited
    }

    /// Waits until something has happened since a time, such as a coin coming back.
    pub(super) async fn changed_since(&self, time: u64) {
        poll_fn(|context| {
            let mut inner = self.queue.inner.borrow_mut();
            if inner.time > time {
                return Poll::Ready(());
            }
            inner.wakers.insert(self.ticket, context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

/// What a transaction uses, held for it. When this is dropped, it is free again; but where the
/// transaction may be on its way, it stays reserved until that is settled.
#[derive(Debug)]
pub(super) struct Reservation<'a> {
    queue: &'a Queue,
    ids: Vec<ObjectId>,
    /// The coins among it.
    pub(super) coins: Vec<Coin>,
    sent: Option<Sent>,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let sent = self.sent.take();
        self.queue.change(|inner| {
            inner.holders -= 1;
            match sent {
                Some(sent) => {
                    inner.doubtful.insert(sent.in_flight.digest, sent);
                }
                None => inner.release(&self.ids),
            }
        });
    }
}

impl Reservation<'_> {
    /// From now on the transaction may be on its way.
    pub(super) fn begin(&mut self, sent: Sent) {
        self.sent = Some(sent);
    }

    /// The transaction is settled: executed, or never to be.
    pub(super) fn end(&mut self) {
        self.sent = None;
    }
}

impl Queue {
    /// Changes something that others may be waiting for, and tells them.
    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let wakers = {
            let mut inner = self.inner.borrow_mut();
            change(&mut inner);
            inner.tick();
            std::mem::take(&mut inner.wakers)
        };
        for waker in wakers.into_values() {
            waker.wake();
        }
    }

    /// Takes a place behind all others.
    pub(super) fn line_up(&self) -> Turn<'_> {
        let mut inner = self.inner.borrow_mut();
        inner.last_ticket += 1;
        let ticket = inner.last_ticket;
        inner.waiting.push_back(ticket);
        Turn { queue: self, ticket }
    }

    /// Now, to be compared with later.
    pub(super) fn time(&self) -> u64 {
        self.inner.borrow().time
    }

    /// Whether the coins have to be listed before they are chosen from.
    pub(super) fn needs_listing(&self) -> bool {
        self.inner.borrow().listed.is_none()
    }

    /// When the last listing began.
    pub(super) fn listed_at(&self) -> Option<u64> {
        self.inner.borrow().listed
    }

    /// Something is not as it was thought to be.
    pub(super) fn distrust(&self) {
        self.inner.borrow_mut().listed = None;
    }

    /// Whether operations hold coins that will come back.
    pub(super) fn is_busy(&self) -> bool {
        self.inner.borrow().holders > 0
    }

    /// Lets an operation choose among the coins that are free, and reserves what it chose. Nothing is
    /// reserved where it uses an object that is not free; the result is none then.
    pub(super) fn reserve(
        &self,
        epoch: u64,
        draft: impl FnOnce(&Purse<'_>) -> Result<Draft, PrepareError>,
    ) -> Result<Option<(Draft, Reservation<'_>)>, PrepareError> {
        let mut inner = self.inner.borrow_mut();
        let coins: Vec<Coin> = inner.coins.values().map(|(coin, _)| *coin).collect();
        let excluded = inner.excluded(epoch);
        let draft = draft(&Purse { coins: &coins, excluded: &excluded, keep: Some(KEEP) })?;
        let transaction = &draft.transaction;
        let gas = transaction.gas_payment().iter().map(|gas| gas.id);
        let named = transaction.kind().owned_inputs().into_iter().map(|input| input.id);
        let ids: BTreeSet<ObjectId> = gas.chain(named).collect();
        if !ids.is_disjoint(&inner.reserved) {
            return Ok(None);
        }
        inner.reserved.extend(&ids);
        inner.holders += 1;
        let coins = coins.into_iter().filter(|coin| ids.contains(&coin.reference.id)).collect();
        let ids = ids.into_iter().collect();
        Ok(Some((draft, Reservation { queue: self, ids, coins, sent: None })))
    }

    /// Takes over what a node lists, where nothing newer is known.
    pub(super) fn list(&self, listed: Vec<Coin>, began: u64) {
        let ids: BTreeSet<ObjectId> = listed.iter().map(|coin| coin.reference.id).collect();
        self.change(|inner| {
            let reserved = inner.reserved.clone();
            inner.coins.retain(|id, (_, learned)| {
                ids.contains(id) || reserved.contains(id) || *learned > began
            });
            // A node would have to be behind for longer than from one listing to the next.
            let before = inner.listed.unwrap_or_default();
            inner.floor.retain(|id, (_, learned)| ids.contains(id) || *learned > before);
            for coin in listed {
                if !reserved.contains(&coin.reference.id) {
                    inner.learn(coin);
                }
            }
            inner.listed = Some(began);
        });
    }

    /// A version of an object has been used up.
    pub(super) fn use_up(&self, id: ObjectId, version: Version) {
        self.inner.borrow_mut().use_up(id, version);
    }

    /// A coin of the account is known.
    pub(super) fn learn(&self, coin: Coin) {
        self.inner.borrow_mut().learn(coin);
    }

    /// Another transaction of this epoch has locked a coin.
    pub(super) fn bar(&self, id: ObjectId, epoch: u64) {
        let mut inner = self.inner.borrow_mut();
        inner.barred.retain(|_, (_, during)| *during == epoch);
        if let Some(version) = inner.coins.get(&id).map(|(coin, _)| coin.reference.version) {
            inner.barred.insert(id, (version, epoch));
        }
    }

    /// Keeps what a transaction uses until it is settled.
    pub(super) fn doubt(&self, sent: Sent) {
        let mut inner = self.inner.borrow_mut();
        inner.reserved.extend(sent.in_flight.excluded());
        inner.doubtful.insert(sent.in_flight.digest, sent);
    }

    /// Transactions whose outcome is unknown and that nobody waits for.
    pub(super) fn doubtful(&self) -> Vec<Sent> {
        self.inner.borrow().doubtful.values().cloned().collect()
    }

    /// A doubtful transaction is settled: what it used is free, as far as it still exists.
    pub(super) fn settled(&self, digest: TransactionDigest) {
        self.change(|inner| {
            let Some(sent) = inner.doubtful.remove(&digest) else { return };
            inner.release(&sent.in_flight.excluded().collect::<Vec<_>>());
        });
    }

    /// What the coins hold that are known, reserved ones too.
    pub(super) fn balance(&self) -> u64 {
        let inner = self.inner.borrow();
        inner.coins.values().fold(0, |sum, (coin, _)| sum.saturating_add(coin.balance))
    }
}

#[cfg(test)]
mod tests {
    use super::{Draft, Queue, Reservation};
    use crate::address::{Address, ObjectId};
    use crate::amount::Shannons;
    use crate::coins::CoinShortage;
    use crate::digest::ObjectDigest;
    use crate::intent::{Amount, Intent, SendCoins};
    use crate::job::fake::{FakeChain, block_on};
    use crate::job::send::{Facts, PrepareError, Terms};
    use crate::keys::Keypair;
    use crate::object::ObjectRef;
    use crate::ports::Coin;
    use crate::wallet::journal::Sent;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const YOU: Address = Address([2; 32]);

    fn key() -> Keypair {
        Keypair::derive(&[7; 32])
    }

    fn coin(n: u8, version: u64, balance: u64) -> Coin {
        let digest = ObjectDigest([n; 32]);
        Coin { reference: ObjectRef { id: ObjectId([n; 32]), version, digest }, balance }
    }

    fn queue(balances: &[u64]) -> Queue {
        let queue = Queue::default();
        let coins = (1..).zip(balances).map(|(n, balance)| coin(n, 5, *balance)).collect();
        queue.list(coins, queue.time());
        queue
    }

    fn facts() -> Facts {
        let chain = FakeChain::new(&[]);
        block_on(Facts::of_objects(&chain, &[], &Terms::default())).unwrap()
    }

    fn reserve(queue: &Queue, amount: u64) -> Result<(Draft, Reservation<'_>), PrepareError> {
        let amount = Amount::Exact(Shannons(amount));
        let intent = Intent::from(SendCoins { recipient: YOU, amount });
        let facts = facts();
        let reserved =
            queue.reserve(0, |purse| Draft::of_intent(&facts, key().address(), &intent, purse));
        reserved.map(|it| it.expect("nothing but coins is used"))
    }

    fn ids(reservation: &Reservation<'_>) -> Vec<u8> {
        reservation.coins.iter().map(|coin| coin.reference.id.0[0]).collect()
    }

    fn sent(draft: &Draft) -> Sent {
        let in_flight = crate::job::send::InFlight {
            digest: draft.transaction.digest(),
            inputs: draft.transaction.gas_payment().to_vec(),
            checkpoint: 0,
        };
        Sent { in_flight, signed: draft.transaction.clone().sign(&key()) }
    }

    #[test]
    fn the_richest_free_coin_is_taken_and_comes_back_when_nobody_needs_it() {
        let queue = queue(&[50_000, 1_000_000]);
        let (_, first) = reserve(&queue, 1_000).unwrap();
        let (_, second) = reserve(&queue, 1_000).unwrap();
        assert_eq!((ids(&first), ids(&second)), (vec![2], vec![1]));
        let shortage = reserve(&queue, 1_000).unwrap_err();
        assert_eq!(shortage, PrepareError::Coins(CoinShortage::AllInUse));
        assert!(queue.is_busy());
        drop((first, second));
        assert!(!queue.is_busy());
        assert_eq!(ids(&reserve(&queue, 1_000).unwrap().1), [2]);
    }

    #[test]
    fn what_may_be_on_its_way_stays_reserved_until_it_is_settled() {
        let queue = queue(&[1_000_000]);
        let (draft, mut reservation) = reserve(&queue, 1_000).unwrap();
        reservation.begin(sent(&draft));
        drop(reservation);
        assert!(!queue.is_busy(), "nobody waits for it");
        assert!(reserve(&queue, 1_000).is_err());
        let digest = draft.transaction.digest();
        assert_eq!(queue.doubtful()[0].in_flight.digest, digest);
        queue.settled(digest);
        assert!(reserve(&queue, 1_000).is_ok());
    }

    #[test]
    fn what_two_doubtful_transactions_use_is_free_when_both_are_settled() {
        let queue = queue(&[1_000_000]);
        let [first, second] =
            [1_000, 2_000].map(|amount| sent(&reserve(&queue, amount).unwrap().0));
        queue.doubt(first.clone());
        queue.doubt(second.clone());
        queue.settled(first.in_flight.digest);
        assert!(reserve(&queue, 1_000).is_err());
        queue.settled(second.in_flight.digest);
        let (_, reservation) = reserve(&queue, 1_000).unwrap();
        // Notes of an earlier run are taken up while it goes on.
        queue.doubt(first);
        drop(reservation);
        assert!(reserve(&queue, 1_000).is_err());
    }

    #[test]
    fn turns_are_taken_in_the_order_of_coming() {
        let queue = Queue::default();
        let (first, second, third) = (queue.line_up(), queue.line_up(), queue.line_up());
        let mut context = Context::from_waker(Waker::noop());
        let mut waits = pin!(third.first());
        assert_eq!(pin!(first.first()).poll(&mut context), Poll::Ready(false));
        assert_eq!(waits.as_mut().poll(&mut context), Poll::Pending);
        // Somebody in between gives up.
        drop(second);
        assert_eq!(waits.as_mut().poll(&mut context), Poll::Pending);
        drop(first);
        assert_eq!(waits.poll(&mut context), Poll::Ready(true));
    }

    #[test]
    fn the_first_in_line_wakes_when_a_coin_comes_back() {
        let queue = queue(&[1_000_000]);
        let (_, reservation) = reserve(&queue, 1_000).unwrap();
        let turn = queue.line_up();
        let mut context = Context::from_waker(Waker::noop());
        let mut waits = pin!(turn.changed_since(queue.time()));
        assert_eq!(waits.as_mut().poll(&mut context), Poll::Pending);
        drop(reservation);
        assert_eq!(waits.poll(&mut context), Poll::Ready(()));
    }

    #[test]
    fn a_node_that_is_behind_brings_no_spent_coin_back() {
        let queue = queue(&[1_000_000]);
        queue.use_up(ObjectId([1; 32]), 5);
        queue.list(vec![coin(1, 5, 1_000_000)], queue.time());
        assert_eq!(queue.balance(), 0);
        queue.list(vec![coin(1, 6, 900_000)], queue.time());
        assert_eq!(queue.balance(), 900_000);
        // Nor does it replace what is newer.
        queue.list(vec![coin(1, 5, 1_000_000)], queue.time());
        assert_eq!(queue.balance(), 900_000);
    }

    #[test]
    fn a_coin_learned_while_a_node_was_listing_is_not_forgotten() {
        let queue = queue(&[]);
        let began = queue.time();
        queue.learn(coin(4, 6, 70));
        queue.list(Vec::new(), began);
        assert_eq!(queue.balance(), 70);
        queue.list(Vec::new(), queue.time());
        assert_eq!(queue.balance(), 0, "it has been spent by somebody else");
    }

    #[test]
    fn a_locked_coin_is_left_alone_until_it_changes_or_the_epoch_ends() {
        let queue = queue(&[1_000_000]);
        queue.bar(ObjectId([1; 32]), 0);
        assert!(reserve(&queue, 1_000).is_err());
        queue.learn(coin(1, 6, 1_000_000));
        assert!(reserve(&queue, 1_000).is_ok());
        queue.bar(ObjectId([1; 32]), 3);
        assert!(reserve(&queue, 1_000).is_ok(), "the lock is another epoch's");
    }

    #[test]
    fn small_coins_beyond_those_that_are_kept_are_merged_on_the_way() {
        let mut balances = vec![2_000; 40];
        balances.push(1_000_000);
        let queue = queue(&balances);
        let (draft, reservation) = reserve(&queue, 1_000).unwrap();
        assert_eq!(draft.transaction.gas_payment()[0].id, ObjectId([41; 32]));
        assert_eq!(reservation.coins.len(), 41 - super::KEEP);
        assert!(reserve(&queue, 3_000).is_ok(), "enough are left for others");
    }
}
