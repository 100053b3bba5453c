//! Policies.

use super::resolve::chain;
use crate::address::Address;
use crate::amount::Shannons;
use crate::dapp::policy::{Looked, NotCovered, ScopeError};
use crate::dapp::{AskedTransaction, Origin, Policy, PolicyId, Scope, Spent, UserKind};
use crate::digest::CheckpointDigest;
use crate::job::fake::block_on;
use crate::job::send::{Prepared, Terms};
use crate::keys::Keypair;
use crate::ports::ChainError;
use crate::preview::{Finding, Level};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const YOU: Address = Address([2; 32]);
const CHAIN: CheckpointDigest = CheckpointDigest([3; 32]);
const NOW: u64 = 1_790_000_000_000;
/// 20,000 sent: base fee 1000, two objects written at 300, 10 basis points of value.
const OUT: u64 = 20_000 + 1_000 + 600 + 20;

fn site() -> Origin {
    "https://example.com".parse().unwrap()
}

fn payment() -> Prepared {
    let text = format!(
        r#"{{"version":1,"kind":{{"TransferCoin":{{"recipient":"{YOU}","amount":"20000"}}}}}}"#
    );
    let sender = Keypair::derive(&[7; 32]).address();
    let asked = AskedTransaction::parse(&text).unwrap();
    block_on(asked.prepare(&chain(&[1_000_000, 50_000]), sender, &Terms::default())).unwrap()
}

fn policy(budget: u64, count: u32) -> Policy {
    let scope = Scope {
        origin: site(),
        account: Keypair::derive(&[7; 32]).address(),
        chain: CHAIN,
        kinds: [UserKind::TransferCoin].into(),
        models: None,
        recipients: [YOU].into(),
        budget: Shannons(budget),
        count,
        expires_ms: NOW + 1_000,
    };
    Policy { id: PolicyId(1), scope, spent: Spent::default(), since_ms: NOW - 1 }
}

fn after_at(policy: &Policy, prepared: &Prepared, now_ms: u64) -> Result<Spent, NotCovered> {
    policy.after(&Looked {
        origin: &site(),
        transaction: prepared.transaction(),
        chain: CHAIN,
        review: prepared.review(),
        now_ms,
    })
}

fn after(policy: &Policy, prepared: &Prepared) -> Result<Spent, NotCovered> {
    after_at(policy, prepared, NOW)
}

#[test]
fn a_budget_holds_to_the_shannon_with_the_fee() {
    let prepared = payment();
    let spent = after(&policy(OUT, 9), &prepared).unwrap();
    assert_eq!(spent, Spent { amount: Shannons(OUT), count: 1 });
    assert_eq!(after(&policy(OUT - 1, 9), &prepared), Err(NotCovered::Budget));
    let mut twice = policy(2 * OUT, 9);
    twice.spent = spent;
    assert_eq!(after(&twice, &prepared), Ok(Spent { amount: Shannons(2 * OUT), count: 2 }));
    twice.spent.amount = Shannons(OUT + 1);
    assert_eq!(after(&twice, &prepared), Err(NotCovered::Budget));
    twice.spent.amount = Shannons(u64::MAX);
    assert_eq!(after(&twice, &prepared), Err(NotCovered::Budget));
}

#[test]
fn count_and_time_run_out() {
    let prepared = payment();
    let mut used = policy(9 * OUT, 2);
    used.spent.count = 2;
    assert_eq!(after(&used, &prepared), Err(NotCovered::Count));
    let policy = policy(9 * OUT, 2);
    assert!(after_at(&policy, &prepared, NOW + 999).is_ok());
    for now in [NOW + 1_000, u64::MAX, NOW - 2, 0] {
        assert_eq!(after_at(&policy, &prepared, now), Err(NotCovered::Expired), "{now}");
    }
}

#[test]
fn another_site_account_chain_kind_or_recipient_is_not_covered() {
    let prepared = payment();
    let with = |change: fn(&mut Scope)| {
        let mut policy = policy(9 * OUT, 9);
        change(&mut policy.scope);
        after(&policy, &prepared)
    };
    assert!(with(|_| ()).is_ok());
    let elsewhere = Err(NotCovered::Elsewhere);
    assert_eq!(with(|scope| scope.origin = "https://example.org".parse().unwrap()), elsewhere);
    assert_eq!(with(|scope| scope.account = YOU), elsewhere);
    assert_eq!(with(|scope| scope.chain = CheckpointDigest([4; 32])), elsewhere);
    assert_eq!(with(|scope| scope.kinds = [UserKind::AddStake].into()), Err(NotCovered::Kind));
    assert_eq!(with(|scope| scope.recipients = [].into()), Err(NotCovered::Recipient));
    assert_eq!(
        with(|scope| scope.recipients = [Address([9; 32])].into()),
        Err(NotCovered::Recipient)
    );
}

#[test]
fn nothing_that_warns_or_that_the_node_did_not_confirm_is_covered() {
    let policy = policy(9 * OUT, 9);
    for (level, covered) in [
        (Level::Information, true),
        (Level::Caution, true),
        (Level::Danger, false),
        (Level::Forbidden, false),
    ] {
        let finding = Finding { level, text: "look".into() };
        let prepared = payment().with_findings(vec![finding]);
        assert_eq!(after(&policy, &prepared).is_ok(), covered, "{level:?}");
    }
    let chain = chain(&[1_000_000]);
    let away = ChainError::Unreachable("away".into());
    chain.simulated.replace(Some(Err(away)));
    let text = format!(
        r#"{{"version":1,"kind":{{"TransferCoin":{{"recipient":"{YOU}","amount":"20000"}}}}}}"#
    );
    let asked = AskedTransaction::parse(&text).unwrap();
    let sender = Keypair::derive(&[7; 32]).address();
    let unseen = block_on(asked.prepare(&chain, sender, &Terms::default())).unwrap();
    assert_eq!(after(&policy, &unseen), Err(NotCovered::Warned));
    // A review of other bytes tells nothing of these.
    let (one, other) = (payment(), unseen);
    let mixed = Looked {
        origin: &site(),
        transaction: other.transaction(),
        chain: CHAIN,
        review: one.review(),
        now_ms: NOW,
    };
    if one.digest() != other.digest() {
        assert_eq!(policy.after(&mixed), Err(NotCovered::Warned));
    }
}

#[test]
fn nobody_can_agree_to_everything() {
    let scope = policy(OUT, 9).scope;
    assert_eq!(scope.check(NOW), Ok(()));
    let with = |change: fn(&mut Scope)| {
        let mut scope = scope.clone();
        change(&mut scope);
        scope.check(NOW)
    };
    assert_eq!(with(|scope| scope.kinds = [].into()), Err(ScopeError::Nothing));
    assert_eq!(with(|scope| scope.count = 0), Err(ScopeError::Nothing));
    assert_eq!(with(|scope| scope.budget = Shannons(0)), Err(ScopeError::Nothing));
    assert_eq!(with(|scope| scope.recipients = [].into()), Err(ScopeError::NoRecipients));
    assert_eq!(with(|scope| scope.expires_ms = NOW), Err(ScopeError::Term));
    assert_eq!(with(|scope| scope.expires_ms = NOW + 31 * 86_400_000), Err(ScopeError::Term));
    assert_eq!(with(|scope| scope.count = 1_001), Err(ScopeError::Count));
    for kind in [UserKind::RevealModel, UserKind::TransferObjects, UserKind::AddValidator] {
        let scope = Scope { kinds: [kind].into(), ..scope.clone() };
        assert_eq!(scope.check(NOW), Err(ScopeError::Kind(kind)));
    }
}

#[test]
fn what_is_suggested_covers_what_was_looked_at_ten_times_and_can_be_agreed_to() {
    let prepared = payment();
    let looked = Looked {
        origin: &site(),
        transaction: prepared.transaction(),
        chain: CHAIN,
        review: prepared.review(),
        now_ms: NOW,
    };
    let scope = Scope::suggestion(&looked).unwrap();
    assert_eq!(scope.check(NOW), Ok(()));
    assert_eq!((scope.budget, scope.count), (Shannons(10 * OUT), 10));
    let mut policy = Policy { id: PolicyId(1), scope, spent: Spent::default(), since_ms: NOW };
    for _ in 0..10 {
        policy.spent = after(&policy, &prepared).unwrap();
    }
    assert!(after(&policy, &prepared).is_err());
}
