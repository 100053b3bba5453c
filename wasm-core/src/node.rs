//! What a node says of itself, and whether it is of the release that this wallet was made for.

use crate::ports::ServiceInfo;
use serde::{Deserialize, Serialize};

/// The release of the node's software whose protocol this wallet speaks.
pub const RELEASE: &str = "0.1.21";

/// All that a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeInfo {
    /// Who it is and how far it has come.
    pub service: ServiceInfo,
    /// When its newest checkpoint was cut; milliseconds since 1970.
    pub timestamp_ms: Option<u64>,
    /// The oldest checkpoint that it still has.
    pub lowest_available_checkpoint: Option<u64>,
    /// The oldest checkpoint whose objects it still has.
    pub lowest_available_checkpoint_objects: Option<u64>,
}

/// A node of another release than this wallet was made for. It may well work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the node runs release {actual}; this wallet was made for {expected}")]
pub struct OtherRelease {
    /// The wallet's.
    pub expected: String,
    /// The node's.
    pub actual: String,
}

/// The release that a node's `server` text names: what follows the last slash.
#[must_use]
pub fn release(server: &str) -> &str {
    server.rsplit('/').next().unwrap_or(server)
}

/// Whether a node is of a release.
///
/// # Errors
/// Where it is of another one.
pub fn check_release(info: &ServiceInfo, expected: &str) -> Result<(), OtherRelease> {
    let actual = release(&info.server);
    if actual == expected {
        Ok(())
    } else {
        Err(OtherRelease { expected: expected.to_owned(), actual: actual.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::{OtherRelease, check_release, release};
    use crate::digest::CheckpointDigest;
    use crate::ports::ServiceInfo;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_release_is_what_follows_the_last_slash() {
        assert_eq!(release("soma-node/0.1.21"), "0.1.21");
        assert_eq!(release("a/b/c"), "c");
        assert_eq!(release("0.1.21"), "0.1.21");
        assert_eq!(release("soma-node/"), "");
    }

    #[test]
    fn only_the_same_release_passes() {
        let info = |server: &str| ServiceInfo {
            chain_id: CheckpointDigest([1; 32]),
            chain: "localnet".into(),
            epoch: 1,
            checkpoint_height: 2,
            server: server.into(),
        };
        assert_eq!(check_release(&info("soma-node/0.1.21"), "0.1.21"), Ok(()));
        let (expected, actual) = ("0.1.21".into(), "0.1.21-rc1".into());
        let other = check_release(&info("soma-node/0.1.21-rc1"), "0.1.21");
        assert_eq!(other, Err(OtherRelease { expected, actual }));
    }
}
