//! Points on a plane as a picture: scaled into a square, and walked through with arrow keys.

/// Side of the square that points are drawn in.
pub const SIDE: f64 = 100.0;
/// Room left at each border, so that no mark is cut.
const BORDER: f64 = 5.0;

/// Where points are drawn, in their order: x to the right, y downwards, both from 0 to [`SIDE`]. One
/// scale for both directions, so that distances stay what they are.
#[must_use]
pub fn scaled(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let range = |of: fn(&(f64, f64)) -> f64| {
        points.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| {
            (least.min(value), most.max(value))
        })
    };
    let ((left, right), (bottom, top)) = (range(|point| point.0), range(|point| point.1));
    let extent = (right - left).max(top - bottom);
    let scale = if extent.is_normal() { 2.0_f64.mul_add(-BORDER, SIDE) / extent } else { 0.0 };
    let place = |value: f64, least: f64, most: f64| {
        (value - f64::midpoint(least, most)).mul_add(scale, SIDE / 2.0)
    };
    points.iter().map(|(x, y)| (place(*x, left, right), SIDE - place(*y, bottom, top))).collect()
}

/// The points from left to right, by their places in the list: the order in which keys walk.
#[must_use]
pub fn from_left(points: &[(f64, f64)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    order.sort_by(|&a, &b| points[a].0.total_cmp(&points[b].0));
    order
}

#[cfg(test)]
mod tests {
    use super::{from_left, scaled};

    #[test]
    fn points_fill_the_square_in_one_scale_and_upwards_is_up() {
        let drawn = scaled(&[(0.0, 0.0), (2.0, 1.0), (1.0, -1.0)]);
        let expected = [(5.0, 50.0), (95.0, 5.0), (50.0, 95.0)];
        for ((x, y), (wanted_x, wanted_y)) in drawn.iter().zip(expected) {
            assert!((x - wanted_x).abs() < 1e-9 && (y - wanted_y).abs() < 1e-9, "{drawn:?}");
        }
    }

    #[test]
    fn a_single_place_lies_in_the_middle() {
        assert_eq!(scaled(&[(3.0, -4.0)]), [(50.0, 50.0)]);
        assert_eq!(scaled(&[(3.0, -4.0); 2]), [(50.0, 50.0); 2]);
        assert_eq!(scaled(&[]), []);
    }

    #[test]
    fn keys_walk_from_left_to_right() {
        assert_eq!(from_left(&[(3.0, 0.0), (-1.0, 9.0), (2.0, 2.0)]), [1, 2, 0]);
    }
}
