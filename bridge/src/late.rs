//! What an answer holds, read by whoever asked for it and nowhere else.
//!
//! Reading takes code for every type that can cross. Read at the line, all of it would be needed before the first
//! page can be shown; so only names cross the line read, and each page brings the code for what it asks.

use crate::protocol::Failure;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// A value that is JSON text on the page's side until it is used.
#[derive(Clone, Debug)]
pub struct Late<T>(State<T>);

#[derive(Clone, Debug)]
enum State<T> {
    Here(Box<T>),
    Text(Box<RawValue>),
}

impl<T> Late<T> {
    /// A value that is about to cross.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(State::Here(Box::new(value)))
    }
}

impl<T: DeserializeOwned> Late<T> {
    /// The value.
    ///
    /// # Errors
    /// Where the text holds something that no such value has.
    pub fn read(self) -> Result<T, Failure> {
        match self.0 {
            State::Here(value) => Ok(*value),
            State::Text(text) => serde_json::from_str(text.get()).map_err(|_| unreadable()),
        }
    }
}

impl<T: Serialize> Serialize for Late<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            State::Here(value) => value.serialize(serializer),
            State::Text(text) => text.serialize(serializer),
        }
    }
}

impl<'de, T> Deserialize<'de> for Late<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|text| Self(State::Text(text)))
    }
}

/// An answer came that cannot be read.
pub(crate) fn unreadable() -> Failure {
    Failure {
        code: "bridge/unreadable".to_owned(),
        what: "The answer cannot be shown: it holds something that this wallet cannot read"
            .to_owned(),
        next:
            "Everything else works as before. What you asked about may be damaged on the network."
                .to_owned(),
        retry: false,
    }
}

#[cfg(test)]
mod tests {
    use super::Late;
    use crate::protocol::Failure;

    #[test]
    fn it_crosses_as_the_value_itself_and_comes_out_the_same() {
        let text = serde_json::to_string(&Late::new(vec![1_u8, 2])).unwrap();
        assert_eq!(text, "[1,2]");
        let late: Late<Vec<u8>> = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&late).unwrap(), text);
        assert_eq!(late.read().unwrap(), [1, 2]);
    }

    #[test]
    fn what_cannot_be_read_is_told_when_it_is_used() {
        let late: Late<Vec<u8>> = serde_json::from_str("[1,null]").unwrap();
        let failure: Failure = late.read().unwrap_err();
        assert_eq!(failure.code, "bridge/unreadable");
    }
}
