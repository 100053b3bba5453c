//! One module a command.

pub(crate) mod bench;
pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod dev;
mod deviations;
pub(crate) mod extension;
pub(crate) mod fuzz;
pub(crate) mod interop;
pub(crate) mod languages;
pub(crate) mod npm;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod sizes;
pub(crate) mod test;
