//! The stable code of every error that crosses into JavaScript: `room/what`.

use std::error::Error;
use wasm_core::address::AddressParseError;
use wasm_core::dapp::OriginError;
use wasm_core::dapp::chain_name::ChainNameError;
use wasm_core::dapp::message::MessageError;
use wasm_core::describe::UnknownTransaction;
use wasm_core::digest::DigestParseError;
use wasm_core::keys::{KeyParseError, PublicKeyParseError};
use wasm_core::mnemonic::{DerivationPathError, MnemonicError};
use wasm_core::tx::sign::SignatureError;
use wasm_core::weights::{DecryptionKeyParseError, ManifestMismatch};

/// An error whose code programs may compare.
pub(crate) trait Coded: Error + Sized + 'static {
    /// What stays the same, whatever the sentence says.
    fn code(&self) -> &'static str;
}

/// Codes of the variants of an enumeration.
macro_rules! codes {
    ($($type:ty { $($variant:pat => $code:expr,)* })*) => {$(
        impl Coded for $type {
            fn code(&self) -> &'static str {
                match self { $($variant => $code,)* }
            }
        }
    )*};
}
#[cfg(any(feature = "multisig", feature = "node", feature = "scoring"))]
pub(crate) use codes;

codes! {
    AddressParseError {
        Self::Empty => "address/empty",
        Self::NotHex => "address/not-hex",
        Self::TooLong(_) => "address/too-long",
        Self::TooShort(_) => "address/too-short",
    }
    DigestParseError {
        Self::NotBase58 => "digest/not-base58",
        Self::Length(_) => "digest/length",
    }
    KeyParseError {
        Self::Empty => "key/empty",
        Self::UnknownForm => "key/unknown-form",
        Self::Checksum => "key/checksum",
        Self::OtherNetwork => "key/other-network",
        Self::OtherScheme => "key/other-scheme",
        Self::Length => "key/length",
    }
    PublicKeyParseError {
        Self::NotBase64 => "public-key/not-base64",
        Self::OtherScheme => "public-key/other-scheme",
        Self::NotAKey => "public-key/not-a-key",
    }
    MnemonicError {
        Self::WordCount(_) => "phrase/word-count",
        Self::UnknownWord { .. } => "phrase/unknown-word",
        Self::Checksum => "phrase/checksum",
        Self::EntropyLength(_) => "phrase/entropy-length",
    }
    DerivationPathError {
        Self::Shape => "path/shape",
        Self::Purpose => "path/purpose",
        Self::NotHardened => "path/not-hardened",
        Self::Index => "path/index",
    }
    DecryptionKeyParseError {
        Self::NotBase58 => "decryption-key/not-base58",
        Self::Length => "decryption-key/length",
    }
    ManifestMismatch {
        Self::TooLong { .. } => "weights/too-long",
        Self::Size { .. } => "weights/size",
        Self::Checksum { .. } => "weights/checksum",
    }
    MessageError {
        Self::NotOurs => "message/other-form",
        Self::Line(_) => "message/line",
        Self::Length => "message/length",
        Self::Signature => "message/signature",
        Self::Invalid => "message/invalid",
        Self::WrongSigner { .. } => "message/other-signer",
    }
    SignatureError {
        Self::Scheme(_) => "signature/scheme",
        Self::Malformed(_) => "signature/malformed",
        Self::Invalid => "signature/invalid",
        Self::WrongSigner { .. } => "signature/other-signer",
        Self::MultiSig(_) => "signature/multisig",
    }
}

impl Coded for OriginError {
    fn code(&self) -> &'static str {
        "site/not-an-origin"
    }
}

impl Coded for ChainNameError {
    fn code(&self) -> &'static str {
        "chain/name"
    }
}

impl Coded for UnknownTransaction {
    fn code(&self) -> &'static str {
        "transaction/unknown"
    }
}
