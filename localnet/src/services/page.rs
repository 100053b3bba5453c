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

    /// Takes items until the page is full, by number or by bytes. The flag says whether more are left.
    pub(crate) fn fill<T: Message>(self, items: impl IntoIterator<Item = T>) -> (Vec<T>, bool) {
        let (mut page, mut bytes) = (Vec::new(), 0);
        for item in items {
            if page.len() >= self.items || bytes >= MAX_BYTES {
                return (page, true);
            }
            bytes += item.encoded_len();
            page.push(item);
        }
        (page, false)
    }
}

/// A token for the page after a place in the listing that a query gives.
pub(crate) fn token<Q: Serialize, K: Serialize>(query: &Q, last: &K) -> Bytes {
    bcs::to_bytes(&(query, last)).expect("queries and keys have no unsupported part").into()
}

/// The place that a token of the same query names.
///
/// # Errors
/// Where it is not a token, or one of another query.
pub(crate) fn resume<Q, K>(token: Option<&[u8]>, query: &Q) -> Result<Option<K>, ApiError>
where
    Q: DeserializeOwned + PartialEq,
    K: DeserializeOwned,
{
    let Some(token) = token else { return Ok(None) };
    let invalid = || ApiError::invalid("page_token", "invalid page_token");
    let (of, last): (Q, K) = bcs::from_bytes(token).map_err(|_| invalid())?;
    if of == *query { Ok(Some(last)) } else { Err(invalid()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_resumes_its_own_query_only() {
        let token = token(&("owner", Some(1u8)), &7u64);
        let resume = |query: (String, Option<u8>)| resume::<_, u64>(Some(&token), &query);
        assert_eq!(resume(("owner".into(), Some(1))), Ok(Some(7)));
        assert!(resume(("owner".into(), None)).is_err());
        assert!(resume(("other".into(), Some(1))).is_err());
    }

    #[test]
    fn anything_else_is_no_token() {
        for bytes in [&b""[..], b"x", &[0xff; 40]] {
            let resumed = resume::<String, u64>(Some(bytes), &"q".to_owned());
            assert_eq!(resumed, Err(ApiError::invalid("page_token", "invalid page_token")));
        }
    }

    #[test]
    fn a_page_ends_by_number_or_by_bytes() {
        let fill = |asked, count| {
            let (page, more) = PageSize::new(asked, 50).fill(vec!["item".to_owned(); count]);
            (page.len(), more)
        };
        assert_eq!(fill(None, 51), (50, true));
        assert_eq!(fill(None, 50), (50, false));
        assert_eq!(fill(Some(0), 2), (1, true));
        assert_eq!(fill(Some(u32::MAX), 1001), (1000, true));
        let large = vec!["x".repeat(300 * 1024); 3];
        let (page, more) = PageSize::new(None, 50).fill(large);
        assert_eq!((page.len(), more), (2, true));
    }
}
