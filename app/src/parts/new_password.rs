//! A password to be chosen: typed twice, judged once.

use crate::components::password::{PasswordField, WhosePassword, wipe};
use crate::languages::t;
use crate::strength::Strength;
use bridge::wallet::Password;
use leptos::prelude::*;

/// A password being chosen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewPassword {
    first: RwSignal<String>,
    again: RwSignal<String>,
    tried: RwSignal<bool>,
}

impl NewPassword {
    /// Nothing typed yet.
    #[must_use]
    pub(crate) fn new() -> Self {
        Self { first: RwSignal::default(), again: RwSignal::default(), tried: RwSignal::new(false) }
    }

    /// The password, if it may be used; otherwise its fields begin to say why not.
    #[must_use]
    pub(crate) fn take(self) -> Option<Password> {
        self.tried.set(true);
        let good = self.first_problem().is_none() && self.again_problem().is_none();
        good.then(|| Password(self.first.get_untracked()))
    }

    /// Overwrites what was typed.
    pub(crate) fn wipe(self) {
        wipe(self.first);
        wipe(self.again);
        // The form may be gone by then.
        let _ = self.tried.try_set(false);
    }

    fn first_problem(self) -> Option<String> {
        (Strength::of(&self.first.read()) == Strength::TooShort)
            .then(|| t!("a password has at least 10 characters").to_owned())
    }

    fn again_problem(self) -> Option<String> {
        (*self.first.read() != *self.again.read())
            .then(|| t!("this is not the same password").to_owned())
    }
}

/// The two fields.
#[component]
pub(crate) fn NewPasswordFields(
    /// What is being chosen.
    chosen: NewPassword,
    /// What it protects, for the first label.
    #[prop(default = t!("Password"))]
    label: &'static str,
    /// What helps to choose.
    #[prop(optional, into)]
    hint: MaybeProp<String>,
    /// Put the cursor into the first field.
    #[prop(optional)]
    autofocus: bool,
    /// For tests; the second field has `-again` behind it.
    #[prop(default = "password")]
    testid: &'static str,
) -> impl IntoView {
    on_cleanup(move || chosen.wipe());
    view! {
        <WhosePassword />
        <PasswordField
            label=label.to_owned()
            value=chosen.first
            hint
            error=Signal::derive(move || chosen.first_problem())
            tried=chosen.tried
            new=true
            autofocus
            testid
        />
        <PasswordField
            label=t!("{label} again", label)
            value=chosen.again
            error=Signal::derive(move || chosen.again_problem())
            tried=chosen.tried
            again=true
            testid=format!("{testid}-again")
        />
    }
}
