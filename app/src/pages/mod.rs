//! One page a route, and the two that come before the wallet is open.

pub(crate) mod accounts;
pub(crate) mod activity;
pub(crate) mod coins;
pub(crate) mod explorer;
pub(crate) mod home;
pub(crate) mod matching;
pub(crate) mod models;
pub(crate) mod multisig;
pub(crate) mod network;
pub(crate) mod not_found;
pub(crate) mod receive;
pub(crate) mod requests;
pub(crate) mod score;
pub(crate) mod send;
pub(crate) mod settings;
pub(crate) mod stake;
pub(crate) mod targets;
pub(crate) mod unlock;
pub(crate) mod validators;
pub(crate) mod welcome;
