//! Which paths there are. Everything else is answered here and forwarded nowhere.

use crate::gateway::upstream::Service;

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// A call of gRPC.
    Call(Service),
    /// The bytes of a model or of submitted data, from the node.
    File,
}

impl Route {
    /// The route of a path, or nothing where there is none.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let (first, second) = path.strip_prefix('/')?.split_once('/')?;
        // Such names cannot be read in two ways: no dots alone, no escapes, no further segment.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if second.is_empty() || !second.bytes().all(plain) {
            return None;
        }
        if !first.bytes().all(|byte| plain(byte) || byte == b'.') {
            return None;
        }
        Some(match first {
            "model" | "data" => Self::File,
            "faucet.Faucet" => Self::Call(Service::Faucet),
            "scoring.Scoring" => Self::Call(Service::Scoring),
            "admin.Admin" => Self::Call(Service::Admin),
            _ if of_a_node(first) => Self::Call(Service::Node),
            _ => return None,
        })
    }

    /// Who is asked.
    pub(crate) const fn service(self) -> Service {
        match self {
            Self::Call(service) => service,
            Self::File => Service::Node,
        }
    }
}

fn of_a_node(service: &str) -> bool {
    ["soma.rpc.", "grpc.health.", "grpc.reflection."]
        .iter()
        .any(|package| service.strip_prefix(package).is_some_and(|rest| !rest.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_paths() {
        for (path, route) in [
            ("/soma.rpc.LedgerService/GetObject", Route::Call(Service::Node)),
            ("/grpc.health.v1.Health/Check", Route::Call(Service::Node)),
            (
                "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                Route::Call(Service::Node),
            ),
            ("/faucet.Faucet/RequestGas", Route::Call(Service::Faucet)),
            ("/scoring.Scoring/Score", Route::Call(Service::Scoring)),
            ("/admin.Admin/AdvanceEpoch", Route::Call(Service::Admin)),
            ("/model/0xAb", Route::File),
            ("/data/12", Route::File),
        ] {
            assert_eq!(Route::of(path), Some(route), "{path}");
        }
    }

    #[test]
    fn there_are_no_other_paths() {
        for path in [
            "",
            "/",
            "*",
            "/blobs/name",
            "/model",
            "/model/",
            "/model/a/b",
            "/model/..",
            "/model/%2e%2e",
            "/soma.rpc./GetObject",
            "/soma.rpc.LedgerService/",
            "/soma.rpc.LedgerService/../GetObject",
            "/soma.rpc.LedgerService%2fGetObject/x",
            "/soma.rpcEvil/GetObject",
            "//model/ab",
            "/http://evil.example/model/ab",
            "/faucet.FaucetEvil/RequestGas",
            "/metrics",
        ] {
            assert_eq!(Route::of(path), None, "{path}");
        }
    }
}
