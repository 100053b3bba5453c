//! Where the encrypted file goes: a blob store, a presigned link, or one's own disk.

use super::draft::{DestinationKind, Draft, address};
use crate::components::banner::Banner;
use crate::components::field::{Field, Typing};
use crate::components::radio::{Radio, Way};
use crate::languages::t;
use leptos::prelude::*;

/// Chooses where the encrypted file goes.
#[component]
pub(super) fn DestinationFields(draft: Draft) -> impl IntoView {
    let ways = vec![
        Way {
            key: DestinationKind::Blob,
            title: t!("Blob store"),
            hint: t!("Uploaded piece by piece while it is being encrypted."),
            testid: "publish-destination-blob",
        },
        Way {
            key: DestinationKind::Presigned,
            title: t!("Upload link"),
            hint: t!("A presigned PUT link of a storage service such as S3 or R2."),
            testid: "publish-destination-presigned",
        },
        Way {
            key: DestinationKind::Disk,
            title: t!("My own disk"),
            hint: t!("You save the encrypted file, host it yourself, and name its address."),
            testid: "publish-destination-disk",
        },
    ];
    view! {
        <div class="form">
            <Radio legend=t!("Destination") ways chosen=draft.destination />
            {move || match draft.destination.get() {
                DestinationKind::Blob => view! { <BlobStore draft /> }.into_any(),
                DestinationKind::Presigned => view! { <Presigned draft /> }.into_any(),
                DestinationKind::Disk => view! {
                    <Banner what=t!("The network must be able to fetch the file at a public address until the model is replaced.").to_owned() />
                }
                .into_any(),
            }}
        </div>
    }
}

#[component]
fn BlobStore(draft: Draft) -> impl IntoView {
    view! {
        <Field
            label=t!("Address of the blob store").to_owned()
            value=draft.blob_url
            typing=Typing::Url
            error=Signal::derive(move || address(&draft.blob_url.read()).err())
            tried=draft.tried
            testid="publish-blob-url"
        />
    }
}

#[component]
fn Presigned(draft: Draft) -> impl IntoView {
    view! {
        <Field
            label=t!("Upload link").to_owned()
            value=draft.upload_link
            typing=Typing::Url
            hint=t!("The link that your storage made for one PUT. It is a secret and is not stored; you can also give it later.")
                .to_owned()
            error=Signal::derive(move || draft.upload_link_read().err())
            tried=draft.tried
            testid="publish-upload-link"
        />
        <Field
            label=t!("Public address").to_owned()
            value=draft.public_url
            typing=Typing::Url
            hint=t!("Where everybody can fetch the file afterwards.").to_owned()
            error=Signal::derive(move || address(&draft.public_url.read()).err())
            tried=draft.tried
            testid="publish-public-url"
        />
    }
}
