//! What a person pastes, or a key file holds.

use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::digest::TransactionDigest;
use wasm_core::download::ContentRange;
use wasm_core::keys::{Keypair, PublicKey};
use wasm_core::keystore::{expose_keystore, parse_aliases, parse_keystore, write_aliases};
use wasm_core::manifest::Url;
use wasm_core::mnemonic::{DerivationPath, Mnemonic};
use wasm_core::multiaddr::Multiaddr;
use wasm_core::multisig;
use wasm_core::validator_info::ValidatorInfo;

/// The text of some bytes, where they are text.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

pub(crate) fn key(bytes: &[u8]) {
    let Some(text) = text(bytes) else {
        return;
    };
    if let Ok(key) = Keypair::parse(text) {
        let seed = key.expose_seed();
        for text in [key.expose_bech32(), key.expose_base64()] {
            let read = Keypair::parse(&text).expect("our own text");
            assert_eq!(*read.expose_seed(), *seed);
        }
        assert!(!format!("{key:?}").contains(&hex::encode(seed.as_ref())));
    }
    if let Ok(key) = PublicKey::parse_base64(text) {
        assert_eq!(key.to_base64(), text.trim());
    }
}

pub(crate) fn keystore(bytes: &[u8]) {
    let Some(text) = text(bytes) else {
        return;
    };
    if let Ok(keys) = parse_keystore(text) {
        assert!(keys.is_sorted_by(|one, next| one.address() < next.address()));
        let written = expose_keystore(&keys);
        let read = parse_keystore(&written).expect("our own file");
        assert_eq!(*expose_keystore(&read), *written);
        assert_eq!(read.len(), keys.len());
    }
    if let Ok(aliases) = parse_aliases(text) {
        assert_eq!(parse_aliases(&write_aliases(&aliases)), Ok(aliases));
    }
}

pub(crate) fn multisig(bytes: &[u8]) {
    let Some(text) = text(bytes) else {
        return;
    };
    if let Ok(proposal) = multisig::read(text) {
        let written = proposal.to_text();
        assert_eq!(multisig::read(&written).as_ref(), Ok(&proposal));
        let parts = multisig::split(&written, 200).unwrap_or_default();
        if !parts.is_empty() {
            assert_eq!(multisig::read(&parts.join("\n")).as_ref(), Ok(&proposal));
        }
        if proposal.is_complete() {
            let signature = proposal.combine().expect("enough weight has signed");
            assert_eq!(signature.verify(proposal.transaction()), Ok(()));
        } else {
            assert!(proposal.combine().is_err());
        }
    }
    if let Ok(signature) = multisig::read_signatures(text) {
        let read = wasm_core::tx::sign::UserSignature::from_bytes(&signature.to_bytes());
        assert_eq!(read, Ok(signature));
    }
    let _ = (multisig::parse_member_key(text), multisig::parse_weight(text));
}

pub(crate) fn mnemonic(bytes: &[u8]) {
    let Some(text) = text(bytes) else {
        return;
    };
    if let Ok(phrase) = Mnemonic::parse(text) {
        assert_eq!(phrase.words().count(), text.split_whitespace().count());
        let entropy = phrase.expose_entropy();
        let read = Mnemonic::parse(&phrase.expose_phrase()).expect("our own words");
        assert_eq!(*read.expose_entropy(), *entropy);
        let read = Mnemonic::from_entropy(&entropy).expect("our own entropy");
        assert_eq!(*read.expose_phrase(), *phrase.expose_phrase());
    }
    if let Ok(path) = text.parse::<DerivationPath>() {
        assert_eq!(path.to_string().parse(), Ok(path));
    }
}

pub(crate) fn address(bytes: &[u8]) {
    let Some(text) = text(bytes) else {
        return;
    };
    let (strict, lenient) = (text.parse::<Address>(), Address::parse_lenient(text));
    if let Ok(address) = lenient {
        assert!(strict.is_err() || strict == Ok(address));
        let id = ObjectId(address.0);
        for text in [id.to_string(), id.to_bare_hex(), id.to_trimmed_hex()] {
            assert_eq!(text.parse(), Ok(id));
        }
    } else {
        assert_eq!(strict, lenient);
    }
    if let Ok(digest) = text.parse::<TransactionDigest>() {
        assert_eq!(digest.to_string(), text, "there is one Base58 of a digest");
    }
}

pub(crate) fn amount(bytes: &[u8]) {
    let Some(text) = text(bytes) else {
        return;
    };
    if let Ok(amount) = text.parse::<Shannons>() {
        let written = amount.to_string();
        assert_eq!(written.parse(), Ok(amount));
        assert!(written.len() <= 21, "{written}");
    }
}

pub(crate) fn url(bytes: &[u8]) {
    let Some(text) = text(bytes) else {
        return;
    };
    if let Ok(url) = text.parse::<Url>() {
        let again: Url = url.as_str().parse().expect("what was normalised parses");
        // The normal form of some `file:` URLs has another normal form. Nobody can fetch those.
        if url.is_http() {
            assert_eq!(again, url, "the normal form is normal");
        }
        let bytes = bcs::to_bytes(&url).expect("a text");
        assert_eq!(bcs::from_bytes(&bytes), Ok(again));
    }
}

pub(crate) fn validator_info(bytes: &[u8]) {
    let Some(text) = text(bytes) else {
        return;
    };
    if let Ok(info) = ValidatorInfo::parse(text) {
        assert_eq!(info.check_keys(), Ok(()));
        let json = serde_json::to_string(&info).expect("kept as JSON");
        assert_eq!(serde_json::from_str::<ValidatorInfo>(&json).ok(), Some(info));
    }
    if let Ok(address) = text.parse::<Multiaddr>() {
        assert_eq!(address.as_str().parse(), Ok(address.clone()), "the one form is its own");
    }
}

pub(crate) fn content_range(bytes: &[u8]) {
    let Some(text) = text(bytes) else {
        return;
    };
    if let Ok(range) = text.parse::<ContentRange>() {
        let ContentRange { first, last, total } = range;
        assert!(first <= last && total.is_none_or(|total| last < total));
        let total = total.map_or_else(|| "*".to_owned(), |total| total.to_string());
        assert_eq!(format!("bytes {first}-{last}/{total}").parse(), Ok(range));
    }
}
