//! Everything that is fixed of a publication.

use super::backup::BackupForm;
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::parts::address::AddressChip;
use crate::parts::amount::Amount;
use crate::parts::review_points::Copied;
use crate::say;
use crate::time::day_and_time;
use bridge::publish::{
    Destination, PublishStage, PublishTransaction, PublishView, SealedFile, Subject, Work,
};
use leptos::prelude::*;
use wasm_core::intent::CreateModel;

/// The particulars, renewed when one of them changes, not with every byte.
#[component]
pub(super) fn ParticularsCard(job: Memo<PublishView>) -> impl IntoView {
    let fixed = Memo::new(move |_| PublishView { work: None::<Work>, problem: None, ..job.get() });
    let backup =
        Memo::new(move |_| offers_backup(&job.read().stage) && job.read().sealed.is_some());
    view! {
        <Card title="Particulars" testid="job-particulars">
            {move || view! { <Lines job=fixed.get() /> }}
            {move || {
                backup
                    .get()
                    .then(|| view! { <Disclosure summary="Save encrypted backup of key and embedding"><BackupForm job /></Disclosure> })
            }}
        </Card>
    }
}

/// The commit's own step asks for the backup; once live, everybody has the key.
const fn offers_backup(stage: &PublishStage) -> bool {
    !matches!(stage, PublishStage::ReadyToCommit | PublishStage::Live)
}

#[component]
fn Lines(job: PublishView) -> impl IntoView {
    let destination = match &job.destination {
        Destination::BlobStore { base_url } => format!("Blob store at {base_url}"),
        Destination::PresignedPut { .. } => "Upload link of a storage service".to_owned(),
        Destination::SaveToDisk => "Hosted by its owner".to_owned(),
    };
    view! {
        <KeyValueList>
            {job.model_id.map(|id| view! { <KeyValue label="Model"><Copied text=id.to_string() what="id" testid="job-model-id" /></KeyValue> })}
            {match job.subject {
                Subject::NewModel(CreateModel { stake, commission_bps }) => Some(view! {
                    <KeyValue label="First stake"><Amount amount=stake /></KeyValue>
                    <KeyValue label="Commission">{say::rate(commission_bps)}</KeyValue>
                }),
                Subject::ExistingModel(_) => None,
            }}
            <KeyValue label="Account"><AddressChip address=job.account /></KeyValue>
            <KeyValue label="Weights file">{format!("{}, {}", job.file_name, say::bytes(job.file_size))}</KeyValue>
            <KeyValue label="Destination">{destination}</KeyValue>
            {job.sealed.map(|sealed| view! { <Sealed sealed /> })}
            {job
                .transactions
                .into_iter()
                .map(|(transaction, digest)| {
                    let label = match transaction {
                        PublishTransaction::Create => "Created by",
                        PublishTransaction::Commit => "Committed by",
                        PublishTransaction::Reveal => "Revealed by",
                    };
                    view! { <KeyValue label><Copied text=digest.to_string() what="digest" testid="job-transaction" /></KeyValue> }
                })
                .collect_view()}
            <KeyValue label="Key saved in a file">{if job.backed_up { "Yes" } else { "No" }}</KeyValue>
            <KeyValue label="Begun">{day_and_time(job.started_ms)}</KeyValue>
        </KeyValueList>
    }
}

#[component]
fn Sealed(sealed: SealedFile) -> impl IntoView {
    view! {
        <KeyValue label="Encrypted size" testid="job-sealed-size">
            {format!("{} ({} bytes)", say::bytes(sealed.size), say::count(sealed.size))}
        </KeyValue>
        <KeyValue label="Checksum"><Copied text=sealed.checksum.to_string() what="checksum" testid="job-checksum" /></KeyValue>
        {sealed
            .url
            .map(|url| view! { <KeyValue label="Address"><Copied text=url what="address of the file" testid="job-sealed-url" /></KeyValue> })}
    }
}
