//! Where the data goes: a blob store, a presigned link, or an address where it lies already.

use super::draft::{DestinationKind, Draft, address};
use crate::components::field::{Field, Typing};
use crate::components::radio::{Radio, Way};
use crate::languages::t;
use leptos::prelude::*;

/// Chooses where the data goes.
#[component]
pub(super) fn DestinationFields(draft: Draft) -> impl IntoView {
    let ways = vec![
        Way {
            key: DestinationKind::Blob,
            title: t!("Blob store"),
            hint: t!("The wallet uploads it."),
            testid: "submit-destination-blob",
        },
        Way {
            key: DestinationKind::Presigned,
            title: t!("Upload link"),
            hint: t!("A presigned PUT link of a storage service such as S3 or R2."),
            testid: "submit-destination-presigned",
        },
        Way {
            key: DestinationKind::Hosted,
            title: t!("It lies there already"),
            hint: t!("At an address of yours, which is compared with the file, byte for byte."),
            testid: "submit-destination-hosted",
        },
    ];
    view! {
        <div class="form">
            <Radio legend=t!("Where the network fetches it") ways chosen=draft.destination />
            {move || match draft.destination.get() {
                DestinationKind::Blob => view! {
                    <Address label=t!("Address of the blob store") value=draft.blob_url draft testid="submit-blob-url" />
                }
                .into_any(),
                DestinationKind::Presigned => view! {
                    <Field
                        label=t!("Upload link").to_owned()
                        value=draft.upload_link
                        typing=Typing::Url
                        hint=t!("For one PUT. It is a secret and is not stored; you can also give it later.").to_owned()
                        error=Signal::derive(move || draft.upload_link_read().err())
                        tried=draft.tried
                        testid="submit-upload-link"
                    />
                    <Address label=t!("Public address") value=draft.public_url draft testid="submit-public-url" />
                }
                .into_any(),
                DestinationKind::Hosted => view! {
                    <Address label=t!("Address of the data") value=draft.hosted_url draft testid="submit-hosted-url" />
                }
                .into_any(),
            }}
            <p class="field-hint">{t!("The data must stay there until the next epoch has ended: validators fetch it for the audit.")}</p>
        </div>
    }
}

#[component]
fn Address(
    label: &'static str,
    value: RwSignal<String>,
    draft: Draft,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <Field
            label=label.to_owned()
            value
            typing=Typing::Url
            error=Signal::derive(move || address(&value.read()).err())
            tried=draft.tried
            testid
        />
    }
}
