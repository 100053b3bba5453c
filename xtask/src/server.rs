//! The development web server: the files of a bundle, on this machine only.
//!
//! Every response carries the headers of `Trunk.toml`, and the page's content policy, which workers would not get
//! from the page's meta element.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

const POLICY: &str = "content-security-policy";
/// The page's address for other sites, and what would cut its window off from the site that opened it. The
/// service worker leaves the same away: see public/offline.js.
const FOR_SITES: &str = "/connect";
const ISOLATING: [&str; 2] = ["cross-origin-opener-policy", "cross-origin-embedder-policy"];

/// A server that has its port.
pub(crate) struct Server {
    listeners: Vec<TcpListener>,
    port: u16,
    router: Router,
}

impl Server {
    /// Takes a port of this machine; 0 takes any that is free.
    pub(crate) async fn bind(
        dist: &Path,
        port: u16,
        headers: &BTreeMap<String, String>,
    ) -> Result<Self> {
        let (listeners, port) = listen(port).await?;
        let headers = Arc::new(headers_of(dist, headers)?);
        let page = Arc::new(dist.join("index.html"));
        let routes = Router::new().fallback(page_or_nothing).with_state(page);
        let files = ServeDir::new(dist).fallback(routes);
        let router = Router::new()
            .fallback_service(files)
            .layer(middleware::from_fn_with_state(headers, with_headers));
        Ok(Self { listeners, port, router })
    }

    /// The address to open.
    pub(crate) fn url(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }

    /// Serves until it fails.
    pub(crate) async fn run(self) -> Result<()> {
        let mut servers = tokio::task::JoinSet::new();
        for listener in self.listeners {
            let router = self.router.clone();
            servers.spawn(async move { axum::serve(listener, router).await });
        }
        while let Some(ended) = servers.join_next().await {
            ended?.context("the web server ended")?;
        }
        Ok(())
    }
}

/// Listens where `localhost` may point to: IPv4, and IPv6 where this machine has it.
async fn listen(port: u16) -> Result<(Vec<TcpListener>, u16)> {
    let first = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => listener,
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!(
                "port {port} is taken; choose another with --port, or end the program that has it"
            )
        }
        Err(error) => return Err(error).with_context(|| format!("cannot listen on port {port}")),
    };
    let port = first.local_addr()?.port();
    let mut listeners = vec![first];
    match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
        Ok(listener) => listeners.push(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!(
                "port {port} is taken on [::1]; choose another with --port, or end the program that has it"
            )
        }
        // no IPv6 here
        Err(_) => {}
    }
    Ok((listeners, port))
}

/// The headers of every response.
fn headers_of(dist: &Path, configured: &BTreeMap<String, String>) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in configured {
        let wrong = || format!("Trunk.toml has a header `{name}` that no browser would understand");
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).with_context(wrong)?,
            HeaderValue::from_str(value).with_context(wrong)?,
        );
    }
    let page = dist.join("index.html");
    let html = std::fs::read_to_string(&page)
        .with_context(|| format!("there is no bundle: cannot read {}", page.display()))?;
    // several policies of one response all apply
    let policy = page_policy(&html).context("index.html has no content policy")?;
    headers.append(POLICY, HeaderValue::from_str(policy)?);
    Ok(headers)
}

/// The content of the page's own policy element.
fn page_policy(html: &str) -> Option<&str> {
    let (_, after) = html.split_once("http-equiv=\"Content-Security-Policy\"")?;
    let (_, after) = after.split_once("content=\"")?;
    after.split_once('"').map(|(policy, _)| policy)
}

async fn with_headers(
    State(headers): State<Arc<HeaderMap>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    for (name, value) in headers.iter().filter(|(name, _)| belongs(name, &path)) {
        response.headers_mut().append(name, value.clone());
    }
    response
}

/// Whether a header belongs to the answer for a path.
fn belongs(name: &HeaderName, path: &str) -> bool {
    path != FOR_SITES || !ISOLATING.contains(&name.as_str())
}

/// The page for a route of the app; nothing for a file that does not exist.
async fn page_or_nothing(State(page): State<Arc<PathBuf>>, request: Request) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !reads || !is_route(request.uri().path(), request.headers()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read_to_string(page.as_path()).await {
        Ok(html) => Html(html).into_response(),
        Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "the wallet is being built; reload in a moment")
                .into_response()
        }
    }
}

/// Whether a path is a route of the app: asked for by a person, and not the name of a file.
fn is_route(path: &str, headers: &HeaderMap) -> bool {
    let asks_for_page = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_none_or(|accept| accept.contains("text/html") || accept.contains("*/*"));
    let last = path.rsplit('/').next().unwrap_or_default();
    asks_for_page && !last.contains('.') && !path.starts_with("/public/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(accept: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))])
    }

    #[test]
    fn a_route_gets_the_page_and_a_missing_file_does_not() {
        let person = accepting("text/html,application/xhtml+xml");
        assert!(is_route("/send", &person));
        assert!(is_route("/models/0x12ab", &person));
        assert!(!is_route("/app_bg.wasm", &person));
        assert!(!is_route("/public/fonts", &person));
        assert!(!is_route("/send", &accepting("image/avif")));
    }

    #[test]
    fn only_the_page_for_other_sites_is_not_isolated() {
        let config = crate::bundle::config().unwrap();
        let names = config.serve.headers.keys();
        let names: Vec<_> = names.map(|name| name.parse::<HeaderName>().unwrap()).collect();
        let left_out = |path| names.iter().filter(move |name| !belongs(name, path));
        assert_eq!(left_out("/connect").count(), ISOLATING.len(), "both are configured");
        for path in ["/", "/index.html", "/send", "/connect/", "/connected", "/models/connect"] {
            assert_eq!(left_out(path).count(), 0, "{path}");
        }
    }

    #[test]
    fn the_policy_of_our_page_is_found() {
        let html = std::fs::read_to_string(crate::place::root().join("index.html")).unwrap();
        let policy = page_policy(&html).unwrap();
        assert!(policy.starts_with("default-src 'none';"));
        assert!(!policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"));
    }

    #[tokio::test]
    async fn a_taken_port_is_named() {
        let holder = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = holder.local_addr().unwrap().port();
        let error = listen(port).await.unwrap_err().to_string();
        assert!(error.contains(&port.to_string()) && error.contains("--port"), "{error}");
    }
}
