//! The chosen network: who it says it is, followed as it moves.

use crate::context::Context;
use crate::post::post;
use crate::refusal::Refusal;
use bridge::network::{Network, NetworkFacts, NetworkState, NetworkStatus};
use bridge::protocol::Event;
use browser::clock::sleep_ms;
use futures::StreamExt;
use futures::future::{Either, select};
use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use wasm_core::amount::Shannons;
use wasm_core::digest::CheckpointDigest;
use wasm_core::manifest::Url;
use wasm_core::ports::{Chain, ChainError};
use wasm_core::tx::TransactionKind;

/// A node as the worker reaches it.
pub(crate) type Node = rpc::web::WebClient;

/// Between two looks at a network that answers.
const LOOK_MS: u32 = 3_000;
/// Between two attempts to reach one that does not.
const RETRY_MS: u32 = 2_000;

/// The chosen network and what is known of it.
pub(crate) struct Following {
    status: RefCell<NetworkStatus>,
    node: RefCell<Rc<Node>>,
    /// Grows with each choice; what was begun for an older one is void.
    choice: Cell<u64>,
    /// The chain that this choice turned out to be.
    chain: Cell<Option<CheckpointDigest>>,
}

impl Following {
    pub(crate) fn new(network: Network) -> Self {
        let node = Rc::new(Node::connect(&network.rpc_url));
        let status = NetworkStatus { network, state: NetworkState::Connecting };
        Self {
            status: RefCell::new(status),
            node: RefCell::new(node),
            choice: Cell::new(0),
            chain: Cell::new(None),
        }
    }

    pub(crate) fn status(&self) -> NetworkStatus {
        self.status.borrow().clone()
    }

    pub(crate) fn node(&self) -> Rc<Node> {
        Rc::clone(&self.node.borrow())
    }

    /// The node, if the chosen network is this chain now. What is asked of it next is asked of that one,
    /// whatever is chosen meanwhile.
    pub(crate) fn node_of(&self, chain: CheckpointDigest) -> Option<Rc<Node>> {
        self.facts().ok().filter(|facts| facts.chain_id == chain).map(|_| self.node())
    }

    pub(crate) fn choice(&self) -> u64 {
        self.choice.get()
    }

    /// What the network says; an error while it says nothing, or is another chain.
    pub(crate) fn facts(&self) -> Result<NetworkFacts, Refusal> {
        match &self.status.borrow().state {
            NetworkState::Online(facts) => Ok((**facts).clone()),
            NetworkState::Connecting => Err(Refusal::passing(
                "network/connecting",
                "The network has not answered yet.",
                "Wait a moment and try again.",
            )),
            NetworkState::Offline { reason } => Err(Refusal::passing(
                "network/offline",
                format!("The network does not answer: {reason}."),
                "Check that the node runs and the address is right, or choose another network. \
                 Nothing was sent.",
            )),
            NetworkState::WrongChain { expected, actual } => Err(wrong_chain(expected, actual)),
        }
    }

    fn choose(&self, network: Network) {
        self.choice.set(self.choice.get() + 1);
        self.chain.set(None);
        *self.node.borrow_mut() = Rc::new(Node::connect(&network.rpc_url));
        *self.status.borrow_mut() = NetworkStatus { network, state: NetworkState::Connecting };
    }

    /// Uses an indexer for a network from now on. Says whether that is the chosen one.
    pub(crate) fn set_indexer(&self, name: &str, url: Option<String>) -> bool {
        let mut status = self.status.borrow_mut();
        let chosen = status.network.name == name;
        if chosen {
            status.network.graphql_url = url;
        }
        chosen
    }

    /// Takes note of the chain that answers for a choice. Says whether it was another one before.
    fn is_another_chain(&self, choice: u64, state: &NetworkState) -> bool {
        let NetworkState::Online(facts) = state else { return false };
        self.choice.get() == choice
            && self.chain.replace(Some(facts.chain_id)).is_some_and(|known| known != facts.chain_id)
    }

    /// Takes note of what was learnt for a choice. Says whether anything changed.
    fn learn(&self, choice: u64, state: NetworkState) -> bool {
        if self.choice.get() != choice || self.status.borrow().state == state {
            return false;
        }
        self.status.borrow_mut().state = state;
        true
    }
}

fn wrong_chain(expected: &CheckpointDigest, actual: &CheckpointDigest) -> Refusal {
    Refusal::new(
        "network/wrong-chain",
        format!(
            "The node belongs to another chain than the one this network was kept as: {actual} \
             instead of {expected}. Nothing is signed for it."
        ),
        "Check the address of the node, or remove the network and add it anew if you trust it.",
    )
}

/// A node at a base URL, which must be one that a browser can fetch.
pub(crate) fn connect(url: &str) -> Result<Node, Refusal> {
    let parsed: Result<Url, _> = url.trim().parse();
    match parsed {
        Ok(url) if url.is_http() => Ok(Node::connect(url.as_str())),
        _ => Err(Refusal::new(
            "network/url",
            format!("{url} is not the address of a node."),
            "Give the whole address, such as https://fullnode.testnet.soma.org.",
        )),
    }
}

/// Ends the epoch of a local network.
pub(crate) async fn advance_epoch(context: &Rc<Context>) -> Result<(), Refusal> {
    let Some(url) = context.following.status().network.admin_url else {
        return Err(Refusal::new(
            "network/no-admin",
            "Epochs of this network end by the clock, not on demand.",
            "Use the local network to try out what happens over epochs.",
        ));
    };
    connect(&url)?.advance_epoch().await?;
    Ok(())
}

/// Asks a network who it is.
pub(crate) async fn ask(node: &Node, network: &Network) -> NetworkState {
    match facts(node).await {
        Ok(facts) => match network.expected_chain_id {
            Some(expected) if expected != facts.chain_id => {
                NetworkState::WrongChain { expected, actual: facts.chain_id }
            }
            _ => NetworkState::Online(Box::new(facts)),
        },
        Err(error) => NetworkState::Offline { reason: error.to_string() },
    }
}

async fn facts(node: &Node) -> Result<NetworkFacts, ChainError> {
    let info = node.service_info().await?;
    let genesis_checked = check_genesis(node, info.chain_id).await?;
    let state = node.system_state().await?;
    let state = state.as_v1();
    let parameters = &state.parameters;
    Ok(NetworkFacts {
        chain_id: info.chain_id,
        genesis_checked,
        chain: info.chain,
        server: info.server,
        epoch: state.epoch,
        epoch_start_ms: state.epoch_start_timestamp_ms,
        epoch_duration_ms: parameters.epoch_duration_ms,
        checkpoint: info.checkpoint_height,
        embedding_dim: parameters.target_embedding_dim,
        model_min_stake: Shannons(parameters.model_min_stake),
        model_architecture_version: parameters.model_architecture_version,
        base_fee: Shannons(parameters.base_fee),
        write_object_fee: Shannons(parameters.write_object_fee),
        value_fee_bps: parameters.value_fee_bps,
        validators: state.validators.validators.len() as u64,
        reward_per_target: Shannons(state.target_state.reward_per_target),
    })
}

/// Holds the identity that a node gives against the digest of its first checkpoint, computed anew. False where
/// the node does not show that.
async fn check_genesis(node: &Node, chain_id: CheckpointDigest) -> Result<bool, ChainError> {
    match node.checkpoint_summary(0).await {
        Ok(Some(summary)) if summary.digest() == chain_id => Ok(true),
        Ok(Some(summary)) => Err(ChainError::Garbage(format!(
            "it says that it belongs to chain {chain_id}, and its first checkpoint is {}",
            summary.digest()
        ))),
        Ok(None)
        | Err(ChainError::Unimplemented(_) | ChainError::Refused { .. } | ChainError::Hidden) => {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Looks at the chosen network now.
pub(crate) async fn refresh(context: &Rc<Context>) -> NetworkStatus {
    let choice = context.following.choice();
    let (node, network) = (context.following.node(), context.following.status().network);
    let state = ask(&node, &network).await;
    note(context, choice, state);
    context.following.status()
}

fn note(context: &Rc<Context>, choice: u64, state: NetworkState) {
    if context.following.is_another_chain(choice, &state) {
        // Under the same name and address another chain answers, as after a local network began anew:
        // nothing that was known of the old one holds.
        let network = context.following.status().network;
        choose(context, network);
        return;
    }
    let before = context.following.facts().ok().map(|facts| (facts.chain_id, facts.epoch));
    if context.following.learn(choice, state) {
        post(&Event::Network(context.following.status()));
        let after = context.following.facts().ok().map(|facts| (facts.chain_id, facts.epoch));
        if before != after {
            context.network_moved();
        }
        if let Some((chain, _)) = after {
            remember(context, chain);
        }
    }
}

/// Keeps which chain answers at the chosen network's address.
fn remember(context: &Rc<Context>, chain: CheckpointDigest) {
    let url = context.following.status().network.rpc_url;
    if context.settings.borrow().chains.get(&url) == Some(&chain) {
        return;
    }
    let context = Rc::clone(context);
    wasm_bindgen_futures::spawn_local(async move {
        // Without it, what happened there shows only while a node answers.
        let _ = context
            .change_settings(|settings| {
                settings.chains.insert(url, chain);
            })
            .await;
    });
}

/// The chain of the chosen network: the one that answers, or, while none does, the one that did last.
pub(crate) fn last_chain(context: &Context) -> Result<CheckpointDigest, Refusal> {
    context.following.facts().map(|facts| facts.chain_id).or_else(|refusal| {
        let status = context.following.status();
        let known = match status.state {
            NetworkState::Connecting | NetworkState::Offline { .. } => {
                context.settings.borrow().chains.get(&status.network.rpc_url).copied()
            }
            NetworkState::Online(_) | NetworkState::WrongChain { .. } => None,
        };
        known.ok_or(refusal)
    })
}

/// Works with another network from now on.
pub(crate) fn choose(context: &Rc<Context>, network: Network) {
    context.following.choose(network);
    context.watch.forget();
    context.histories.forget();
    context.forget_reviews();
    post(&Event::Network(context.following.status()));
    wasm_bindgen_futures::spawn_local(follow(Rc::clone(context), context.following.choice()));
}

/// Follows a choice until there is another one.
pub(crate) async fn follow(context: Rc<Context>, choice: u64) {
    while context.following.choice() == choice {
        refresh(&context).await;
        if context.following.facts().is_err() {
            sleep_ms(RETRY_MS).await;
            continue;
        }
        let heard = listen(&context, choice).await;
        // A stream that ends at once is not asked for in a storm; what came between is looked up.
        sleep_ms(RETRY_MS).await;
        if context.following.choice() != choice {
            return;
        }
        context.account_changed();
        match heard {
            Heard::Stream => crate::targets::gap(&context),
            Heard::Nothing => crate::targets::unheard(&context),
        }
    }
}

/// What became of a stream of checkpoints.
#[derive(Clone, Copy)]
enum Heard {
    /// It told what happened, for a while.
    Stream,
    /// The node has no streams, or ended this one at once.
    Nothing,
}

/// Follows the checkpoint stream while it lasts, and looks at the node now and then besides.
async fn listen(context: &Rc<Context>, choice: u64) -> Heard {
    let node = context.following.node();
    let Ok(stream) = node.subscribe_checkpoints().await else {
        // A node without streams is looked at instead.
        settle(context).await;
        return Heard::Nothing;
    };
    let mut heard = Heard::Nothing;
    let mut stream = pin!(stream);
    // One clock for many checkpoints: on a busy network there is always another one.
    let mut look = pin!(sleep_ms(LOOK_MS));
    while context.following.choice() == choice {
        let next = select(stream.next(), look.as_mut()).await;
        if context.following.choice() != choice {
            // It came while another network was chosen, of which it tells nothing.
            break;
        }
        match next {
            Either::Left((Some(Ok(checkpoint)), _)) => {
                heard = Heard::Stream;
                let known = context.following.facts().map(|facts| facts.epoch);
                crate::watch::notice(context, &checkpoint);
                crate::activity::notice(context, &checkpoint).await;
                if context.following.choice() != choice {
                    break;
                }
                Box::pin(crate::targets::notice(context, &checkpoint)).await;
                let ends_epoch = checkpoint
                    .transactions
                    .iter()
                    .any(|one| matches!(one.kind, Some(TransactionKind::ChangeEpoch(_))));
                if ends_epoch || known.is_ok_and(|epoch| epoch != checkpoint.epoch) {
                    refresh(context).await;
                } else if let Ok(mut facts) = context.following.facts() {
                    facts.checkpoint = facts.checkpoint.max(checkpoint.sequence_number);
                    // Told with the next look.
                    context.following.learn(choice, NetworkState::Online(Box::new(facts)));
                }
            }
            Either::Left(_) => break,
            Either::Right(_) => {
                let Ok(info) = node.service_info().await else {
                    refresh(context).await;
                    break;
                };
                let same = context.following.facts().is_ok_and(|facts| {
                    facts.chain_id == info.chain_id && facts.epoch == info.epoch
                });
                if !same {
                    refresh(context).await;
                    break;
                }
                if let Ok(mut facts) = context.following.facts() {
                    // A checkpoint of the stream may have named an absurd height.
                    facts.checkpoint = info.checkpoint_height;
                    context.following.learn(choice, NetworkState::Online(Box::new(facts)));
                }
                heard = Heard::Stream;
                post(&Event::Network(context.following.status()));
                settle(context).await;
                look.set(sleep_ms(LOOK_MS));
            }
        }
    }
    heard
}

/// Looks up transactions whose answers were lost.
async fn settle(context: &Rc<Context>) {
    crate::activity::settle(context).await;
    crate::activity::keep_up(context);
    crate::multisig::settle_all(context).await;
    crate::publish::settle_all(context).await;
    Box::pin(crate::targets::settle_all(context)).await;
}
