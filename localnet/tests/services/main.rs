//! The whole network over its ports: what a client meets.

mod binary;
mod blobs;
mod client;
mod demo;
mod epochs;
mod execution;
mod faucet_and_admin;
mod models;
mod reading;
mod scoring;
mod scoring_cpu;
mod standing;
mod targets;
mod validators;
mod web;
