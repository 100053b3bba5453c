//! What every answer of the node's API tells in its headers.

use crate::services::node::{CHAIN, Node};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use std::sync::Arc;

const CHAIN_ID: HeaderName = HeaderName::from_static("x-soma-chain-id");
const CHAIN_NAME: HeaderName = HeaderName::from_static("x-soma-chain");
const EPOCH: HeaderName = HeaderName::from_static("x-soma-epoch");
const HEIGHT: HeaderName = HeaderName::from_static("x-soma-checkpoint-height");
const TIMESTAMP_MS: HeaderName = HeaderName::from_static("x-soma-timestamp-ms");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-soma-timestamp");
const LOWEST: HeaderName = HeaderName::from_static("x-soma-lowest-available-checkpoint");
const LOWEST_OBJECTS: HeaderName =
    HeaderName::from_static("x-soma-lowest-available-checkpoint-objects");

/// Headers that a page of another origin may read, so that browsers see why a call failed.
pub(crate) const EXPOSED: [HeaderName; 15] = [
    HeaderName::from_static("grpc-status"),
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
    CHAIN_ID,
    CHAIN_NAME,
    EPOCH,
    HEIGHT,
    TIMESTAMP_MS,
    TIMESTAMP,
    LOWEST,
    LOWEST_OBJECTS,
    // Of /model and /data, so that a page can go on where it stopped.
    header::ACCEPT_RANGES,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::ETAG,
];

/// Adds the node's headers to an answer.
pub(crate) async fn add(State(node): State<Arc<Node>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    write(&node, response.headers_mut());
    response
}

fn write(node: &Node, headers: &mut HeaderMap) {
    let ledger = node.ledger();
    let newest = ledger.latest_checkpoint();
    let [a, b, c, d, ..] = ledger.chain_id().0;
    let timestamp_ms = newest.summary.timestamp_ms;
    let mut put = |name: HeaderName, value: HeaderValue| headers.insert(name, value);
    if let Ok(id) = HeaderValue::from_str(&hex::encode([a, b, c, d])) {
        // Only the first four bytes, as the node does; the whole id is in its service info.
        put(CHAIN_ID, id);
    }
    if let Ok(time) = HeaderValue::from_str(&rfc3339(timestamp_ms)) {
        put(TIMESTAMP, time);
    }
    put(CHAIN_NAME, HeaderValue::from_static(CHAIN));
    put(EPOCH, ledger.epoch().into());
    put(HEIGHT, newest.summary.sequence_number.into());
    put(TIMESTAMP_MS, timestamp_ms.into());
    put(LOWEST, 0u64.into());
    put(LOWEST_OBJECTS, 0u64.into());
    if let Ok(server) = HeaderValue::from_str(node.server()) {
        put(header::SERVER, server);
    }
}

/// A time as `2026-03-01T12:00:00.250Z`.
fn rfc3339(milliseconds: u64) -> String {
    const DAY: u64 = 24 * 60 * 60;
    let (seconds, millis) = (milliseconds / 1000, milliseconds % 1000);
    let (days, time) = (seconds / DAY, seconds % DAY);
    // Days since 0000-03-01, so that a leap day is the last of its year; eras of 400 years.
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march = (5 * day + 2) / 153;
    let day = day - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    let (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn times_are_written_by_the_calendar() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (1_709_251_199_250, "2024-02-29T23:59:59.250Z"),
            (1_735_689_599_001, "2024-12-31T23:59:59.001Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(rfc3339(milliseconds), text);
        }
    }
}
