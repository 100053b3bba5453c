//! `multisig.json`: transactions signed by several.

use crate::Count;
use crate::read::{Hex, Text, file, round_trip, same, same_bytes};
use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use wasm_core::address::Address;
use wasm_core::digest::CheckpointDigest;
use wasm_core::keys::{Keypair, PublicKey};
use wasm_core::multisig::{Proposal, read};
use wasm_core::tx::TransactionData;
use wasm_core::tx::multisig::{MemberKey, MultiSig, MultiSigPublicKey};
use wasm_core::tx::sign::UserSignature;

/// A transaction and its signatures.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "named as in the file")]
pub struct Vector {
    pub address: Text<Address>,
    pub bitmap: u16,
    pub generic_signature_bcs: Hex,
    /// The same in protobuf; for the room that speaks it.
    pub proto_user_signature: Hex,
    pub public_key_bcs: Hex,
    pub public_keys: Vec<Hex>,
    pub secret_keys: Vec<Hex>,
    pub serialized_signature: Hex,
    pub signers: Vec<usize>,
    pub threshold: u16,
    pub transaction_data_bcs: Hex,
    pub verifies: bool,
    pub weights: Vec<u8>,
}

/// What a proposal collects of the same signatures, one by one and put together by others.
fn check_proposal(
    vector: &Vector,
    transaction: &TransactionData,
    account: &MultiSigPublicKey,
    signatures: &[(usize, [u8; 64])],
) -> Result<()> {
    let chain = CheckpointDigest([3; 32]);
    let empty = Proposal::new(chain, transaction.clone(), account.clone())?;
    let mut proposal = empty.clone();
    for (at, signature) in signatures {
        let MemberKey::Ed25519(public_key) = account.pk_map[*at].0;
        // As the command-line wallet hands it over.
        let signature = UserSignature::Ed25519 { signature: *signature, public_key };
        proposal.add_signature(&UserSignature::from_bytes(&signature.to_bytes())?)?;
    }
    same_bytes("combined", proposal.combine()?.to_bytes(), &vector.serialized_signature.0)?;
    same("proposal", &read(&proposal.to_text())?, &proposal)?;
    let combined = UserSignature::from_bytes(&vector.serialized_signature.0)?;
    let mut taken_apart = empty;
    same("taken apart", taken_apart.add_signature(&combined)?, signatures.len())?;
    same("taken apart", &taken_apart, &proposal)
}

fn check_one(vector: &Vector) -> Result<()> {
    let keys: Vec<_> =
        vector.public_keys.iter().map(|key| key.array().map(PublicKey)).collect::<Result<_>>()?;
    let members = keys.iter().copied().zip(vector.weights.iter().copied()).collect();
    let account = MultiSigPublicKey::new(members, vector.threshold)?;
    same("address", account.address(), vector.address.0)?;
    same_bytes("account", bcs::to_bytes(&account)?, &vector.public_key_bcs.0)?;
    same("account", &round_trip::<MultiSigPublicKey>("BCS", &vector.public_key_bcs.0)?, &account)?;

    let transaction: TransactionData = round_trip("transaction", &vector.transaction_data_bcs.0)?;
    let mut signatures = Vec::new();
    same("number of keys", vector.secret_keys.len(), keys.len())?;
    for (at, (secret, public)) in vector.secret_keys.iter().zip(keys).enumerate() {
        let key = Keypair::derive(&secret.array()?);
        same("public key", key.public_key(), public)?;
        if vector.signers.contains(&at) {
            signatures.push((at, key.sign(&transaction.signing_digest())));
        }
    }
    same("signers", signatures.len(), vector.signers.len())?;
    // Members may hand their signatures in in any order.
    signatures.reverse();
    check_proposal(vector, &transaction, &account, &signatures)?;
    let multisig = MultiSig::combine(account, signatures)?;
    same("bitmap", multisig.bitmap, vector.bitmap)?;
    let signature = UserSignature::MultiSig(multisig);
    same_bytes("signature", signature.to_bytes(), &vector.serialized_signature.0)?;
    same("signature", &UserSignature::from_bytes(&vector.serialized_signature.0)?, &signature)?;
    same_bytes("BCS", bcs::to_bytes(&signature)?, &vector.generic_signature_bcs.0)?;
    let read: UserSignature = round_trip("signature", &vector.generic_signature_bcs.0)?;
    same("signer", read.signer(), vector.address.0)?;
    let verdict = read.verify(&transaction);
    ensure!(verdict.is_ok() == vector.verifies, "the verdict is {verdict:?}");
    Ok(())
}

/// Checks the file.
///
/// # Errors
/// Where something differs.
pub fn check(json: &str) -> Result<Vec<Count>> {
    let vectors: Vec<Vector> = file(json)?;
    for vector in &vectors {
        check_one(vector).with_context(|| vector.address.0.to_string())?;
    }
    Ok(vec![Count::of("multisig signatures", vectors.len())])
}
