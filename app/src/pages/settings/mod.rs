//! How the wallet behaves on this device.

mod about;
mod add_network;
mod backup;
mod copies;
mod erasing;
mod indexer;
mod look;
mod networks;
mod passkeys;
mod password;
mod sites;

use crate::languages::t;
use crate::parts::page::Page;
use leptos::prelude::*;

/// Settings.
#[component]
pub(crate) fn SettingsPage() -> impl IntoView {
    view! {
        <Page title=t!("Settings").to_owned()>
            <look::LookCard />
            <password::SafetyCard />
            <passkeys::PasskeysCard />
            <copies::CopiesCard />
            <backup::BackupCard />
            <sites::SitesCard />
            <networks::NetworksCard />
            <about::AboutCard />
            <erasing::EraseCard />
        </Page>
    }
}
