//! Answers to sites: their JSON text and the codes of refusals.

use super::request::{SiteRequest, VERSION};
use super::transaction::MAX_TRANSACTION_BYTES;
use super::{ChainName, OriginError, UserKind};
use crate::address::Address;
use crate::digest::TransactionDigest;
use crate::failure::FailureKind;
use crate::keys::PublicKey;
use crate::tx::sign::{SignedTransaction, UserSignature};
use base64ct::{Base64, Encoding as _};
use serde::Serialize;

/// Why a site gets nothing. Each has a code, a stable word and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteError {
    /// The owner said no.
    Rejected,
    /// Not a request.
    Malformed(String),
    /// More than is read.
    TooLarge(String),
    /// The site may not use the account, if there is one.
    Unauthorized,
    /// No wallet talks to this page.
    Origin(OriginError),
    /// Another request of the site waits.
    Busy,
    /// The owner refused several times, and is not asked for a while.
    Throttled {
        /// For so long, in milliseconds.
        wait_ms: u64,
    },
    /// The wallet has no such network.
    WrongChain,
    /// The account cannot sign by itself.
    AccountCannotSign,
    /// No such method, or of another version.
    UnknownMethod(String),
    /// The wallet was locked while the request waited.
    Locked,
    /// The wallet does not sign this.
    Unsupported(String),
    /// It cannot be done as things are.
    Failed(String),
    /// It was sent, and what became of it is not known.
    Unsettled(TransactionDigest),
    /// Account, network or permission changed while the request waited.
    Expired,
}

impl SiteError {
    /// The number: of the Wallet Standard where it has one, else 5 300 000 and above.
    #[must_use]
    pub const fn code(&self) -> u32 {
        match self {
            Self::Rejected => 4_001_000,
            Self::WrongChain => 6_160_000,
            Self::AccountCannotSign => 6_160_001,
            Self::UnknownMethod(_) => 6_160_002,
            Self::Malformed(_) => 5_300_000,
            Self::TooLarge(_) => 5_300_001,
            Self::Unauthorized | Self::Origin(_) => 5_300_002,
            Self::Busy => 5_300_003,
            Self::Throttled { .. } => 5_300_004,
            Self::Locked => 5_300_006,
            Self::Unsupported(_) => 5_300_007,
            Self::Failed(_) => 5_300_008,
            Self::Expired => 5_300_009,
            Self::Unsettled(_) => 5_300_010,
        }
    }

    /// The word, which stays the same.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Malformed(_) => "malformed",
            Self::TooLarge(_) => "too-large",
            Self::Unauthorized | Self::Origin(_) => "unauthorized",
            Self::Busy => "busy",
            Self::Throttled { .. } => "throttled",
            Self::WrongChain => "wrong-chain",
            Self::AccountCannotSign | Self::UnknownMethod(_) | Self::Unsupported(_) => {
                "unsupported"
            }
            Self::Locked => "locked",
            Self::Failed(_) => "failed",
            Self::Unsettled(_) => "unsettled",
            Self::Expired => "expired",
        }
    }

    /// The sentence, for a developer.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Rejected => "the owner of the wallet said no".into(),
            Self::Malformed(text)
            | Self::TooLarge(text)
            | Self::UnknownMethod(text)
            | Self::Unsupported(text)
            | Self::Failed(text) => text.clone(),
            Self::Origin(error) => error.to_string(),
            Self::Unauthorized => "this site may not use that account; connect first".into(),
            Self::Busy => "another request of this site waits for an answer".into(),
            Self::Throttled { .. } => {
                "requests of this site were refused several times; wait before the next".into()
            }
            Self::WrongChain => "the wallet does not have that network".into(),
            Self::AccountCannotSign => "this account does not sign by itself".into(),
            Self::Locked => "the wallet was locked while the request waited".into(),
            Self::Unsettled(_) => {
                "the transaction was sent and what became of it is not known: look its digest up, and do not \
                 make another one"
                    .into()
            }
            Self::Expired => "account, network or permission changed while the request waited".into(),
        }
    }
}

#[derive(Serialize)]
struct Answer<'a, T> {
    version: u64,
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorText>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorText {
    code: u32,
    reason: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

/// The text of a refusal. What could not be read has no id.
///
/// # Panics
/// Never: texts and numbers have a JSON.
#[must_use]
pub fn refusal(id: Option<&str>, error: &SiteError) -> String {
    let wait = |error: &SiteError| match error {
        SiteError::Throttled { wait_ms } => Some(*wait_ms),
        _ => None,
    };
    let digest = match error {
        SiteError::Unsettled(digest) => Some(digest.to_string()),
        _ => None,
    };
    let error = ErrorText {
        code: error.code(),
        reason: error.reason(),
        message: error.message(),
        retry_after_ms: wait(error),
        digest,
    };
    write(&Answer::<()> { version: VERSION, id, ok: None, error: Some(error) })
}

/// The text that tells a site that its request was turned down by the owner, such as by closing a window
/// before the wallet looked at it.
#[must_use]
pub fn rejected(request: &str) -> String {
    refusal(SiteRequest::id_of(request).as_deref(), &SiteError::Rejected)
}

fn good(id: &str, ok: impl Serialize) -> String {
    write(&Answer { version: VERSION, id: Some(id), ok: Some(ok), error: None })
}

fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers have a JSON")
}

/// An account as a site is told it. Its name is its owner's and stays here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountText {
    /// Which.
    pub address: Address,
    /// Base64 of flag and key.
    pub public_key: String,
    /// Networks that it can be used on, the chosen one first.
    pub chains: Vec<ChainName>,
}

/// Base64 of the scheme's flag and the key, as accounts are told.
#[must_use]
pub fn public_key_text(key: &PublicKey) -> String {
    Base64::encode_string(&[&[0][..], key.as_bytes()].concat())
}

/// The answer to a connection.
#[must_use]
pub fn connected(id: &str, accounts: &[AccountText]) -> String {
    #[derive(Serialize)]
    struct Connected<'a> {
        accounts: &'a [AccountText],
    }
    good(id, Connected { accounts })
}

/// The answer to a disconnection.
#[must_use]
pub fn disconnected(id: &str) -> String {
    #[derive(Serialize)]
    struct Nothing {}
    good(id, Nothing {})
}

/// What the wallet says to a site's open pages when its accounts changed.
#[must_use]
pub fn changed(accounts: &[AccountText]) -> String {
    #[derive(Serialize)]
    struct Changed<'a> {
        version: u64,
        event: &'static str,
        accounts: &'a [AccountText],
    }
    write(&Changed { version: VERSION, event: "change", accounts })
}

/// The answer to what the wallet can do.
#[must_use]
pub fn capabilities(id: &str, chains: &[ChainName]) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Capabilities<'a> {
        kinds: [UserKind; 23],
        chains: &'a [ChainName],
        max_transaction_bytes: usize,
        simulates: bool,
        auto_approval: bool,
        model_vault: bool,
    }
    let capabilities = Capabilities {
        kinds: UserKind::ALL,
        chains,
        max_transaction_bytes: MAX_TRANSACTION_BYTES,
        simulates: true,
        auto_approval: true,
        model_vault: false,
    };
    good(id, capabilities)
}

#[derive(Serialize)]
struct Signed {
    bytes: String,
    signature: String,
}

impl Signed {
    fn of(signed: &SignedTransaction) -> Self {
        Self {
            bytes: Base64::encode_string(&signed.transaction.to_bytes()),
            signature: Base64::encode_string(&signed.signature.to_bytes()),
        }
    }
}

/// The answer to a transaction that was signed.
#[must_use]
pub fn signed(id: &str, transaction: &SignedTransaction) -> String {
    good(id, Signed::of(transaction))
}

/// What came of an executed transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// BCS of its effects, where all of them are known.
    pub effects: Option<Vec<u8>>,
    /// The checkpoint that holds it, where there is one already.
    pub checkpoint: Option<u64>,
    /// Why it failed on chain.
    pub failure: Option<FailureKind>,
}

/// The answer to a transaction that was executed. One that failed on chain is executed, too.
#[must_use]
pub fn executed(id: &str, transaction: &SignedTransaction, execution: &Execution) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Executed {
        #[serde(flatten)]
        signed: Signed,
        digest: TransactionDigest,
        effects: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        checkpoint: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        failure: Option<String>,
    }
    let executed = Executed {
        signed: Signed::of(transaction),
        digest: transaction.transaction.digest(),
        effects: execution.effects.as_ref().map(|effects| Base64::encode_string(effects)),
        checkpoint: execution.checkpoint,
        failure: execution.failure.map(|kind| format!("{kind:?}")),
    };
    good(id, executed)
}

/// The answer to a message that was signed: its text and the signature.
#[must_use]
pub fn message_signed(id: &str, text: &str, signature: &UserSignature) -> String {
    let (bytes, signature) =
        (Base64::encode_string(text.as_bytes()), Base64::encode_string(&signature.to_bytes()));
    good(id, Signed { bytes, signature })
}
