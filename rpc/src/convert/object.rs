//! Objects, references to them, and their owners.

use super::{ConvertError, IdForm, address, object_id, parsed, required, text};
use crate::proto::soma as proto;
use proto::owner::OwnerKind;
use wasm_core::object::{Object, ObjectError, ObjectRef, ObjectType, Owner};

/// The client's form: id without `0x`.
impl From<&ObjectRef> for proto::ObjectReference {
    fn from(reference: &ObjectRef) -> Self {
        Self {
            object_id: Some(reference.id.to_bare_hex()),
            version: Some(reference.version),
            digest: Some(reference.digest.to_string()),
        }
    }
}

impl TryFrom<&proto::ObjectReference> for ObjectRef {
    type Error = ConvertError;
    fn try_from(message: &proto::ObjectReference) -> Result<Self, ConvertError> {
        Ok(Self {
            id: object_id(message.object_id.as_ref(), "object_id")?,
            version: required(message.version, "version")?,
            digest: parsed(message.digest.as_ref(), "digest")?,
        })
    }
}

/// An owner, with the address in a form.
#[must_use]
pub fn owner_to_proto(owner: &Owner, form: IdForm) -> proto::Owner {
    let mut message = proto::Owner::default();
    match *owner {
        Owner::AddressOwner(address) => {
            message.set_kind(OwnerKind::Address);
            message.address = Some(form.address(address));
        }
        Owner::Shared { initial_shared_version } => {
            message.set_kind(OwnerKind::Shared);
            message.version = Some(initial_shared_version);
        }
        Owner::Immutable => message.set_kind(OwnerKind::Immutable),
    }
    message
}

impl TryFrom<&proto::Owner> for Owner {
    type Error = ConvertError;
    fn try_from(message: &proto::Owner) -> Result<Self, ConvertError> {
        match OwnerKind::try_from(required(message.kind, "kind")?) {
            Ok(OwnerKind::Address) => {
                Ok(Self::AddressOwner(address(message.address.as_ref(), "address")?))
            }
            Ok(OwnerKind::Shared) => {
                Ok(Self::Shared { initial_shared_version: required(message.version, "version")? })
            }
            Ok(OwnerKind::Immutable) => Ok(Self::Immutable),
            Ok(OwnerKind::Unknown) | Err(_) => {
                Err(ConvertError::invalid("kind", "an unknown kind of owner"))
            }
        }
    }
}

pub(super) fn object_type(text: &str) -> Result<ObjectType, ConvertError> {
    ObjectType::from_name(text)
        .ok_or_else(|| ConvertError::invalid("object_type", "an unknown type of object"))
}

/// A whole object, as a node answers: id and owner without `0x`, contents without the id.
///
/// # Errors
/// Where the object's contents are too short to hold its id.
pub fn object_to_proto(object: &Object) -> Result<proto::Object, ObjectError> {
    Ok(proto::Object {
        object_id: Some(object.id()?.to_bare_hex()),
        version: Some(object.data.version),
        digest: Some(object.digest().to_string()),
        owner: Some(owner_to_proto(&object.owner, IdForm::Bare)),
        object_type: Some(object.data.object_type.name().to_owned()),
        contents: Some(object.payload().to_vec()),
        previous_transaction: Some(object.previous_transaction.to_string()),
    })
}

/// A whole object. Its digest is not looked at: it is computed from the rest.
impl TryFrom<&proto::Object> for Object {
    type Error = ConvertError;
    fn try_from(message: &proto::Object) -> Result<Self, ConvertError> {
        Ok(Self::new(
            object_id(message.object_id.as_ref(), "object_id")?,
            required(message.version, "version")?,
            object_type(text(message.object_type.as_ref(), "object_type")?)?,
            required(message.contents.as_ref(), "contents")?,
            required(message.owner.as_ref(), "owner")?.try_into()?,
            parsed(message.previous_transaction.as_ref(), "previous_transaction")?,
        ))
    }
}

/// The reference to an object of which only that is known.
///
/// # Errors
/// Where id, version or digest is missing or malformed.
pub fn reference(message: &proto::Object) -> Result<ObjectRef, ConvertError> {
    Ok(ObjectRef {
        id: object_id(message.object_id.as_ref(), "object_id")?,
        version: required(message.version, "version")?,
        digest: parsed(message.digest.as_ref(), "digest")?,
    })
}
