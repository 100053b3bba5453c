//! A chart as a picture file: drawn anew on a canvas, in the colours in which it is shown.

use super::chart::Subject;
use crate::chart::{Plot, Point, Shape};
use crate::languages::t;
use js_sys::Promise;
use leptos::prelude::{document, window};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement};

const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 600.0;
/// Dots of the file for each unit of the drawing.
const DENSITY: f64 = 2.0;
const MARGIN: f64 = 40.0;
const HEAD: f64 = 96.0;
const FOOT: f64 = 64.0;
const FONT: &str = "\"Plex Sans\", system-ui, sans-serif";

/// The colours of a chart as it is shown.
struct Ink {
    sheet: String,
    words: String,
    quiet: String,
    rule: String,
    mark: String,
    goal: String,
}

impl Ink {
    fn of(figure: &HtmlElement) -> Self {
        let find = |selector: &str| figure.query_selector(selector).ok().flatten();
        let card = figure.closest(".card").ok().flatten();
        Self {
            sheet: style_of(card.as_ref(), "background-color", "#ffffff"),
            words: style_of(find(".chart-title").as_ref(), "color", "#14211c"),
            quiet: style_of(find(".chart-unit").as_ref(), "color", "#4a5a53"),
            rule: style_of(find(".chart-rule").as_ref(), "stroke", "#d3dad6"),
            mark: style_of(find(".chart-line, .chart-bars").as_ref(), "color", "#0b6a4f"),
            goal: style_of(find(".chart-goal").as_ref(), "stroke", "#8a5300"),
        }
    }
}

/// A property as the browser shows it.
fn style_of(element: Option<&Element>, property: &str, otherwise: &str) -> String {
    element
        .and_then(|element| window().get_computed_style(element).ok().flatten())
        .and_then(|style| style.get_property_value(property).ok())
        .filter(|value| !value.is_empty())
        .unwrap_or_else(|| otherwise.to_owned())
}

/// Draws a chart.
///
/// # Errors
/// Where the browser gives no canvas or no file of it.
pub(super) async fn draw(
    figure: &HtmlElement,
    subject: &Subject,
    plot: &Plot,
    points: &[Point],
    tick: &dyn Fn(u128) -> String,
) -> Result<Blob, JsValue> {
    let canvas: HtmlCanvasElement = document().create_element("canvas")?.unchecked_into();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "constants of some hundreds"
    )]
    let (width, height) = ((WIDTH * DENSITY) as u32, (HEIGHT * DENSITY) as u32);
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.scale(DENSITY, DENSITY)?;
    let easel = Easel { context, ink: Ink::of(figure) };
    easel.paint(subject, plot, points, tick)?;
    to_blob(&canvas).await
}

async fn to_blob(canvas: &HtmlCanvasElement) -> Result<Blob, JsValue> {
    let promise = Promise::new(&mut |done, failed| {
        let give = Closure::once_into_js(move |blob: JsValue| {
            // A promise that is settled already takes no second word.
            let _ = done.call1(&JsValue::NULL, &blob);
        });
        if let Err(error) = canvas.to_blob(give.unchecked_ref()) {
            let _ = failed.call1(&JsValue::NULL, &error);
        }
    });
    JsFuture::from(promise).await?.dyn_into()
}

struct Easel {
    context: CanvasRenderingContext2d,
    ink: Ink,
}

impl Easel {
    fn paint(
        &self,
        subject: &Subject,
        plot: &Plot,
        points: &[Point],
        tick: &dyn Fn(u128) -> String,
    ) -> Result<(), JsValue> {
        let context = &self.context;
        context.set_fill_style_str(&self.ink.sheet);
        context.fill_rect(0.0, 0.0, WIDTH, HEIGHT);
        self.text(subject.title, (MARGIN, 52.0), "600 26px", &self.ink.words, "left")?;
        let unit =
            t!("{unit} by {across}", unit = subject.unit, across = subject.across.to_lowercase());
        let unit = match plot.base() {
            Some(base) => {
                t!("{unit}; the axis begins at {base}, not at zero", unit, base = tick(base))
            }
            None => unit,
        };
        self.text(&unit, (MARGIN, 80.0), "400 18px", &self.ink.quiet, "left")?;
        let words: Vec<_> = plot.ticks.iter().map(|line| tick(line.value)).collect();
        context.set_font(&format!("400 18px {FONT}"));
        let widths = words.iter().map(|words| context.measure_text(words).map(|size| size.width()));
        let widest = widths.filter_map(Result::ok).fold(0.0, f64::max);
        let room = Room {
            left: MARGIN + widest + 16.0,
            right: WIDTH - MARGIN,
            top: HEAD + 24.0,
            bottom: HEIGHT - FOOT,
        };
        for (line, words) in plot.ticks.iter().zip(&words) {
            let y = room.y(line.height);
            self.rule((room.left, room.right), y, &self.ink.rule);
            self.text(words, (room.left - 14.0, y + 6.0), "400 18px", &self.ink.quiet, "right")?;
        }
        self.marks(subject.shape, plot, &room);
        if let Some(goal) = plot.goal {
            context.set_line_dash(&js_sys::Array::of2(&8.into(), &6.into()))?;
            self.rule((room.left, room.right), room.y(goal), &self.ink.goal);
            context.set_line_dash(&js_sys::Array::new())?;
        }
        let last = points.len().saturating_sub(1);
        for (at, align) in [(0, "left"), (points.len() / 2, "center"), (last, "right")] {
            let Some(point) = points.get(at).filter(|_| at != 0 || align == "left") else {
                continue;
            };
            let x = room.x(Plot::middle(at, points.len()));
            self.text(&point.label, (x, HEIGHT - FOOT + 30.0), "400 18px", &self.ink.quiet, align)?;
        }
        Ok(())
    }

    fn marks(&self, shape: Shape, plot: &Plot, room: &Room) {
        let context = &self.context;
        let count = plot.heights.len();
        context.set_fill_style_str(&self.ink.mark);
        context.set_stroke_style_str(&self.ink.mark);
        context.set_line_width(3.0);
        context.set_line_join("round");
        context.set_line_cap("round");
        let slot = (room.right - room.left) * 2.0 * Plot::middle(0, count);
        let mut joined = false;
        context.begin_path();
        for (at, height) in plot.heights.iter().enumerate() {
            let Some(height) = *height else {
                joined = false;
                continue;
            };
            let (x, y) = (room.x(Plot::middle(at, count)), room.y(height));
            match shape {
                Shape::Bars => {
                    let width = (slot * 0.7).max(1.0);
                    context.fill_rect(x - width / 2.0, y, width, room.bottom - y);
                }
                Shape::Line if joined => context.line_to(x, y),
                Shape::Line => {
                    context.move_to(x, y);
                    context.line_to(x, y);
                }
            }
            joined = true;
        }
        context.stroke();
    }

    fn rule(&self, (from, to): (f64, f64), y: f64, colour: &str) {
        let context = &self.context;
        context.set_stroke_style_str(colour);
        context.set_line_width(1.0);
        context.begin_path();
        context.move_to(from, y);
        context.line_to(to, y);
        context.stroke();
    }

    fn text(
        &self,
        words: &str,
        (x, y): (f64, f64),
        font: &str,
        colour: &str,
        align: &str,
    ) -> Result<(), JsValue> {
        let context = &self.context;
        context.set_font(&format!("{font} {FONT}"));
        context.set_fill_style_str(colour);
        context.set_text_align(align);
        context.fill_text(words, x, y)
    }
}

/// Where the drawing itself is.
struct Room {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Room {
    fn x(&self, share: f64) -> f64 {
        self.left + share * (self.right - self.left)
    }

    fn y(&self, height: f64) -> f64 {
        self.bottom - height * (self.bottom - self.top)
    }
}
