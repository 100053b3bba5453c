//! Read masks: which fields of an answer the caller wants.

use crate::services::errors::ApiError;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor, Value};
use rpc::proto::FieldMask;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static DESCRIPTORS: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(rpc::proto::FILE_DESCRIPTOR_SET)
        .expect("the descriptors were written by the build that wrote the messages")
});

fn descriptor(message: &str) -> MessageDescriptor {
    DESCRIPTORS
        .get_message_by_name(&format!("soma.rpc.{message}"))
        .expect("masks are relative to messages of the protocol")
}

/// A message of a field that holds one or a list of them; maps and scalars have none.
fn submessage(field: &prost_reflect::FieldDescriptor) -> Option<MessageDescriptor> {
    match field.kind() {
        Kind::Message(message) if !field.is_map() => Some(message),
        _ => None,
    }
}

/// What a mask selects of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    /// All of it.
    Everything,
    /// These fields, and of each this.
    Fields(BTreeMap<String, Self>),
}

impl Selection {
    const NOTHING: Self = Self::Fields(BTreeMap::new());

    /// What paths select, whatever message they are meant for. `a` beats `a.b`.
    fn from_paths<'a>(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut selection = Self::NOTHING;
        for path in paths {
            if path == "*" {
                return Self::Everything;
            }
            selection.add(path);
        }
        selection
    }

    fn add(&mut self, path: &str) {
        let Self::Fields(fields) = self else { return };
        match path.split_once('.') {
            None => {
                fields.insert(path.to_owned(), Self::Everything);
            }
            Some((head, rest)) => {
                fields.entry(head.to_owned()).or_insert(Self::NOTHING).add(rest);
            }
        }
    }

    /// A mask that is not checked, with what it stands for when absent.
    pub(crate) fn unchecked(mask: Option<&FieldMask>, default: Self) -> Self {
        mask.map_or(default, |mask| Self::from_paths(mask.paths.iter().map(String::as_str)))
    }

    /// A mask checked against a message of the protocol, with the paths it stands for when absent.
    ///
    /// # Errors
    /// Where a path names no field of the message.
    pub(crate) fn checked(
        mask: Option<&FieldMask>,
        message: &str,
        default: &str,
    ) -> Result<Self, ApiError> {
        let Some(mask) = mask else {
            return Ok(Self::from_paths(default.split(',')));
        };
        let descriptor = descriptor(message);
        match mask.paths.iter().find(|path| !names_a_field(path, &descriptor)) {
            Some(path) => {
                Err(ApiError::invalid("read_mask", format!("invalid read_mask path: {path}")))
            }
            None => Ok(Self::unchecked(Some(mask), Self::NOTHING)),
        }
    }

    /// What is selected below a field.
    pub(crate) fn below(&self, field: &str) -> Self {
        match self {
            Self::Everything => Self::Everything,
            Self::Fields(fields) => fields.get(field).cloned().unwrap_or(Self::NOTHING),
        }
    }

    /// Whether anything is selected at a field.
    pub(crate) fn wants(&self, field: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Fields(fields) => fields.contains_key(field),
        }
    }

    /// The selection without a field that is named as a whole: the node wants to be told what of
    /// `objects` is meant, and takes the bare name for nothing.
    pub(crate) fn without_bare(mut self, field: &str) -> Self {
        if let Self::Fields(fields) = &mut self
            && fields.get(field) == Some(&Self::Everything)
        {
            fields.remove(field);
        }
        self
    }

    /// The value with only what is selected.
    pub(crate) fn of<T: Message + Default>(&self, message: &str, value: T) -> T {
        if *self == Self::Everything {
            return value;
        }
        let bytes = value.encode_to_vec();
        let mut dynamic = DynamicMessage::decode(descriptor(message), bytes.as_slice())
            .expect("a message decodes by its own descriptor");
        self.prune(&mut dynamic);
        T::decode(dynamic.encode_to_vec().as_slice()).expect("a part of a message is one")
    }

    fn prune(&self, message: &mut DynamicMessage) {
        let Self::Fields(selected) = self else { return };
        let present: Vec<_> = message.fields().map(|(field, _)| field).collect();
        for field in present {
            match selected.get(field.name()) {
                None => message.clear_field(&field),
                Some(below) if submessage(&field).is_some() => {
                    below.prune_value(message.get_field_mut(&field));
                }
                Some(_) => {}
            }
        }
    }

    fn prune_value(&self, value: &mut Value) {
        match value {
            Value::Message(message) => self.prune(message),
            Value::List(items) => items.iter_mut().for_each(|item| self.prune_value(item)),
            _ => {}
        }
    }
}

fn names_a_field(path: &str, message: &MessageDescriptor) -> bool {
    if path == "*" {
        return true;
    }
    let (head, rest) = match path.split_once('.') {
        None => (path, None),
        Some((head, rest)) => (head, Some(rest)),
    };
    let Some(field) = message.get_field_by_name(head) else { return false };
    match rest {
        None => true,
        // Below a field there is no wildcard: the bare name says the same.
        Some("*") => false,
        Some(rest) => submessage(&field).is_some_and(|message| names_a_field(rest, &message)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rpc::proto::soma::{Checkpoint, CheckpointSummary, ExecutedTransaction, Object, Owner};

    fn mask(paths: &[&str]) -> FieldMask {
        FieldMask { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
    }

    fn object() -> Object {
        Object {
            object_id: Some("0x1".into()),
            version: Some(2),
            owner: Some(Owner { kind: Some(1), address: Some("0x3".into()), version: None }),
            ..Object::default()
        }
    }

    #[test]
    fn a_path_names_a_field_of_its_message() {
        for path in ["*", "object_id", "owner", "owner.kind"] {
            Selection::checked(Some(&mask(&[path])), "Object", "").expect(path);
        }
        for path in ["", ".", "nothing", "owner.", "owner.nothing", "owner.*", "version.x", "*.a"] {
            let refused = Selection::checked(Some(&mask(&["version", path])), "Object", "");
            let expected = format!("invalid read_mask path: {path}");
            assert_eq!(refused, Err(ApiError::invalid("read_mask", expected)), "{path:?}");
        }
    }

    #[test]
    fn a_path_does_not_descend_into_a_map() {
        let below_map = mask(&["system_state.model_registry.models.key"]);
        assert!(Selection::checked(Some(&below_map), "Epoch", "").is_err());
        let map = mask(&["system_state.model_registry.models"]);
        assert!(Selection::checked(Some(&map), "Epoch", "").is_ok());
    }

    #[test]
    fn only_what_is_named_comes_back() {
        let selected = |paths: &[&str]| {
            Selection::checked(Some(&mask(paths)), "Object", "")
                .expect("valid")
                .of("Object", object())
        };
        assert_eq!(selected(&["*"]), object());
        assert_eq!(selected(&[]), Object::default());
        assert_eq!(selected(&["version"]), Object { version: Some(2), ..Object::default() });
        let kind = Owner { kind: Some(1), ..Owner::default() };
        assert_eq!(selected(&["owner.kind"]), Object { owner: Some(kind), ..Object::default() });
        assert_eq!(
            selected(&["owner.kind", "owner"]),
            Object { owner: object().owner, ..Object::default() },
            "a whole beats its part"
        );
        assert_eq!(
            selected(&["owner", "owner.kind"]),
            Object { owner: object().owner, ..Object::default() },
            "in any order"
        );
    }

    #[test]
    fn an_absent_mask_stands_for_its_default() {
        let default = Selection::checked(None, "Object", "object_id,version").expect("valid");
        let expected = Object { owner: None, ..object() };
        assert_eq!(default.of("Object", object()), expected);
    }

    #[test]
    fn a_path_reaches_into_lists() {
        let transaction = |digest: &str| ExecutedTransaction {
            digest: Some(digest.into()),
            checkpoint: Some(1),
            ..ExecutedTransaction::default()
        };
        let checkpoint = Checkpoint {
            sequence_number: Some(4),
            summary: Some(CheckpointSummary::default()),
            transactions: vec![transaction("a"), transaction("b")],
            ..Checkpoint::default()
        };
        let paths = mask(&["transactions.digest", "sequence_number", "no.such.path"]);
        let selected = Selection::unchecked(Some(&paths), Selection::NOTHING);
        let seen = selected.of("Checkpoint", checkpoint);
        assert_eq!(seen.sequence_number, Some(4));
        assert_eq!(seen.summary, None);
        let digests: Vec<_> = seen.transactions.iter().map(|each| each.digest.as_deref()).collect();
        assert_eq!(digests, [Some("a"), Some("b")]);
        assert!(seen.transactions.iter().all(|each| each.checkpoint.is_none()));
    }

    #[test]
    fn bare_objects_select_nothing_but_a_part_of_them_does() {
        let bare = Selection::from_paths(["effects", "objects"]).without_bare("objects");
        assert!(!bare.wants("objects") && bare.wants("effects"));
        let part = Selection::from_paths(["objects.objects"]).without_bare("objects");
        assert!(part.wants("objects"));
        assert!(Selection::Everything.without_bare("objects").wants("objects"));
    }
}
