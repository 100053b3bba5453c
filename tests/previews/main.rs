//! What the core foretells of a transaction, beside what recorded runs and the local network did.

#![cfg(not(target_arch = "wasm32"))]

mod live;
mod network;
mod recorded;
