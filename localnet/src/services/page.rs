//! Pages of listings: how long one may be, and tokens that say where the next begins.

use crate::services::errors::ApiError;
use prost::Message;
use prost::bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

const MAX_ITEMS: u32 = 1000;
const MAX_BYTES: usize = 512 * 1024;

/// What one page may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageSize {
    items: usize,
}

impl PageSize {
    /// The size asked for, between 1 and 1000, or a default.
    pub(crate) fn new(asked: Option<u32>, default: u32) -> Self {
        let items = asked.unwrap_or(default).clamp(1, MAX_ITEMS);
        Self { items: usize::try_from(items).unwrap_or(usize::MAX) }
    }

    /// Takes items, each with its place in the listing, until the page is full, by number or by bytes.
    /// The flag says whether more are left.
    ///
    /// # Errors
    /// Where an item is one.
    pub(crate) fn fill<K, T: Message>(
        self,
        items: impl IntoIterator<Item = Result<(K, T), ApiError>>,
    ) -> Result<(Vec<(K, T)>, bool), ApiError> {
        let (mut page, mut bytes) = (Vec::new(), 0);
        for item in items {
            if page.len() >= self.items || bytes >= MAX_BYTES {
                return Ok((page, true));
            }
            let (key, item) = item?;
            bytes += item.encoded_len();
            page.push((key, item));
        }
        Ok((page, false))
    }
}

/// A token for the page after a place in the listing that a query gives.
pub(crate) fn token<Q: Serialize, K: Serialize>(query: &Q, last: &K) -> Bytes {
    bcs::to_bytes(&(query, last)).expect("queries and keys have no unsupported part").into()
}

/// What a node says of bytes that are no token.
pub(crate) const INVALID: &str = "invalid page_token";

/// The place that a token of the same query names.
///
/// # Errors
/// Where it is not a token, or, in the given words, one of another query.
pub(crate) fn resume<Q, K>(
    token: Option<&[u8]>,
    query: &Q,
    of_another: &str,
) -> Result<Option<K>, ApiError>
where
    Q: DeserializeOwned + PartialEq,
    K: DeserializeOwned,
{
    let Some(token) = token else { return Ok(None) };
    let invalid = |text: &str| ApiError::invalid("page_token", text);
    let (of, last): (Q, K) = bcs::from_bytes(token).map_err(|_| invalid(INVALID))?;
    if of == *query { Ok(Some(last)) } else { Err(invalid(of_another)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_resumes_its_own_query_only() {
        let token = token(&("owner", Some(1u8)), &7u64);
        let resume = |query: (String, Option<u8>)| resume::<_, u64>(Some(&token), &query, "other");
        assert_eq!(resume(("owner".into(), Some(1))), Ok(Some(7)));
        let refused = Err(ApiError::invalid("page_token", "other"));
        assert_eq!(resume(("owner".into(), None)), refused);
        assert_eq!(resume(("other".into(), Some(1))), refused);
    }

    #[test]
    fn anything_else_is_no_token() {
        for bytes in [&b""[..], b"x", &[0xff; 40]] {
            let resumed = resume::<String, u64>(Some(bytes), &"q".to_owned(), "other");
            assert_eq!(resumed, Err(ApiError::invalid("page_token", "invalid page_token")));
        }
    }

    #[test]
    fn a_page_ends_by_number_or_by_bytes() {
        let fill_with = |asked, items: Vec<String>| {
            let items = items.into_iter().map(|item| Ok(((), item)));
            let (page, more) = PageSize::new(asked, 50).fill(items).expect("no error");
            (page.len(), more)
        };
        let fill = |asked, count| fill_with(asked, vec!["item".to_owned(); count]);
        assert_eq!(fill(None, 51), (50, true));
        assert_eq!(fill(None, 50), (50, false));
        assert_eq!(fill(Some(0), 2), (1, true));
        assert_eq!(fill(Some(u32::MAX), 1001), (1000, true));
        assert_eq!(fill_with(None, vec!["x".repeat(300 * 1024); 3]), (2, true));
    }
}
