//! The files: how they come in, which are there, and how they go.

use super::left_out::LeftOutList;
use super::losses::LossesDialog;
use crate::components::button::{Button, IconButton, Rank};
use crate::components::card::Card;
use crate::components::dialog::Dialog;
use crate::components::disclosure::Disclosure;
use crate::components::empty::Empty;
use crate::components::field::Field;
use crate::components::files_drop::FilesDrop;
use crate::components::icon::Icon;
use crate::components::long_list::LongList;
use crate::components::progress::Progress;
use crate::components::skeleton::Skeleton;
use crate::components::textarea::Textarea;
use crate::dropped::Given;
use crate::languages::{t, t_n};
use crate::matching::{AddingProgress, Matching, use_adding};
use crate::parts::attempt::{Attempt, AttemptFailure};
use crate::parts::data_file::size_problem;
use crate::parts::failure::FailureBanner;
use crate::say;
use bridge::matching::{FileLoss, MOST_FILES, QueueView, QueuedFile};
use leptos::prelude::*;
use wasm_core::digest::Checksum;
use web_sys::File;

/// Rows of files that are kept in the page above and below those in sight.
const MARGIN: usize = 20;

/// Brings files in, and shows those that are queued.
#[component]
pub(super) fn FilesCard(matching: Matching) -> impl IntoView {
    let adding = use_adding();
    let is_known = Memo::new(move |_| match &*matching.queue.read() {
        None => None,
        Some(Ok(queue)) => Some(Ok(queue.files.is_empty())),
        Some(Err(failure)) => Some(Err(failure.clone())),
    });
    view! {
        <Card title=t!("1. Files") testid="match-files">
            <div class="form">
                <FilesDrop
                    label=t!("Choose files, or drop files and folders here")
                    hint=t!("Of any kind, up to 1 MiB each. They stay in this browser until you remove them.")
                    folder=t!("Choose a folder")
                    on_given=move |given| adding.add(given)
                    testid="match-add"
                />
                <Disclosure summary=t!("Paste a text instead") testid="match-paste"><PasteText /></Disclosure>
                <AddingNote />
                <LeftOutList />
                {move || match is_known.get() {
                    None => view! { <Skeleton lines=2 /> }.into_any(),
                    Some(Err(failure)) => {
                        view! { <FailureBanner failure on_retry=move || matching.ask() /> }.into_any()
                    }
                    Some(Ok(true)) => view! {
                        <div data-testid="match-no-files">
                            <Empty icon=Icon::File title=t!("No file yet") hint=t!("A thousand files at most are queued at once.") />
                        </div>
                    }
                    .into_any(),
                    Some(Ok(false)) => view! { <FileList matching /> }.into_any(),
                }}
            </div>
        </Card>
    }
}

/// A text as a file.
#[component]
fn PasteText() -> impl IntoView {
    let adding = use_adding();
    let (name, text) =
        (RwSignal::new(t!("pasted text.txt").to_owned()), RwSignal::new(String::new()));
    let tried = RwSignal::new(false);
    let name_error = move || name.read().trim().is_empty().then(|| t!("give it a name").to_owned());
    let text_error = move || size_problem(text.read().len() as u64).map(str::to_owned);
    let add = move || {
        tried.set(true);
        if untrack(|| name_error().is_some() || text_error().is_some()) {
            return;
        }
        let parts = js_sys::Array::of1(&text.read_untracked().as_str().into());
        // A text that was typed can be kept as a file.
        if let Ok(file) = File::new_with_str_sequence(&parts, name.read_untracked().trim()) {
            adding.add(vec![Given::File(file)]);
            text.set(String::new());
            tried.set(false);
        }
    };
    view! {
        <div class="form">
            <Field label=t!("Name").to_owned() value=name error=Signal::derive(name_error) tried testid="match-text-name" />
            <Textarea
                label=t!("Text").to_owned()
                value=text
                hint=Signal::derive(move || {
                    let size = text.read().len() as u64;
                    Some(if size == 0 { t!("It is scored as UTF-8.").to_owned() } else { say::bytes(size) })
                })
                error=Signal::derive(text_error)
                tried
                rows=4
                testid="match-text"
            />
            <div class="buttons">
                <Button icon=Icon::Plus on_press=add testid="match-text-add">{t!("Add this text")}</Button>
            </div>
        </div>
    }
}

/// How far adding is, while it goes on.
#[component]
fn AddingNote() -> impl IntoView {
    let adding = use_adding();
    let adds = Memo::new(move |_| adding.progress.read().is_some());
    let progress =
        move |pick: fn(&AddingProgress) -> u64| adding.progress.read().as_ref().map_or(0, pick);
    move || {
        adds.get().then(|| {
            view! {
                <div class="match-adding" data-testid="match-adding">
                    <Progress
                        label=t!("Adding files")
                        done=Signal::derive(move || progress(|it| it.done as u64))
                        total=Signal::derive(move || progress(|it| (it.done + it.left + 1) as u64))
                        detail=Signal::derive(move || {
                            adding.progress.read().as_ref().map(|it| {
                                let done = say::count(it.done as u64);
                                if it.name.is_empty() { t!("{done} so far", done) } else { t!("{done} so far · {name}", done, name = it.name) }
                            })
                        })
                    />
                    <Button icon=Icon::Cross on_press=move || adding.stop() testid="match-adding-stop">{t!("Stop adding")}</Button>
                </div>
            }
        })
    }
}

/// The files that are queued.
#[component]
fn FileList(matching: Matching) -> impl IntoView {
    let of_queue = move |pick: &dyn Fn(&QueueView) -> usize| match &*matching.queue.read() {
        Some(Ok(queue)) => pick(queue),
        _ => 0,
    };
    let total = Memo::new(move |_| of_queue(&|queue| queue.files.len()));
    let bytes = Memo::new(move |_| match &*matching.queue.read() {
        Some(Ok(queue)) => queue.files.iter().map(|file| file.size).sum::<u64>(),
        _ => 0,
    });
    let sight = RwSignal::new((0_usize, MARGIN));
    let now = Memo::new(move |_| {
        matching.scoring().match_progress.read().as_ref().and_then(|progress| progress.data)
    });
    let rows = Memo::new(move |_| {
        let (first, count) = sight.get();
        let from = first.saturating_sub(MARGIN);
        let rows = match &*matching.queue.read() {
            Some(Ok(queue)) => {
                let files = queue.files.iter().skip(from).take(count + 2 * MARGIN);
                files.map(|file| FileRow::of(file, now.get())).collect()
            }
            _ => Vec::new(),
        };
        (from, rows)
    });
    let (shown, removing) = (RwSignal::new(None::<Checksum>), RwSignal::new(None::<FileRow>));
    let (asks_one, asks_all) = (RwSignal::new(false), RwSignal::new(false));
    let scrolled = StoredValue::new(0);
    view! {
        <div class="match-files-head">
            <span class="field-hint" data-testid="match-file-count" data-count=move || total.get().to_string()>
                {move || {
                    let (most, size) = (say::count(MOST_FILES as u64), say::bytes(bytes.get()));
                    t_n!(total.get() as u64, "{n} file of {most} at most, {size}", "{n} files of {most} at most, {size}", most, size)
                }}
            </span>
            <Button rank=Rank::Quiet icon=Icon::Trash on_press=move || asks_all.set(true) testid="match-remove-all">{t!("Remove all")}</Button>
        </div>
        <div class="match-file-list" class:match-file-list-short=move || total.get() <= 4>
            <LongList
                label=t!("Files")
                total
                rows
                key=FileRow::clone
                row=move |row| view! {
                    <FileLine
                        row
                        on_show=move |checksum| shown.set(Some(checksum))
                        on_remove=move |row| {
                            removing.set(Some(row));
                            asks_one.set(true);
                        }
                    />
                }
                row_class="match-file"
                on_look=move |first, count| sight.set((first, count))
                scrolled
                testid="match-file-rows"
            />
        </div>
        <LossesDialog matching shown />
        <Dialog open=asks_one title=t!("Remove this file?") testid="match-remove-dialog">
            {move || removing.get().map(|row| view! {
                <Removal matching open=asks_one files=vec![row.checksum] words=t!("This browser forgets {name} and what was scored of it. Submissions that were begun stay.", name = row.name) />
            })}
        </Dialog>
        <Dialog open=asks_all title=t!("Remove all files?") testid="match-remove-dialog">
            {move || {
                let files = match &*matching.queue.read() {
                    Some(Ok(queue)) => queue.files.iter().map(|file| file.checksum).collect(),
                    _ => Vec::new(),
                };
                let words = t_n!(
                    total.get() as u64,
                    "This browser forgets {n} file and what was scored of it. Submissions that were begun stay.",
                    "This browser forgets {n} files and what was scored of them. Submissions that were begun stay."
                );
                view! { <Removal matching open=asks_all files words /> }
            }}
        </Dialog>
    }
}

/// Asks before files are removed, and removes them.
#[component]
fn Removal(
    matching: Matching,
    open: RwSignal<bool>,
    files: Vec<Checksum>,
    words: String,
) -> impl IntoView {
    let attempt = Attempt::new();
    let files = StoredValue::new(files);
    let remove = move || {
        let files = files.get_value();
        attempt.run(
            async move { matching.scoring().bridge().remove_match_files(files).await },
            move |queue| {
                matching.take(Ok(queue));
                matching.table_moves.update(|moves| *moves += 1);
                open.set(false);
            },
        );
    };
    view! {
        <div class="form">
            <p>{words}</p>
            <AttemptFailure attempt />
            <div class="buttons buttons-end">
                <Button on_press=move || open.set(false)>{t!("Keep")}</Button>
                <Button rank=Rank::Danger icon=Icon::Trash busy=attempt.busy() on_press=remove testid="match-remove-confirm">{t!("Remove")}</Button>
            </div>
        </div>
    }
}

/// A file as its row shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct FileRow {
    checksum: Checksum,
    name: String,
    size: u64,
    state: &'static str,
    words: String,
}

impl FileRow {
    fn of(file: &QueuedFile, now: Option<Checksum>) -> Self {
        let asked = file.scores.len();
        let done = file.scores.iter().filter(|score| score.loss.is_some()).count();
        let best = file
            .scores
            .iter()
            .filter_map(|score| match score.loss {
                Some(FileLoss::Finite(loss)) => Some((loss, score.model)),
                _ => None,
            })
            .min_by(|(a, _), (b, _)| a.total_cmp(b));
        let best = best.map(|(loss, model)| (say::fixed(loss, 4), model.to_short()));
        let (state, words) = match (done, asked) {
            _ if now == Some(file.checksum) => {
                ("now", t!("being scored · {done} of {asked} models", done, asked))
            }
            (_, 0) => ("waits", t!("not scored yet").to_owned()),
            (0, _) => ("waits", t!("waits · 0 of {asked} models", asked)),
            (done, asked) if done == asked => {
                let asked = asked as u64;
                let words = match best {
                    None => t_n!(asked, "scored by {n} model", "scored by all {n} models"),
                    Some((loss, model)) => t_n!(
                        asked,
                        "scored by {n} model · lowest loss {loss} by {model}",
                        "scored by all {n} models · lowest loss {loss} by {model}",
                        loss,
                        model
                    ),
                };
                ("scored", words)
            }
            _ => {
                let words = match best {
                    None => t!("{done} of {asked} models", done, asked),
                    Some((loss, model)) => t!(
                        "{done} of {asked} models · lowest loss {loss} by {model}",
                        done,
                        asked,
                        loss,
                        model
                    ),
                };
                ("partly", words)
            }
        };
        Self { checksum: file.checksum, name: file.name.clone(), size: file.size, state, words }
    }
}

#[component]
fn FileLine(
    row: FileRow,
    #[prop(into)] on_show: Callback<(Checksum,)>,
    #[prop(into)] on_remove: Callback<(FileRow,)>,
) -> impl IntoView {
    let FileRow { checksum, name, size, state, words } = row.clone();
    let label = t!("Remove {name}", name);
    view! {
        <div class="match-file" data-testid="match-file" data-name=name.clone() data-state=state data-checksum=checksum.to_string()>
            <button type="button" class="match-file-open" title=t!("What each model made of it") on:click=move |_| on_show.run((checksum,)) data-testid="match-file-open">
                <span class="match-file-name">{name.clone()}</span>
                <span class="match-file-size">{say::bytes(size)}</span>
                <span class="match-file-state">{words}</span>
            </button>
            <IconButton label icon=Icon::Trash on_press=move || on_remove.run((row.clone(),)) testid="match-file-remove" />
        </div>
    }
}
