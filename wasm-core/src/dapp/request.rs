//! Requests of sites, read strictly: what is not known is refused, and no text is read that is too long.

use super::answer::SiteError;
use super::transaction::{AskedTransaction, TransactionTextError};
use super::value::{Base64, Full};
use super::{ChainName, message, nesting};
use crate::address::Address;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// The only version of requests and answers.
pub const VERSION: u64 = 1;
/// The longest request, in bytes. A longer one is refused unread.
pub const MAX_REQUEST: usize = 256 * 1024;
/// The longest name that a site calls itself, in characters.
pub const MAX_APP_NAME: usize = 64;

/// Why a text is no request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// Longer than anything that is read.
    #[error("a request has {} KiB at most", MAX_REQUEST / 1024)]
    TooLong,
    /// Nested deeper than any request is.
    #[error("the request is nested too deeply")]
    TooDeep,
    /// A version that this wallet does not know.
    #[error("version {0} of requests is unknown, this wallet knows version 1")]
    Version(u64),
    /// A method that this wallet does not know.
    #[error("this wallet knows no such method")]
    Method,
    /// Not what it should be.
    #[error("the request is not what it should be: {0}")]
    Malformed(String),
    /// The id is no UUID.
    #[error("the id of a request is a UUID in lower-case digits")]
    Id,
    /// The name that the site calls itself cannot be shown.
    #[error("a site calls itself something of 1 to {MAX_APP_NAME} characters that all can be seen")]
    AppName,
    /// The message is too long.
    #[error("a message has {} KiB at most", message::MAX_MESSAGE / 1024)]
    LongMessage,
    /// The transaction is none.
    #[error(transparent)]
    Transaction(#[from] TransactionTextError),
}

impl RequestError {
    /// What the site is told.
    #[must_use]
    pub fn for_site(&self) -> SiteError {
        match self {
            Self::TooLong
            | Self::LongMessage
            | Self::Transaction(TransactionTextError::TooLong | TransactionTextError::TooLarge) => {
                SiteError::TooLarge(self.to_string())
            }
            Self::Method | Self::Version(_) => SiteError::UnknownMethod(self.to_string()),
            Self::Transaction(
                TransactionTextError::System(_) | TransactionTextError::Version(_),
            ) => SiteError::Unsupported(self.to_string()),
            _ => SiteError::Malformed(self.to_string()),
        }
    }
}

/// A request of a site.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteRequest {
    /// What its answer is known by: a UUID.
    pub id: String,
    /// What the site calls itself.
    pub app_name: Option<String>,
    /// What it wants.
    pub ask: Ask,
}

/// What a site wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    /// To know accounts.
    Connect {
        /// Only those that it may use already, and nobody is asked.
        silent: bool,
    },
    /// To be forgotten.
    Disconnect,
    /// A transaction signed.
    Transaction {
        /// Whether it is executed, too.
        execute: bool,
        /// Which.
        transaction: Box<AskedTransaction>,
        /// By whom.
        account: Address,
        /// For which network.
        chain: ChainName,
    },
    /// A message signed.
    Message {
        /// Which.
        message: Vec<u8>,
        /// By whom.
        account: Address,
        /// For which network.
        chain: ChainName,
    },
    /// To know what the wallet can do.
    Capabilities,
}

impl Ask {
    /// Whether its owner may be asked about it, so that it can be a nuisance.
    #[must_use]
    pub const fn may_ask_owner(&self) -> bool {
        matches!(
            self,
            Self::Connect { silent: false } | Self::Transaction { .. } | Self::Message { .. }
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Envelope<P> {
    #[serde(rename = "version")]
    _version: u64,
    id: String,
    method: String,
    app_name: Option<String>,
    params: P,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectParams {
    #[serde(default)]
    silent: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoParams {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransactionParams {
    transaction: String,
    account: Full<Address>,
    chain: ChainName,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageParams {
    message: Base64,
    account: Full<Address>,
    chain: ChainName,
}

impl SiteRequest {
    /// The account that shall sign, where one shall.
    #[must_use]
    pub const fn account(&self) -> Option<Address> {
        match &self.ask {
            Ask::Transaction { account, .. } | Ask::Message { account, .. } => Some(*account),
            Ask::Connect { .. } | Ask::Disconnect | Ask::Capabilities => None,
        }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// Where it is anything else than exactly one.
    pub fn parse(text: &str) -> Result<Self, RequestError> {
        if text.len() > MAX_REQUEST {
            return Err(RequestError::TooLong);
        }
        if nesting::is_deep(text) {
            return Err(RequestError::TooDeep);
        }
        let version = nesting::version_of(text).map_err(|error| malformed(&error))?;
        if version != VERSION {
            return Err(RequestError::Version(version));
        }
        let Envelope { id, method, app_name, .. } = read::<IgnoredAny>(text)?;
        if !is_uuid(&id) {
            return Err(RequestError::Id);
        }
        if let Some(name) = &app_name
            && !is_name(name)
        {
            return Err(RequestError::AppName);
        }
        Ok(Self { id, app_name, ask: ask(&method, text)? })
    }

    /// The id of a request, where that much of it can be read. Nothing of a text that is too long is.
    #[must_use]
    pub fn id_of(text: &str) -> Option<String> {
        #[derive(Deserialize)]
        struct Id {
            id: String,
        }
        if text.len() > MAX_REQUEST || nesting::is_deep(text) {
            return None;
        }
        let id = serde_json::from_str(text).ok().map(|Id { id }| id);
        id.filter(|id| is_uuid(id))
    }
}

fn malformed(error: &serde_json::Error) -> RequestError {
    RequestError::Malformed(error.to_string())
}

fn read<P: DeserializeOwned>(text: &str) -> Result<Envelope<P>, RequestError> {
    serde_json::from_str(text).map_err(|error| malformed(&error))
}

fn ask(method: &str, text: &str) -> Result<Ask, RequestError> {
    Ok(match method {
        "connect" => Ask::Connect { silent: read::<ConnectParams>(text)?.params.silent },
        "disconnect" => {
            read::<NoParams>(text)?;
            Ask::Disconnect
        }
        "getCapabilities" => {
            read::<NoParams>(text)?;
            Ask::Capabilities
        }
        "signTransaction" | "signAndExecuteTransaction" => {
            let params = read::<TransactionParams>(text)?.params;
            Ask::Transaction {
                execute: method == "signAndExecuteTransaction",
                transaction: Box::new(AskedTransaction::parse(&params.transaction)?),
                account: params.account.0,
                chain: params.chain,
            }
        }
        "signPersonalMessage" => {
            let params = read::<MessageParams>(text)?.params;
            if params.message.0.len() > message::MAX_MESSAGE {
                return Err(RequestError::LongMessage);
            }
            Ask::Message {
                message: params.message.0,
                account: params.account.0,
                chain: params.chain,
            }
        }
        _ => return Err(RequestError::Method),
    })
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

fn is_name(name: &str) -> bool {
    let shown = |character| message::is_plain(character) && !matches!(character, '\n' | '\t');
    (1..=MAX_APP_NAME).contains(&name.chars().count())
        && name.chars().all(shown)
        && name.trim() == name
}

#[cfg(test)]
mod tests {
    use super::{Ask, MAX_REQUEST, RequestError, SiteRequest};
    use crate::address::Address;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const ID: &str = "0b0c5b52-2c4a-4d0f-9b0a-6f1d2e3c4b5a";

    fn request(method: &str, params: &str) -> String {
        format!(r#"{{"version":1,"id":"{ID}","method":"{method}","params":{params}}}"#)
    }

    fn asked(method: &str, params: &str) -> Result<Ask, RequestError> {
        SiteRequest::parse(&request(method, params)).map(|request| request.ask)
    }

    fn account() -> String {
        Address([7; 32]).to_string()
    }

    #[test]
    fn every_method_is_read() {
        assert_eq!(asked("connect", "{}"), Ok(Ask::Connect { silent: false }));
        assert_eq!(asked("connect", r#"{"silent":true}"#), Ok(Ask::Connect { silent: true }));
        assert_eq!(asked("disconnect", "{}"), Ok(Ask::Disconnect));
        assert_eq!(asked("getCapabilities", "{}"), Ok(Ask::Capabilities));
        let message =
            format!(r#"{{"message":"aGk=","account":"{}","chain":"soma:testnet"}}"#, account());
        let Ok(Ask::Message { message, account: by, .. }) = asked("signPersonalMessage", &message)
        else {
            panic!();
        };
        assert_eq!((message.as_slice(), by), (&b"hi"[..], Address([7; 32])));
        let inner = r#"{\"version\":1,\"kind\":{\"SetCommissionRate\":{\"newRate\":5}}}"#;
        let params = format!(
            r#"{{"transaction":"{inner}","account":"{}","chain":"soma:localnet"}}"#,
            account()
        );
        for (method, executes) in [("signTransaction", false), ("signAndExecuteTransaction", true)]
        {
            let Ok(Ask::Transaction { execute, .. }) = asked(method, &params) else { panic!() };
            assert_eq!(execute, executes);
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        assert_eq!(asked("signEverything", "{}"), Err(RequestError::Method));
        for (method, params) in [
            ("connect", r#"{"silent":"yes"}"#),
            ("connect", r#"{"silent":true,"accounts":[]}"#),
            ("connect", r#"{"silent":true,"silent":false}"#),
            ("connect", "null"),
            ("disconnect", r#"{"all":true}"#),
            ("signPersonalMessage", r#"{"message":"aGk="}"#),
            ("signTransaction", r#"{"transaction":{"version":1}}"#),
        ] {
            let refused = asked(method, params);
            assert!(matches!(refused, Err(RequestError::Malformed(_))), "{params}: {refused:?}");
        }
        let later = request("connect", "{}").replace("\"version\":1", "\"version\":2,\"new\":0");
        assert_eq!(SiteRequest::parse(&later), Err(RequestError::Version(2)));
        let origin =
            request("connect", "{}").replace("\"id\"", "\"origin\":\"https://a.b\",\"id\"");
        assert!(matches!(SiteRequest::parse(&origin), Err(RequestError::Malformed(_))));
        let behind = format!("{} {{}}", request("connect", "{}"));
        assert!(matches!(SiteRequest::parse(&behind), Err(RequestError::Malformed(_))));
    }

    #[test]
    fn an_id_is_a_uuid_and_found_where_the_rest_is_refused() {
        for id in ["", "1", &ID.to_uppercase(), &ID.replace('-', "0"), &format!("{ID}0")] {
            let text = request("connect", "{}").replace(ID, id);
            assert_eq!(SiteRequest::parse(&text), Err(RequestError::Id), "{id}");
            assert_eq!(SiteRequest::id_of(&text), None);
        }
        assert_eq!(SiteRequest::id_of(&request("unheard", "1")), Some(ID.to_owned()));
        assert_eq!(SiteRequest::id_of("{"), None);
    }

    #[test]
    fn a_name_that_hides_something_is_refused() {
        let named = |name: &str| {
            let text = request("connect", "{}").replace(
                "\"method\"",
                &format!("\"appName\":{},\"method\"", serde_json::json!(name)),
            );
            SiteRequest::parse(&text).map(|request| request.app_name)
        };
        for name in ["Pool", "Größe 2", "模型", &"x".repeat(64)] {
            assert_eq!(named(name), Ok(Some(name.to_owned())));
        }
        for name in ["", " Pool", "a\u{202e}b", "a\u{200b}b", "a\nb", "\u{0}", &"x".repeat(65)] {
            assert_eq!(named(name), Err(RequestError::AppName), "{name:?}");
        }
    }

    #[test]
    fn long_and_deep_texts_are_refused_unread() {
        let long = " ".repeat(MAX_REQUEST + 1);
        assert_eq!(SiteRequest::parse(&long), Err(RequestError::TooLong));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(SiteRequest::parse(&deep), Err(RequestError::TooDeep));
        assert_eq!(SiteRequest::id_of(&deep), None);
        let message = "A".repeat(4 * (super::message::MAX_MESSAGE / 3 + 1));
        let params = format!(
            r#"{{"message":"{message}","account":"{}","chain":"soma:testnet"}}"#,
            account()
        );
        assert_eq!(asked("signPersonalMessage", &params), Err(RequestError::LongMessage));
    }
}
