//! What web sites ask, and what is done about it.

use crate::context::Context;
use crate::refusal::Refusal;
use bridge::dapp::{DappReply, DappRequest};
use std::rc::Rc;

/// Answers what a page passes on from a site, or asks about sites.
#[expect(clippy::unused_async, reason = "its parts wait; they come one by one")]
pub(crate) async fn answer(
    context: &Rc<Context>,
    request: DappRequest,
) -> Result<DappReply, Refusal> {
    let _ = (context, request);
    Err(Refusal::new("dapp/not-yet", "Sites are not served yet.", "Use the wallet itself."))
}
