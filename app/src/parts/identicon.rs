//! The picture of an address, drawn here.

use leptos::prelude::*;
use std::fmt::Write as _;
use wasm_core::address::Address;
use wasm_core::identicon::{Cell, Identicon as Drawing, Rgb, SIDE};

/// Empty cells around the drawing.
const MARGIN: usize = 1;

/// The picture of an address. It says nothing to a screen reader; the digits beside it do.
#[component]
pub(crate) fn Identicon(
    /// Whose.
    address: Address,
) -> impl IntoView {
    let drawing = Drawing::of(&address);
    let size = SIDE + 2 * MARGIN;
    view! {
        <svg class="identicon" viewBox=format!("0 0 {size} {size}") aria-hidden="true" focusable="false" shape-rendering="crispEdges">
            <rect width=size height=size rx="1.2" fill=colour(drawing.paper) />
            <path d=cells(&drawing, Cell::Ink) fill=colour(drawing.ink) />
            <path d=cells(&drawing, Cell::Accent) fill=colour(drawing.accent) />
        </svg>
    }
}

fn colour([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn cells(drawing: &Drawing, wanted: Cell) -> String {
    let mut path = String::new();
    for (y, row) in drawing.cells.iter().enumerate() {
        for x in (0..SIDE).filter(|x| row.get(*x) == Some(&wanted)) {
            // Writing to a string does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    path
}
