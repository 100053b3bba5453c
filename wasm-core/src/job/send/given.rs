//! A transaction that somebody else built, or that was built earlier: tried out again as it is, to the
//! byte, and signed by several.

use super::draft::Draft;
use super::facts::Facts;
use super::prepare::{InFlight, PrepareError, Prepared, SignRefused, Terms};
use super::{findings, recipients};
use crate::address::{Address, ObjectId};
use crate::keys::Keypair;
use crate::object::{Object, ObjectRef};
use crate::ports::{Chain, ChainError, Coin};
use crate::preview::{Consent, Finding, Preview};
use crate::tx::multisig::{MemberKey, MultiSigPublicKey};
use crate::tx::sign::{SignedTransaction, UserSignature};
use crate::tx::{TransactionData, TransactionKind};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Who is paid, or given something.
fn recipients_of(kind: &TransactionKind) -> Vec<Address> {
    match kind {
        TransactionKind::TransferCoin { recipient, .. }
        | TransactionKind::TransferObjects { recipient, .. } => vec![*recipient],
        TransactionKind::PayCoins { recipients, .. } => recipients.clone(),
        _ => Vec::new(),
    }
}

/// The owned objects that a transaction uses up, at their versions.
fn inputs_of(transaction: &TransactionData) -> Vec<ObjectRef> {
    let mut seen = BTreeSet::new();
    let named = transaction.kind().owned_inputs().into_iter();
    named.chain(transaction.gas_payment().iter().copied()).filter(|it| seen.insert(it.id)).collect()
}

impl InFlight {
    /// The checkpoint of what somebody else built, while no node has shown its objects to this wallet:
    /// none is after it, so that a node which does not know them yet is not believed to have seen them go.
    pub const NOT_SEEN: u64 = u64::MAX;

    /// What must be kept of a transaction while its outcome is not known, and the newest checkpoint by
    /// which it was certainly not executed.
    #[must_use]
    pub fn of(transaction: &TransactionData, checkpoint: u64) -> Self {
        Self { digest: transaction.digest(), inputs: inputs_of(transaction), checkpoint }
    }
}

impl Prepared {
    /// Takes a transaction as it is, tells what it would do and lets the node try it out.
    ///
    /// # Errors
    /// Where it cannot be done any more, as where an object that it names has moved on, or the node did
    /// not tell what is needed to know.
    pub async fn given(
        chain: &impl Chain,
        transaction: TransactionData,
        terms: &Terms,
    ) -> Result<Self, PrepareError> {
        let inputs = inputs_of(&transaction);
        let named = inputs.iter().map(|input| input.id).chain(transaction.kind().target());
        let mut facts = Facts::of_objects(chain, &named.collect::<Vec<_>>(), terms).await?;
        // Every mention counts: a coin that is spent and pays may be named in two versions.
        let mentions = transaction.kind().owned_inputs();
        for input in mentions.iter().chain(transaction.gas_payment()) {
            let current = facts.objects.get(&input.id).and_then(|object| object.reference().ok());
            if current != Some(*input) {
                return Err(ChainError::Stale { object: input.id }.into());
            }
        }
        let paid = recipients_of(transaction.kind());
        if !paid.is_empty() {
            let ids: BTreeSet<ObjectId> = paid.iter().map(|paid| ObjectId(paid.0)).collect();
            // Nothing is paid with the answer; without one, that is said.
            facts.recipients_as_objects =
                chain.existing(&ids.into_iter().collect::<Vec<_>>()).await.ok();
        }
        let coins = chain.coins(transaction.sender()).await?;
        let mut draft = Draft { findings: Vec::new(), transaction };
        draft.findings = findings_of(&facts, &coins, &draft.transaction)?;
        if let Some(acquaintances) = &terms.acquaintances {
            draft.findings.extend(acquaintances.findings(draft.transaction.sender(), &paid));
        }
        Self::try_out(chain, &facts, &coins, draft).await
    }

    /// What would be signed.
    #[must_use]
    pub const fn transaction(&self) -> &TransactionData {
        &self.transaction
    }

    /// The same, with more to know before signing.
    #[must_use]
    pub fn with_findings(mut self, more: Vec<Finding>) -> Self {
        self.review.findings.extend(more);
        self.review.findings.sort_by_key(|finding| Reverse(finding.level));
        self
    }

    /// One member's signature of exactly the bytes that were reviewed.
    ///
    /// # Errors
    /// Where the account is not the sender, the key no member's, a finding forbids it, or a danger was
    /// not accepted.
    pub fn sign_as_member(
        &self,
        account: &MultiSigPublicKey,
        key: &Keypair,
        consent: &Consent,
    ) -> Result<[u8; 64], SignRefused> {
        let (expected, actual) = (self.transaction.sender(), account.address());
        if expected != actual {
            return Err(SignRefused::WrongKey { expected, actual });
        }
        let own = MemberKey::Ed25519(key.public_key());
        if !account.pk_map.iter().any(|(member, _)| *member == own) {
            return Err(SignRefused::NotAMember { member: key.address(), account: actual });
        }
        self.check_consent(consent)?;
        Ok(key.sign(&self.transaction.signing_digest()))
    }

    /// The transaction with a signature that was made elsewhere, if it is a good one of exactly the bytes
    /// that were reviewed.
    ///
    /// # Errors
    /// Where it is not, a finding forbids it, or a danger was not accepted.
    pub fn signed(
        self,
        signature: UserSignature,
        consent: &Consent,
    ) -> Result<SignedTransaction, SignRefused> {
        self.check_consent(consent)?;
        signature.verify(&self.transaction)?;
        Ok(SignedTransaction { transaction: self.transaction, signature })
    }
}

/// What there is to say of who is paid and what is left.
fn findings_of(
    facts: &Facts,
    coins: &[Coin],
    transaction: &TransactionData,
) -> Result<Vec<Finding>, PrepareError> {
    let (sender, kind) = (transaction.sender(), transaction.kind());
    let mut found = recipients::nobodies(facts, coins, recipients_of(kind));
    let balance = coins.iter().fold(0_u64, |sum, coin| sum.saturating_add(coin.balance));
    match kind {
        TransactionKind::TransferCoin { .. } | TransactionKind::PayCoins { .. } => {
            let preview = Preview::of(transaction, &facts.current(sender, coins)?)?;
            let spent = preview.balance_change(sender).min(0).unsigned_abs();
            found.extend(findings::of_send(&findings::Sending {
                to_self: recipients_of(kind).iter().all(|recipient| *recipient == sender),
                everything: false,
                balance,
                spent: u64::try_from(spent).unwrap_or(u64::MAX),
            }));
        }
        TransactionKind::TransferObjects { objects, recipient } => {
            let given: Vec<&Object> =
                objects.iter().filter_map(|object| facts.objects.get(&object.id)).collect();
            let to_self = *recipient == sender;
            found.extend(findings::of_giving(&findings::Giving {
                to_self,
                objects: &given,
                balance,
            }));
        }
        _ => {}
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{InFlight, Prepared};
    use crate::address::Address;
    use crate::digest::{CheckpointDigest, ObjectDigest, TransactionDigest};
    use crate::intent::{Amount, Intent, SendCoins};
    use crate::job::fake::{CHAIN, FakeChain, block_on};
    use crate::job::send::{
        PrepareError, Settlement, SignRefused, Terms, settle, settle_or_resend,
    };
    use crate::keys::Keypair;
    use crate::object::{Object, ObjectType, Owner};
    use crate::ports::{Chain as _, ChainError};
    use crate::preview::{Consent, Finding, Level, Simulation};
    use crate::tx::multisig::{MultiSig, MultiSigPublicKey};
    use crate::tx::sign::UserSignature;
    use crate::tx::{TransactionData, TransactionKind};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const YOU: Address = Address([0x77; 32]);

    fn key(seed: u8) -> Keypair {
        Keypair::derive(&[seed; 32])
    }

    /// Two of three.
    fn account() -> MultiSigPublicKey {
        let members = [1, 2, 3].map(|seed| (key(seed).public_key(), 1));
        MultiSigPublicKey::new(members.to_vec(), 2).unwrap()
    }

    /// A chain where the account has a coin, as an object too.
    fn chain() -> FakeChain {
        let mut chain = FakeChain::new(&[1_000_000]);
        let id = chain.coins[0].reference.id;
        let owner = Owner::AddressOwner(account().address());
        let writer = TransactionDigest([1; 32]);
        let payload = 1_000_000_u64.to_le_bytes();
        let object = Object::new(id, 5, ObjectType::Coin, &payload, owner, writer);
        chain.coins[0].reference = object.reference().unwrap();
        chain.objects.push(object);
        chain
    }

    fn built(chain: &FakeChain) -> TransactionData {
        let amount = Amount::Exact(crate::amount::Shannons(1_000));
        let intent = Intent::from(SendCoins { recipient: YOU, amount });
        let prepared =
            block_on(Prepared::new(chain, account().address(), &intent, &Terms::default()));
        prepared.unwrap().transaction().clone()
    }

    fn given(chain: &FakeChain, transaction: TransactionData) -> Result<Prepared, PrepareError> {
        block_on(Prepared::given(chain, transaction, &Terms::default()))
    }

    fn sign(prepared: &Prepared, seed: u8) -> Result<[u8; 64], SignRefused> {
        prepared.sign_as_member(&account(), &key(seed), &Consent::default())
    }

    #[test]
    fn what_was_built_elsewhere_is_shown_tried_out_and_executed_by_enough_members() {
        let chain = chain();
        let transaction = built(&chain);
        let prepared = given(&chain, transaction.clone()).unwrap();
        assert_eq!(prepared.review().bytes, hex::encode(transaction.to_bytes()));
        assert_eq!(prepared.review().simulation, Simulation::Agrees);
        let expected = InFlight::of(&transaction, chain.height.get());
        assert_eq!(prepared.in_flight(), expected);
        let signatures = vec![(2, sign(&prepared, 3).unwrap()), (0, sign(&prepared, 1).unwrap())];
        let combined = MultiSig::combine(account(), signatures).unwrap();
        let signature = UserSignature::MultiSig(combined);
        let signed = prepared.signed(signature, &Consent::default()).unwrap();
        let executed = block_on(chain.execute(&signed)).unwrap();
        assert_eq!(executed.digest, transaction.digest());
    }

    #[test]
    fn what_a_node_has_not_seen_yet_is_not_gone_until_it_has_shown_it_once() {
        let mut chain = chain();
        let transaction = built(&chain);
        let opened = InFlight::of(&transaction, InFlight::NOT_SEEN);
        let objects = std::mem::take(&mut chain.objects);
        chain.height.set(1_000_000);
        assert_eq!(block_on(settle(&chain, &opened)), Ok(Settlement::Unknown), "it is behind");
        chain.objects = objects;
        let seen = given(&chain, transaction).unwrap().in_flight();
        assert_eq!(seen.checkpoint, 1_000_000);
        chain.objects.clear();
        assert_eq!(block_on(settle(&chain, &seen)), Ok(Settlement::Unknown), "it went back");
        chain.height.set(1_000_001);
        assert_eq!(block_on(settle(&chain, &seen)), Ok(Settlement::Dropped));
        // A later version tells by itself.
        let id = opened.inputs[0].id;
        chain.objects.push(crate::job::fake::coin_object(id, opened.inputs[0].version + 1));
        assert_eq!(block_on(settle(&chain, &opened)), Ok(Settlement::Dropped));
    }

    #[test]
    fn a_refusal_is_not_the_end_of_what_others_can_send_too() {
        let chain = chain();
        let prepared = given(&chain, built(&chain)).unwrap();
        let sent = prepared.in_flight();
        let signatures = vec![(0, sign(&prepared, 1).unwrap()), (1, sign(&prepared, 2).unwrap())];
        let combined = MultiSig::combine(account(), signatures).unwrap();
        let signed = prepared.signed(UserSignature::MultiSig(combined), &Consent::default());
        let signed = signed.unwrap();
        for code in [3, 9] {
            let (message, violations) = (String::new(), vec![]);
            let refused = ChainError::Refused { code, message, violations };
            chain.executed.borrow_mut().push_back(Err(refused));
            let settled = block_on(settle_or_resend(&chain, &sent, &signed));
            assert_eq!(settled, Ok(Settlement::Unknown), "{code}");
        }
        let settled = block_on(settle_or_resend(&chain, &sent, &signed));
        assert!(matches!(settled, Ok(Settlement::Executed(_))), "{settled:?}");
    }

    #[test]
    fn too_few_signatures_or_those_of_another_transaction_are_not_sent() {
        let chain = chain();
        let prepared = given(&chain, built(&chain)).unwrap();
        let one = vec![(0, sign(&prepared, 1).unwrap())];
        let short = UserSignature::MultiSig(MultiSig::combine(account(), one.clone()).unwrap());
        let refused = prepared.clone().signed(short, &Consent::default());
        assert!(matches!(refused, Err(SignRefused::Signature(_))), "{refused:?}");
        let other = vec![one[0], (1, key(2).sign(&[0; 32]))];
        let other = UserSignature::MultiSig(MultiSig::combine(account(), other).unwrap());
        let refused = prepared.signed(other, &Consent::default());
        assert!(matches!(refused, Err(SignRefused::Signature(_))), "{refused:?}");
    }

    #[test]
    fn a_coin_that_moved_on_ends_it() {
        let mut chain = chain();
        let transaction = built(&chain);
        let id = chain.coins[0].reference.id;
        let stale = PrepareError::Chain(ChainError::Stale { object: id });
        for version in [Some(6), None] {
            chain.objects.clear();
            chain.objects.extend(version.map(|version| crate::job::fake::coin_object(id, version)));
            assert_eq!(given(&chain, transaction.clone()).unwrap_err(), stale);
        }
    }

    #[test]
    fn coins_of_somebody_else_and_a_digest_that_does_not_fit_are_refused() {
        let mut chain = chain();
        let mut transaction = built(&chain);
        let id = chain.coins[0].reference.id;
        let TransactionData::V1(data) = &mut transaction;
        data.gas_payment[0].digest = ObjectDigest([9; 32]);
        let stale = PrepareError::Chain(ChainError::Stale { object: id });
        assert_eq!(given(&chain, transaction).unwrap_err(), stale);
        let transaction = built(&chain);
        let writer = TransactionDigest([1; 32]);
        let owner = Owner::AddressOwner(YOU);
        let payload = 1_000_000_u64.to_le_bytes();
        chain.objects[0] = Object::new(id, 5, ObjectType::Coin, &payload, owner, writer);
        let refused = given(&chain, transaction).unwrap_err();
        assert!(!matches!(refused, PrepareError::WrongChain { .. }), "{refused:?}");
    }

    #[test]
    fn a_recipient_that_is_nobody_forbids_every_members_signature() {
        let chain = chain();
        let TransactionData::V1(data) = built(&chain);
        let TransactionKind::TransferCoin { coin, amount, .. } = data.kind else { panic!() };
        let recipient = Address(coin.id.0);
        let kind = TransactionKind::TransferCoin { coin, amount, recipient };
        let transaction = TransactionData::new(kind, data.sender, data.gas_payment);
        let prepared = given(&chain, transaction).unwrap();
        assert_eq!(prepared.review().findings[0].level, Level::Forbidden);
        assert!(matches!(sign(&prepared, 1), Err(SignRefused::Forbidden(_))));
    }

    #[test]
    fn nobody_but_a_member_signs_and_a_danger_is_accepted_first() {
        let chain = chain();
        let prepared = given(&chain, built(&chain)).unwrap();
        let outsider = sign(&prepared, 9);
        assert!(matches!(outsider, Err(SignRefused::NotAMember { .. })), "{outsider:?}");
        let mut others = account();
        others.threshold = 1;
        let refused = prepared.sign_as_member(&others, &key(1), &Consent::default());
        assert!(matches!(refused, Err(SignRefused::WrongKey { .. })), "{refused:?}");
        let danger = Finding { level: Level::Danger, text: "careful".into() };
        let dangerous = prepared.with_findings(vec![danger]);
        assert!(matches!(sign(&dangerous, 1), Err(SignRefused::NotAccepted(_))));
        let accepted = dangerous.sign_as_member(&account(), &key(1), &Consent::to([0]));
        assert!(accepted.is_ok(), "{accepted:?}");
    }

    #[test]
    fn a_node_of_another_chain_is_not_asked_to_try_it_out() {
        let chain = chain();
        let transaction = built(&chain);
        let expected = CheckpointDigest([9; 32]);
        let terms = Terms { expected_chain: Some(expected), ..Terms::default() };
        let refused = block_on(Prepared::given(&chain, transaction, &terms)).unwrap_err();
        assert_eq!(refused, PrepareError::WrongChain { expected, actual: CHAIN });
    }
}
