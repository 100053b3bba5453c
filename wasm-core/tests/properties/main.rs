//! What no list of examples covers: whatever is written is read back the same, there is one way to write
//! it, and no bytes make a reader panic. On every target, like the unit tests.

mod bcs_codec;
mod multisig;
mod strategies;
mod texts;
mod vault;
