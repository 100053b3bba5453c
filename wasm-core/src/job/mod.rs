//! Work of more than one step, each a pure decision between calls to the world.

#[cfg(test)]
pub(crate) mod fake;
pub mod publish;
pub mod send;
pub mod submit;
