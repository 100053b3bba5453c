//! Which language is shown: the one that was chosen, else the first of the browser's that there is.

use super::{Catalogue, Language, language, put_in_force};
use crate::preferences;
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;

const LANGUAGE_KEY: &str = "language";

/// The language in force, for those who have to follow it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Languages {
    in_force: RwSignal<Language>,
}

thread_local! {
    /// Catalogues that were read; they stay, as texts of them are on the page.
    static READ: RefCell<Vec<(Language, &'static Catalogue)>> = const { RefCell::new(Vec::new()) };
}

impl Languages {
    /// Provides the language to everything below.
    pub(crate) fn provide() -> Self {
        let languages = Self { in_force: RwSignal::new(language()) };
        provide_context(languages);
        languages
    }

    /// The language in force. Tracked.
    #[must_use]
    pub(crate) fn in_force(self) -> Language {
        self.in_force.get()
    }

    /// What was chosen; the browser's, where nothing was.
    #[must_use]
    pub(crate) fn chosen() -> Option<Language> {
        Language::of_tag(&preferences::kept(LANGUAGE_KEY)?)
    }

    /// Shows another language from now on; the browser's, where none is chosen. False where its words cannot be had
    /// now: then everything stays as it is.
    pub(crate) async fn choose(self, chosen: Option<Language>) -> bool {
        if !show(chosen.unwrap_or_else(of_browser)).await {
            return false;
        }
        preferences::keep(LANGUAGE_KEY, chosen.map(Language::tag).unwrap_or_default());
        self.in_force.set(language());
        true
    }
}

/// Puts the language of this device in force, before anything is shown. Where its words cannot be had, it is English.
pub(crate) async fn begin() {
    show(Languages::chosen().unwrap_or_else(of_browser)).await;
}

/// The first language of the browser's that there is.
fn of_browser() -> Language {
    let tags = window().navigator().languages();
    tags.iter()
        .filter_map(|tag| tag.as_string())
        .find_map(|tag| Language::of_tag(&tag))
        .unwrap_or_default()
}

async fn show(language: Language) -> bool {
    let catalogue = match language {
        Language::English => None,
        _ => match words_of(language).await {
            Some(catalogue) => Some(catalogue),
            None => return false,
        },
    };
    put_in_force(language, catalogue);
    if let Some(root) = document().document_element() {
        // The attribute's name is valid.
        let _ = root.set_attribute("lang", language.tag());
    }
    true
}

async fn words_of(language: Language) -> Option<&'static Catalogue> {
    let read = READ.with_borrow(|read| read.iter().find(|(it, _)| *it == language).map(|it| it.1));
    if read.is_some() {
        return read;
    }
    let base = document().base_uri().ok().flatten()?;
    let address = format!("public/languages/{}.json", language.tag());
    let address = web_sys::Url::new_with_base(&address, &base).ok()?;
    let response = JsFuture::from(window().fetch_with_str(&address.href())).await.ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let json = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let catalogue: &'static Catalogue = Box::leak(Box::new(Catalogue::read(&json).ok()?));
    READ.with_borrow_mut(|read| read.push((language, catalogue)));
    Some(catalogue)
}
