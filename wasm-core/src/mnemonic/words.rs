//! The English words of BIP-39, each of them eleven bits.
//!
//! They are one text: a slice for each would make a downloaded program heavier by the places of all of them.

const WORDS: &str = include_str!("english.txt");

/// All words, in the order of the list.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    WORDS.lines()
}

/// The word of a number below 2048.
pub(super) fn at(number: usize) -> &'static str {
    all().nth(number).expect("eleven bits count the words of the list")
}

/// The number of a word, in any case.
pub(super) fn number_of(word: &str) -> Option<usize> {
    all().position(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::{all, at, number_of};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_list_is_that_of_bip_39() {
        assert!(all().eq(bip39::Language::English.word_list().iter().copied()));
    }

    #[test]
    fn every_word_has_its_number() {
        for (number, word) in all().enumerate() {
            assert_eq!((at(number), number_of(word)), (word, Some(number)));
        }
        assert_eq!(number_of("ZOO"), Some(2047));
        assert_eq!([number_of("zo"), number_of(""), number_of("zoo\n")], [None; 3]);
    }
}
