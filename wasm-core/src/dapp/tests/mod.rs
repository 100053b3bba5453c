//! What sites ask, held against recorded transactions, a node that says what a test tells it to say, and the
//! examples of `docs/connection.md`.

mod examples;
mod message;
mod policy;
mod resolve;
mod transaction;
