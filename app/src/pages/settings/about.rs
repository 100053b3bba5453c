//! What this is, and which version of it.

use crate::components::card::Card;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
use leptos::prelude::*;

/// Version and licence.
#[component]
pub(super) fn AboutCard() -> impl IntoView {
    view! {
        <Card title=t!("About")>
            <KeyValueList>
                <KeyValue label=t!("Soma Wallet") testid="version">{env!("CARGO_PKG_VERSION")}</KeyValue>
                <KeyValue label=t!("Licence")>{t!("Apache-2.0; typeface IBM Plex under the SIL Open Font License")}</KeyValue>
            </KeyValueList>
        </Card>
    }
}
