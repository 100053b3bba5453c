//! A chart: numbers as a line or bars, read by eye, by pointer, by arrow keys, as a table, or taken away
//! as a file of numbers or a picture.

use super::button::{Button, Rank};
use super::chart_picture;
use super::icon::Icon;
use super::toast::use_notices;
use crate::chart::{Plot, Point, Shape, csv};
use crate::files::{save_blob, save_text};
use crate::languages::t;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

/// What a chart is of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    /// What is drawn.
    pub(crate) title: &'static str,
    /// What its numbers count.
    pub(crate) unit: &'static str,
    /// What stands from left to right.
    pub(crate) across: &'static str,
    /// How it is drawn.
    pub(crate) shape: Shape,
    /// Name of its files, without an ending, and of the chart for tests.
    pub(crate) file: &'static str,
}

/// A chart.
#[component]
pub(crate) fn Chart(
    /// What it is of.
    subject: Subject,
    /// The numbers.
    #[prop(into)]
    points: Signal<Vec<Point>>,
    /// Says a number of an axis.
    #[prop(into)]
    tick: Callback<(u128,), String>,
    /// A number to compare with.
    #[prop(optional, into)]
    goal: Signal<Option<u128>>,
    /// What else there is to know, such as what is missing.
    #[prop(optional, into)]
    note: MaybeProp<String>,
) -> impl IntoView {
    let plot = Memo::new(move |_| {
        let values: Vec<_> = points.read().iter().map(|point| point.value).collect();
        Plot::of(&values, subject.shape, goal.get())
    });
    let read = RwSignal::new(None::<usize>);
    let figure = NodeRef::<html::Figure>::new();
    let empty = Memo::new(move |_| plot.read().ticks.is_empty());
    view! {
        <figure class="chart" node_ref=figure data-testid=format!("chart-{}", subject.file)>
            <figcaption class="chart-head">
                <span class="chart-title">{subject.title}</span>
                <span class="chart-unit">{subject.unit}</span>
                <Reading points read />
            </figcaption>
            <div class="chart-body" class:is-empty=empty class:is-cut=move || plot.read().base().is_some()>
                <Ticks plot tick />
                <Drawing subject points plot read />
                <Labels points />
                {move || empty.get().then(|| view! { <p class="chart-nothing">{t!("Nothing to draw yet")}</p> })}
            </div>
            <GoalWords plot goal tick />
            <BaseWords plot tick />
            <p class="chart-note" hidden=move || note.get().is_none()>{move || note.get()}</p>
            <Acts subject points plot tick figure />
        </figure>
    }
}

/// The number that is pointed at, or else the newest.
#[component]
fn Reading(points: Signal<Vec<Point>>, read: RwSignal<Option<usize>>) -> impl IntoView {
    let words = Memo::new(move |_| {
        let points = points.read();
        let chosen = read.get().and_then(|at| points.get(at));
        let newest = || points.iter().rev().find(|point| point.value.is_some());
        chosen.or_else(newest).map(|point| (point.label.clone(), point.words.clone()))
    });
    view! {
        <span class="chart-reading" class:is-pointed=move || read.get().is_some()>
            {move || {
                words
                    .get()
                    .map(|(label, words)| {
                        view! { <span class="chart-where">{label}</span><b class="chart-value">{words}</b> }
                    })
            }}
        </span>
    }
}

#[component]
fn Ticks(plot: Memo<Plot>, tick: Callback<(u128,), String>) -> impl IntoView {
    let lines = move || {
        let ticks = plot.read().ticks.clone();
        ticks
            .into_iter()
            .map(|line| {
                let words = tick.run((line.value,));
                view! {
                    <span class="chart-tick" style:bottom=percent(line.height)>{words}</span>
                }
            })
            .collect_view()
    };
    // The widest of them gives the column its width.
    let widest = move || {
        let ticks = plot.read().ticks.clone();
        ticks
            .into_iter()
            .map(|line| tick.run((line.value,)))
            .max_by_key(|words| words.chars().count())
    };
    view! {
        <div class="chart-ticks" aria-hidden="true">
            <span class="chart-tick-width">{widest}</span>
            {lines}
        </div>
    }
}

/// The drawing, which is also a slider: arrow keys walk from number to number.
#[component]
fn Drawing(
    subject: Subject,
    points: Signal<Vec<Point>>,
    plot: Memo<Plot>,
    read: RwSignal<Option<usize>>,
) -> impl IntoView {
    let count = Memo::new(move |_| points.read().len());
    let last = move || count.get().saturating_sub(1);
    let step = move |event: web_sys::KeyboardEvent| {
        let (here, last) = (read.get_untracked(), last());
        let there = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => here.map_or(last, |here| here.saturating_sub(1)),
            "ArrowRight" | "ArrowUp" => here.map_or(last, |here| (here + 1).min(last)),
            "PageUp" => here.map_or(last, |here| (here + 10).min(last)),
            "PageDown" => here.map_or(last, |here| here.saturating_sub(10)),
            "Home" => 0,
            "End" => last,
            "Escape" => {
                read.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        read.set(Some(there));
    };
    let point_at = move |event: web_sys::PointerEvent| {
        let Some(target) = event.current_target() else { return };
        let element: web_sys::Element = target.unchecked_into();
        let room = element.get_bounding_client_rect();
        read.set(place_at(
            f64::from(event.client_x()) - room.left(),
            room.width(),
            count.get_untracked(),
        ));
    };
    let said = move || {
        let points = points.read();
        let chosen = read.get().unwrap_or_else(|| points.len().saturating_sub(1));
        points
            .get(chosen)
            .map(|point| format!("{} {}: {}", subject.across, point.label, point.words))
    };
    let cursor = Memo::new(move |_| {
        let at = read.get()?;
        let plot = plot.read();
        let height = *plot.heights.get(at)?;
        Some((Plot::middle(at, plot.heights.len()), height))
    });
    view! {
        <div
            class="chart-plot"
            role="slider"
            tabindex="0"
            aria-label=format!("{}, {}", subject.title, subject.unit)
            aria-valuemin="0"
            aria-valuemax=move || last().to_string()
            aria-valuenow=move || read.get().unwrap_or_else(last).min(last()).to_string()
            aria-valuetext=said
            on:keydown=step
            on:pointermove=point_at
            on:pointerdown=point_at
            on:pointerleave=move |_| read.set(None)
            on:blur=move |_| {
                // Also said when the chart is taken away, and its value with it.
                let _ = read.try_set(None);
            }
        >
            <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true" focusable="false">
                {move || {
                    let ticks = plot.read().ticks.clone();
                    ticks.into_iter().map(|line| rule("chart-rule", line.height)).collect_view()
                }}
                <path class="chart-area" d=move || plot.read().area.clone() />
                <path
                    class=match subject.shape {
                        Shape::Line => "chart-line",
                        Shape::Bars => "chart-bars",
                    }
                    d=move || plot.read().path.clone()
                />
                {move || plot.read().goal.map(|height| rule("chart-goal", height))}
            </svg>
            {move || {
                cursor
                    .get()
                    .map(|(left, height)| {
                        view! {
                            <span class="chart-cursor" style:left=percent(left)></span>
                            {height
                                .map(|height| {
                                    view! {
                                        <span class="chart-dot" style:left=percent(left) style:bottom=percent(height)></span>
                                    }
                                })}
                        }
                    })
            }}
        </div>
    }
}

/// A line across the drawing.
fn rule(class: &'static str, height: f64) -> impl IntoView {
    let y = (1.0 - height) * crate::chart::SIDE;
    view! { <path class=class d=format!("M0 {y:.2}H1000") /> }
}

/// First, middle and last place below the drawing.
#[component]
fn Labels(points: Signal<Vec<Point>>) -> impl IntoView {
    let labels = Memo::new(move |_| {
        let points = points.read();
        let label = |at: usize| {
            points.get(at).map(|point| (Plot::middle(at, points.len()), point.label.clone()))
        };
        let mut places = vec![0, points.len() / 2, points.len().saturating_sub(1)];
        places.dedup();
        places.into_iter().filter_map(label).collect::<Vec<_>>()
    });
    view! {
        <div class="chart-labels" aria-hidden="true">
            {move || {
                labels
                    .get()
                    .into_iter()
                    .map(|(left, label)| view! { <span class="chart-label" style:left=percent(left)>{label}</span> })
                    .collect_view()
            }}
        </div>
    }
}

/// The goal in words: what the dashed line is, or that it is out of sight.
#[component]
fn GoalWords(
    plot: Memo<Plot>,
    goal: Signal<Option<u128>>,
    tick: Callback<(u128,), String>,
) -> impl IntoView {
    move || {
        goal.get().filter(|_| !plot.read().ticks.is_empty()).map(|goal| {
            let words = tick.run((goal,));
            if plot.read().goal.is_some() {
                view! { <p class="chart-note"><span class="chart-goal-mark" aria-hidden="true"></span>{t!("Goal: {words}", words)}</p> }
                    .into_any()
            } else {
                view! { <p class="chart-note">{t!("Goal: {words}, far above this picture", words)}</p> }.into_any()
            }
        })
    }
}

/// Says where the axis does not begin at zero.
#[component]
fn BaseWords(plot: Memo<Plot>, tick: Callback<(u128,), String>) -> impl IntoView {
    move || {
        plot.read().base().map(|base| {
            let words = t!("The axis begins at {base}, not at zero.", base = tick.run((base,)));
            view! {
                <p class="chart-note" data-testid="chart-base">
                    <span class="chart-cut" aria-hidden="true"></span>
                    {words}
                </p>
            }
        })
    }
}

/// Table and files.
#[component]
fn Acts(
    subject: Subject,
    points: Signal<Vec<Point>>,
    plot: Memo<Plot>,
    tick: Callback<(u128,), String>,
    figure: NodeRef<html::Figure>,
) -> impl IntoView {
    let notices = use_notices();
    let table = RwSignal::new(false);
    let refused = move || notices.toast(t!("The browser did not save the file.").to_owned());
    let save_numbers = move || {
        let title = format!("{} ({})", subject.title, subject.unit);
        let file = csv(subject.across, &title, &points.read_untracked());
        if save_text(&format!("{}.csv", subject.file), &file).is_err() {
            refused();
        }
    };
    let save_picture = move || {
        let Some(figure) = figure.get_untracked() else { return };
        let (plot, points) = (plot.get_untracked(), points.get_untracked());
        spawn_local(async move {
            let tick = move |value: u128| tick.run((value,));
            let picture = chart_picture::draw(&figure, &subject, &plot, &points, &tick).await;
            let saved = picture.and_then(|blob| save_blob(&format!("{}.png", subject.file), &blob));
            if saved.is_err() {
                refused();
            }
        });
    };
    view! {
        <div class="chart-acts">
            <button
                type="button"
                class="chart-act"
                aria-expanded=move || table.get().to_string()
                data-testid="chart-table"
                on:click=move |_| table.update(|table| *table = !*table)
            >
                {t!("Table")}
            </button>
            <Button rank=Rank::Quiet icon=Icon::Download on_press=save_numbers testid="chart-csv">"CSV"</Button>
            <Button rank=Rank::Quiet icon=Icon::Download on_press=save_picture testid="chart-png">"PNG"</Button>
        </div>
        {move || table.get().then(|| view! { <Table subject points /> })}
    }
}

/// The numbers, newest first.
#[component]
fn Table(subject: Subject, points: Signal<Vec<Point>>) -> impl IntoView {
    view! {
        <div class="chart-numbers" role="region" aria-label=t!("{title} as a table", title = subject.title) tabindex="0">
            <table class="figures">
                <thead>
                    <tr><th scope="col">{subject.across}</th><th scope="col">{format!("{}, {}", subject.title, subject.unit)}</th></tr>
                </thead>
                <tbody>
                    {move || {
                        points
                            .get()
                            .into_iter()
                            .rev()
                            .map(|point| view! { <tr><th scope="row">{point.label}</th><td>{point.words}</td></tr> })
                            .collect_view()
                    }}
                </tbody>
            </table>
        </div>
    }
}

/// The place that is pointed at.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a pixel between the edges of a chart"
)]
fn place_at(from_left: f64, width: f64, count: usize) -> Option<usize> {
    if count == 0 || width <= 0.0 {
        return None;
    }
    let place = (from_left / width).clamp(0.0, 1.0) * count as f64;
    Some((place as usize).min(count - 1))
}

fn percent(share: f64) -> String {
    format!("{:.3}%", share * 100.0)
}
