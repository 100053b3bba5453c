//! What is thrown at every decoder that reads bytes of the network, of files or of a page.
//!
//! A target takes any bytes and panics where a promise is broken: not only by a panic of the decoder, but
//! also where something decodes and does not come back as it was, or where more memory is asked for than
//! the bytes can justify. Targets know nothing of libFuzzer, so that `cargo test` replays the corpus too.

mod chain;
mod files;
mod page;
mod site;
mod text;
mod wire;

use cap::Cap;
use std::alloc::System;

/// Counts memory, and refuses what is beyond the limit, which ends the program.
#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// The longest input that is tried, in bytes.
pub const MAX_INPUT: usize = 1 << 16;

/// Memory that an input may cost, in bytes. A length of four bytes can ask for 4 GiB.
const ROOM: usize = 32 << 20;

/// Memory that a node's answer may cost: the client makes room for a message when its length is told, up to
/// the 128 MiB that it takes at most.
const ROOM_FOR_ANSWER: usize = ROOM + (128 << 20);

/// What one target does with some bytes.
pub type Target = fn(&[u8]);

macro_rules! targets {
    ($($(#[$doc:meta])* $name:ident = $target:path;)*) => {
        /// All targets by name, which is also that of their program and of the folder of their corpus.
        pub const TARGETS: &[(&str, Target)] = &[$((stringify!($name), $name),)*];

        $($(#[$doc])*
        pub fn $name(bytes: &[u8]) {
            run(stringify!($name), $target, bytes);
        })*
    };
}

targets! {
    /// BCS of a transaction: what a person is asked to sign.
    transaction = chain::transaction;
    /// BCS of a signed transaction, as it is kept until it is settled.
    signed_transaction = chain::signed_transaction;
    /// BCS of a signature, of one key or of several.
    signature = chain::signature;
    /// BCS of an object, and its contents by its type.
    object = chain::object;
    /// BCS of what a transaction did.
    effects = chain::effects;
    /// BCS of the system state.
    system_state = chain::system_state;
    /// BCS of a checkpoint's head, and of what it seals.
    checkpoint = chain::checkpoint;
    /// BCS of the messages of faucet, scoring service and admin.
    services = chain::services;
    /// Protobuf of an object.
    proto_object = wire::object;
    /// Protobuf of a request to execute a transaction.
    proto_transaction = wire::transaction;
    /// Protobuf of what a transaction did.
    proto_executed = wire::executed;
    /// Protobuf of a checkpoint.
    proto_checkpoint = wire::checkpoint;
    /// Protobuf of an epoch: the system state and the constants of the protocol.
    proto_epoch = wire::epoch;
    /// Protobuf of a listed target.
    proto_target = wire::target;
    /// Frames of gRPC-web, in pieces that end anywhere.
    grpc_web = wire::grpc_web;
    /// A whole answer of a node, read by the client.
    answer = wire::answer;
    /// The details of an error, in a node's trailers.
    status_details = wire::status_details;
    /// Texts of private and public keys.
    key = text::key;
    /// The key files of the command-line wallet.
    keystore = text::keystore;
    /// A proposal of several signers as text, whole and in parts, and signatures to be added to one.
    multisig = text::multisig;
    /// Recovery phrases and paths.
    mnemonic = text::mnemonic;
    /// Addresses, object ids and digests.
    address = text::address;
    /// Amounts.
    amount = text::amount;
    /// URLs.
    url = text::url;
    /// An embedding, as text and as bytes.
    embedding = files::embedding;
    /// The header of a weights file, in pieces that end anywhere.
    safetensors = files::safetensors;
    /// The bytes of a vault or a backup, as far as they can be read without a password.
    vault_envelope = files::vault_envelope;
    /// What an opened vault or backup held, and restoring it.
    vault_contents = files::vault_contents;
    /// What a node's operator hands over to become a validator, and addresses of nodes.
    validator_info = text::validator_info;
    /// The header that says which part of a file an answer is.
    content_range = text::content_range;
    /// Messages between a page and its worker.
    page_message = page::message;
    /// Requests of web sites, origins, and texts of signed messages.
    site_request = site::request;
    /// Transactions as web sites write them.
    site_transaction = site::transaction;
}

/// Runs a target within its memory. Other threads share it, so there should be none.
fn run(name: &str, target: Target, bytes: &[u8]) {
    let room = if name == "answer" { ROOM_FOR_ANSWER } else { ROOM };
    let limit = MEMORY.allocated().saturating_add(room);
    MEMORY.set_limit(limit).expect("there is room");
    target(bytes);
    MEMORY.set_limit(usize::MAX).expect("no limit is never reached");
}
