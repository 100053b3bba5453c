//! What a look at the chain says of a target that is kept beyond its settlement.

/// What a node says of a target that an account had a part in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting<T> {
    /// It is there, like this.
    There(T),
    /// It is not there any more.
    Gone,
    /// Something is there that cannot be read.
    Unclear,
}

/// What is kept of such a target.
pub trait Keepsake {
    /// Whether it is known how it was settled, which nothing can undo.
    fn is_settled(&self) -> bool;
    /// Notes that it is gone from the chain.
    #[must_use]
    fn gone(self) -> Self;
}

impl<T: Keepsake> Sighting<T> {
    /// What is to be kept from now on. Looks take a while: what was kept meanwhile may know more.
    #[must_use]
    pub fn merge(self, kept: Option<T>) -> Option<T> {
        match (kept, self) {
            (Some(kept), _) if kept.is_settled() => Some(kept),
            (_, Self::There(seen)) => Some(seen),
            (Some(kept), Self::Gone) => Some(kept.gone()),
            (kept, Self::Gone | Self::Unclear) => kept,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Keepsake, Sighting};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Kept {
        There(u8),
        Gone(u8),
        Settled,
    }

    impl Keepsake for Kept {
        fn is_settled(&self) -> bool {
            *self == Self::Settled
        }

        fn gone(self) -> Self {
            match self {
                Self::There(what) => Self::Gone(what),
                kept => kept,
            }
        }
    }

    #[test]
    fn how_a_target_was_settled_outlasts_every_older_look() {
        for seen in [Sighting::There(Kept::There(1)), Sighting::Gone, Sighting::Unclear] {
            assert_eq!(seen.merge(Some(Kept::Settled)), Some(Kept::Settled));
        }
    }

    #[test]
    fn only_absence_means_gone() {
        let kept = Some(Kept::There(1));
        assert_eq!(Sighting::Unclear.merge(kept), kept);
        assert_eq!(Sighting::Gone.merge(kept), Some(Kept::Gone(1)));
        assert_eq!(Sighting::<Kept>::Gone.merge(None), None);
    }

    #[test]
    fn what_a_node_that_was_behind_did_not_know_comes_back() {
        let seen = Sighting::There(Kept::There(2));
        assert_eq!(seen.merge(Some(Kept::Gone(1))), Some(Kept::There(2)));
        assert_eq!(seen.merge(None), Some(Kept::There(2)));
    }
}
