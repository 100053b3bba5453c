//! Places of a file: where its manifest says, and the node that fetches it for others.

use crate::address::{ModelId, TargetId};
use crate::manifest::{Manifest, Url};
use std::time::Duration;

/// What a node fetches for whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// The encrypted weights of a model.
    Model(ModelId),
    /// The data that filled a target.
    Data(TargetId),
}

impl Resource {
    /// The node's route: the id as exactly 64 digits, or the node refuses it.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Model(id) => format!("/model/{}", id.to_bare_hex()),
            Self::Data(id) => format!("/data/{}", id.to_bare_hex()),
        }
    }

    /// The address at a node; none where the node's own address is not one of the web.
    #[must_use]
    pub fn at(&self, node: &Url) -> Option<Url> {
        let base = node.is_http().then(|| node.as_str().trim_end_matches('/'))?;
        format!("{base}{}", self.path()).parse().ok()
    }
}

/// Where to ask, in this order: the place that the manifest names, then the node.
pub(super) fn sources(manifest: &Manifest, node: Option<&Url>, resource: Resource) -> Vec<Url> {
    let mut sources = vec![manifest.url().clone()];
    let proxy = node.and_then(|node| resource.at(node));
    sources.extend(proxy.filter(|proxy| proxy != manifest.url()));
    sources
}

/// How long to wait for a file of so many bytes to begin: 30 seconds and 50 ns for each byte, at most
/// ten minutes. A node may fetch all of it before it sends the first byte.
#[must_use]
pub const fn patience(size: u64) -> Duration {
    let nanos = size.saturating_mul(50);
    let limit = Duration::from_secs(600);
    let patience = Duration::from_secs(30).saturating_add(Duration::from_nanos(nanos));
    if patience.as_nanos() > limit.as_nanos() { limit } else { patience }
}

#[cfg(test)]
mod tests {
    use super::{Resource, patience, sources};
    use crate::address::ObjectId;
    use crate::digest::Checksum;
    use crate::manifest::{Manifest, Url};
    use std::time::Duration;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn a_node_is_asked_with_all_digits_of_the_id() {
        let id = ObjectId::SYSTEM_STATE;
        let digits = format!("{}5", "0".repeat(63));
        let at = |resource: Resource, node| resource.at(&url(node));
        let expected = url(&format!("http://127.0.0.1:9000/model/{digits}"));
        assert_eq!(at(Resource::Model(id), "http://127.0.0.1:9000"), Some(expected));
        let expected = url(&format!("https://node.example/soma/data/{digits}"));
        assert_eq!(at(Resource::Data(id), "https://node.example/soma/"), Some(expected));
        assert_eq!(at(Resource::Data(id), "ipfs://node"), None);
    }

    #[test]
    fn the_manifest_comes_before_the_node() {
        let (file, node) = (url("https://files.example/weights"), url("http://127.0.0.1:9000"));
        let manifest = |url| Manifest::new(url, Checksum([1; 32]), 3);
        let resource = Resource::Model(ObjectId::ZERO);
        let proxy = resource.at(&node).unwrap();
        let listed = sources(&manifest(file.clone()), Some(&node), resource);
        assert_eq!(listed, [file.clone(), proxy.clone()]);
        assert_eq!(sources(&manifest(file.clone()), None, resource), [file]);
        assert_eq!(sources(&manifest(proxy.clone()), Some(&node), resource), [proxy]);
    }

    #[test]
    fn patience_grows_with_the_file_up_to_ten_minutes() {
        assert_eq!(patience(0), Duration::from_secs(30));
        assert_eq!(patience(1_000_000_000), Duration::from_secs(80));
        assert_eq!(patience(12_000_000_000), Duration::from_secs(600));
        assert_eq!(patience(u64::MAX), Duration::from_secs(600));
    }
}
