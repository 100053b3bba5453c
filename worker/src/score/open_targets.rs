//! All open targets of a node, page by page.

use crate::network::Node;
use wasm_core::listing::{ListedTarget, StatusFilter, TargetFilter};
use wasm_core::ports::ChainError;

/// Targets asked for at once.
const PAGE: u32 = 500;

/// Asks for all open targets, embeddings included, and hands out each page. Ends where `take` wants
/// no more; returns whether there were more.
pub(super) async fn each_page<E: From<ChainError>>(
    node: &Node,
    mut take: impl AsyncFnMut(Vec<ListedTarget>) -> Result<bool, E>,
) -> Result<bool, E> {
    let filter = TargetFilter { status: Some(StatusFilter::Open), ..TargetFilter::default() };
    let (mut tokens, mut token) = (Vec::new(), None);
    loop {
        let page = node.target_page(&filter, PAGE, token.as_ref()).await?;
        let wants_more = take(page.items).await?;
        let Some(next) = page.next else { return Ok(false) };
        if !wants_more {
            return Ok(true);
        }
        if tokens.contains(&next) {
            return Err(ChainError::Garbage("a listing without an end".to_owned()).into());
        }
        tokens.push(next.clone());
        token = Some(next);
    }
}
