//! What several pages show that knows the domain: amounts, addresses, failures, the network.

pub(crate) mod activity_list;
pub(crate) mod address;
pub(crate) mod amount;
pub(crate) mod answer;
pub(crate) mod asked;
pub(crate) mod attempt;
pub(crate) mod damaged;
pub(crate) mod data_file;
pub(crate) mod embedding;
pub(crate) mod engine_fields;
pub(crate) mod epoch_clock;
pub(crate) mod erase;
pub(crate) mod failure;
pub(crate) mod network_badge;
pub(crate) mod indexed;
pub(crate) mod new_password;
pub(crate) mod page;
pub(crate) mod places;
pub(crate) mod publications;
pub(crate) mod review;
pub(crate) mod review_changes;
mod review_findings;
mod review_outcome;
pub(crate) mod review_points;
pub(crate) mod search_box;
