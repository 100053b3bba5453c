//! Guests: pages that use the wallet of another page of this origin, over channels of the browser.
//!
//! A page whose own worker waits for its turn says hello in the lobby, under a name that it made up. Its host,
//! the worker that has the wallet, answers on a channel of that name, and from then on both talk there: parcels
//! as between a page and its own worker, and these words.

use crate::protocol::RequestId;
use serde::{Deserialize, Serialize};

/// The channel where hosts and guests meet. Nothing secret is said there.
pub const LOBBY: &str = "soma-wallet lobby";

/// Requests that one page can make: more than it could in a lifetime.
const PAGE_SPAN: u64 = 1 << 40;
/// Letters of a guest's name.
const NAME_LENGTHS: std::ops::RangeInclusive<usize> = 16..=64;

/// What is said beside parcels. It travels as a text; a parcel does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Word {
    /// In the lobby, by a host: the wallet is here from now on.
    Here,
    /// In the lobby, by a guest: it would like to use the wallet.
    Hello {
        /// Names the channel of both. Made up anew for each host.
        guest: String,
    },
    /// By a host: it listens. Also said to a guest that says hello again.
    Welcome {
        /// Must equal the guest's [`VERSION`](crate::protocol::VERSION).
        version: u32,
    },
    /// By a guest: is anybody there?
    Ping,
    /// By a host: yes.
    Pong,
    /// By a guest: it leaves.
    Bye,
}

impl Word {
    /// As a text.
    ///
    /// # Panics
    /// Never: words are plain data.
    #[must_use]
    pub fn write(&self) -> String {
        serde_json::to_string(self).expect("words are plain data")
    }

    /// Reads a text; nothing where it is no word.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The channel of a guest and its host; nothing where the name is none.
#[must_use]
pub fn channel_of(guest: &str) -> Option<String> {
    let plain = guest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && NAME_LENGTHS.contains(&guest.len())).then(|| format!("soma-wallet guest {guest}"))
}

/// A page that a worker answers: its own, or a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageNumber(u32);

impl PageNumber {
    /// The page that started the worker.
    pub const OWN: Self = Self(0);

    /// The page after this one.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            // No request of it may be beyond what a number holds.
            Some(number) if number < 1 << 23 => Some(Self(number)),
            _ => None,
        }
    }

    /// Of which page a request of the worker is.
    #[must_use]
    pub fn of(id: RequestId) -> Option<Self> {
        u32::try_from(id.0 / PAGE_SPAN).ok().map(Self)
    }

    /// A page's request as the worker knows it: no two pages have one of the same name.
    #[must_use]
    pub fn request(self, id: RequestId) -> Option<RequestId> {
        (id.0 < PAGE_SPAN).then(|| RequestId(u64::from(self.0) * PAGE_SPAN + id.0))
    }
}

#[cfg(test)]
mod tests {
    use super::{PageNumber, Word, channel_of};
    use crate::protocol::RequestId;

    #[test]
    fn requests_of_two_pages_never_have_one_name() {
        let first = PageNumber::OWN.next().unwrap();
        let second = first.next().unwrap();
        let last = RequestId((1 << 40) - 1);
        let names = [PageNumber::OWN, first, second].map(|page| page.request(last).unwrap());
        assert_eq!(names[0], last, "the own page's requests keep their names");
        assert!(names[0] < names[1] && names[1] < names[2]);
        assert_eq!(PageNumber::of(names[1]), Some(first));
        assert_eq!(
            first.request(RequestId(1 << 40)),
            None,
            "a number out of a page's span is no request"
        );
    }

    #[test]
    fn a_guest_cannot_choose_a_channel_that_is_none_of_its_own() {
        assert!(channel_of("0b0b5c57-5ab0-4f2e-a2f7-2a3f6f6b0f3e").is_some());
        for name in
            ["", "short", "lobby lobby lobby lobby", "../../../../../../../..", &"a".repeat(65)]
        {
            assert_eq!(channel_of(name), None, "{name}");
        }
    }

    #[test]
    fn words_are_read_as_they_were_written() {
        let all = [
            Word::Here,
            Word::Hello { guest: "g".into() },
            Word::Welcome { version: 7 },
            Word::Ping,
            Word::Pong,
            Word::Bye,
        ];
        for word in all {
            assert_eq!(Word::read(&word.write()), Some(word));
        }
        assert_eq!(Word::read("{"), None);
    }
}
