//! Bytes on their way through: checked as they pass, never all of them in memory.

use axum::body::Bytes;
use blake2::digest::Digest as _;
use futures::StreamExt as _;
use futures::stream::{self, Stream};
use std::io;
use wasm_core::digest::{Blake2b256, Checksum};

/// The bytes as they come, but the last of them only once all were the right ones: a file that is
/// not what its manifest says breaks off, and cannot be taken for whole.
pub(super) fn verified<E: std::error::Error + Send + Sync + 'static>(
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    size: u64,
    checksum: Checksum,
) -> impl Stream<Item = io::Result<Bytes>> {
    struct Passage<S> {
        body: S,
        hasher: Blake2b256,
        seen: u64,
        held: Option<Bytes>,
    }
    let passage = Passage { body, hasher: Blake2b256::new(), seen: 0, held: None };
    stream::try_unfold(passage, move |mut passage| async move {
        while let Some(chunk) = passage.body.next().await {
            let chunk = chunk.map_err(io::Error::other)?;
            passage.hasher.update(&chunk);
            passage.seen += chunk.len() as u64;
            if passage.seen > size {
                return Err(io::Error::other("the file is longer than its manifest says"));
            }
            if let Some(earlier) = passage.held.replace(chunk) {
                return Ok(Some((earlier, passage)));
            }
        }
        let Some(last) = passage.held.take() else { return Ok(None) };
        let digest = passage.hasher.finalize_reset();
        if passage.seen != size || digest[..] != checksum.0[..] {
            return Err(io::Error::other("the file is not the one its manifest names"));
        }
        Ok(Some((last, passage)))
    })
}

/// So many bytes after the first ones. It fails where there are fewer; what follows is not waited for.
pub(super) fn part<E: std::error::Error + Send + Sync + 'static>(
    body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    skipped: u64,
    length: u64,
) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold((body, skipped, length), |(mut body, mut skip, mut left)| async move {
        while left > 0 {
            let Some(chunk) = body.next().await else {
                return Err(io::Error::other("the file is shorter than its manifest says"));
            };
            let mut chunk = chunk.map_err(io::Error::other)?;
            let passed = usize::try_from(skip).unwrap_or(usize::MAX).min(chunk.len());
            drop(chunk.split_to(passed));
            skip -= passed as u64;
            chunk.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            left -= chunk.len() as u64;
            if !chunk.is_empty() {
                return Ok(Some((chunk, (body, skip, left))));
            }
        }
        Ok(None)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::TryStreamExt as _;
    use std::convert::Infallible;

    async fn pass(chunks: &'static [&'static str], size: u64, of: &str) -> io::Result<Vec<Bytes>> {
        let body =
            chunks.iter().map(|chunk| Ok::<_, Infallible>(Bytes::from_static(chunk.as_bytes())));
        let checksum = Checksum(Blake2b256::digest(of).into());
        verified(stream::iter(body), size, checksum).try_collect().await
    }

    #[tokio::test]
    async fn the_right_bytes_pass_whatever_their_chunks() {
        assert_eq!(
            pass(&["wei", "gh", "ts"], 7, "weights").await.expect("passed").concat(),
            b"weights"
        );
        assert_eq!(pass(&["weights"], 7, "weights").await.expect("passed").concat(), b"weights");
        assert_eq!(pass(&[], 0, "").await.expect("passed").concat(), b"");
    }

    #[tokio::test]
    async fn wrong_bytes_break_off_before_their_end() {
        assert!(pass(&["wei", "ghtz"], 7, "weights").await.is_err());
        assert!(pass(&["wei", "ght"], 7, "weights").await.is_err());
        assert!(pass(&["wei", "ghts", "!"], 7, "weights").await.is_err());
    }

    async fn cut(chunks: &'static [&'static str], skip: u64, length: u64) -> io::Result<Vec<u8>> {
        let body =
            chunks.iter().map(|chunk| Ok::<_, Infallible>(Bytes::from_static(chunk.as_bytes())));
        let chunks: Vec<Bytes> = part(stream::iter(body), skip, length).try_collect().await?;
        Ok(chunks.concat())
    }

    #[tokio::test]
    async fn a_part_is_cut_out_whatever_the_chunks() {
        assert_eq!(cut(&["0123456789"], 2, 3).await.expect("cut"), b"234");
        assert_eq!(cut(&["01", "", "2", "3456", "789"], 2, 3).await.expect("cut"), b"234");
        assert_eq!(cut(&["01234", "56789"], 5, 5).await.expect("cut"), b"56789");
        assert_eq!(cut(&["234"], 0, 3).await.expect("cut"), b"234");
    }

    #[tokio::test]
    async fn a_part_that_is_not_all_there_breaks_off() {
        assert!(cut(&["0123"], 2, 3).await.is_err());
        assert!(cut(&["01"], 5, 1).await.is_err());
        assert!(cut(&[], 0, 1).await.is_err());
    }
}
