//! Speaks with a SOMA node: protobuf, gRPC and gRPC-web, and the way between the wire and the core.
//!
//! This is the client's only room that names protobuf and gRPC.

pub mod convert;
pub mod proto;
