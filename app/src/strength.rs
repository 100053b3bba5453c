//! How strong a password is, as far as its text alone can tell.

use crate::languages::t;
use std::collections::BTreeSet;

/// Fewest characters of a new password.
pub const SHORTEST: usize = 10;

/// What length and variety alone can tell of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Shorter than allowed.
    TooShort,
    /// Guessable by a patient attacker who has the file.
    Weak,
    /// In order, if it is not a known phrase.
    Fair,
    /// Long and varied.
    Good,
}

impl Strength {
    /// Judges by length, by the number of different characters and by the kinds of them.
    #[must_use]
    pub fn of(password: &str) -> Self {
        let length = password.chars().count();
        let different = password.chars().collect::<BTreeSet<_>>().len();
        let kinds = [
            password.chars().any(char::is_lowercase),
            password.chars().any(char::is_uppercase),
            password.chars().any(char::is_numeric),
            password.chars().any(|c| !c.is_alphanumeric()),
        ];
        let kinds = kinds.into_iter().filter(|kind| *kind).count();
        match length {
            _ if length < SHORTEST => Self::TooShort,
            _ if different < 6 => Self::Weak,
            20.. => Self::Good,
            14.. if kinds >= 3 => Self::Good,
            14.. => Self::Fair,
            _ if kinds >= 3 => Self::Fair,
            _ => Self::Weak,
        }
    }

    /// Marks lit, of three.
    #[must_use]
    pub const fn level(self) -> u8 {
        match self {
            Self::TooShort => 0,
            Self::Weak => 1,
            Self::Fair => 2,
            Self::Good => 3,
        }
    }

    /// The judgement in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TooShort => t!("Too short: at least 10 characters"),
            Self::Weak => t!("Weak: longer is better, four random words do well"),
            Self::Fair => t!("Fair, if it is not a known phrase"),
            Self::Good => t!("Long and varied"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Strength;

    #[test]
    fn length_and_variety_decide() {
        for (password, strength) in [
            ("short", Strength::TooShort),
            ("aaaaaaaaaaaaaaaaaaaaaaaa", Strength::Weak),
            ("lowercaseonly", Strength::Weak),
            ("Mixed-in-12", Strength::Fair),
            ("sixteencharslong", Strength::Fair),
            ("Sixteen-chars-16", Strength::Good),
            ("correct horse battery staple", Strength::Good),
        ] {
            assert_eq!(Strength::of(password), strength, "{password}");
        }
    }
}
