//! What the tests of this folder share: reading the protocol vectors.
