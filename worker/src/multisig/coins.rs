//! Coins that proposals use: a transaction that takes them first ends the proposal.

use super::record::{self, headline, sender};
use crate::activity::Ledger;
use crate::context::Context;
use crate::refusal::Refusal;
use std::collections::BTreeSet;
use wasm_core::address::ObjectId;
use wasm_core::job::send::InFlight;
use wasm_core::preview::{Finding, Level};

/// Proposals that are named; of more only the number is said.
const NAMED: usize = 3;

/// What there is to say of a transaction that uses what proposals of the same account use.
pub(crate) async fn warnings(
    context: &Context,
    ledger: Ledger,
    sent: &InFlight,
) -> Result<Vec<Finding>, Refusal> {
    let used: BTreeSet<ObjectId> = sent.excluded().collect();
    let mut named = Vec::new();
    let mut further = 0_usize;
    for (record, proposal) in record::all(context, ledger.chain).await? {
        let is_other = record.is_alive()
            && sender(&proposal) == ledger.account
            && proposal.digest() != sent.digest;
        let uses = |in_flight: InFlight| in_flight.excluded().any(|id| used.contains(&id));
        if !is_other || !uses(InFlight::of(proposal.transaction(), record.checkpoint)) {
            continue;
        }
        if named.len() == NAMED {
            further += 1;
            continue;
        }
        named.push(Finding {
            level: Level::Caution,
            text: format!(
                "This uses coins or objects of a proposal that is kept here: “{}”. Whichever of the two is \
                 executed first, the other can never be.",
                headline(&proposal)
            ),
        });
    }
    if further > 0 {
        named.push(Finding {
            level: Level::Caution,
            text: format!("The same holds for {further} more proposals."),
        });
    }
    Ok(named)
}
