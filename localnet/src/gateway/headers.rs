//! Which headers pass the gateway, and which of them a page of another origin may read.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Belong to one connection, whoever sends them.
const OF_A_CONNECTION: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Tell of the page and the person, which is nobody's business upstream, or are written anew.
const OF_A_BROWSER: [&str; 10] = [
    "accept-encoding",
    "accept-language",
    "content-length",
    "cookie",
    "dnt",
    "expect",
    "host",
    "origin",
    "priority",
    "referer",
];

/// Would make the browser treat this address as the upstream's own, or are the gateway's to say.
const OF_AN_UPSTREAM: [&str; 11] = [
    "alt-svc",
    "clear-site-data",
    "content-security-policy",
    "link",
    "location",
    "nel",
    "refresh",
    "report-to",
    "set-cookie",
    "strict-transport-security",
    "vary",
];

/// What a page reads of every answer: why a call failed, and where a range lies.
const EXPOSED: &str = "grpc-status, grpc-message, grpc-status-details-bin, accept-ranges, \
                       content-length, content-range, etag, retry-after";

/// Leaves of a request's headers what an upstream should see.
pub(crate) fn strip_request(headers: &mut HeaderMap) {
    strip(headers, &OF_A_BROWSER, &["access-control-", "forwarded", "sec-", "x-forwarded-"]);
}

/// Leaves of an answer's headers what a browser should see. The gateway writes those of CORS itself.
pub(crate) fn strip_response(headers: &mut HeaderMap) {
    strip(headers, &OF_AN_UPSTREAM, &["access-control-"]);
}

fn strip(headers: &mut HeaderMap, names: &[&str], prefixes: &[&str]) {
    let named: Vec<String> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    let goes = |name: &str| {
        OF_A_CONNECTION.contains(&name)
            || names.contains(&name)
            || prefixes.iter().any(|prefix| name.starts_with(prefix))
            || named.iter().any(|it| it == name)
    };
    let going: Vec<HeaderName> =
        headers.keys().filter(|name| goes(name.as_str())).cloned().collect();
    for name in going {
        headers.remove(name);
    }
}

/// Lets pages of other origins read an answer's status, and what the node tells with it.
pub(crate) async fn expose(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let mut names = EXPOSED.to_owned();
    for name in response.headers().keys().filter(|name| name.as_str().starts_with("x-soma-")) {
        names.push_str(", ");
        names.push_str(name.as_str());
    }
    let value = HeaderValue::try_from(names).expect("names of headers are a header's value");
    response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, value);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(strip: fn(&mut HeaderMap), names: &[&'static str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for name in names {
            headers.insert(*name, HeaderValue::from_static("x"));
        }
        headers.insert("connection", HeaderValue::from_static("close, X-Private"));
        strip(&mut headers);
        headers.keys().map(ToString::to_string).collect()
    }

    #[test]
    fn an_upstream_learns_nothing_of_the_page() {
        let kept = ["content-type", "grpc-timeout", "range", "x-grpc-web"];
        let gone =
            ["cookie", "origin", "referer", "sec-fetch-site", "host", "te", "x-private", "upgrade"];
        assert_eq!(left(strip_request, &[&kept[..], &gone[..]].concat()), kept);
    }

    #[test]
    fn a_browser_takes_no_orders_from_an_upstream() {
        let kept = ["content-range", "grpc-status", "x-soma-epoch"];
        let gone = [
            "set-cookie",
            "alt-svc",
            "strict-transport-security",
            "access-control-allow-origin",
            "access-control-allow-credentials",
            "location",
            "x-private",
        ];
        assert_eq!(left(strip_response, &[&kept[..], &gone[..]].concat()), kept);
    }
}
