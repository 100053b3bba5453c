//! Completing what sites leave open.

use crate::address::{Address, ObjectId};
use crate::dapp::{AskedTransaction, ResolveError};
use crate::digest::TransactionDigest;
use crate::job::fake::{FakeChain, block_on};
use crate::job::send::{PrepareError, Prepared, Terms};
use crate::keys::Keypair;
use crate::object::{Object, ObjectType, Owner};
use crate::ports::{Chain as _, ChainError};
use crate::preview::{Consent, Simulation};
use crate::tx::{TransactionData, TransactionKind};
use base64ct::{Base64, Encoding as _};
use std::collections::BTreeSet;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const YOU: Address = Address([2; 32]);

fn key() -> Keypair {
    Keypair::derive(&[7; 32])
}

/// A chain where the account has these coins, as objects too.
pub(super) fn chain(balances: &[u64]) -> FakeChain {
    let mut chain = FakeChain::new(balances);
    let owner = Owner::AddressOwner(key().address());
    for coin in &mut chain.coins {
        let (id, payload) = (coin.reference.id, coin.balance.to_le_bytes());
        let writer = TransactionDigest([1; 32]);
        let object = Object::new(id, 5, ObjectType::Coin, &payload, owner, writer);
        coin.reference = object.reference().unwrap();
        chain.objects.push(object);
    }
    chain
}

fn prepare_as(
    chain: &FakeChain,
    text: &str,
    sender: Address,
    terms: &Terms,
) -> Result<Prepared, ResolveError> {
    let asked = AskedTransaction::parse(text).unwrap();
    block_on(asked.prepare(chain, sender, terms))
}

fn prepare(chain: &FakeChain, text: &str) -> Result<Prepared, ResolveError> {
    prepare_as(chain, text, key().address(), &Terms::default())
}

fn transfer(more: &str) -> String {
    format!(r#"{{"version":1,"kind":{{"TransferCoin":{{"recipient":"{YOU}"{more}}}}}}}"#)
}

fn coin(chain: &FakeChain, at: usize) -> String {
    format!(r#","coin":{{"objectId":"{}"}}"#, chain.coins[at].reference.id)
}

#[test]
fn a_payment_without_coins_is_paid_from_the_accounts_own() {
    let chain = chain(&[1_000_000, 50_000]);
    let prepared = prepare(&chain, &transfer(r#","amount":"20000""#)).unwrap();
    assert_eq!(prepared.review().simulation, Simulation::Agrees);
    let TransactionKind::TransferCoin { amount, recipient, coin } = prepared.transaction().kind()
    else {
        panic!();
    };
    assert_eq!((*amount, *recipient), (Some(20_000), YOU));
    assert!(prepared.transaction().gas_payment().contains(coin));
    let signed = prepared.sign(&key(), &Consent::default()).unwrap();
    assert!(block_on(chain.execute(&signed)).is_ok());
}

#[test]
fn a_coin_named_by_its_id_is_taken_as_it_is_now_and_another_one_pays() {
    let chain = chain(&[1_000_000, 50_000]);
    let text = transfer(&format!(r#","amount":"20000"{}"#, coin(&chain, 1)));
    let transaction = prepare(&chain, &text).unwrap().transaction().clone();
    assert_eq!(transaction.kind().owned_inputs(), [chain.coins[1].reference]);
    assert_eq!(transaction.gas_payment(), [chain.coins[0].reference]);
}

#[test]
fn an_only_coin_pays_its_own_fee() {
    let chain = chain(&[1_000_000]);
    let text = transfer(&format!(r#","amount":"20000"{}"#, coin(&chain, 0)));
    let transaction = prepare(&chain, &text).unwrap().transaction().clone();
    assert_eq!(transaction.gas_payment(), [chain.coins[0].reference]);
    assert_eq!(transaction.kind().owned_inputs(), [chain.coins[0].reference]);
}

#[test]
fn coins_on_their_way_are_not_chosen() {
    let chain = chain(&[1_000_000, 900_000]);
    let excluded = BTreeSet::from([chain.coins[0].reference.id]);
    let terms = Terms { excluded, ..Terms::default() };
    let text = transfer(r#","amount":"20000""#);
    let prepared = prepare_as(&chain, &text, key().address(), &terms).unwrap();
    assert_eq!(prepared.transaction().gas_payment(), [chain.coins[1].reference]);
}

#[test]
fn gas_that_is_named_is_left_alone_and_spent_where_no_coin_is_named() {
    let chain = chain(&[1_000_000, 900_000]);
    let text = transfer(r#","amount":"20000""#).replace(
        "}}}",
        &format!(r#"}}}},"gasPayment":[{{"objectId":"{}"}}]}}"#, chain.coins[1].reference.id),
    );
    let transaction = prepare(&chain, &text).unwrap().transaction().clone();
    assert_eq!(transaction.gas_payment(), [chain.coins[1].reference]);
    assert_eq!(transaction.kind().owned_inputs(), [chain.coins[1].reference]);
}

#[test]
fn everything_is_not_sent_for_want_of_a_word() {
    let chain = chain(&[1_000_000, 50_000]);
    for kind in [
        format!(r#"{{"TransferCoin":{{"recipient":"{YOU}"}}}}"#),
        format!(r#"{{"PayCoins":{{"recipients":["{YOU}"]}}}}"#),
        format!(r#"{{"AddStake":{{"address":"{YOU}"}}}}"#),
        format!(r#"{{"AddStakeToModel":{{"modelId":"{YOU}"}}}}"#),
    ] {
        let text = format!(r#"{{"version":1,"kind":{kind}}}"#);
        assert_eq!(prepare(&chain, &text).unwrap_err(), ResolveError::NoAmount, "{kind}");
    }
    let uneven = format!(
        r#"{{"version":1,"kind":{{"PayCoins":{{"recipients":["{YOU}"],"amounts":["1","2"]}}}}}}"#
    );
    let refused = prepare(&chain, &uneven).unwrap_err();
    assert_eq!(refused, ResolveError::Uneven { amounts: 2, recipients: 1 });
}

#[test]
fn bytes_are_signed_to_the_byte_or_not_at_all() {
    let mut chain = chain(&[1_000_000]);
    let built = prepare(&chain, &transfer(r#","amount":"20000""#)).unwrap().transaction().clone();
    let text = |built: &TransactionData| {
        format!(r#"{{"version":1,"bytes":"{}"}}"#, Base64::encode_string(&built.to_bytes()))
    };
    let prepared = prepare(&chain, &text(&built)).unwrap();
    assert_eq!(prepared.transaction(), &built);
    let refused = prepare_as(&chain, &text(&built), YOU, &Terms::default()).unwrap_err();
    assert_eq!(refused, ResolveError::OtherSender);
    chain.objects.clear();
    let object = chain.coins[0].reference.id;
    let stale = ResolveError::Prepare(PrepareError::Chain(ChainError::Stale { object }));
    assert_eq!(prepare(&chain, &text(&built)).unwrap_err(), stale);
}

#[test]
fn an_object_that_is_not_there_and_another_sender_are_refused() {
    let chain = chain(&[1_000_000, 50_000]);
    let missing = ObjectId([9; 32]);
    let text = transfer(&format!(r#","amount":"1","coin":{{"objectId":"{missing}"}}"#));
    let refused = prepare(&chain, &text).unwrap_err();
    assert!(matches!(refused, ResolveError::Prepare(PrepareError::Objects(_))), "{refused:?}");
    let sender =
        transfer(r#","amount":"1""#).replace("\"kind\"", &format!("\"sender\":\"{YOU}\",\"kind\""));
    assert_eq!(prepare(&chain, &sender).unwrap_err(), ResolveError::OtherSender);
}

#[test]
fn a_kind_without_coins_is_paid_for() {
    let chain = chain(&[1_000_000]);
    let text = r#"{"version":1,"kind":{"SetCommissionRate":{"newRate":"5"}}}"#;
    // Nobody here is a validator, and the wallet knows before a node does.
    let refused = prepare(&chain, text).unwrap_err();
    assert!(matches!(refused, ResolveError::Prepare(PrepareError::Preview(_))), "{refused:?}");
}
