//! What people call things: names of accounts and contacts, and notes beside them.
//!
//! A name stands next to an amount that is about to be sent, so nothing goes into one that an eye
//! does not see or that turns other text around.

/// The most characters a name has.
pub const MAX_NAME: usize = 40;
/// The most characters a note has.
pub const MAX_NOTE: usize = 400;

/// Why text is not a name or a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("enter a name")]
    Empty,
    /// More characters than fit beside an address.
    #[error("this has {length} characters, and {most} are the most")]
    TooLong {
        /// How many there are.
        length: usize,
        /// How many there may be.
        most: usize,
    },
    /// A character without a shape, or one that turns the text around it.
    #[error("this has a character that cannot be seen; type it by hand")]
    Invisible,
}

/// Reads a name: white space around it goes, and any within becomes a single space.
///
/// # Errors
/// Where nothing is left, or too much, or something that cannot be seen.
pub fn parse_name(text: &str) -> Result<String, NameError> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    check(&name, MAX_NAME)?;
    Ok(name)
}

/// Reads a note, which may be empty and have several lines.
///
/// # Errors
/// Where it is too long, or has something that cannot be seen.
pub fn parse_note(text: &str) -> Result<String, NameError> {
    let lines = text.trim().lines().map(str::trim_end).collect::<Vec<_>>();
    let note = lines.join("\n");
    check(&note.replace(['\n', '\t'], " "), MAX_NOTE)?;
    Ok(note)
}

fn check(text: &str, most: usize) -> Result<(), NameError> {
    let length = text.chars().count();
    if length > most {
        return Err(NameError::TooLong { length, most });
    }
    if text.chars().any(is_invisible) {
        return Err(NameError::Invisible);
    }
    Ok(())
}

/// Control characters, and those of Unicode that only format: marks of direction, joiners, fillers,
/// tags and variation selectors without a base of their own.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{00ad}'
                | '\u{034f}'
                | '\u{061c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

#[cfg(test)]
mod tests {
    use super::{MAX_NAME, MAX_NOTE, NameError, parse_name, parse_note};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_name_loses_only_white_space() {
        assert_eq!(parse_name("  Rent \t and\nfood "), Ok("Rent and food".to_owned()));
        assert_eq!(parse_name("Zoë 🦉 家"), Ok("Zoë 🦉 家".to_owned()));
        assert_eq!(parse_name(" \n"), Err(NameError::Empty));
    }

    #[test]
    fn a_name_that_does_not_fit_is_refused() {
        let longest = "ä".repeat(MAX_NAME);
        assert_eq!(parse_name(&longest), Ok(longest.clone()));
        let error = NameError::TooLong { length: MAX_NAME + 1, most: MAX_NAME };
        assert_eq!(parse_name(&format!("{longest}b")), Err(error));
    }

    #[test]
    fn what_cannot_be_seen_is_no_part_of_a_name() {
        for hidden in [
            '\u{0}',
            '\u{7f}',
            '\u{ad}',
            '\u{200b}',
            '\u{202e}',
            '\u{2066}',
            '\u{feff}',
            '\u{e0041}',
        ] {
            assert_eq!(parse_name(&format!("a{hidden}b")), Err(NameError::Invisible), "{hidden:?}");
            assert_eq!(parse_note(&format!("a{hidden}b")), Err(NameError::Invisible), "{hidden:?}");
        }
    }

    #[test]
    fn a_note_keeps_its_lines() {
        assert_eq!(parse_note(" a\r\nb  \n\tc\n "), Ok("a\nb\n\tc".to_owned()));
        assert_eq!(parse_note(""), Ok(String::new()));
        let error = NameError::TooLong { length: MAX_NOTE + 1, most: MAX_NOTE };
        assert_eq!(parse_note(&"x".repeat(MAX_NOTE + 1)), Err(error));
    }
}
