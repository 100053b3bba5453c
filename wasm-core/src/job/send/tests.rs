//! A preparation, a delivery and a settlement against a node that says what a test tells it to.

use super::{
    Acquaintances, InFlight, Outcome, PrepareError, Prepared, Settlement, SignRefused, Terms,
    execute, settle, settle_on, settle_or_resend,
};
use crate::address::{Address, ObjectId};
use crate::amount::Shannons;
use crate::coins::CoinShortage;
use crate::digest::{CheckpointDigest, TransactionDigest};
use crate::effects::ExecutionStatus;
use crate::failure::FailureKind;
use crate::intent::{Amount, CreateModel, Intent, ModelError, SendCoins, TransferObjects};
use crate::job::fake::{CHAIN, FakeChain, block_on, coin_object, executed};
use crate::keys::Keypair;
use crate::object::{Object, ObjectType, Owner};
use crate::ports::{ChainError, ExecutionFailure};
use crate::preview::{Consent, Level, Simulation};
use crate::recorded;
use crate::system_state::{Model, ModelStateV1};
use crate::tx::{TransactionData, TransactionKind};
use std::collections::BTreeSet;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const YOU: Address = Address([2; 32]);

fn key() -> Keypair {
    Keypair::derive(&[7; 32])
}

fn send(amount: Amount) -> Intent {
    SendCoins { recipient: YOU, amount }.into()
}

fn exact(shannons: u64) -> Intent {
    send(Amount::Exact(Shannons(shannons)))
}

fn prepare(chain: &FakeChain, intent: &Intent) -> Result<Prepared, PrepareError> {
    block_on(Prepared::new(chain, key().address(), intent, &Terms::default()))
}

fn levels(prepared: &Prepared) -> Vec<Level> {
    prepared.review().findings.iter().map(|finding| finding.level).collect()
}

#[test]
fn what_is_signed_is_what_was_shown() {
    let chain = FakeChain::new(&[1_000_000, 50_000]);
    let prepared = prepare(&chain, &exact(20_000)).unwrap();
    let review = prepared.review().clone();
    assert_eq!(review.simulation, Simulation::Agrees);
    assert!(review.findings.is_empty(), "{:?}", review.findings);
    let bytes = hex::decode(&review.bytes).unwrap();
    let shown = TransactionData::from_bytes(&bytes).unwrap();
    assert_eq!((shown.digest(), shown.sender()), (review.digest, key().address()));
    let outcome = block_on(prepared.sign_and_execute(&chain, &key(), &Consent::default())).unwrap();
    assert_eq!(outcome, Outcome::Executed(Box::new(chain.honest(&shown))));
    let sent = chain.sent.borrow();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].transaction, shown);
    assert_eq!(sent[0].signature.verify(&shown), Ok(()));
}

#[test]
fn everything_leaves_in_one_transaction_of_all_coins() {
    let chain = FakeChain::new(&[50_000, 1_000_000, 7]);
    let prepared = prepare(&chain, &send(Amount::Max)).unwrap();
    let fee = 1_000 + 600 + 1_050;
    let changes = &prepared.review().preview.balance_changes;
    assert!(changes.contains(&(YOU, 1_050_007 - fee)), "{changes:?}");
    assert!(changes.contains(&(key().address(), -1_050_007)), "{changes:?}");
    let coins: Vec<_> = prepared.in_flight().excluded().collect();
    assert_eq!(coins, [101, 100, 102].map(|n| ObjectId([n; 32])));
}

#[test]
fn a_base_fee_beyond_all_numbers_cannot_be_paid() {
    let mut chain = FakeChain::new(&[]);
    chain.state.parameters.base_fee = u64::MAX;
    let (coin, owner) = (ObjectId([3; 32]), Owner::AddressOwner(key().address()));
    let (payload, writer) = (7_u64.to_le_bytes(), TransactionDigest([1; 32]));
    chain.objects = vec![Object::new(coin, 1, ObjectType::Coin, &payload, owner, writer)];
    let give = TransferObjects { objects: vec![coin], recipient: YOU };
    let shortage = prepare(&chain, &give.into()).unwrap_err();
    assert_eq!(shortage, PrepareError::Coins(CoinShortage::NoCoins));
}

#[test]
fn a_coin_in_flight_pays_for_nothing_else() {
    let chain = FakeChain::new(&[1_000_000, 50_000]);
    let first = prepare(&chain, &exact(20_000)).unwrap().in_flight();
    let terms = Terms { excluded: first.excluded().collect(), ..Terms::default() };
    let second = block_on(Prepared::new(&chain, key().address(), &exact(20_000), &terms));
    let second: BTreeSet<_> = second.unwrap().in_flight().excluded().collect();
    assert!(second.is_disjoint(&terms.excluded));
}

#[test]
fn money_that_is_not_there_is_told_before_anything_else() {
    let chain = FakeChain::new(&[10_000]);
    assert_eq!(
        prepare(&chain, &exact(10_000)).unwrap_err(),
        PrepareError::Coins(CoinShortage::TooMuch {
            spendable: Shannons(8_392),
            fee: Shannons(1_610)
        })
    );
    assert_eq!(prepare(&chain, &exact(0)).unwrap_err(), PrepareError::Nothing);
    let poor = FakeChain::new(&[1_500]);
    let error = prepare(&poor, &send(Amount::Max)).unwrap_err();
    assert_eq!(error, PrepareError::FeeTakesAll { fee: Shannons(1_601) });
}

#[test]
fn another_chain_is_refused() {
    let chain = FakeChain::new(&[1_000_000]);
    let of = |expected| {
        let terms = Terms { expected_chain: Some(expected), ..Terms::default() };
        block_on(Prepared::new(&chain, key().address(), &exact(1), &terms))
    };
    assert!(of(CHAIN).is_ok());
    let other = CheckpointDigest([4; 32]);
    let error = of(other).unwrap_err();
    assert_eq!(error, PrepareError::WrongChain { expected: other, actual: CHAIN });
}

#[test]
fn an_address_of_nobody_cannot_be_signed_for() {
    let chain = FakeChain::new(&[1_000_000]);
    let pool = chain.state.validators.validators[0].staking_pool.id;
    let own_coin = ObjectId([100; 32]);
    for id in [ObjectId::ZERO, ObjectId::SYSTEM_STATE, pool, own_coin] {
        let amount = Amount::Exact(Shannons(1));
        let intent = SendCoins { recipient: Address(id.0), amount }.into();
        let prepared = prepare(&chain, &intent).unwrap();
        assert_eq!(levels(&prepared), [Level::Forbidden], "{id}");
        let refused = prepared.sign(&key(), &Consent::default()).unwrap_err();
        assert!(matches!(refused, SignRefused::Forbidden(_)), "{refused:?}");
    }
}

#[test]
fn ones_own_address_and_nearly_everything_are_pointed_out() {
    let chain = FakeChain::new(&[1_000_000]);
    let amount = Amount::Exact(Shannons(10));
    let to_self = SendCoins { recipient: key().address(), amount }.into();
    assert_eq!(levels(&prepare(&chain, &to_self).unwrap()), [Level::Caution]);
    assert_eq!(levels(&prepare(&chain, &exact(950_000)).unwrap()), [Level::Information]);
}

#[test]
fn a_node_that_foresees_failure_forbids_signing() {
    let chain = FakeChain::new(&[1_000_000]);
    let mut failed = executed(TransactionDigest([1; 32]), 0);
    failed.failure = Some(ExecutionFailure { kind: FailureKind::InsufficientGas, detail: None });
    *chain.simulated.borrow_mut() = Some(Ok(failed));
    let prepared = prepare(&chain, &exact(1)).unwrap();
    assert!(matches!(prepared.review().simulation, Simulation::WouldFail(_)));
    assert_eq!(levels(&prepared), [Level::Forbidden]);
    assert!(prepared.sign(&key(), &Consent::default()).is_err());
}

#[test]
fn a_node_that_differs_is_a_danger() {
    let chain = FakeChain::new(&[1_000_000]);
    *chain.simulated.borrow_mut() = Some(Ok(executed(TransactionDigest([1; 32]), 0)));
    let prepared = prepare(&chain, &exact(1)).unwrap();
    assert!(matches!(prepared.review().simulation, Simulation::Differs { .. }));
    assert_eq!(levels(&prepared), [Level::Danger]);
}

#[test]
fn without_a_simulation_our_own_preview_stands() {
    for (error, level) in [
        (ChainError::Unimplemented("simulation".into()), Level::Caution),
        (ChainError::Timeout { seconds: 30 }, Level::Caution),
        (
            ChainError::Refused { code: 13, message: "no".into(), violations: Vec::new() },
            Level::Danger,
        ),
    ] {
        let chain = FakeChain::new(&[1_000_000]);
        *chain.simulated.borrow_mut() = Some(Err(error));
        let prepared = prepare(&chain, &exact(1)).unwrap();
        assert!(matches!(prepared.review().simulation, Simulation::Unavailable { .. }));
        assert_eq!(prepared.review().preview.fee.total_fee, 1_600);
        assert_eq!(levels(&prepared), [level]);
        let accepted = prepared.review().every_danger();
        assert!(prepared.sign(&key(), &accepted).is_ok());
    }
}

#[test]
fn coins_that_move_during_preparation_mean_preparing_again() {
    let object = ObjectId([100; 32]);
    for error in [ChainError::Stale { object }, ChainError::Locked { object }] {
        let chain = FakeChain::new(&[1_000_000]);
        *chain.simulated.borrow_mut() = Some(Err(error.clone()));
        assert_eq!(prepare(&chain, &exact(1)).unwrap_err(), PrepareError::Chain(error));
    }
}

#[test]
fn another_accounts_key_signs_nothing() {
    let chain = FakeChain::new(&[1_000_000]);
    let other = Keypair::derive(&[8; 32]);
    let refused =
        prepare(&chain, &exact(1)).unwrap().sign(&other, &Consent::default()).unwrap_err();
    let (expected, actual) = (key().address(), other.address());
    assert_eq!(refused, SignRefused::WrongKey { expected, actual });
}

#[test]
fn a_models_stake_comes_out_of_joined_coins() {
    let chain = FakeChain::new(&[600_000_000, 500_000_000]);
    let stake = Shannons(chain.state.parameters.model_min_stake);
    let intent = CreateModel { stake, commission_bps: 6_000 }.into();
    let prepared = prepare(&chain, &intent).unwrap();
    assert_eq!(prepared.in_flight().inputs.len(), 2);
    assert_eq!(prepared.review().simulation, Simulation::Agrees);
    assert_eq!(levels(&prepared), [Level::Caution, Level::Caution]);
    let small = CreateModel { stake: Shannons(stake.0 - 1), commission_bps: 0 }.into();
    let error = prepare(&chain, &small).unwrap_err();
    assert_eq!(error, PrepareError::Model(ModelError::StakeTooSmall { least: stake }));
}

#[test]
fn no_node_learns_a_key_before_its_owner_signs() {
    let is_reveal = |step: &recorded::Step| {
        matches!(step.transaction.kind(), TransactionKind::RevealModel(_))
            && step.status == ExecutionStatus::Success
    };
    let recorded = recorded::steps().into_iter().find(is_reveal).unwrap();
    let kind = recorded.transaction.kind().clone();
    let mut chain = FakeChain::new(&[1_000_000]);
    chain.state = recorded.state;
    for model in chain.state.model_registry.models.values_mut() {
        if let Model::V1(ModelStateV1::Pending(pending)) = model {
            pending.owner = key().address();
        }
    }
    *chain.simulated.borrow_mut() = Some(Err(ChainError::Hidden));
    let terms = Terms::default();
    let prepared = block_on(Prepared::kind(&chain, key().address(), kind, &terms)).unwrap();
    assert!(chain.simulated.borrow().is_some(), "the node was asked");
    assert_eq!(levels(&prepared), [Level::Caution, Level::Information]);
    assert_eq!(prepared.review().preview.fee.total_fee, 1_600);
}

#[test]
fn a_kind_that_names_a_coin_is_paid_by_another() {
    let chain = FakeChain::new(&[1_000_000, 50_000]);
    let kind = TransactionKind::AddStake {
        address: chain.state.validators.validators[0].metadata.soma_address,
        coin_ref: chain.coins[0].reference,
        amount: Some(400_000),
    };
    let terms = Terms::default();
    let prepared = block_on(Prepared::kind(&chain, key().address(), kind, &terms)).unwrap();
    let inputs: Vec<_> = prepared.in_flight().inputs.iter().map(|input| input.id).collect();
    assert_eq!(inputs, [chain.coins[1].reference.id, chain.coins[0].reference.id]);
}

fn signed(chain: &FakeChain) -> (crate::tx::sign::SignedTransaction, InFlight) {
    let prepared = prepare(chain, &exact(20_000)).unwrap();
    let in_flight = prepared.in_flight();
    (prepared.sign(&key(), &Consent::default()).unwrap(), in_flight)
}

fn silences() -> Vec<ChainError> {
    let refused = |code| ChainError::Refused { code, message: String::new(), violations: vec![] };
    vec![
        ChainError::Unreachable("gone".into()),
        ChainError::Timeout { seconds: 90 },
        ChainError::Cancelled,
        ChainError::Hidden,
        ChainError::Garbage("half an answer".into()),
        refused(6),
        refused(10),
        refused(14),
    ]
}

#[test]
fn after_a_silence_the_digest_is_looked_up_before_anything_is_said() {
    for cause in silences() {
        let chain = FakeChain::new(&[1_000_000]);
        let (signed, sent) = signed(&chain);
        let done = executed(sent.digest, 0);
        let answer = |found| {
            chain.executed.borrow_mut().push_back(Err(cause.clone()));
            chain.found.borrow_mut().push_back(found);
            block_on(execute(&chain, &signed))
        };
        assert_eq!(answer(Ok(Some(done.clone()))), Outcome::Executed(Box::new(done)));
        let unknown = Outcome::Unknown { digest: sent.digest, cause: cause.clone() };
        assert_eq!(answer(Ok(None)), unknown, "{cause:?}");
        assert_eq!(answer(Err(ChainError::Hidden)), unknown, "{cause:?}");
    }
}

#[test]
fn a_plain_refusal_means_not_executed() {
    let object = ObjectId([100; 32]);
    for cause in [
        ChainError::Stale { object },
        ChainError::Locked { object },
        ChainError::Refused { code: 3, message: "bad".into(), violations: Vec::new() },
        ChainError::Unimplemented("execution".into()),
    ] {
        let chain = FakeChain::new(&[1_000_000]);
        let (signed, sent) = signed(&chain);
        chain.executed.borrow_mut().push_back(Err(cause.clone()));
        assert_eq!(block_on(execute(&chain, &signed)), Outcome::NotExecuted(cause.clone()));
        // Sent a second time, its coins are stale because the first time worked.
        let done = executed(sent.digest, 0);
        chain.executed.borrow_mut().push_back(Err(cause));
        chain.found.borrow_mut().push_back(Ok(Some(done.clone())));
        let outcome = block_on(execute(&chain, &signed));
        assert_eq!(outcome, Outcome::Executed(Box::new(done)));
    }
}

#[test]
fn an_answer_about_another_transaction_is_no_answer() {
    let chain = FakeChain::new(&[1_000_000]);
    let (signed, sent) = signed(&chain);
    let other = executed(TransactionDigest([9; 32]), 0);
    chain.executed.borrow_mut().push_back(Ok(other));
    let outcome = block_on(execute(&chain, &signed));
    assert!(matches!(outcome, Outcome::Unknown { digest, .. } if digest == sent.digest));
}

#[test]
fn an_unknown_outcome_settles_by_digest_or_by_its_coins() {
    let mut chain = FakeChain::new(&[1_000_000]);
    let (_, sent) = signed(&chain);
    let done = Settlement::Executed(Box::new(executed(sent.digest, 0)));
    chain.found.borrow_mut().push_back(Ok(Some(executed(sent.digest, 0))));
    assert_eq!(block_on(settle(&chain, &sent)), Ok(done.clone()));
    // The coin is as it was.
    let coin = sent.inputs[0];
    chain.objects = vec![coin_object(coin.id, coin.version)];
    assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
    // Something else used it.
    chain.objects = vec![coin_object(coin.id, coin.version + 1)];
    assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Dropped));
    // It was this transaction, between the two questions.
    let found = [Ok(None), Ok(Some(executed(sent.digest, 0)))];
    chain.found.borrow_mut().extend(found);
    assert_eq!(block_on(settle(&chain, &sent)), Ok(done));
}

#[test]
fn a_lost_transaction_is_sent_again_and_only_its_own_refusal_ends_it() {
    let mut chain = FakeChain::new(&[1_000_000]);
    let (signed, sent) = signed(&chain);
    chain.objects = vec![coin_object(sent.inputs[0].id, sent.inputs[0].version)];
    let refused = |code| ChainError::Refused { code, message: String::new(), violations: vec![] };
    let object = sent.inputs[0].id;
    for error in [
        refused(7),
        refused(8),
        refused(12),
        ChainError::Stale { object },
        ChainError::Locked { object },
        ChainError::Hidden,
    ] {
        chain.executed.borrow_mut().push_back(Err(error.clone()));
        let settled = block_on(settle_or_resend(&chain, &sent, &signed));
        assert_eq!(settled, Ok(Settlement::Unknown), "{error:?}");
    }
    for code in [3, 9] {
        chain.executed.borrow_mut().push_back(Err(refused(code)));
        let settled = block_on(settle_or_resend(&chain, &sent, &signed));
        assert_eq!(settled, Ok(Settlement::Dropped), "{code}");
    }
    let before = chain.sent.borrow().len();
    let settled = block_on(settle_or_resend(&chain, &sent, &signed));
    assert!(matches!(settled, Ok(Settlement::Executed(done)) if done.digest == sent.digest));
    assert_eq!(chain.sent.borrow().len(), before + 1);
    // What is known already is not sent again.
    chain.found.borrow_mut().push_back(Ok(Some(executed(sent.digest, 0))));
    assert!(block_on(settle_or_resend(&chain, &sent, &signed)).is_ok());
    assert_eq!(chain.sent.borrow().len(), before + 1);
}

#[test]
fn behind_a_node_that_hides_its_errors_the_coins_tell_that_a_payment_was_dropped() {
    let mut chain = FakeChain::new(&[1_000_000]);
    let (_, sent) = signed(&chain);
    let hidden = || [Err(ChainError::Hidden), Err(ChainError::Hidden)];
    let mut coin = coin_object(sent.inputs[0].id, sent.inputs[0].version);
    chain.objects = vec![coin.clone()];
    chain.found.borrow_mut().extend(hidden());
    assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
    chain.found.borrow_mut().clear();
    // The coin was last written by the payment itself.
    coin = coin_object(coin.id().unwrap(), sent.inputs[0].version + 1);
    chain.objects = vec![Object { previous_transaction: sent.digest, ..coin.clone() }];
    chain.found.borrow_mut().extend(hidden());
    assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
    chain.found.borrow_mut().clear();
    chain.objects = vec![coin];
    chain.found.borrow_mut().extend(hidden());
    assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Dropped));
}

#[test]
fn a_node_that_is_behind_does_not_make_a_payment_look_dropped() {
    let mut chain = FakeChain::new(&[1_000_000]);
    let (_, sent) = signed(&chain);
    chain.objects = Vec::new();
    assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
    chain.height.set(sent.checkpoint + 1);
    assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Dropped));
    chain.objects = vec![coin_object(sent.inputs[0].id, sent.inputs[0].version - 1)];
    assert_eq!(block_on(settle(&chain, &sent)), Ok(Settlement::Unknown));
}

#[test]
fn a_node_of_another_chain_settles_nothing_and_is_sent_nothing() {
    let mut chain = FakeChain::new(&[1_000_000]);
    let (signed, sent) = signed(&chain);
    // To another chain's node the coins are gone, and it is far ahead.
    chain.objects = Vec::new();
    chain.height.set(sent.checkpoint + 1_000);
    let before = chain.sent.borrow().len();
    let elsewhere = CheckpointDigest([4; 32]);
    for bytes in [None, Some(&signed)] {
        assert_eq!(block_on(settle_on(&chain, elsewhere, &sent, bytes)), Ok(None));
    }
    assert_eq!(chain.sent.borrow().len(), before);
    let settled = block_on(settle_on(&chain, CHAIN, &sent, None));
    assert_eq!(settled, Ok(Some(Settlement::Dropped)), "its own chain's node is believed");
    chain.objects = vec![coin_object(sent.inputs[0].id, sent.inputs[0].version)];
    let settled = block_on(settle_on(&chain, CHAIN, &sent, Some(&signed)));
    assert!(matches!(settled, Ok(Some(Settlement::Executed(_)))), "{settled:?}");
}

#[test]
fn what_was_prepared_in_one_epoch_is_not_for_the_next() {
    let mut chain = FakeChain::new(&[1_000_000]);
    let prepared = prepare(&chain, &exact(20_000)).unwrap();
    let epoch = chain.state.epoch;
    assert_eq!(prepared.check_epoch(epoch), Ok(()));
    let ended = SignRefused::EpochEnded { prepared: epoch, now: epoch + 1 };
    assert_eq!(prepared.check_epoch(epoch + 1), Err(ended));
    chain.state.epoch += 1;
    let again = prepare(&chain, &exact(20_000)).unwrap();
    assert_eq!(again.check_epoch(epoch + 1), Ok(()));
}

/// What a wallet says of recipients that knows these.
fn of_recipient(recipient: Address, known: Acquaintances) -> Vec<Level> {
    let chain = FakeChain::new(&[1_000_000]);
    let terms = Terms { acquaintances: Some(known), ..Terms::default() };
    let intent = SendCoins { recipient, amount: Amount::Exact(Shannons(1)) }.into();
    levels(&block_on(Prepared::new(&chain, key().address(), &intent, &terms)).unwrap())
}

#[test]
fn a_recipient_is_held_against_everybody_who_is_known() {
    let mut alike = YOU.0;
    alike[16] ^= 0xff;
    let (alike, other) = (Address(alike), Address([0x93; 32]));
    let paid = || Acquaintances { paid: BTreeSet::from([YOU]), ..Acquaintances::default() };
    let book = || Acquaintances { book: [(YOU, "Yu".into())].into(), ..Acquaintances::default() };
    let own =
        || Acquaintances { own: [(YOU, "Savings".into())].into(), ..Acquaintances::default() };
    for known in [paid(), book(), own()] {
        assert_eq!(of_recipient(YOU, known), []);
    }
    for known in [paid(), book(), own()] {
        assert_eq!(of_recipient(alike, known), [Level::Danger, Level::Caution]);
    }
    assert_eq!(of_recipient(other, paid()), [Level::Caution]);
    // A payment that was once made by mistake, or an entry that was once copied from a forger, does not
    // silence the danger; both together are somebody's own doing.
    let both = [YOU, alike];
    for mut known in [book(), own()] {
        known.paid.insert(alike);
        assert_eq!(of_recipient(alike, known), [Level::Danger]);
    }
    for mut known in [paid(), book(), own()] {
        known.book.insert(alike, "Yu, new".into());
        assert_eq!(of_recipient(alike, known.clone()), [Level::Danger]);
        known.paid.insert(alike);
        assert_eq!(of_recipient(alike, known), []);
    }
    let known = Acquaintances { paid: BTreeSet::from(both), ..Acquaintances::default() };
    assert_eq!(of_recipient(alike, known), []);
    let mut like_me = key().address().0;
    like_me[16] ^= 0xff;
    let findings = of_recipient(Address(like_me), Acquaintances::default());
    assert_eq!(findings, [Level::Danger, Level::Caution]);
}

#[test]
fn the_id_of_an_object_or_of_the_system_is_never_paid() {
    let mut chain = FakeChain::new(&[1_000_000]);
    let object = coin_object(ObjectId([77; 32]), 3);
    chain.objects = vec![object];
    let mut small = [0; 32];
    small[31] = 6;
    for recipient in [Address([77; 32]), Address(small)] {
        let intent = SendCoins { recipient, amount: Amount::Exact(Shannons(1)) }.into();
        let prepared = prepare(&chain, &intent).unwrap();
        assert_eq!(levels(&prepared), [Level::Forbidden]);
        let all = Consent::to(0..10);
        assert!(matches!(prepared.sign(&key(), &all), Err(SignRefused::Forbidden(_))));
    }
}

#[test]
fn a_danger_is_signed_only_after_it_was_accepted_by_itself() {
    let chain = FakeChain::new(&[1_000_000]);
    let differs = || {
        *chain.simulated.borrow_mut() = Some(Ok(executed(TransactionDigest([1; 32]), 0)));
        prepare(&chain, &exact(1)).unwrap()
    };
    for consent in [Consent::default(), Consent::to([1, 2, 3])] {
        let refused = differs().sign(&key(), &consent).unwrap_err();
        assert!(matches!(refused, SignRefused::NotAccepted(_)), "{refused:?}");
    }
    assert!(differs().sign(&key(), &Consent::to([0])).is_ok());
}

#[test]
fn giving_everything_away_is_said() {
    let chain = FakeChain::new(&[1_000_000]);
    assert_eq!(levels(&prepare(&chain, &send(Amount::Max)).unwrap()), [Level::Caution]);
}
