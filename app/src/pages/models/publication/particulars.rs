//! Everything that is fixed of a publication.

use super::backup::BackupForm;
use crate::components::card::Card;
use crate::components::disclosure::Disclosure;
use crate::components::key_value::{KeyValue, KeyValueList};
use crate::languages::t;
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
        <Card title=t!("Particulars") testid="job-particulars">
            {move || view! { <Lines job=fixed.get() /> }}
            {move || {
                backup
                    .get()
                    .then(|| view! { <Disclosure summary=t!("Save encrypted backup of key and embedding")><BackupForm job /></Disclosure> })
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
        Destination::BlobStore { base_url } => t!("Blob store at {address}", address = base_url),
        Destination::PresignedPut { .. } => t!("Upload link of a storage service").to_owned(),
        Destination::SaveToDisk => t!("Hosted by its owner").to_owned(),
    };
    view! {
        <KeyValueList>
            {job.model_id.map(|id| view! { <KeyValue label=t!("Model")><Copied text=id.to_string() what=t!("id") testid="job-model-id" /></KeyValue> })}
            {match job.subject {
                Subject::NewModel(CreateModel { stake, commission_bps }) => Some(view! {
                    <KeyValue label=t!("First stake")><Amount amount=stake /></KeyValue>
                    <KeyValue label=t!("Commission")>{say::rate(commission_bps)}</KeyValue>
                }),
                Subject::ExistingModel(_) => None,
            }}
            <KeyValue label=t!("Account")><AddressChip address=job.account /></KeyValue>
            <KeyValue label=t!("Weights file")>{format!("{}, {}", job.file_name, say::bytes(job.file_size))}</KeyValue>
            <KeyValue label=t!("Destination")>{destination}</KeyValue>
            {job.sealed.map(|sealed| view! { <Sealed sealed /> })}
            {job
                .transactions
                .into_iter()
                .map(|(transaction, digest)| {
                    let label = match transaction {
                        PublishTransaction::Create => t!("Created by"),
                        PublishTransaction::Commit => t!("Committed by"),
                        PublishTransaction::Reveal => t!("Revealed by"),
                    };
                    view! { <KeyValue label><Copied text=digest.to_string() what=t!("digest") testid="job-transaction" /></KeyValue> }
                })
                .collect_view()}
            <KeyValue label=t!("Key saved in a file")>{if job.backed_up { t!("Yes") } else { t!("No") }}</KeyValue>
            <KeyValue label=t!("Begun")>{day_and_time(job.started_ms)}</KeyValue>
        </KeyValueList>
    }
}

#[component]
fn Sealed(sealed: SealedFile) -> impl IntoView {
    view! {
        <KeyValue label=t!("Encrypted size") testid="job-sealed-size">
            {t!("{size} ({bytes} bytes)", size = say::bytes(sealed.size), bytes = say::count(sealed.size))}
        </KeyValue>
        <KeyValue label=t!("Checksum")><Copied text=sealed.checksum.to_string() what=t!("checksum") testid="job-checksum" /></KeyValue>
        {sealed
            .url
            .map(|url| view! { <KeyValue label=t!("Address")><Copied text=url what=t!("address of the file") testid="job-sealed-url" /></KeyValue> })}
    }
}
