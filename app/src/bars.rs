//! Numbers as bars above and below a line, as the path of an SVG.

use std::fmt::Write;

/// Height of the picture; its width is the number of bars.
pub const HEIGHT: f32 = 100.0;

/// The largest magnitude among numbers; what is no number counts for nothing.
#[must_use]
pub fn largest(numbers: &[Option<f32>]) -> f32 {
    numbers.iter().flatten().fold(0.0, |most, number| number.abs().max(most))
}

/// One bar for each number, one unit wide, with the zero line in the middle. The number `full` fills
/// its half; what is no number has no bar.
#[must_use]
pub fn of(numbers: &[Option<f32>], full: f32) -> String {
    // Where there are few, a gap between them; where there are many, none would be seen.
    let width = if numbers.len() <= 128 { 0.7 } else { 1.0 };
    let middle = HEIGHT / 2.0;
    let mut path = String::new();
    for (at, number) in numbers.iter().enumerate() {
        let Some(number) = number.filter(|_| full > 0.0) else { continue };
        let height = -(number / full).clamp(-1.0, 1.0) * middle;
        let _written = write!(path, "M{at} {middle}h{width}v{height:.2}h-{width}z");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{largest, of};

    #[test]
    fn bars_stand_on_the_middle_and_the_largest_fills_its_half() {
        let numbers = [Some(2.0), Some(-1.0), None];
        assert_eq!(largest(&numbers), 2.0);
        assert_eq!(of(&numbers, 2.0), "M0 50h0.7v-50.00h-0.7zM1 50h0.7v25.00h-0.7z");
    }

    #[test]
    fn numbers_of_another_scale_are_cut_and_zeros_alone_draw_nothing() {
        assert_eq!(of(&[Some(9.0)], 3.0), "M0 50h0.7v-50.00h-0.7z");
        assert_eq!(largest(&[Some(0.0), None]), 0.0);
        assert_eq!(of(&[Some(0.0)], 0.0), "");
    }
}
