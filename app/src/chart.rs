//! Charts as geometry: whole numbers in, shares of a rectangle out. What is written at an axis is as
//! exact as the numbers are; only where a line runs is rounded.

use std::fmt::Write;

/// Lines across a chart, at most, beside the lowest.
const STEPS: u128 = 4;
/// A goal further above everything than this many times is told in words alone.
const FAR_GOAL: u128 = 3;
/// Both sides of the drawing; it is stretched to whatever room there is.
pub const SIDE: f64 = 1000.0;

/// A number and what is written of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// Where it is, in short, for the axis.
    pub label: String,
    /// Where it is, exactly, for a table and a file.
    pub at: String,
    /// The number, in the smallest unit; none where there is none.
    pub value: Option<u128>,
    /// The number for people.
    pub words: String,
    /// The number for a file: digits and at most one point.
    pub exact: String,
}

/// How numbers are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As a line through them; the lowest need not be zero.
    Line,
    /// As bars that stand on zero.
    Bars,
}

/// A line across, with the number it stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tick {
    /// Height, from 0 at the bottom to 1 at the top.
    pub height: f64,
    /// The number.
    pub value: u128,
}

/// A chart, drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plot {
    /// The line, or the bars: the path of an SVG of [`SIDE`] by [`SIDE`].
    pub path: String,
    /// What is below the line; empty for bars.
    pub area: String,
    /// Lines across, from the lowest on.
    pub ticks: Vec<Tick>,
    /// Height of each number, from 0 to 1; none where there is no number.
    pub heights: Vec<Option<f64>>,
    /// Height of the goal, where it is within the picture.
    pub goal: Option<f64>,
}

impl Plot {
    /// Draws numbers, and a goal to compare them with.
    #[must_use]
    pub fn of(values: &[Option<u128>], shape: Shape, goal: Option<u128>) -> Self {
        let numbers = || values.iter().flatten().copied();
        let (Some(least), Some(most)) = (numbers().min(), numbers().max()) else {
            return Self { heights: vec![None; values.len()], ..Self::default() };
        };
        let goal = goal.filter(|goal| most > 0 && *goal <= most.saturating_mul(FAR_GOAL));
        let top = goal.map_or(most, |goal| goal.max(most));
        let bottom = goal.map_or(least, |goal| goal.min(least));
        let (low, high, step) = scale(bottom, top, shape);
        let height = |value: u128| share(value.saturating_sub(low), high - low);
        let ticks = (0..=(high - low) / step)
            .map(|n| low + n * step)
            .map(|value| Tick { height: height(value), value })
            .collect();
        let heights: Vec<_> = values.iter().map(|value| value.map(height)).collect();
        let (path, area) = match shape {
            Shape::Bars => (bars(&heights), String::new()),
            Shape::Line => (line(&heights), area(&heights)),
        };
        Self { path, area, ticks, heights, goal: goal.map(height) }
    }

    /// The number that the axis begins at, where that is not zero: what is seen then is not in proportion.
    #[must_use]
    pub fn base(&self) -> Option<u128> {
        self.ticks.first().map(|lowest| lowest.value).filter(|lowest| *lowest > 0)
    }

    /// Where the number of a place stands from left to right, from 0 to 1.
    #[must_use]
    pub fn middle(place: usize, places: usize) -> f64 {
        share(2 * place as u128 + 1, 2 * places.max(1) as u128)
    }
}

/// A part of a whole; all of nothing is nothing.
#[expect(clippy::cast_precision_loss, reason = "where a line runs is rounded")]
fn share(part: u128, whole: u128) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The lowest and highest line, and the step between lines.
fn scale(least: u128, most: u128, shape: Shape) -> (u128, u128, u128) {
    // A line of numbers that hardly differ would be flat if it stood on zero.
    let from_zero = shape == Shape::Bars || least < most / 3 || least == most;
    let least = if from_zero { 0 } else { least };
    let step = round_step((most - least).div_ceil(STEPS));
    let low = least / step * step;
    let high = (most.div_ceil(step) * step).max(low + step);
    (low, high, step)
}

/// The smallest of 1, 2, 5, 10, 20, 50, … that is no less.
fn round_step(least: u128) -> u128 {
    let mut power = 1_u128;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if step >= least.max(1) {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// A place in the drawing: from the left, and from the top.
fn place(at: usize, of: usize, height: f64) -> (f64, f64) {
    (Plot::middle(at, of) * SIDE, (1.0 - height) * SIDE)
}

/// A line through the numbers, broken where there is none.
fn line(heights: &[Option<f64>]) -> String {
    let mut path = String::new();
    for run in runs(heights) {
        for (nth, (at, height)) in run.iter().enumerate() {
            let (x, y) = place(*at, heights.len(), *height);
            let letter = if nth == 0 { 'M' } else { 'L' };
            let _written = write!(path, "{letter}{x:.2} {y:.2}");
        }
        if let [(at, height)] = run[..] {
            // A line of no length is drawn as a dot by its round ends.
            let (x, y) = place(at, heights.len(), height);
            let _written = write!(path, "L{x:.2} {y:.2}");
        }
    }
    path
}

fn area(heights: &[Option<f64>]) -> String {
    let mut path = String::new();
    for run in runs(heights) {
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else { continue };
        let _written = write!(path, "M{:.2} {SIDE}", Plot::middle(*first, heights.len()) * SIDE);
        for (at, height) in &run {
            let (x, y) = place(*at, heights.len(), *height);
            let _written = write!(path, "L{x:.2} {y:.2}");
        }
        let _written = write!(path, "L{:.2} {SIDE}Z", Plot::middle(*last, heights.len()) * SIDE);
    }
    path
}

/// Numbers that follow each other without a gap.
fn runs(heights: &[Option<f64>]) -> Vec<Vec<(usize, f64)>> {
    let mut runs = vec![Vec::new()];
    for (at, height) in heights.iter().enumerate() {
        match height {
            Some(height) => {
                runs.last_mut().expect("there is one from the start").push((at, *height));
            }
            None => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn bars(heights: &[Option<f64>]) -> String {
    // Where there are many, the gap between them would be all that is seen.
    let filled = if heights.len() > 90 { 0.9 } else { 0.68 };
    let width = share(1, heights.len() as u128) * SIDE * filled;
    let mut path = String::new();
    for (at, height) in heights.iter().enumerate() {
        let Some(height) = height.filter(|height| *height > 0.0) else { continue };
        let (x, y) = place(at, heights.len(), height);
        let left = x - width / 2.0;
        let _written = write!(path, "M{left:.2} {SIDE}V{y:.2}h{width:.2}V{SIDE}z");
    }
    path
}

/// Points as comma-separated values, with a line of titles.
#[must_use]
pub fn csv(x: &str, y: &str, points: &[Point]) -> String {
    let mut file = format!("{},{}\r\n", cell(x), cell(y));
    for point in points {
        let _written = write!(file, "{},{}\r\n", cell(&point.at), cell(&point.exact));
    }
    file
}

/// A value of a CSV file, quoted where it must be.
#[must_use]
pub fn cell(text: &str) -> String {
    // A spreadsheet takes what begins like this for a formula.
    let text =
        if text.starts_with(['=', '+', '@', '-']) { format!("'{text}") } else { text.into() };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::{Plot, Point, Shape, cell, csv, round_step};

    fn ticks(values: &[u128], shape: Shape, goal: Option<u128>) -> Vec<u128> {
        let values: Vec<_> = values.iter().copied().map(Some).collect();
        Plot::of(&values, shape, goal).ticks.iter().map(|tick| tick.value).collect()
    }

    #[test]
    fn steps_are_round() {
        let steps: Vec<_> = [0, 1, 2, 3, 6, 11, 499, 501].map(round_step).to_vec();
        assert_eq!(steps, [1, 1, 2, 5, 10, 20, 500, 1000]);
    }

    #[test]
    fn lines_across_stand_at_round_numbers_and_hold_everything() {
        assert_eq!(ticks(&[3, 17], Shape::Bars, None), [0, 5, 10, 15, 20]);
        assert_eq!(ticks(&[990, 1_010], Shape::Line, None), [990, 995, 1_000, 1_005, 1_010]);
        assert_eq!(ticks(&[990, 1_010], Shape::Bars, None), [0, 500, 1_000, 1_500]);
        assert_eq!(ticks(&[0, 0], Shape::Bars, None), [0, 1]);
        assert_eq!(ticks(&[7, 7], Shape::Line, None), [0, 2, 4, 6, 8]);
        assert!(ticks(&[u128::from(u64::MAX), 0], Shape::Line, None).len() <= 6);
    }

    #[test]
    fn an_axis_that_begins_above_zero_is_known_as_such() {
        let base = |values: &[u128], shape| {
            let values: Vec<_> = values.iter().copied().map(Some).collect();
            Plot::of(&values, shape, None).base()
        };
        assert_eq!(base(&[990, 1_010], Shape::Line), Some(990));
        assert_eq!(base(&[990, 1_010], Shape::Bars), None);
        assert_eq!(base(&[7, 7], Shape::Line), None);
        assert_eq!(base(&[], Shape::Line), None);
    }

    #[test]
    fn a_goal_that_is_near_is_in_the_picture_and_one_far_away_is_not() {
        assert_eq!(ticks(&[8], Shape::Bars, Some(16)).last(), Some(&20));
        let far = Plot::of(&[Some(8)], Shape::Bars, Some(86_400));
        assert_eq!(far.goal, None);
        assert_eq!(far.ticks.last().map(|tick| tick.value), Some(8));
        assert_eq!(Plot::of(&[Some(0)], Shape::Bars, Some(5)).goal, None);
    }

    #[test]
    fn a_line_is_broken_where_nothing_is_known() {
        let plot = Plot::of(&[Some(10), None, Some(0), Some(10)], Shape::Line, None);
        assert_eq!(plot.path, "M125.00 0.00L125.00 0.00M625.00 1000.00L875.00 0.00");
        assert_eq!(plot.heights, [Some(1.0), None, Some(0.0), Some(1.0)]);
    }

    #[test]
    fn bars_stand_on_zero_and_zero_has_none() {
        let plot = Plot::of(&[Some(0), Some(1)], Shape::Bars, None);
        assert_eq!(plot.path, "M580.00 1000V0.00h340.00V1000z");
        assert_eq!(plot.area, "");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let plot = Plot::of(&[None, None], Shape::Line, Some(3));
        assert_eq!((plot.path.as_str(), plot.ticks.len(), plot.goal), ("", 0, None));
        assert_eq!(Plot::of(&[], Shape::Bars, None).heights, []);
    }

    #[test]
    fn a_file_has_exact_numbers_and_quotes_what_needs_it() {
        let point = |at: &str, exact: &str| Point {
            label: at.into(),
            at: at.into(),
            value: None,
            words: "1,234.5 SOMA".into(),
            exact: exact.into(),
        };
        let file = csv("Epoch", "Stake, SOMA", &[point("1", "1234.5"), point("2", "")]);
        assert_eq!(file, "Epoch,\"Stake, SOMA\"\r\n1,1234.5\r\n2,\r\n");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("a \"b\""), "\"a \"\"b\"\"\"");
    }
}
