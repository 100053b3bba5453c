//! What the wallet remembers besides secrets: networks, the chosen one, idle time.

use bridge::network::Network;
use browser::store::{Drawer, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wasm_core::address::Address;
use wasm_core::digest::CheckpointDigest;

/// Minutes without use after which a wallet locks, unless its owner says otherwise.
const AUTO_LOCK_MINUTES: u16 = 15;
const KEY: &str = "settings";

/// Preferences. A field that an older wallet did not write takes its default.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    pub(crate) auto_lock_minutes: Option<u16>,
    pub(crate) lock_on_sleep: bool,
    pub(crate) own_networks: Vec<Network>,
    /// Indexers of the networks that come with the wallet, by name.
    pub(crate) indexers: BTreeMap<String, String>,
    pub(crate) network: String,
    pub(crate) account: Option<Address>,
    /// Which chain answered last at a node's address: what is kept of it shows while no node answers.
    pub(crate) chains: BTreeMap<String, CheckpointDigest>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            auto_lock_minutes: Some(AUTO_LOCK_MINUTES),
            lock_on_sleep: true,
            own_networks: Vec::new(),
            indexers: BTreeMap::new(),
            network: built_in_networks()[0].name.clone(),
            account: None,
            chains: BTreeMap::new(),
        }
    }
}

impl Settings {
    pub(crate) async fn load(store: &Store) -> Result<Self, StoreError> {
        Ok(store.load(Drawer::Settings, KEY).await?.unwrap_or_default())
    }

    pub(crate) async fn save(&self, store: &Store) -> Result<(), StoreError> {
        store.save(Drawer::Settings, KEY, self).await
    }

    /// All networks, the wallet's own ones first.
    pub(crate) fn networks(&self) -> Vec<Network> {
        let built_in = built_in_networks().into_iter().map(|network| {
            let graphql_url = self.indexers.get(&network.name).cloned();
            Network { graphql_url, ..network }
        });
        built_in.chain(self.own_networks.iter().cloned()).collect()
    }

    /// Uses an indexer for a network, or none.
    pub(crate) fn set_indexer(&mut self, name: &str, url: Option<String>) {
        if let Some(own) = self.own_networks.iter_mut().find(|network| network.name == name) {
            own.graphql_url = url;
        } else if let Some(url) = url {
            self.indexers.insert(name.to_owned(), url);
        } else {
            self.indexers.remove(name);
        }
    }

    /// The chosen network; the first where the chosen one is gone.
    pub(crate) fn network(&self) -> Network {
        let networks = self.networks();
        let chosen = networks.iter().find(|network| network.name == self.network);
        chosen.unwrap_or(&networks[0]).clone()
    }
}

/// The networks that come with the wallet.
fn built_in_networks() -> [Network; 2] {
    // The local network offers faucet, admin and blobs to browsers on its one port.
    let local = "http://127.0.0.1:9000";
    let testnet = "964EDrEzfvQT7HjVsjfXYcM1ubi3qhqB41zV7LLbCxxd";
    [
        Network {
            name: "Local network".into(),
            rpc_url: local.into(),
            faucet_url: Some(local.into()),
            admin_url: Some(local.into()),
            blob_url: Some(format!("{local}/blobs")),
            graphql_url: None,
            expected_chain_id: None,
            built_in: true,
        },
        Network {
            name: "Testnet".into(),
            rpc_url: "https://fullnode.testnet.soma.org".into(),
            // Its faucet speaks only HTTP/2 gRPC, which no browser can.
            faucet_url: None,
            admin_url: None,
            blob_url: None,
            graphql_url: None,
            expected_chain_id: testnet.parse().ok(),
            built_in: true,
        },
    ]
}
