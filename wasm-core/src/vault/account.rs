//! An account of a wallet: an address, how its owner tells it from others, and who can sign for it.

use super::contents::secret_bytes;
use super::secrets::PhraseId;
use crate::address::Address;
use crate::keys::PublicKey;
use crate::mnemonic::DerivationPath;
use crate::tx::multisig::{MemberKey, MultiSigError, MultiSigPublicKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use zeroize::Zeroizing;

/// Who can sign for an account.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum AccountSource {
    /// This wallet: the key lies at a path of a recovery phrase.
    Phrase {
        /// The phrase.
        phrase: PhraseId,
        /// The path.
        path: DerivationPath,
    },
    /// This wallet: the key was imported alone.
    Seed(#[serde(with = "secret_bytes")] Zeroizing<[u8; 32]>),
    /// Somebody else: the account is only watched.
    Watched,
    /// Several keys together, of which this wallet may have some.
    MultiSig(#[serde(with = "members")] MultiSigPublicKey),
}

impl AccountSource {
    /// Whether the wallet has the key and signs alone.
    #[must_use]
    pub const fn has_key(&self) -> bool {
        matches!(self, Self::Phrase { .. } | Self::Seed(_))
    }
}

impl fmt::Debug for AccountSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phrase { phrase, path } => write!(f, "{phrase:?} at {path}"),
            Self::Seed(_) => f.write_str("Seed(..)"),
            Self::Watched => f.write_str("Watched"),
            Self::MultiSig(key) => {
                write!(f, "{} of {} members", key.threshold, key.pk_map.len())
            }
        }
    }
}

/// A colour by which its owner knows an account. What it looks like is the page's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "a colour's name says all there is to say")]
pub enum Colour {
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Purple,
    Grey,
}

impl Colour {
    /// Every colour, as they are offered.
    pub const ALL: [Self; 8] = [
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Purple,
        Self::Grey,
    ];
}

/// An account: an address, what its owner calls it, and who can sign for it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub(super) address: Address,
    pub(super) label: String,
    pub(super) colour: Option<Colour>,
    pub(super) source: AccountSource,
}

impl Account {
    /// Whose it is. No two accounts of a wallet have the same.
    #[must_use]
    pub const fn address(&self) -> Address {
        self.address
    }

    /// What its owner calls it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The colour its owner gave it, if any.
    #[must_use]
    pub const fn colour(&self) -> Option<Colour> {
        self.colour
    }

    /// Who can sign for it.
    #[must_use]
    pub const fn source(&self) -> &AccountSource {
        &self.source
    }

    /// Its members and their weights, where several keys sign together.
    #[must_use]
    pub const fn multisig(&self) -> Option<&MultiSigPublicKey> {
        match &self.source {
            AccountSource::MultiSig(key) => Some(key),
            _ => None,
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, source, .. } = self;
        f.debug_struct("Account")
            .field("address", address)
            .field("source", source)
            .finish_non_exhaustive()
    }
}

/// Why an account was not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddAccountError {
    /// The wallet has it, and what is added knows no more of it.
    #[error("the wallet has the account {0} already")]
    AlreadyThere(Address),
    /// No phrase has this id.
    #[error("the wallet does not have this recovery phrase")]
    UnknownPhrase,
    /// Members, weights or threshold that the network does not take.
    #[error(transparent)]
    MultiSig(#[from] MultiSigError),
}

/// Members as text: each key in Base64 with its weight, and the threshold.
mod members {
    use super::{
        Deserialize, Deserializer, MemberKey, MultiSigPublicKey, PublicKey, Serialize, Serializer,
    };
    use serde::de::Error;

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Members {
        members: Vec<Member>,
        threshold: u16,
    }

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Member {
        key: String,
        weight: u8,
    }

    pub(crate) fn serialize<S: Serializer>(
        key: &MultiSigPublicKey,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let member = |(MemberKey::Ed25519(key), weight): &(MemberKey, u8)| Member {
            key: key.to_base64(),
            weight: *weight,
        };
        let members = key.pk_map.iter().map(member).collect();
        Members { members, threshold: key.threshold }.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<MultiSigPublicKey, D::Error> {
        let Members { members, threshold } = Members::deserialize(deserializer)?;
        let member = |Member { key, weight }: Member| {
            // A member that is no key was let in once, and must not keep the whole vault from opening.
            let key =
                PublicKey::read_base64(&key).ok_or_else(|| D::Error::custom("not a member"))?;
            Ok((key, weight))
        };
        let members = members.into_iter().map(member).collect::<Result<_, _>>()?;
        MultiSigPublicKey::new(members, threshold).map_err(D::Error::custom)
    }
}
