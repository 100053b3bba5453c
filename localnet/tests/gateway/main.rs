//! The gateway over its port: what a page meets, in front of a network that hides its errors.

mod binary;
mod browsers;
mod client;
mod forwarding;
mod pages;
mod tls;
mod upstreams;
