//! The languages that there are.

use wasm_core::intent::DecimalSign;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// The language of the code.
    #[default]
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::German, Self::Spanish];

    /// Its tag, by BCP 47.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
        }
    }

    /// Its name in itself.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
        }
    }

    /// The language of a tag such as `de-AT`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.tag() == primary)
    }

    /// What stands between groups of three digits.
    #[must_use]
    pub const fn group_sign(self) -> char {
        match self {
            Self::English => ',',
            Self::German | Self::Spanish => '.',
        }
    }

    /// What stands before a fraction.
    #[must_use]
    pub const fn decimal_sign(self) -> DecimalSign {
        match self {
            Self::English => DecimalSign::Point,
            Self::German | Self::Spanish => DecimalSign::Comma,
        }
    }

    /// How many digits a whole number has at least before its digits are grouped: Spanish leaves four together.
    #[must_use]
    pub const fn grouped_from(self) -> usize {
        match self {
            Self::English | Self::German => 4,
            Self::Spanish => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn a_region_does_not_matter() {
        assert_eq!(Language::of_tag("de-AT"), Some(Language::German));
        assert_eq!(Language::of_tag("ES"), Some(Language::Spanish));
        assert_eq!(Language::of_tag("fr"), None);
        assert_eq!(Language::of_tag(""), None);
    }
}
