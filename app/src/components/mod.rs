//! What pages are made of. Nothing here knows a coin, a network or a key: only labels, values as
//! signals, and callbacks.

pub(crate) mod banner;
pub(crate) mod button;
pub(crate) mod card;
pub(crate) mod chart;
mod chart_picture;
pub(crate) mod copy;
pub(crate) mod dialog;
pub(crate) mod disclosure;
pub(crate) mod empty;
pub(crate) mod field;
pub(crate) mod file_drop;
pub(crate) mod files_drop;
pub(crate) mod first_wrong;
pub(crate) mod gauge;
pub(crate) mod icon;
pub(crate) mod key_value;
pub(crate) mod long_list;
pub(crate) mod password;
pub(crate) mod progress;
pub(crate) mod qr;
pub(crate) mod radio;
pub(crate) mod search_field;
pub(crate) mod select;
pub(crate) mod skeleton;
pub(crate) mod tabs;
pub(crate) mod textarea;
pub(crate) mod toast;

use std::sync::atomic::{AtomicUsize, Ordering};

/// An id no other element of this page has, to tie labels, hints and errors to their control.
#[must_use]
pub(crate) fn unique_id(prefix: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
