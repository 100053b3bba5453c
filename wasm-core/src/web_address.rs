//! Web addresses, read as browsers read them.
//!
//! Reading hosts of all scripts takes tables that weigh more than all keys and transactions. A program that
//! runs where something reads addresses already, as JavaScript does, may lend that with `host-urls`.

/// An address in its normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebAddress {
    /// All of it.
    pub href: String,
    /// What stands before the first colon.
    pub scheme: String,
    /// Name or number of the machine, numbers of IPv6 in brackets; nothing where there is none.
    pub host: String,
    /// Scheme, host and port, or `null`.
    pub origin: String,
}

/// Reads an address as it is written.
#[cfg(not(feature = "host-urls"))]
pub(crate) fn read(text: &str) -> Result<WebAddress, String> {
    let url = url::Url::parse(text).map_err(|error| error.to_string())?;
    Ok(WebAddress {
        scheme: url.scheme().to_owned(),
        host: url.host_str().unwrap_or_default().to_owned(),
        origin: url.origin().ascii_serialization(),
        href: url.into(),
    })
}

#[cfg(feature = "host-urls")]
pub(crate) use host::read;
#[cfg(feature = "host-urls")]
pub use host::{Reader, lend};

#[cfg(feature = "host-urls")]
mod host {
    use super::WebAddress;
    use std::sync::OnceLock;

    /// Reads an address, or says what is wrong with it.
    pub type Reader = fn(&str) -> Result<WebAddress, String>;

    static READER: OnceLock<Reader> = OnceLock::new();

    /// Lends the core what reads addresses here. The first one stays.
    pub fn lend(reader: Reader) {
        READER.get_or_init(|| reader);
    }

    pub(crate) fn read(text: &str) -> Result<WebAddress, String> {
        let reader = READER.get().ok_or("nothing reads addresses here")?;
        reader(text)
    }
}
