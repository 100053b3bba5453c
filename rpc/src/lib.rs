//! Speaks with a SOMA node: protobuf, gRPC and gRPC-web, and the way between the wire and the core.
//!
//! This is the client's only room that names protobuf and gRPC. [`Client`] is the core's `Chain`,
//! over HTTP/2 in programs and over `fetch` in browsers.

#[cfg(not(target_arch = "wasm32"))]
pub mod bcs_codec;
mod client;
mod codes;
pub mod convert;
pub mod graphql;
pub mod grpc_web;
mod hidden;
mod methods;
#[cfg(not(target_arch = "wasm32"))]
pub mod native;
mod parts;
pub mod proto;
mod services;
mod status;
pub mod transport;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use client::{Cancel, CheckpointKey, Client, Deadlines, Page, PageToken};
pub use wasm_core::listing::{StatusFilter, TargetFilter};
