//! Whether an address that is to be known by a name looks like one that is known already: who is once in the
//! address book is believed.

use crate::activity::Ledger;
use crate::context::Context;
use crate::network;
use crate::refusal::Refusal;
use crate::review;
use bridge::accounts::LOOKS_ALIKE;
use std::rc::Rc;
use wasm_core::address::Address;

/// Refuses an address that looks like another one, unless that was accepted.
pub(super) async fn check(
    context: &Rc<Context>,
    address: Address,
    despite: bool,
) -> Result<(), Refusal> {
    if despite {
        return Ok(());
    }
    // Whom was paid is known per chain; before any was ever reached, nobody was.
    let chain = network::last_chain(context).ok();
    let account = context.account()?;
    let ledger = chain.map(|chain| Ledger { chain, account });
    let known = review::acquaintances(context, ledger).await?;
    match known.look_alike(address) {
        None => Ok(()),
        Some(warning) => Err(Refusal::new(
            LOOKS_ALIKE,
            warning,
            "Nothing was kept. Compare all digits with where you have the address from.",
        )),
    }
}
