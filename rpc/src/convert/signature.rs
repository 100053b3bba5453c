//! Signatures of users. `scheme` is always written, also where it is zero.

use super::{ConvertError, fixed, required};
use crate::proto::soma as proto;
use proto::SignatureScheme;
use proto::user_signature::Signature;
use wasm_core::bytes::FixedBytes;
use wasm_core::keys::PublicKey;
use wasm_core::tx::multisig::{CompressedSignature, MemberKey, MultiSig, MultiSigPublicKey};
use wasm_core::tx::sign::UserSignature;

const ED25519: Option<i32> = Some(SignatureScheme::Ed25519 as i32);

impl From<&UserSignature> for proto::UserSignature {
    fn from(signature: &UserSignature) -> Self {
        match signature {
            UserSignature::Ed25519 { signature, public_key } => Self {
                scheme: ED25519,
                signature: Some(Signature::Simple(proto::SimpleSignature {
                    scheme: ED25519,
                    signature: Some(signature.to_vec()),
                    public_key: Some(public_key.as_bytes().to_vec()),
                })),
            },
            UserSignature::MultiSig(multisig) => Self {
                scheme: Some(SignatureScheme::Multisig.into()),
                signature: Some(Signature::Multisig(multisig.into())),
            },
        }
    }
}

impl From<&MultiSig> for proto::MultisigAggregatedSignature {
    fn from(multisig: &MultiSig) -> Self {
        let signatures = multisig
            .sigs
            .iter()
            .map(|CompressedSignature::Ed25519(bytes)| proto::MultisigMemberSignature {
                scheme: ED25519,
                signature: Some(bytes.0.to_vec()),
            })
            .collect();
        let members = multisig
            .multisig_pk
            .pk_map
            .iter()
            .map(|(MemberKey::Ed25519(key), weight)| proto::MultisigMember {
                public_key: Some(proto::MultisigMemberPublicKey {
                    scheme: ED25519,
                    public_key: Some(key.as_bytes().to_vec()),
                }),
                weight: Some(u32::from(*weight)),
            })
            .collect();
        let threshold = Some(u32::from(multisig.multisig_pk.threshold));
        Self {
            signatures,
            bitmap: Some(u32::from(multisig.bitmap)),
            committee: Some(proto::MultisigCommittee { members, threshold }),
        }
    }
}

/// Only the form is checked; whether it verifies is for [`UserSignature::verify`].
impl TryFrom<&proto::UserSignature> for UserSignature {
    type Error = ConvertError;
    fn try_from(message: &proto::UserSignature) -> Result<Self, ConvertError> {
        let scheme = scheme(message.scheme)?;
        match (scheme, required(message.signature.as_ref(), "signature")?) {
            (SignatureScheme::Ed25519, Signature::Simple(simple)) => {
                expect_ed25519(simple.scheme)?;
                Ok(Self::Ed25519 {
                    signature: signature_bytes(simple.signature.as_ref())?,
                    public_key: public_key(simple.public_key.as_ref())?,
                })
            }
            (SignatureScheme::Multisig, Signature::Multisig(multisig)) => {
                multisig.try_into().map(Self::MultiSig)
            }
            _ => Err(ConvertError::invalid("scheme", "not the scheme of the signature")),
        }
    }
}

impl TryFrom<&proto::MultisigAggregatedSignature> for MultiSig {
    type Error = ConvertError;
    fn try_from(message: &proto::MultisigAggregatedSignature) -> Result<Self, ConvertError> {
        let committee = required(message.committee.as_ref(), "committee")?;
        let mut sigs = Vec::with_capacity(message.signatures.len());
        for signature in &message.signatures {
            expect_ed25519(signature.scheme)?;
            let bytes = signature_bytes(signature.signature.as_ref())?;
            sigs.push(CompressedSignature::Ed25519(FixedBytes(bytes)));
        }
        let mut pk_map = Vec::with_capacity(committee.members.len());
        for member in &committee.members {
            let key = required(member.public_key.as_ref(), "public_key")?;
            expect_ed25519(key.scheme)?;
            let key = MemberKey::Ed25519(public_key(key.public_key.as_ref())?);
            pk_map.push((key, narrow(member.weight, "weight")?));
        }
        let threshold = narrow(committee.threshold, "threshold")?;
        Ok(Self {
            sigs,
            bitmap: narrow(message.bitmap, "bitmap")?,
            multisig_pk: MultiSigPublicKey { pk_map, threshold },
        })
    }
}

fn scheme(value: Option<i32>) -> Result<SignatureScheme, ConvertError> {
    SignatureScheme::try_from(required(value, "scheme")?)
        .map_err(|_| ConvertError::invalid("scheme", "an unknown scheme"))
}

fn expect_ed25519(value: Option<i32>) -> Result<(), ConvertError> {
    match scheme(value)? {
        SignatureScheme::Ed25519 => Ok(()),
        _ => Err(ConvertError::invalid("scheme", "only Ed25519 keys can sign")),
    }
}

fn signature_bytes(value: Option<&Vec<u8>>) -> Result<[u8; 64], ConvertError> {
    fixed(required(value, "signature")?, "signature")
}

fn public_key(value: Option<&Vec<u8>>) -> Result<PublicKey, ConvertError> {
    fixed(required(value, "public_key")?, "public_key").map(PublicKey)
}

fn narrow<T: TryFrom<u32>>(value: Option<u32>, field: &'static str) -> Result<T, ConvertError> {
    let value = required(value, field)?;
    T::try_from(value).map_err(|_| ConvertError::invalid(field, format!("{value} is too large")))
}
