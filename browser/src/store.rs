//! What this browser keeps: named texts in a few drawers of one IndexedDB database.

use rexie::{ObjectStore, Rexie, Transaction, TransactionMode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// Why the store did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The browser refuses: private mode, no room, or a damaged profile.
    #[error("this browser's storage does not work: {0}")]
    Browser(String),
    /// What is stored does not read back. It is left as it is.
    #[error("what is stored under {key} cannot be read: {reason}")]
    Unreadable {
        /// Where.
        key: String,
        /// Why.
        reason: String,
    },
}

impl From<rexie::Error> for StoreError {
    fn from(error: rexie::Error) -> Self {
        Self::Browser(error.to_string())
    }
}

/// A drawer of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drawer {
    /// Sealed secrets: the vault and its second copy.
    Vault,
    /// Preferences and networks.
    Settings,
    /// Publications.
    Jobs,
    /// What accounts did.
    Activity,
    /// Submissions of data.
    Submissions,
    /// Targets that accounts have a part in.
    Targets,
    /// Files that are matched with targets, and how far that is.
    Matching,
    /// What models made of them.
    Scores,
    /// What past epochs of networks came to.
    Epochs,
    /// Transactions that several must sign.
    Proposals,
    /// The key under which an open wallet rests: no text, and not to be read by anybody.
    Rest,
    /// What web sites may do, and how often they were refused.
    Sites,
}

impl Drawer {
    const ALL: [Self; 12] = [
        Self::Vault,
        Self::Settings,
        Self::Jobs,
        Self::Activity,
        Self::Submissions,
        Self::Targets,
        Self::Matching,
        Self::Scores,
        Self::Epochs,
        Self::Proposals,
        Self::Rest,
        Self::Sites,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Vault => "vault",
            Self::Settings => "settings",
            Self::Jobs => "jobs",
            Self::Activity => "activity",
            Self::Submissions => "submissions",
            Self::Targets => "targets",
            Self::Matching => "matching",
            Self::Scores => "scores",
            Self::Epochs => "epochs",
            Self::Proposals => "proposals",
            Self::Rest => "rest",
            Self::Sites => "sites",
        }
    }
}

/// Waits until a transaction is over. One that the browser takes back when all was said, as where the
/// disk is full, is a failure.
async fn done(transaction: Transaction) -> Result<(), StoreError> {
    if transaction.done().await?.is_committed() {
        Ok(())
    } else {
        Err(StoreError::Browser("it took back what was written; the disk may be full".into()))
    }
}

/// Grows with every drawer that is added; the browser then adds what is missing.
const VERSION: u32 = 6;

/// The store. Writing is durable once the call returns.
#[derive(Clone, Debug)]
pub struct Store {
    database: Rc<Rexie>,
}

impl Store {
    /// Opens the store of this origin, making it where there is none.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn open(name: &str) -> Result<Self, StoreError> {
        let mut builder = Rexie::builder(name).version(VERSION);
        for drawer in Drawer::ALL {
            builder = builder.add_object_store(ObjectStore::new(drawer.name()));
        }
        Ok(Self { database: Rc::new(builder.build().await?) })
    }

    /// The text under a key.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn get(&self, drawer: Drawer, key: &str) -> Result<Option<String>, StoreError> {
        let transaction = self.database.transaction(&[drawer.name()], TransactionMode::ReadOnly)?;
        let value = transaction.store(drawer.name())?.get(JsValue::from_str(key)).await?;
        done(transaction).await?;
        Ok(value.and_then(|value| value.as_string()))
    }

    /// All keys of a drawer and their texts.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn all(&self, drawer: Drawer) -> Result<Vec<(String, String)>, StoreError> {
        let transaction = self.database.transaction(&[drawer.name()], TransactionMode::ReadOnly)?;
        let store = transaction.store(drawer.name())?;
        let keys = store.get_all_keys(None, None).await?;
        let values = store.get_all(None, None).await?;
        done(transaction).await?;
        Ok(keys
            .iter()
            .zip(&values)
            .filter_map(|(key, value)| Some((key.as_string()?, value.as_string()?)))
            .collect())
    }

    /// All keys of a drawer, without their texts.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn keys(&self, drawer: Drawer) -> Result<Vec<String>, StoreError> {
        let transaction = self.database.transaction(&[drawer.name()], TransactionMode::ReadOnly)?;
        let keys = transaction.store(drawer.name())?.get_all_keys(None, None).await?;
        done(transaction).await?;
        Ok(keys.iter().filter_map(JsValue::as_string).collect())
    }

    /// Puts a text under a key.
    ///
    /// # Errors
    /// Where the browser refuses; then nothing has changed.
    pub async fn put(&self, drawer: Drawer, key: &str, text: &str) -> Result<(), StoreError> {
        let transaction =
            self.database.transaction(&[drawer.name()], TransactionMode::ReadWrite)?;
        let key = JsValue::from_str(key);
        transaction.store(drawer.name())?.put(&JsValue::from_str(text), Some(&key)).await?;
        done(transaction).await
    }

    /// What lies under a key and is no text, as the browser keeps it.
    pub(crate) async fn get_object(
        &self,
        drawer: Drawer,
        key: &str,
    ) -> Result<Option<JsValue>, StoreError> {
        let transaction = self.database.transaction(&[drawer.name()], TransactionMode::ReadOnly)?;
        let value = transaction.store(drawer.name())?.get(JsValue::from_str(key)).await?;
        done(transaction).await?;
        Ok(value.filter(JsValue::is_object))
    }

    /// Puts something under a key that is no text.
    pub(crate) async fn put_object(
        &self,
        drawer: Drawer,
        key: &str,
        object: &JsValue,
    ) -> Result<(), StoreError> {
        let transaction =
            self.database.transaction(&[drawer.name()], TransactionMode::ReadWrite)?;
        let key = JsValue::from_str(key);
        transaction.store(drawer.name())?.put(object, Some(&key)).await?;
        done(transaction).await
    }

    /// Takes a text away.
    ///
    /// # Errors
    /// Where the browser refuses.
    pub async fn remove(&self, drawer: Drawer, key: &str) -> Result<(), StoreError> {
        let transaction =
            self.database.transaction(&[drawer.name()], TransactionMode::ReadWrite)?;
        transaction.store(drawer.name())?.delete(JsValue::from_str(key)).await?;
        done(transaction).await
    }

    /// Takes many texts away at once.
    ///
    /// # Errors
    /// Where the browser refuses; then nothing has changed.
    pub async fn remove_all(&self, drawer: Drawer, keys: &[String]) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let transaction =
            self.database.transaction(&[drawer.name()], TransactionMode::ReadWrite)?;
        let store = transaction.store(drawer.name())?;
        for key in keys {
            store.delete(JsValue::from_str(key)).await?;
        }
        done(transaction).await
    }

    /// Empties every drawer.
    ///
    /// # Errors
    /// Where the browser refuses; then nothing has changed.
    pub async fn clear(&self) -> Result<(), StoreError> {
        let names = Drawer::ALL.map(Drawer::name);
        let transaction = self.database.transaction(&names, TransactionMode::ReadWrite)?;
        for name in names {
            transaction.store(name)?.clear().await?;
        }
        done(transaction).await
    }

    /// The value under a key.
    ///
    /// # Errors
    /// Where the browser refuses, or the stored text is not such a value.
    pub async fn load<T: DeserializeOwned>(
        &self,
        drawer: Drawer,
        key: &str,
    ) -> Result<Option<T>, StoreError> {
        let Some(text) = self.get(drawer, key).await? else { return Ok(None) };
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|error| StoreError::Unreadable { key: key.into(), reason: error.to_string() })
    }

    /// Puts a value under a key.
    ///
    /// # Errors
    /// Where the browser refuses; then nothing has changed.
    pub async fn save<T: Serialize>(
        &self,
        drawer: Drawer,
        key: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        let text = serde_json::to_string(value).expect("stored values are plain data");
        self.put(drawer, key, &text).await
    }
}
