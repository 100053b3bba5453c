//! Accounts of several keys, and proposals that collect their signatures.

use crate::codes::{Coded, codes};
use crate::error::{argument, thrown};
use crate::object::object;
use crate::reading;
use crate::text::parsed;
use base64ct::{Base64, Encoding as _};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::digest::CheckpointDigest;
use wasm_core::keys::PublicKey;
use wasm_core::multisig::{
    MemberKeyError, Proposal, ProposalError, ReadError, SignatureReadError, SignaturesError,
    check_new, parse_member_key, read, read_signatures,
};
use wasm_core::tx::multisig::{MultiSigError, MultiSigPublicKey};

codes! {
    MultiSigError {
        Self::Members(_) => "multisig/members",
        Self::RepeatedKey => "multisig/repeated-key",
        Self::ZeroWeight => "multisig/zero-weight",
        Self::NotAKey(_) => "multisig/not-a-key",
        Self::Threshold { .. } => "multisig/threshold",
        Self::Bitmap => "multisig/bitmap",
        Self::Signature(_) => "multisig/signature",
        Self::Weight { .. } => "multisig/weight",
    }
    ProposalError {
        Self::Account(error) => error.code(),
        Self::OtherSender { .. } => "multisig/other-sender",
        Self::System => "transaction/system",
        Self::Reveal => "multisig/reveal",
        Self::TooLarge(_) => "multisig/too-large",
    }
    SignaturesError {
        Self::NotAMember(_) => "multisig/not-a-member",
        Self::Wrong { .. } => "multisig/signature",
        Self::Repeated { .. } => "multisig/signed-already",
        Self::OtherAccount { .. } => "multisig/other-account",
        Self::Malformed => "signature/malformed",
    }
    ReadError {
        Self::Empty | Self::NotAProposal => "multisig/not-a-proposal",
        Self::TooLong => "multisig/too-large",
        Self::LaterVersion(_) => "multisig/later-version",
        Self::Damaged | Self::Malformed => "multisig/damaged",
        Self::Proposal(error) => error.code(),
        Self::Signature(error) => error.code(),
        Self::Parts(_) => "multisig/parts",
    }
    SignatureReadError {
        Self::NotBase64 => "signature/malformed",
        Self::Signature(error) => error.code(),
    }
    MemberKeyError {
        Self::Empty => "public-key/empty",
        Self::Address => "public-key/address",
        Self::PrivateKey => "public-key/private-key",
        Self::Key(error) => error.code(),
    }
}

/// The bytes of a member's public key, of the text that the command-line wallet prints.
#[wasm_bindgen(js_name = parseMemberKey)]
pub fn member_key(text: &str) -> Result<Vec<u8>, JsValue> {
    parse_member_key(text).map(|key| key.as_bytes().to_vec()).map_err(thrown)
}

/// The account of these members: their keys one after another, and what each of them weighs.
fn account(keys: &[u8], weights: &[u8], threshold: u16) -> Result<MultiSigPublicKey, JsValue> {
    let (keys, rest) = keys.as_chunks::<32>();
    if !rest.is_empty() || keys.len() != weights.len() {
        return Err(argument("each member has a public key of 32 bytes, and a weight"));
    }
    let members = keys.iter().map(|key| PublicKey(*key)).zip(weights.iter().copied());
    check_new(members.collect(), threshold).map_err(thrown)
}

/// The address of the account of these members; throws where there can be no such account.
#[wasm_bindgen(js_name = multisigAddress)]
pub fn multisig_address(keys: &[u8], weights: &[u8], threshold: u16) -> Result<String, JsValue> {
    Ok(account(keys, weights, threshold)?.address().to_string())
}

/// A transaction of an account of several keys, and the signatures it has so far.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawProposal {
    proposal: Proposal,
}

#[wasm_bindgen]
impl RawProposal {
    /// Without any signature yet. `genesis`: the digest of the chain's first checkpoint.
    #[wasm_bindgen(constructor)]
    pub fn new(
        keys: &[u8],
        weights: &[u8],
        threshold: u16,
        transaction: &[u8],
        genesis: &str,
    ) -> Result<Self, JsValue> {
        let chain: CheckpointDigest = parsed(genesis)?;
        let account = account(keys, weights, threshold)?;
        let transaction = reading::read(transaction)?;
        let proposal = Proposal::new(chain, transaction, account).map_err(thrown)?;
        Ok(Self { proposal })
    }

    /// Of the text in which it travels. Signatures in there that do not count are refused with all of it.
    pub fn read(text: &str) -> Result<Self, JsValue> {
        read(text).map(|proposal| Self { proposal }).map_err(thrown)
    }

    /// The text in which it travels, which wallets read, too.
    #[wasm_bindgen(js_name = toText)]
    #[must_use]
    pub fn to_text(&self) -> String {
        self.proposal.to_text()
    }

    /// The BCS that the members sign.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.proposal.transaction().to_bytes()
    }

    /// What the network will know it by.
    #[must_use]
    pub fn digest(&self) -> String {
        self.proposal.digest().to_string()
    }

    /// The chain that it is meant for.
    #[must_use]
    pub fn genesis(&self) -> String {
        self.proposal.chain().to_string()
    }

    /// The weight that must sign.
    #[must_use]
    pub fn threshold(&self) -> u16 {
        self.proposal.account().threshold
    }

    /// The weight that has signed.
    #[must_use]
    pub fn weight(&self) -> u16 {
        self.proposal.weight()
    }

    /// `{ publicKey, weight, hasSigned }` of every member, in their order.
    #[must_use]
    pub fn members(&self) -> Array {
        let member = |member: wasm_core::multisig::Member| {
            object(&[
                ("publicKey", Uint8Array::from(&member.key.as_bytes()[..]).into()),
                ("weight", member.weight.into()),
                ("hasSigned", member.has_signed.into()),
            ])
        };
        self.proposal.members().into_iter().map(member).collect()
    }

    /// Adds what members have signed elsewhere: the signature of one, or of several put together.
    pub fn add(&mut self, signature: &str) -> Result<usize, JsValue> {
        let signature = read_signatures(signature).map_err(thrown)?;
        self.proposal.add_signature(&signature).map_err(thrown)
    }

    /// Adds all signatures of another copy. Returns how many were new.
    pub fn merge(&mut self, other: &Self) -> Result<usize, JsValue> {
        self.proposal.merge(&other.proposal).map_err(|error| {
            crate::error::told("multisig/other-proposal", &error.to_string(), &JsValue::UNDEFINED)
        })
    }

    /// The account's signature in Base64; throws where too few have signed.
    pub fn signature(&self) -> Result<String, JsValue> {
        let signature = self.proposal.combine().map_err(thrown)?;
        Ok(Base64::encode_string(&signature.to_bytes()))
    }
}
