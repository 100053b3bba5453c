//! Personal messages: text that a person signs for a site, and that can never be a transaction.
//!
//! Signed is Blake2b-256 of `80 00 01 || BCS(text)`, where the text says who asked, for which chain and
//! account, when, and a nonce, before what the site wrote.

use super::{ChainName, Origin};
use crate::address::Address;
use crate::digest::{CheckpointDigest, blake2b256};
use crate::keys::Keypair;
use crate::tx::sign::UserSignature;

/// Scope, version and application of a personal message. The chain's scopes end at 8, and `80` begins no
/// number of one byte in BCS, so no program of the chain reads this as one of its own.
pub const MESSAGE_INTENT: [u8; 3] = [0x80, 0, 1];
/// The longest message, in bytes.
pub const MAX_MESSAGE: usize = 16 * 1024;
/// First line of the text.
const HEADLINE: &str = "SOMA personal message, version 1";

/// Why something is no signed personal message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It is not text of this form.
    #[error("this is not the text of a personal message")]
    NotOurs,
    /// A line of the head is not what it should be.
    #[error("the line {0} of this message is not what it should be")]
    Line(&'static str),
    /// The message is longer or shorter than its head says.
    #[error("the message is not as long as its head says")]
    Length,
    /// The signature is none that people make with one key, or does not decode.
    #[error("this signature is not one of a single Ed25519 key")]
    Signature,
    /// The mathematics disagree.
    #[error("the signature does not fit the message and key")]
    Invalid,
    /// It is somebody else's.
    #[error("signed by {actual}, and the message is of {expected}")]
    WrongSigner {
        /// Whom the message names.
        expected: Address,
        /// Who signed.
        actual: Address,
    },
}

/// What a site wrote, as it is shown and signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Text without characters that could hide or reorder others.
    Text(String),
    /// Anything else.
    Bytes(Vec<u8>),
}

impl Body {
    /// Of what a site wrote.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.chars().all(is_plain) => Self::Text(text.to_owned()),
            _ => Self::Bytes(bytes.to_vec()),
        }
    }

    /// As it is shown: the text, or hexadecimal digits.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Bytes(bytes) => hex::encode(bytes),
        }
    }

    /// Whether it is text.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    const fn encoding(&self) -> &'static str {
        if self.is_text() { "text" } else { "hex" }
    }
}

/// Whether a character shows as itself: no control characters but tab and new line, none that is invisible
/// or turns the direction of writing.
#[must_use]
pub fn is_plain(character: char) -> bool {
    match character {
        '\n' | '\t' => true,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => false,
        character => !character.is_control(),
    }
}

/// A personal message with all that is signed of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalMessage {
    /// Who asked, as the browser attested it.
    pub origin: Origin,
    /// For which network, by name.
    pub chain: ChainName,
    /// And by the digest of its genesis checkpoint.
    pub genesis: CheckpointDigest,
    /// Who signs.
    pub account: Address,
    /// When; milliseconds since 1970.
    pub at_ms: u64,
    /// Makes it unlike any other.
    pub nonce: [u8; 16],
    /// What the site wrote.
    pub body: Body,
}

impl PersonalMessage {
    /// All that is signed, as text.
    #[must_use]
    pub fn text(&self) -> String {
        let shown = self.body.shown();
        format!(
            "{HEADLINE}\nSite: {}\nNetwork: {} {}\nAccount: {}\nTime: {}\nNonce: {}\nMessage: {}, {} \
             bytes\n\n{shown}",
            self.origin,
            self.chain,
            self.genesis,
            self.account,
            self.at_ms,
            hex::encode(self.nonce),
            self.body.encoding(),
            shown.len(),
        )
    }

    /// Reads the text, all of it.
    ///
    /// # Errors
    /// Where it is not exactly what [`text`](Self::text) writes.
    pub fn parse(text: &str) -> Result<Self, MessageError> {
        let rest = text.strip_prefix(HEADLINE).and_then(|rest| rest.strip_prefix('\n'));
        let mut rest = rest.ok_or(MessageError::NotOurs)?;
        let mut line = |name: &'static str| {
            let (line, after) = rest.split_once('\n').ok_or(MessageError::Line(name))?;
            rest = after;
            let value = line.strip_prefix(name).and_then(|value| value.strip_prefix(": "));
            value.ok_or(MessageError::Line(name))
        };
        let origin = line("Site")?.parse().map_err(|_| MessageError::Line("Site"))?;
        let network = line("Network")?.split_once(' ').ok_or(MessageError::Line("Network"))?;
        let chain = network.0.parse().map_err(|_| MessageError::Line("Network"))?;
        let genesis = network.1.parse().map_err(|_| MessageError::Line("Network"))?;
        let account = line("Account")?.parse().map_err(|_| MessageError::Line("Account"))?;
        let at_ms = line("Time")?.parse().map_err(|_| MessageError::Line("Time"))?;
        let mut nonce = [0; 16];
        hex::decode_to_slice(line("Nonce")?, &mut nonce)
            .map_err(|_| MessageError::Line("Nonce"))?;
        let encoding = line("Message")?.split_once(',').ok_or(MessageError::Line("Message"))?.0;
        let shown = rest.strip_prefix('\n').ok_or(MessageError::Line("Message"))?;
        let body = match encoding {
            "text" => Body::Text(shown.to_owned()),
            "hex" => Body::Bytes(hex::decode(shown).map_err(|_| MessageError::Length)?),
            _ => return Err(MessageError::Line("Message")),
        };
        let message = Self { origin, chain, genesis, account, at_ms, nonce, body };
        // One message, one text.
        if message.text() == text { Ok(message) } else { Err(MessageError::Length) }
    }

    /// The digest that is signed.
    #[must_use]
    pub fn signing_digest(&self) -> [u8; 32] {
        digest_of(&self.text())
    }

    /// Signs it, if the key is the account's.
    ///
    /// # Errors
    /// Where it is another account's.
    pub fn sign(&self, key: &Keypair) -> Result<UserSignature, MessageError> {
        let (expected, actual) = (self.account, key.address());
        if expected != actual {
            return Err(MessageError::WrongSigner { expected, actual });
        }
        let signature = key.sign(&self.signing_digest());
        Ok(UserSignature::Ed25519 { signature, public_key: key.public_key() })
    }

    /// Reads a message that was signed, if the signature stands and is that of the account it names. Whoever
    /// trusts it compares site, network, time and nonce with what they expect.
    ///
    /// # Errors
    /// Where it does not stand.
    pub fn verify(text: &[u8], signature: &[u8]) -> Result<Self, MessageError> {
        let text = std::str::from_utf8(text).map_err(|_| MessageError::NotOurs)?;
        let message = Self::parse(text)?;
        let Ok(UserSignature::Ed25519 { signature, public_key: key }) =
            UserSignature::from_bytes(signature)
        else {
            return Err(MessageError::Signature);
        };
        let (expected, actual) = (message.account, key.address());
        if expected != actual {
            return Err(MessageError::WrongSigner { expected, actual });
        }
        key.verify(&digest_of(text), &signature).map_err(|_| MessageError::Invalid)?;
        Ok(message)
    }
}

fn digest_of(text: &str) -> [u8; 32] {
    let body = bcs::to_bytes(text).expect("text of some kilobytes has a BCS form");
    blake2b256(&[&MESSAGE_INTENT, &body])
}
