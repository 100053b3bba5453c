//! The client against nodes that answer well, badly, late or not at all, over HTTP/2 and gRPC-web.

mod chain;
mod failures;
mod fake;
mod files;
mod follow;
mod http1;
mod raw;
mod reads;
mod services;
mod tls;
mod values;

use fake::{Fake, Running};
use http1::Http1;
use rpc::Client;
use rpc::native::Http2;

/// Runs a check over both transports, each with a fresh node.
macro_rules! over_both {
    ($fake:expr, |$client:ident| $check:expr) => {{
        let fake: &crate::fake::Fake = $fake;
        let node = crate::fake::start(fake);
        {
            let $client = crate::http2(&node);
            $check
        }
        {
            let $client = crate::grpc_web(&node);
            $check
        }
    }};
}
pub(crate) use over_both;

fn http2(node: &Running) -> Client<Http2> {
    Client::<Http2>::connect(&node.url())
}

fn grpc_web(node: &Running) -> Client<Http1> {
    Client::new(Http1::new(node.address))
}

#[tokio::test]
async fn a_node_that_offers_nothing_says_so() {
    use wasm_core::ports::{Chain, ChainError};
    over_both!(&Fake::default(), |client| {
        let error = client.service_info().await.unwrap_err();
        assert_eq!(error, ChainError::Unimplemented("get_service_info".to_owned()));
    });
}
