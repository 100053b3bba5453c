//! Keys, phrases, addresses.

use crate::error::{argument, thrown, told};
use crate::reading::read;
use crate::text::parsed;
use base64ct::{Base64, Encoding as _};
use browser::random::BrowserRandom;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_core::address::Address;
use wasm_core::keys::{self, PublicKey};
use wasm_core::mnemonic::{self, DerivationPath, Mnemonic, WordCount};
use zeroize::Zeroizing;

/// An account's key, ready to sign until it is freed, which wipes it.
#[wasm_bindgen]
#[derive(Debug)]
pub struct RawKeypair {
    key: keys::Keypair,
    address: Address,
}

impl From<keys::Keypair> for RawKeypair {
    fn from(key: keys::Keypair) -> Self {
        Self { address: key.address(), key }
    }
}

impl RawKeypair {
    pub(crate) const fn key(&self) -> &keys::Keypair {
        &self.key
    }

    pub(crate) const fn owner(&self) -> Address {
        self.address
    }
}

#[wasm_bindgen]
impl RawKeypair {
    /// A fresh key.
    #[must_use]
    pub fn generate() -> Self {
        keys::Keypair::make(&mut BrowserRandom).into()
    }

    /// The key of a recovery phrase at a path.
    #[wasm_bindgen(js_name = fromPhrase)]
    pub fn from_phrase(phrase: String, path: Option<String>) -> Result<Self, JsValue> {
        let phrase = Zeroizing::new(phrase);
        let path: DerivationPath = path.map_or(Ok(DerivationPath::default()), |it| parsed(&it))?;
        Ok(Mnemonic::parse(&phrase).map_err(thrown)?.derive(&path).into())
    }

    /// The key of a private key's text: `somaprivkey1…`, flagged Base64, or hex.
    pub fn parse(text: String) -> Result<Self, JsValue> {
        let text = Zeroizing::new(text);
        keys::Keypair::parse(&text).map(Self::from).map_err(thrown)
    }

    /// The key of a seed.
    #[wasm_bindgen(js_name = fromSeed)]
    pub fn from_seed(seed: Vec<u8>) -> Result<Self, JsValue> {
        let seed = Zeroizing::new(seed);
        let seed: &[u8; 32] =
            seed.as_slice().try_into().map_err(|_| argument("a seed has 32 bytes"))?;
        Ok(keys::Keypair::derive(seed).into())
    }

    /// The account's address.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// The public key, 32 bytes.
    #[wasm_bindgen(js_name = publicKey)]
    #[must_use]
    pub fn public_key(&self) -> Vec<u8> {
        self.key.public_key().as_bytes().to_vec()
    }

    /// The private key as `somaprivkey1…`.
    #[wasm_bindgen(js_name = exposePrivateKey)]
    #[must_use]
    pub fn expose_private_key(&self) -> String {
        self.key.expose_bech32().to_string()
    }

    /// Signs a transaction's BCS. Returns the signature in Base64: flag, signature, public key.
    #[wasm_bindgen(js_name = signTransaction)]
    pub fn sign_transaction(&self, transaction: &[u8]) -> Result<String, JsValue> {
        let transaction = read(transaction)?;
        if transaction.sender() != self.address {
            let (sender, own) = (transaction.sender(), self.address);
            let text = format!("the transaction is sent by {sender}, and this is the key of {own}");
            return Err(told("sign/other-sender", &text, &JsValue::UNDEFINED));
        }
        Ok(Base64::encode_string(&transaction.sign(&self.key).signature.to_bytes()))
    }

    /// Signs a transaction of an account that this key is only one of. Returns that part in Base64.
    #[wasm_bindgen(js_name = signPart)]
    pub fn sign_part(&self, transaction: &[u8]) -> Result<String, JsValue> {
        Ok(Base64::encode_string(&read(transaction)?.sign(&self.key).signature.to_bytes()))
    }
}

/// A new recovery phrase of 12, 15, 18, 21 or 24 words.
#[wasm_bindgen(js_name = generatePhrase)]
pub fn generate_phrase(words: usize) -> Result<String, JsValue> {
    let count = WordCount::ALL.into_iter().find(|count| count.words() == words);
    let count =
        count.ok_or_else(|| argument("a recovery phrase has 12, 15, 18, 21 or 24 words"))?;
    Ok(Mnemonic::make(&mut BrowserRandom, count).expose_phrase().to_string())
}

/// Throws where these are no recovery phrase, and says why.
#[wasm_bindgen(js_name = checkPhrase)]
pub fn check_phrase(phrase: String) -> Result<(), JsValue> {
    Mnemonic::parse(&Zeroizing::new(phrase)).map(drop).map_err(thrown)
}

/// Words of the list that begin like this.
#[wasm_bindgen(js_name = recoveryWords)]
#[must_use]
pub fn recovery_words(prefix: &str) -> Vec<String> {
    mnemonic::recovery_words(prefix).map(str::to_owned).collect()
}

/// An address, id of an object, model or target as it is written.
#[wasm_bindgen(js_name = parseAddress)]
pub fn parse_address(text: &str) -> Result<String, JsValue> {
    parsed::<Address>(text).map(|address| address.to_string())
}

/// The address of a public key of 32 bytes.
#[wasm_bindgen(js_name = addressOfPublicKey)]
pub fn address_of_public_key(key: &[u8]) -> Result<String, JsValue> {
    let key: [u8; 32] = key.try_into().map_err(|_| argument("a public key has 32 bytes"))?;
    Ok(PublicKey(key).address().to_string())
}
