//! The text in which a proposal travels: in a file, in a link, in QR codes.
//!
//! `soma-multisig-1.` and, as Base64 for URLs, a BCS body and four bytes of its hash, which tell of a
//! text that was cut. One proposal has one text; anything else is refused.

use super::parts::{self, PartsError};
use super::proposal::{MAX_TRANSACTION, Proposal, ProposalError, SignaturesError};
use crate::bytes::FixedBytes;
use crate::digest::{CheckpointDigest, blake2b256};
use crate::tx::TransactionData;
use crate::tx::multisig::MultiSigPublicKey;
use crate::tx::sign::{SignatureError, UserSignature};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};

/// How every text of a proposal begins, its version next.
const KIND: &str = "soma-multisig-";
/// The version that is written.
const VERSION: u32 = 1;
/// Bytes of the hash that are kept.
const CHECK_LENGTH: usize = 4;
/// The most bytes a body can have: transaction, ten members and ten signatures.
const MAX_BODY: usize = MAX_TRANSACTION + 2_048;
/// The most characters that are looked at.
pub const MAX_TEXT: usize = MAX_BODY / 3 * 4 + 4_096;
/// The most characters of a signature's Base64: ten members and ten signatures.
const MAX_SIGNATURE_TEXT: usize = 2_048;

/// Why a text is not a proposal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing was given.
    #[error("there is nothing to read")]
    Empty,
    /// More than any proposal has.
    #[error("this is longer than any proposal")]
    TooLong,
    /// It begins otherwise.
    #[error("this is not a proposal: the text of one begins with soma-multisig")]
    NotAProposal,
    /// A later wallet wrote it.
    #[error("this proposal was made by a later wallet, in version {0} of the format")]
    LaterVersion(u32),
    /// Not the text that was written.
    #[error("this text was cut or changed on its way; ask for it again")]
    Damaged,
    /// The checksum is right and the contents are not what a wallet writes.
    #[error("the proposal's contents are not understood")]
    Malformed,
    /// What it says cannot be.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// It holds a signature that does not count.
    #[error("the proposal holds a signature that does not count: {0}")]
    Signature(#[from] SignaturesError),
    /// It comes in parts, and they do not fit together.
    #[error(transparent)]
    Parts(#[from] PartsError),
}

/// Why a text is not a signature that could be added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureReadError {
    /// Not Base64 of a signature.
    #[error("a signature is written in Base64, as the command-line wallet prints it")]
    NotBase64,
    /// Base64 of something else.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

#[derive(Serialize, Deserialize)]
struct Body {
    chain: CheckpointDigest,
    transaction: Vec<u8>,
    account: MultiSigPublicKey,
    signatures: Vec<(u8, FixedBytes<64>)>,
}

impl Proposal {
    /// The text of it; the same for the same proposal, and safe in an address.
    ///
    /// # Panics
    /// Never: plain bytes and at most ten members always have an encoding.
    #[must_use]
    pub fn to_text(&self) -> String {
        let place = |at: usize| u8::try_from(at).expect("a multisig has ten members at most");
        let signatures = self.signatures().iter();
        let body = Body {
            chain: self.chain(),
            transaction: self.transaction().to_bytes(),
            account: self.account().clone(),
            signatures: signatures.map(|(at, bytes)| (place(*at), FixedBytes(*bytes))).collect(),
        };
        let mut bytes = bcs::to_bytes(&body).expect("plain bytes have an encoding");
        bytes.extend(check_of(&bytes));
        format!("{KIND}{VERSION}.{}", Base64UrlUnpadded::encode_string(&bytes))
    }
}

impl Proposal {
    /// The transaction's BCS in Base64, as the command-line wallet takes it to be signed.
    #[must_use]
    pub fn transaction_base64(&self) -> String {
        Base64::encode_string(&self.transaction().to_bytes())
    }

    /// The members' signatures put together, in Base64, as the command-line wallet takes them; none while
    /// too little weight has signed.
    #[must_use]
    pub fn signature_base64(&self) -> Option<String> {
        self.combine().ok().map(|signature| Base64::encode_string(&signature.to_bytes()))
    }
}

fn check_of(body: &[u8]) -> [u8; CHECK_LENGTH] {
    let mut check = [0; CHECK_LENGTH];
    let hash = blake2b256(&[KIND.as_bytes(), &VERSION.to_le_bytes(), body]);
    check.iter_mut().zip(hash).for_each(|(kept, byte)| *kept = byte);
    check
}

/// Reads a proposal: its text, a link that ends with it, or all of its parts, in any order. Gaps and
/// line breaks do not count. Every signature in it is checked.
///
/// # Errors
/// Where it is none, was damaged, or holds what cannot be.
pub fn read(text: &str) -> Result<Proposal, ReadError> {
    if text.len() > MAX_TEXT {
        return Err(ReadError::TooLong);
    }
    if text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    if let Some(whole) = parts::join(text)? {
        return read_whole(&whole);
    }
    let text: String = text.split_ascii_whitespace().collect();
    // A link has the text behind its last number sign, which Base64 does not know.
    read_whole(text.rsplit('#').next().unwrap_or_default())
}

fn read_whole(text: &str) -> Result<Proposal, ReadError> {
    let rest = text.strip_prefix(KIND).ok_or(ReadError::NotAProposal)?;
    let (version, body) = rest.split_once('.').ok_or(ReadError::NotAProposal)?;
    match version.parse::<u32>() {
        Ok(VERSION) if version == "1" => {}
        Ok(later) if later > VERSION && version == later.to_string() => {
            return Err(ReadError::LaterVersion(later));
        }
        _ => return Err(ReadError::NotAProposal),
    }
    let bytes = Base64UrlUnpadded::decode_vec(body).map_err(|_| ReadError::Damaged)?;
    let end = bytes.len().checked_sub(CHECK_LENGTH).ok_or(ReadError::Damaged)?;
    let (body, check) = bytes.split_at(end);
    if check != check_of(body) {
        return Err(ReadError::Damaged);
    }
    read_body(body)
}

fn read_body(bytes: &[u8]) -> Result<Proposal, ReadError> {
    let body: Body = bcs::from_bytes(bytes).map_err(|_| ReadError::Malformed)?;
    let transaction =
        TransactionData::from_bytes(&body.transaction).map_err(|_| ReadError::Malformed)?;
    // What is read must be what is signed, to the byte.
    if transaction.to_bytes() != body.transaction {
        return Err(ReadError::Malformed);
    }
    let mut proposal = Proposal::new(body.chain, transaction, body.account)?;
    if !body.signatures.is_sorted_by(|(one, _), (next, _)| one < next) {
        return Err(ReadError::Malformed);
    }
    let signatures = body.signatures.into_iter().map(|(at, bytes)| (usize::from(at), bytes.0));
    proposal.add_at(signatures)?;
    Ok(proposal)
}

/// Reads a signature as the command-line wallet prints it: of one member, or several put together.
///
/// # Errors
/// Where it is none.
pub fn read_signatures(text: &str) -> Result<UserSignature, SignatureReadError> {
    if text.len() > MAX_SIGNATURE_TEXT {
        return Err(SignatureReadError::NotBase64);
    }
    let text: String = text.split_ascii_whitespace().collect();
    let bytes = Base64::decode_vec(&text).map_err(|_| SignatureReadError::NotBase64)?;
    Ok(UserSignature::from_bytes(&bytes)?)
}

#[cfg(test)]
mod tests {
    use super::super::proposal::tests::{
        account, key, proposal, signature, signed_by, transaction,
    };
    use super::{Body, KIND, MAX_TEXT, ReadError, SignatureReadError, check_of, read};
    use super::{FixedBytes, read_signatures};
    use crate::multisig::proposal::tests::CHAIN;
    use crate::multisig::{ProposalError, SignaturesError};
    use crate::tx::sign::UserSignature;
    use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn body() -> Body {
        Body {
            chain: CHAIN,
            transaction: transaction(7).to_bytes(),
            account: account(),
            signatures: vec![],
        }
    }

    fn text_of(body: &[u8]) -> String {
        let bytes = [body, &check_of(body)].concat();
        format!("{KIND}1.{}", Base64UrlUnpadded::encode_string(&bytes))
    }

    fn text_of_body(body: &Body) -> String {
        text_of(&bcs::to_bytes(body).unwrap())
    }

    #[test]
    fn a_proposal_survives_its_text_its_link_and_broken_lines() {
        for proposal in [proposal(), signed_by(&[2]), signed_by(&[1, 2, 3])] {
            let text = proposal.to_text();
            assert_eq!(read(&text).as_ref(), Ok(&proposal));
            let link = format!(" https://wallet.example/a/multisig/open#{text}\n");
            assert_eq!(read(&link).as_ref(), Ok(&proposal));
            let (head, tail) = text.split_at(60);
            assert_eq!(read(&format!("{head}\r\n  {tail}")).as_ref(), Ok(&proposal));
        }
    }

    #[test]
    fn every_changed_or_missing_character_is_noticed() {
        let text = signed_by(&[1]).to_text();
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(read(&changed).is_err(), "character {at}");
            let (cut, _) = text.split_at(at);
            assert!(read(cut).is_err(), "cut at {at}");
        }
        assert_eq!(read(&format!("{text}A")), Err(ReadError::Damaged));
        assert_eq!(read(&format!("{text}=")), Err(ReadError::Damaged));
    }

    #[test]
    fn what_is_no_proposal_is_named() {
        assert_eq!(read(" \n"), Err(ReadError::Empty));
        assert_eq!(read("hello"), Err(ReadError::NotAProposal));
        assert_eq!(read("soma-multisig-01.AAAA"), Err(ReadError::NotAProposal));
        assert_eq!(read("soma-multisig-1"), Err(ReadError::NotAProposal));
        assert_eq!(read("soma-multisig-2.AAAA"), Err(ReadError::LaterVersion(2)));
        assert_eq!(read("soma-multisig-1.AAAA"), Err(ReadError::Damaged));
        assert_eq!(read(&"x".repeat(MAX_TEXT + 1)), Err(ReadError::TooLong));
        assert_eq!(read(&text_of(&[1, 2, 3])), Err(ReadError::Malformed));
    }

    #[test]
    fn a_body_that_no_wallet_writes_is_refused() {
        let longer = [bcs::to_bytes(&body()).unwrap(), vec![0]].concat();
        assert_eq!(read(&text_of(&longer)), Err(ReadError::Malformed));
        let mut other = body();
        other.transaction.push(0);
        assert_eq!(read(&text_of_body(&other)), Err(ReadError::Malformed));
        let mut other = body();
        other.account.threshold = 9;
        let refused = read(&text_of_body(&other));
        assert!(matches!(refused, Err(ReadError::Proposal(ProposalError::Account(_)))));
        let mut other = body();
        other.account.threshold = 3;
        let refused = read(&text_of_body(&other));
        assert!(matches!(refused, Err(ReadError::Proposal(ProposalError::OtherSender { .. }))));
    }

    #[test]
    fn a_signature_inside_that_does_not_count_spoils_the_whole() {
        let good = FixedBytes(signature(2, &proposal()));
        let mut bad = good;
        bad.0[3] ^= 1;
        let of = |signatures: Vec<(u8, FixedBytes<64>)>| {
            read(&text_of_body(&Body { signatures, ..body() }))
        };
        assert!(of(vec![(1, good)]).is_ok());
        let wrong = |member| Err(ReadError::Signature(SignaturesError::Wrong { member }));
        assert_eq!(of(vec![(1, bad)]), wrong(2));
        assert_eq!(of(vec![(0, good)]), wrong(1));
        let malformed = Err(ReadError::Signature(SignaturesError::Malformed));
        assert_eq!(of(vec![(3, good)]), malformed);
        assert_eq!(of(vec![(1, good), (1, good)]), Err(ReadError::Malformed));
        let first = FixedBytes(signature(1, &proposal()));
        assert_eq!(of(vec![(1, good), (0, first)]), Err(ReadError::Malformed));
    }

    #[test]
    fn a_signature_made_by_the_command_line_is_read() {
        let signature = UserSignature::Ed25519 {
            signature: signature(2, &proposal()),
            public_key: key(2).public_key(),
        };
        let text = Base64::encode_string(&signature.to_bytes());
        let (head, tail) = text.split_at(70);
        assert_eq!(read_signatures(&format!(" {head}\n{tail}\n")).as_ref(), Ok(&signature));
        let mut proposal = proposal();
        assert_eq!(proposal.add_signature(&read_signatures(&text).unwrap()), Ok(1));
        assert_eq!(read_signatures("%%%"), Err(SignatureReadError::NotBase64));
        assert!(matches!(read_signatures("AAAA"), Err(SignatureReadError::Signature(_))));
        assert_eq!(read_signatures(&"A".repeat(4_096)), Err(SignatureReadError::NotBase64));
    }
}
