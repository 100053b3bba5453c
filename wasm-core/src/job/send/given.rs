//! A transaction that somebody else built, or that was built earlier: tried out again as it is, to the
//! byte, and signed by several.

use super::draft::Draft;
use super::facts::Facts;
use super::prepare::{PrepareError, Prepared, SignRefused, Terms};
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
        for input in &inputs {
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
