//! Which pages may ask whom.

use crate::client::{Answer, INFO, OURS, Page, STRANGER, bridging, network, start};
use http::{Method, StatusCode};
use localnet::gateway::Config;
use wasm_core::services::{ADVANCE_EPOCH, HEALTH, REQUEST_GAS};

fn admits(preflight: &Answer, origin: &str) -> bool {
    assert_eq!(preflight.status, StatusCode::OK);
    let allowed = preflight.header("access-control-allow-origin");
    assert!(allowed.is_none() || allowed == Some(origin), "{allowed:?}");
    let private = preflight.header("access-control-allow-private-network");
    assert_eq!(allowed.is_some(), private == Some("true"));
    allowed.is_some()
}

#[tokio::test]
async fn a_preflight_lets_any_page_at_node_and_faucet() {
    let network = network().await;
    let gateway = start(bridging(&network)).await;
    for (origin, guarded) in [(STRANGER, false), (OURS, true)] {
        let page = Page::of(origin);
        for path in [INFO, REQUEST_GAS, "/model/ab"] {
            let preflight = page.preflight(&gateway.url, path).await;
            assert!(admits(&preflight, origin), "{origin} {path}");
            assert_eq!(preflight.header("access-control-allow-methods"), Some("GET,HEAD,POST"));
            assert_eq!(preflight.header("access-control-allow-headers"), Some("*"));
            assert_eq!(preflight.header("access-control-allow-credentials"), None);
        }
        for path in [ADVANCE_EPOCH, HEALTH] {
            let preflight = page.preflight(&gateway.url, path).await;
            assert_eq!(admits(&preflight, origin), guarded, "{origin} {path}");
        }
    }
}

#[tokio::test]
async fn a_page_of_elsewhere_ends_no_epoch() {
    let network = network().await;
    let gateway = start(bridging(&network)).await;
    let refused = Page::of(STRANGER).call(&gateway.url, ADVANCE_EPOCH, &[]).await;
    let (code, message) = refused.refusal();
    assert_eq!(code, Some("7"));
    assert!(message.contains("--origin https://wallet.example"), "{message}");
    assert_eq!(refused.header("access-control-allow-origin"), None);
    assert_eq!(network.node().ledger().epoch(), 0);

    // Nor with a request that browsers send without asking first.
    let url = format!("{}{ADVANCE_EPOCH}", gateway.url);
    let plain = [("content-type", "text/plain")];
    let refused = Page::of(STRANGER).ask(Method::POST, url, &plain, vec![0; 5]).await;
    assert_eq!(refused.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(network.node().ledger().epoch(), 0);

    let done = Page::of(OURS).call(&gateway.url, ADVANCE_EPOCH, &[]).await;
    assert_eq!(done.message(), 1u64.to_le_bytes());
    assert_eq!(network.node().ledger().epoch(), 1);
}

#[tokio::test]
async fn named_origins_are_let_in_and_no_others() {
    let network = network().await;
    let origins = vec![STRANGER.parse().expect("an origin")];
    let gateway = start(Config { origins, ..bridging(&network) }).await;
    let named = Page::of(STRANGER);
    assert!(admits(&named.preflight(&gateway.url, ADVANCE_EPOCH).await, STRANGER));
    assert_eq!(named.call(&gateway.url, ADVANCE_EPOCH, &[]).await.message(), 1u64.to_le_bytes());

    let other = Page::of(OURS);
    assert!(!admits(&other.preflight(&gateway.url, INFO).await, OURS));
    assert_eq!(other.call(&gateway.url, INFO, &[]).await.refusal().0, Some("7"));
    let file = other.ask(Method::GET, format!("{}/model/ab", gateway.url), &[], "").await;
    assert_eq!(file.status, StatusCode::FORBIDDEN);
}
