//! Work of more than one step, each a pure decision between calls to the world.

pub mod publish;
pub mod send;
