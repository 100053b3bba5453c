//! Looking for accounts of a recovery phrase that were used before, one at a time.

use super::change::not_added;
use crate::context::Context;
use crate::refusal::Refusal;
use bridge::accounts::{FoundAccount, LookedAt};
use std::rc::Rc;
use wasm_core::amount::Shannons;
use wasm_core::discovery::Discovery;
use wasm_core::ports::Chain as _;
use wasm_core::vault::{AddAccountError, PhraseId};

/// Objects counted at most: more than none is all that matters.
const COUNTED: u32 = 100;

/// Looks at the next account of a search. The node learns which addresses belong together.
pub(super) async fn look(
    context: &Rc<Context>,
    phrase: PhraseId,
    mut search: Discovery,
) -> Result<LookedAt, Refusal> {
    let Some(path) = search.next() else {
        return Ok(LookedAt { search, account: None });
    };
    context.following.facts()?;
    let wallet = context.open_wallet()?;
    let derived = wallet.read(|secrets| {
        let address = secrets.phrase(phrase)?.mnemonic().derive(&path).address();
        Some((address, secrets.keypair(&address).is_some()))
    });
    let (address, known) = derived.ok_or_else(|| not_added(&AddAccountError::UnknownPhrase))?;
    let node = context.following.node();
    let coins = node.coins(address).await?;
    let objects = node.owned_page(address, None, COUNTED, None).await?.items.len();
    let balance = coins.iter().fold(0_u64, |sum, coin| sum.saturating_add(coin.balance));
    search.note(known || objects > 0 || !coins.is_empty());
    let balance = Shannons(balance);
    let account = Some(FoundAccount { path, address, balance, objects, known });
    Ok(LookedAt { search, account })
}
