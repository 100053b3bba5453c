//! Which instructions this browser's WebAssembly has.

use js_sys::{Uint8Array, WebAssembly};

/// A module with one function: no argument, a vector for a result, and this code.
macro_rules! module {
    ($length:literal, $code:literal; $($byte:literal)*) => {
        &[
            0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0, // "\0asm", version 1
            0x01, 5, 1, 0x60, 0, 1, 0x7b, // types: () -> v128
            0x03, 2, 1, 0, // functions: one of that type
            0x0a, $code, 1, $length, 0, // code: one body, without variables
            $($byte,)* 0x0b,
        ]
    };
}

/// `i32x4.splat(0)`
const SIMD: &[u8] = module!(6, 8; 0x41 0x00 0xfd 0x11);
/// `f32x4.relaxed_madd` of three such vectors
const RELAXED_SIMD: &[u8] = module!(17, 19;
    0x41 0x00 0xfd 0x11 0x41 0x00 0xfd 0x11 0x41 0x00 0xfd 0x11 0xfd 0x85 0x02);

/// What a scoring worker is compiled for, from the least to the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Instructions {
    /// What every browser has.
    Plain,
    /// Vectors of four numbers.
    Simd,
    /// The same, which multiply and add at once.
    RelaxedSimd,
}

impl Instructions {
    /// The best of this browser.
    #[must_use]
    pub fn best() -> Self {
        let takes = |module: &[u8]| {
            WebAssembly::validate(Uint8Array::from(module).as_ref()).unwrap_or(false)
        };
        if takes(RELAXED_SIMD) {
            Self::RelaxedSimd
        } else if takes(SIMD) {
            Self::Simd
        } else {
            Self::Plain
        }
    }

    /// The script of the worker that is compiled for them, beside ours.
    pub(super) const fn script(self) -> &'static str {
        match self {
            Self::Plain => "scorer_loader.js",
            Self::Simd => "scorer-simd_loader.js",
            Self::RelaxedSimd => "scorer-relaxed_loader.js",
        }
    }

    /// Their name, for a person; none where they are nothing special.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Simd => Some("SIMD"),
            Self::RelaxedSimd => Some("relaxed SIMD"),
        }
    }
}
