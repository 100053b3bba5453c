//! What a person prefers on this device. Nothing secret, nothing of the wallet.

use crate::languages::t;
use leptos::prelude::*;

const THEME_KEY: &str = "theme";

/// Light, dark, or as the device says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the device says.
    #[default]
    Device,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Device, Self::Light, Self::Dark];

    /// Its name in storage and on the root element.
    #[must_use]
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Its name for people.
    #[must_use]
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Device => t!("As the device"),
            Self::Light => t!("Light"),
            Self::Dark => t!("Dark"),
        }
    }

    fn stored() -> Self {
        let key = kept(THEME_KEY);
        Self::ALL.into_iter().find(|theme| Some(theme.key()) == key.as_deref()).unwrap_or_default()
    }
}

/// The theme in force. Setting it shows and keeps it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Preferences {
    /// Light, dark, or as the device says.
    pub(crate) theme: RwSignal<Theme>,
}

impl Preferences {
    /// Provides preferences to everything below.
    pub(crate) fn provide() {
        let theme = RwSignal::new(Theme::stored());
        Effect::new(move |_| {
            let theme = theme.get();
            if let Some(root) = document().document_element() {
                // The attribute's name is valid.
                let _ = root.set_attribute("data-theme", theme.key());
            }
            keep(THEME_KEY, theme.key());
        });
        provide_context(Self { theme });
    }
}

/// What was preferred in an earlier visit.
#[must_use]
pub(crate) fn kept(key: &str) -> Option<String> {
    window().local_storage().ok().flatten()?.get_item(key).ok().flatten()
}

/// Keeps what is preferred for the next visit.
pub(crate) fn keep(key: &str, value: &str) {
    if let Ok(Some(store)) = window().local_storage() {
        // Storage may be full or forbidden: then the choice lasts a visit.
        let _ = store.set_item(key, value);
    }
}

/// What this person prefers.
#[must_use]
pub(crate) fn use_preferences() -> Preferences {
    use_context().expect("the app provides preferences before any page")
}
