//! A request to be paid, as a text that fits into a link or a QR code.
//!
//! `soma:pay?to=0x…&amount=1.5&chain=…` names who is paid, how much (or nothing, where the payer
//! decides), and on which chain, by the digest of its first checkpoint. A wallet on the web has the
//! same three after the address of its page for sending. Nothing else is read, and nothing twice:
//! a link that says more than this wallet understands is refused, not understood in part.

use crate::address::{Address, AddressParseError};
use crate::amount::{AmountParseError, Shannons};
use crate::digest::CheckpointDigest;
use crate::intent::{SendCoins, SendError};

/// How a link begins.
const SCHEME: &str = "soma:pay?";
/// The page for sending, within a wallet on the web.
const PAGE: &str = "send";
/// More than any link has; bytes.
const LONGEST: usize = 512;

/// A request to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaymentLink {
    /// Who is paid.
    pub to: Address,
    /// How much; the payer decides where it is not said.
    pub amount: Option<Shannons>,
    /// On which chain.
    pub chain: CheckpointDigest,
}

/// Why text is not a request to be paid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentLinkError {
    /// It begins otherwise.
    #[error("a payment link begins with soma:pay?")]
    NotALink,
    /// Longer than any link is.
    #[error("this is too long for a payment link")]
    TooLong,
    /// Something without a value, or with a character that no value has.
    #[error("this payment link is damaged")]
    Damaged,
    /// Something that this wallet does not know.
    #[error("this payment link asks for something that this wallet does not know")]
    Unknown,
    /// The same thing twice.
    #[error("this payment link says the same thing twice")]
    Repeated,
    /// Nobody is named.
    #[error("this payment link does not say who is paid")]
    NobodyNamed,
    /// No chain is named.
    #[error("this payment link does not say for which network it is")]
    NoChain,
    /// The recipient is no whole address, or nobody's.
    #[error("the recipient of this payment link cannot be paid: {0}")]
    Recipient(SendError),
    /// The amount is none.
    #[error("the amount of this payment link cannot be read: {0}")]
    Amount(AmountParseError),
    /// An amount of zero.
    #[error("the amount of this payment link is zero")]
    Nothing,
    /// The chain is not the digest of a checkpoint.
    #[error("the network of this payment link cannot be read")]
    Chain,
}

impl PaymentLink {
    /// Whether a text means to be a payment link, such as what is pasted where an address is asked for.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        let text = text.trim();
        let begins = |prefix: &str| {
            text.get(..prefix.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
        };
        begins("soma:") || begins("https://") || begins("http://")
    }

    /// Reads `soma:pay?…`, or the address of a wallet's page for sending, whosever wallet that is.
    ///
    /// # Errors
    /// Where it is neither, or its query is not one of [`parse_query`](Self::parse_query).
    pub fn parse(text: &str) -> Result<Self, PaymentLinkError> {
        let text = text.trim();
        if let Some(query) = text.strip_prefix(SCHEME) {
            return Self::parse_query(query);
        }
        let web = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let (page, query) =
            web.and_then(|web| web.split_once('?')).ok_or(PaymentLinkError::NotALink)?;
        match page.rsplit_once('/') {
            Some((_, PAGE)) => Self::parse_query(query),
            _ => Err(PaymentLinkError::NotALink),
        }
    }

    /// Reads what stands behind the question mark.
    ///
    /// # Errors
    /// See [`PaymentLinkError`].
    pub fn parse_query(query: &str) -> Result<Self, PaymentLinkError> {
        if query.len() > LONGEST {
            return Err(PaymentLinkError::TooLong);
        }
        let (mut to, mut amount, mut chain) = (None, None, None);
        for part in query.split('&') {
            let (name, value) = part.split_once('=').ok_or(PaymentLinkError::Damaged)?;
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
            if value.is_empty() || !value.bytes().all(plain) {
                return Err(PaymentLinkError::Damaged);
            }
            let place = match name {
                "to" => &mut to,
                "amount" => &mut amount,
                "chain" => &mut chain,
                _ => return Err(PaymentLinkError::Unknown),
            };
            if place.replace(value).is_some() {
                return Err(PaymentLinkError::Repeated);
            }
        }
        let to = to.ok_or(PaymentLinkError::NobodyNamed)?;
        let chain = chain.ok_or(PaymentLinkError::NoChain)?;
        let amount = amount.map(str::parse::<Shannons>).transpose();
        let amount = amount.map_err(PaymentLinkError::Amount)?;
        if amount == Some(Shannons::ZERO) {
            return Err(PaymentLinkError::Nothing);
        }
        let to = match to.strip_prefix("0x") {
            Some(_) => SendCoins::parse_recipient(to),
            None => Err(SendError::Recipient(AddressParseError::NotHex)),
        };
        Ok(Self {
            to: to.map_err(PaymentLinkError::Recipient)?,
            amount,
            chain: chain.parse().map_err(|_| PaymentLinkError::Chain)?,
        })
    }

    /// What stands behind the question mark.
    fn query(&self) -> String {
        let amount = self.amount.map(|amount| format!("&amount={amount}")).unwrap_or_default();
        format!("to={}{amount}&chain={}", self.to, self.chain)
    }

    /// For wallets.
    #[must_use]
    pub fn to_uri(&self) -> String {
        format!("{SCHEME}{}", self.query())
    }

    /// For browsers: the wallet at this address opens and asks its owner. The address ends in `/`.
    #[must_use]
    pub fn to_url(&self, wallet: &str) -> String {
        format!("{wallet}{PAGE}?{}", self.query())
    }
}

#[cfg(test)]
mod tests {
    use super::{PaymentLink, PaymentLinkError};
    use crate::address::Address;
    use crate::amount::Shannons;
    use crate::digest::CheckpointDigest;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn link(amount: Option<u64>) -> PaymentLink {
        let chain = CheckpointDigest([7; 32]);
        PaymentLink { to: Address([0xab; 32]), amount: amount.map(Shannons), chain }
    }

    #[test]
    fn a_link_is_written_and_read_in_both_forms() {
        for amount in [None, Some(1), Some(1_500_000_000), Some(u64::MAX)] {
            let link = link(amount);
            assert_eq!(PaymentLink::parse(&link.to_uri()), Ok(link));
            let url = link.to_url("https://wallet.example/of/mine/");
            assert_eq!(PaymentLink::parse(&format!(" {url}\n")), Ok(link));
            assert!(PaymentLink::is_meant(&url) && PaymentLink::is_meant(&link.to_uri()));
        }
        let written = link(Some(1_500_000_000)).to_uri();
        let to = "ab".repeat(32);
        let chain = CheckpointDigest([7; 32]);
        assert_eq!(written, format!("soma:pay?to=0x{to}&amount=1.5&chain={chain}"));
        assert!(!PaymentLink::is_meant(&format!("0x{to}")) && !PaymentLink::is_meant(""));
    }

    #[test]
    fn a_link_that_is_not_understood_whole_is_refused() {
        let good = link(Some(1)).to_uri();
        let (to, chain) = (format!("0x{}", "ab".repeat(32)), CheckpointDigest([7; 32]));
        let error = |text: &str| PaymentLink::parse(text).expect_err(text);
        assert_eq!(error(&format!("{good}&memo=hello")), PaymentLinkError::Unknown);
        assert_eq!(error(&format!("{good}&To={to}")), PaymentLinkError::Unknown);
        assert_eq!(error(&format!("{good}&to={to}")), PaymentLinkError::Repeated);
        assert_eq!(error(&format!("{good}&")), PaymentLinkError::Damaged);
        assert_eq!(error(&format!("{good}#more")), PaymentLinkError::Damaged);
        assert_eq!(error(&good.replace("0x", "%30x")), PaymentLinkError::Damaged);
        assert_eq!(error(&good.replace("amount=0.0", "amount=+0.0")), PaymentLinkError::Damaged);
        assert_eq!(
            error(&format!("soma:pay?amount=1&chain={chain}")),
            PaymentLinkError::NobodyNamed
        );
        assert_eq!(error(&format!("soma:pay?to={to}")), PaymentLinkError::NoChain);
        assert_eq!(error(&format!("soma:pay?to={to}&chain=0OIl")), PaymentLinkError::Chain);
        assert_eq!(error(&format!("{good}{}", "0".repeat(600))), PaymentLinkError::TooLong);
        for text in [
            "",
            "soma:send?to=1",
            "SOMA:PAY?to=1",
            "https://a.b/send",
            "https://a.b/pay?to=1",
            "ftp://a/send?to=1",
        ] {
            assert_eq!(error(text), PaymentLinkError::NotALink, "{text}");
        }
    }

    #[test]
    fn a_link_that_would_pay_nobody_or_nothing_is_refused() {
        let good = link(Some(1_000_000_000)).to_uri();
        let zero = format!("0x{}", "0".repeat(64));
        let refused = |text: &str| PaymentLink::parse(text).expect_err(text);
        let of = good.replace(&format!("0x{}", "ab".repeat(32)), &zero);
        assert!(matches!(refused(&of), PaymentLinkError::Recipient(_)));
        for short in
            ["0xab", "ab", "0x", "abababababababababababababababababababababababababababababababab"]
        {
            let text = good.replace(&format!("0x{}", "ab".repeat(32)), short);
            assert!(matches!(refused(&text), PaymentLinkError::Recipient(_)), "{short}");
        }
        for (amount, whole) in [("0", true), ("0.0", true), ("1.0000000001", false), ("1e9", false)]
        {
            let error = refused(&good.replace("amount=1&", &format!("amount={amount}&")));
            assert_eq!(matches!(error, PaymentLinkError::Nothing), whole, "{amount}: {error}");
        }
    }
}
