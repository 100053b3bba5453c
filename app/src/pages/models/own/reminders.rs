//! Reminders by the browser, for those who want them.

use crate::components::button::Button;
use crate::components::icon::Icon;
use crate::languages::t;
use crate::reminders::{Permission, use_reminders};
use leptos::prelude::*;

/// Asks for reminders, or says what the browser does.
#[component]
pub(super) fn Reminders() -> impl IntoView {
    let reminders = use_reminders();
    view! {
        <div class="reminders" data-testid="reminders" data-state=move || format!("{:?}", reminders.permission.get())>
            {move || match reminders.permission.get() {
                Permission::Granted => view! {
                    <p class="field-hint">
                        {t!("The browser tells you when a commit or reveal is due, as long as the wallet is open in a tab and unlocked.")}
                    </p>
                    <Button on_press=move || reminders.stop() testid="reminders-stop">{t!("Stop reminding")}</Button>
                }
                .into_any(),
                Permission::Always => view! {
                    <p class="field-hint">
                        {t!("The extension tells you when a commit or reveal is due, also while the wallet is closed or locked.")}
                    </p>
                }
                .into_any(),
                Permission::Denied => view! {
                    <p class="field-hint">{t!("This browser does not allow notifications of this site. The tab's title counts what is due.")}</p>
                }
                .into_any(),
                Permission::Asked | Permission::Off => view! {
                    <Button icon=Icon::Clock on_press=move || reminders.ask() testid="reminders-ask">{t!("Remind me")}</Button>
                    <span class="field-hint">{t!("The tab's title counts what is due in any case.")}</span>
                }
                .into_any(),
                Permission::Missing => view! {
                    <p class="field-hint">{t!("This browser has no notifications. The tab's title counts what is due.")}</p>
                }
                .into_any(),
            }}
        </div>
    }
}
