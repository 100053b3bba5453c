//! Which instructions this browser's WebAssembly has.

use js_sys::{Uint8Array, WebAssembly};
use serde::{Deserialize, Serialize};

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

/// What a scoring worker is compiled for, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Instructions {
    /// What every browser has.
    Plain,
    /// Vectors of four numbers.
    Simd,
    /// The same, which multiply and add at once.
    RelaxedSimd,
}

impl Instructions {
    /// The most of this browser. Whether they are the fastest, a [trial](super::Verdict) tells.
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

    /// Builds of which one is the fastest where a browser has these, the one with the fewest first.
    /// Without vectors none is.
    pub(super) const fn candidates(self) -> &'static [Self] {
        match self {
            Self::Plain => &[Self::Plain],
            Self::Simd => &[Self::Simd],
            Self::RelaxedSimd => &[Self::Simd, Self::RelaxedSimd],
        }
    }

    /// What to take where a build for these does not start.
    pub(super) const fn fewer(self) -> Option<Self> {
        match self {
            Self::Plain => None,
            Self::Simd => Some(Self::Plain),
            Self::RelaxedSimd => Some(Self::Simd),
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
