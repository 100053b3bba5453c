//! From an HTTP answer to the data in it, and from there to values: each read strictly, with its place in the error.

use super::{HttpAnswer, IndexerError, timestamp};
use serde_json::{Map, Value};
use std::str::FromStr;
use wasm_core::amount::Shannons;

/// Messages of an indexer that are passed on, and letters of each.
const MESSAGES: usize = 3;
const LETTERS: usize = 200;

/// The data of an answer; an error where it has errors, for then the data may lack something.
pub(super) fn data(answer: &HttpAnswer) -> Result<Map<String, Value>, IndexerError> {
    let read: Result<Value, _> = serde_json::from_slice(&answer.body);
    let refused = |value: &Value| value.get("errors").filter(|errors| !errors.is_null()).map(said);
    match read {
        Ok(value) if refused(&value).is_some() => {
            Err(IndexerError::Refused(refused(&value).unwrap_or_default()))
        }
        // An endpoint may refuse with a status; what is no answer of GraphQL says only its status.
        _ if answer.status != 200 => Err(IndexerError::Status(answer.status)),
        Ok(mut value) => match value.get_mut("data").map(Value::take) {
            Some(Value::Object(data)) => Ok(data),
            _ => Err(IndexerError::Garbage("it has no data".to_owned())),
        },
        Err(error) => Err(IndexerError::Garbage(error.to_string())),
    }
}

/// What a list of errors says, shortened.
fn said(errors: &Value) -> Vec<String> {
    let said = |error: &Value| {
        let text = error.get("message").and_then(Value::as_str);
        text.unwrap_or("an error without a message").chars().take(LETTERS).collect::<String>()
    };
    let texts: Vec<_> = errors.as_array().into_iter().flatten().take(MESSAGES).map(said).collect();
    if texts.is_empty() { vec!["an error without a message".to_owned()] } else { texts }
}

/// A value within an answer, and where it is.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Node<'a> {
    /// A field of the whole answer.
    pub(super) fn root(data: &'a Map<String, Value>, name: &str) -> Result<Self, IndexerError> {
        let value = data.get(name);
        value
            .map(|value| Self { path: name.to_owned(), value })
            .ok_or_else(|| IndexerError::Shape { path: name.to_owned(), expected: "such field" })
    }

    fn wrong(&self, expected: &'static str) -> IndexerError {
        IndexerError::Shape { path: self.path.clone(), expected }
    }

    /// A field, which must be there.
    pub(super) fn at(&self, name: &str) -> Result<Self, IndexerError> {
        let path = format!("{}.{name}", self.path);
        match self.value.as_object() {
            Some(object) => match object.get(name) {
                Some(value) => Ok(Self { path, value }),
                None => Err(IndexerError::Shape { path, expected: "such field" }),
            },
            None => Err(self.wrong("object")),
        }
    }

    /// Itself, unless it is null.
    pub(super) fn some(self) -> Option<Self> {
        (!self.value.is_null()).then_some(self)
    }

    /// A field read as what it must be.
    pub(super) fn get<T>(
        &self,
        name: &str,
        read: impl Fn(&Self) -> Result<T, IndexerError>,
    ) -> Result<T, IndexerError> {
        read(&self.at(name)?)
    }

    /// A field read as what it must be where it is not null.
    pub(super) fn maybe<T>(
        &self,
        name: &str,
        read: impl Fn(&Self) -> Result<T, IndexerError>,
    ) -> Result<Option<T>, IndexerError> {
        self.at(name)?.some().map(|node| read(&node)).transpose()
    }

    /// Each entry of a list, read.
    pub(super) fn list<T>(
        &self,
        read: impl Fn(&Self) -> Result<T, IndexerError>,
    ) -> Result<Vec<T>, IndexerError> {
        let entries = self.value.as_array().ok_or_else(|| self.wrong("list"))?;
        let node = |(at, value)| Node { path: format!("{}[{at}]", self.path), value };
        entries.iter().enumerate().map(node).map(|node| read(&node)).collect()
    }

    /// Text.
    pub(super) fn text(&self) -> Result<&'a str, IndexerError> {
        self.value.as_str().ok_or_else(|| self.wrong("text"))
    }

    /// Text of its own.
    pub(super) fn owned(&self) -> Result<String, IndexerError> {
        self.text().map(str::to_owned)
    }

    /// An id or digest.
    pub(super) fn id<T: FromStr>(&self) -> Result<T, IndexerError> {
        self.text()?.parse().map_err(|_| self.wrong("id or digest"))
    }

    /// A `BigInt`: the text of a whole number that an i64 holds.
    pub(super) fn signed(&self) -> Result<i64, IndexerError> {
        self.text()?.parse().map_err(|_| self.wrong("whole number as text"))
    }

    /// A `BigInt` that is not negative.
    pub(super) fn big(&self) -> Result<u64, IndexerError> {
        u64::try_from(self.signed()?).map_err(|_| self.wrong("number that is not negative"))
    }

    /// An amount of money.
    pub(super) fn money(&self) -> Result<Shannons, IndexerError> {
        self.big().map(Shannons)
    }

    /// An `Int` that is not negative.
    pub(super) fn int(&self) -> Result<u64, IndexerError> {
        self.value.as_u64().ok_or_else(|| self.wrong("whole number that is not negative"))
    }

    /// A `Float`; never money.
    pub(super) fn float(&self) -> Result<f64, IndexerError> {
        self.value.as_f64().filter(|it| it.is_finite()).ok_or_else(|| self.wrong("number"))
    }

    /// Yes or no.
    pub(super) fn flag(&self) -> Result<bool, IndexerError> {
        self.value.as_bool().ok_or_else(|| self.wrong("yes or no"))
    }

    /// A `DateTime`; milliseconds since 1970.
    pub(super) fn moment(&self) -> Result<u64, IndexerError> {
        timestamp::parse(self.text()?).ok_or_else(|| self.wrong("moment of RFC 3339"))
    }
}
