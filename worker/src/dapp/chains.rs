//! Which networks the wallet has, by the names that sites use.

use crate::context::Context;
use crate::network;
use crate::refusal::Refusal;
use bridge::network::{Network, NetworkState};
use browser::clock::sleep_ms;
use wasm_core::dapp::ChainName;
use wasm_core::dapp::origin::is_local_url;
use wasm_core::digest::CheckpointDigest;

/// A network that was just chosen is waited for: so often, so long each time.
const LOOKS: u32 = 40;
const LOOK_MS: u32 = 250;

/// Where a request is to be carried out.
pub(super) enum Place {
    /// On the network in use.
    Here(CheckpointDigest),
    /// On one of these.
    Elsewhere(Vec<String>),
    /// On none that the wallet has.
    Nowhere,
}

/// Where the network of a name is.
pub(super) async fn place(context: &Context, name: &ChainName) -> Result<Place, Refusal> {
    for _ in 0..LOOKS {
        if !matches!(context.following.status().state, NetworkState::Connecting) {
            break;
        }
        sleep_ms(LOOK_MS).await;
    }
    let here = context.following.status();
    let chain = context.following.facts().map(|facts| facts.chain_id);
    if let Ok(chain) = &chain
        && name.names(*chain, is_local_url(&here.network.rpc_url))
    {
        return Ok(Place::Here(*chain));
    }
    let networks = context.settings.borrow().networks();
    let others = networks.iter().filter(|network| network.name != here.network.name);
    let known: Vec<String> = others
        .filter(|network| is_named(context, network, name))
        .map(|network| network.name.clone())
        .collect();
    if !known.is_empty() {
        return Ok(Place::Elsewhere(known));
    }
    if is_named(context, &here.network, name) {
        // It would be here, were there an answer.
        chain?;
    }
    Ok(Place::Nowhere)
}

/// What is known of a network's identity without asking it.
fn known_chain(context: &Context, network: &Network) -> Option<CheckpointDigest> {
    let last = || context.settings.borrow().chains.get(&network.rpc_url).copied();
    network.expected_chain_id.or_else(last)
}

fn is_named(context: &Context, network: &Network, name: &ChainName) -> bool {
    let is_local = is_local_url(&network.rpc_url);
    match known_chain(context, network) {
        Some(chain) => name.names(chain, is_local),
        None => is_local && *name == ChainName::localnet(),
    }
}

/// Networks that sites are told of: the one in use first, then those that everybody has. Which others
/// somebody keeps is their own affair.
pub(super) fn names(context: &Context) -> Vec<ChainName> {
    let network = context.following.status().network;
    let is_local = is_local_url(&network.rpc_url);
    let chain = network::last_chain(context).ok().or_else(|| known_chain(context, &network));
    let here = match chain {
        Some(chain) => Some(ChainName::of(chain, is_local)),
        None => is_local.then(ChainName::localnet),
    };
    let mut names: Vec<ChainName> = here.into_iter().collect();
    for name in [ChainName::testnet(), ChainName::localnet()] {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
