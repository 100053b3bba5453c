//! What an answer holds, read by whoever asked for it and nowhere else.
//!
//! Reading takes code for every type that can cross. Read at the line, all of it would be needed before the first
//! page can be shown; so only names cross the line read, and each page brings the code for what it asks.

use crate::protocol::Failure;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::fmt;
use std::marker::PhantomData;
use zeroize::Zeroize;

/// A value that is JSON text until it is used.
pub struct Late<T>(Box<RawValue>, PhantomData<fn() -> T>);

impl<T: Serialize> Late<T> {
    /// A value that is about to cross.
    #[must_use]
    pub fn new(value: &T) -> Self {
        // What has no text, as a map without names has none, cannot be read at the other end, which says so.
        let text = to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned());
        Self(text, PhantomData)
    }
}

impl<T: DeserializeOwned> Late<T> {
    /// The value.
    ///
    /// # Errors
    /// Where the text holds something that no such value has.
    pub fn read(&self) -> Result<T, Failure> {
        serde_json::from_str(self.0.get()).map_err(|_| unreadable())
    }
}

// Phrases, keys and passwords cross this way.
impl<T> Drop for Late<T> {
    fn drop(&mut self) {
        let text = std::mem::replace(&mut self.0, RawValue::NULL.to_owned());
        String::from(Box::<str>::from(text)).zeroize();
    }
}

// Derived, each would ask the same of the value, which is not there.
impl<T> Clone for Late<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T> fmt::Debug for Late<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Late").finish_non_exhaustive()
    }
}

impl<T> Serialize for Late<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T> Deserialize<'de> for Late<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(|text| Self(text, PhantomData))
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
        let text = serde_json::to_string(&Late::new(&vec![1_u8, 2])).unwrap();
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
