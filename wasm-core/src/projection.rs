//! Directions of embedding space on a plane: the two axes along which they differ most.
//!
//! Only directions count for the network, so every vector is brought to length one first. The axes are
//! the first two principal components, found by Lanczos' method with full orthogonalisation; nothing is
//! drawn at random, so the same vectors always give the same picture.

/// Steps at most: more than the dimensions of a development network, and enough for the largest two
/// directions of any.
const STEPS: usize = 64;
/// Turns over all pairs; the off-diagonal parts shrink quadratically.
const SWEEPS: usize = 30;
/// What is shorter than this part of all variance is rounding.
const ROUNDING: f64 = 1e-12;

/// Points on a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    /// One for each vector, in their order; the middle of all is at (0, 0).
    pub points: Vec<(f64, f64)>,
    /// Part of all variance that the plane shows, 0 to 1.
    pub shown: f64,
}

/// Projects vectors of one length. What is no direction, as zeros or numbers that are not finite, lies
/// where the mean is.
///
/// # Panics
/// Never: vectors of other lengths than the first are taken for no direction.
#[must_use]
pub fn project(vectors: &[&[f32]]) -> Projection {
    let dimension = vectors.first().map_or(0, |vector| vector.len());
    let mut rows: Vec<Option<Vec<f64>>> =
        vectors.iter().map(|vector| direction(vector, dimension)).collect();
    centre(&mut rows, dimension);
    let known: Vec<&[f64]> = rows.iter().flatten().map(Vec::as_slice).collect();
    let total: f64 = known.iter().map(|row| dot(row, row)).sum();
    let axes = principal_axes(&known, dimension, total);
    let place = |row: &Option<Vec<f64>>| {
        let along = |axis: usize| match (row, axes.get(axis)) {
            (Some(row), Some(axis)) => dot(row, axis),
            _ => 0.0,
        };
        (along(0), along(1))
    };
    let points: Vec<(f64, f64)> = rows.iter().map(place).collect();
    let seen: f64 = points.iter().map(|(x, y)| x * x + y * y).sum();
    let shown = if total > 0.0 { (seen / total).clamp(0.0, 1.0) } else { 1.0 };
    Projection { points, shown }
}

fn direction(vector: &[f32], dimension: usize) -> Option<Vec<f64>> {
    if vector.len() != dimension {
        return None;
    }
    let mut wide: Vec<f64> = vector.iter().map(|&value| f64::from(value)).collect();
    let length = dot(&wide, &wide).sqrt();
    if !length.is_normal() {
        return None;
    }
    wide.iter_mut().for_each(|value| *value /= length);
    Some(wide)
}

fn centre(rows: &mut [Option<Vec<f64>>], dimension: usize) {
    let mut mean = vec![0.0; dimension];
    let mut count = 0.0;
    for row in rows.iter().flatten() {
        add(&mut mean, 1.0, row);
        count += 1.0;
    }
    for row in rows.iter_mut().flatten() {
        add(row, -1.0 / count, &mean);
    }
}

/// Up to two directions of unit length, that of most variance first.
fn principal_axes(rows: &[&[f64]], dimension: usize, total: f64) -> Vec<Vec<f64>> {
    if total <= 0.0 {
        return Vec::new();
    }
    let basis = krylov(rows, dimension, total);
    // The scatter, seen in the basis: small, symmetric, and with the same largest directions.
    let images: Vec<Vec<f64>> = basis.iter().map(|vector| scatter(rows, vector)).collect();
    let mut matrix: Vec<Vec<f64>> = basis
        .iter()
        .map(|vector| images.iter().map(|image| dot(vector, image)).collect())
        .collect();
    let turned = diagonalise(&mut matrix);
    let mut order: Vec<usize> = (0..basis.len()).collect();
    order.sort_by(|&a, &b| matrix[b][b].total_cmp(&matrix[a][a]));
    order
        .into_iter()
        .take(2)
        .filter(|&at| matrix[at][at] > total * ROUNDING)
        .map(|at| {
            let mut axis = vec![0.0; dimension];
            for (vector, row) in basis.iter().zip(&turned) {
                add(&mut axis, row[at], vector);
            }
            point_forward(&mut axis);
            axis
        })
        .collect()
}

/// An axis has no front; the largest of its numbers shall be positive.
fn point_forward(axis: &mut [f64]) {
    let largest = axis.iter().copied().fold(0.0_f64, |most, value| {
        // The first of equals, but for rounding.
        if value.abs() > most.abs() * (1.0 + ROUNDING) { value } else { most }
    });
    if largest < 0.0 {
        axis.iter_mut().for_each(|value| *value = -*value);
    }
}

/// An orthonormal basis in which the largest directions of the scatter can be told.
fn krylov(rows: &[&[f64]], dimension: usize, total: f64) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut next = start(dimension, 0);
    let mut tries = 1;
    while basis.len() < STEPS.min(dimension) {
        // Twice, as what is left after the first time may be mostly rounding.
        for _ in 0..2 {
            for vector in &basis {
                let part = dot(vector, &next);
                add(&mut next, -part, vector);
            }
        }
        let length = dot(&next, &next).sqrt();
        if length <= ROUNDING * total.max(1.0) {
            // All that this start could lead to is found; directions of equal variance may be left.
            if tries > 2 {
                break;
            }
            next = start(dimension, tries);
            tries += 1;
            continue;
        }
        next.iter_mut().for_each(|value| *value /= length);
        let image = scatter(rows, &next);
        basis.push(std::mem::replace(&mut next, image));
    }
    basis
}

/// A vector that is at right angles to nothing that matters: the same every time.
fn start(dimension: usize, number: u64) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number + 1);
    (0..dimension)
        .map(|_| {
            // SplitMix64.
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut bits = state;
            bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            bits ^= bits >> 31;
            f64::from(u32::try_from(bits >> 32).unwrap_or_default()) / f64::from(u32::MAX) - 0.5
        })
        .collect()
}

/// The scatter matrix of the rows times a vector.
fn scatter(rows: &[&[f64]], vector: &[f64]) -> Vec<f64> {
    let mut image = vec![0.0; vector.len()];
    for row in rows {
        add(&mut image, dot(row, vector), row);
    }
    image
}

/// Makes a symmetric matrix diagonal by Jacobi's rotations; returns the rotations, columns being the
/// directions.
fn diagonalise(matrix: &mut [Vec<f64>]) -> Vec<Vec<f64>> {
    let size = matrix.len();
    let mut turned: Vec<Vec<f64>> =
        (0..size).map(|at| (0..size).map(|to| f64::from(u8::from(at == to))).collect()).collect();
    for _ in 0..SWEEPS {
        for p in 0..size {
            for q in p + 1..size {
                rotate(matrix, &mut turned, p, q);
            }
        }
    }
    turned
}

#[expect(clippy::many_single_char_names, reason = "these are the names in every book")]
fn rotate(matrix: &mut [Vec<f64>], turned: &mut [Vec<f64>], p: usize, q: usize) {
    let apart = matrix[p][q];
    let size = matrix[p][p].abs() + matrix[q][q].abs();
    if apart.abs() <= size * f64::EPSILON {
        return;
    }
    let slope = (matrix[q][q] - matrix[p][p]) / (2.0 * apart);
    let t = slope.signum() / (slope.abs() + (slope * slope + 1.0).sqrt());
    let c = 1.0 / (t * t + 1.0).sqrt();
    let s = t * c;
    for row in matrix.iter_mut().chain(turned.iter_mut()) {
        let (a, b) = (row[p], row[q]);
        (row[p], row[q]) = (c * a - s * b, s * a + c * b);
    }
    let [upper, lower] = matrix.get_disjoint_mut([p, q]).expect("two different rows are turned");
    for (upper, lower) in upper.iter_mut().zip(lower) {
        (*upper, *lower) = (c * *upper - s * *lower, s * *upper + c * *lower);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// `into += factor · vector`.
fn add(into: &mut [f64], factor: f64, vector: &[f64]) {
    for (into, value) in into.iter_mut().zip(vector) {
        *into += factor * value;
    }
}

#[cfg(test)]
mod tests {
    use super::project;
    use crate::score::arrgen::standard_normal;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn of(vectors: &[Vec<f32>]) -> super::Projection {
        project(&vectors.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    fn distance(a: (f64, f64), b: (f64, f64)) -> f64 {
        ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
    }

    #[test]
    fn directions_of_a_plane_keep_their_distances_wherever_the_plane_lies() {
        // Three directions of equal distance: no axis is larger than the other.
        let angles = [0.0_f64, 2.0943951, 4.1887902];
        let vectors: Vec<Vec<f32>> = angles
            .iter()
            .zip([1.0, 3.0, 0.1])
            .map(|(angle, length)| {
                let (y, x) = angle.sin_cos();
                // The plane of (1, 1, 0, 0) and (0, 0, 1, -1).
                #[expect(clippy::cast_possible_truncation, reason = "the numbers are small")]
                let part = |value: f64| (value * length / 2.0_f64.sqrt()) as f32;
                vec![part(x), part(x), part(y), -part(y)]
            })
            .collect();
        let projection = of(&vectors);
        assert!((projection.shown - 1.0).abs() < 1e-6, "{}", projection.shown);
        let points = &projection.points;
        for (a, b) in [(0, 1), (1, 2), (2, 0)] {
            let apart = distance(points[a], points[b]);
            assert!((apart - 3.0_f64.sqrt()).abs() < 1e-4, "{apart}");
        }
    }

    #[test]
    fn groups_stay_apart_in_many_dimensions() {
        let mut vectors = Vec::new();
        for number in 0..60_u64 {
            let mut vector = standard_normal(number, 300);
            vector[usize::try_from(number % 3).unwrap()] += 40.0;
            vectors.push(vector);
        }
        let projection = of(&vectors);
        for (a, one) in projection.points.iter().enumerate() {
            for (b, other) in projection.points.iter().enumerate() {
                let near = distance(*one, *other) < 0.6;
                assert_eq!(near, a % 3 == b % 3, "{a} and {b}: {}", distance(*one, *other));
            }
        }
        assert!(projection.shown > 0.7 && projection.shown < 1.0, "{}", projection.shown);
    }

    #[test]
    fn no_plane_shows_more_than_the_one_that_is_found() {
        let vectors: Vec<Vec<f32>> = (0..50).map(|seed| standard_normal(seed, 16)).collect();
        let found = of(&vectors);
        // Any two coordinates are another plane.
        let rows: Vec<Vec<f64>> = vectors
            .iter()
            .map(|vector| {
                let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
                vector.iter().map(|value| f64::from(*value) / length.sqrt()).collect()
            })
            .collect();
        let variance = |axis: usize| {
            let mean = rows.iter().map(|row| row[axis]).sum::<f64>() / 50.0;
            rows.iter().map(|row| (row[axis] - mean).powi(2)).sum::<f64>()
        };
        let mut of_axes: Vec<f64> = (0..16).map(variance).collect();
        let total: f64 = of_axes.iter().sum();
        of_axes.sort_by(f64::total_cmp);
        assert!(found.shown > (of_axes[15] + of_axes[14]) / total);
        assert_eq!(found, of(&vectors), "the same vectors give the same picture");
        let mean = found.points.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        assert!(mean.0.abs() < 1e-9 && mean.1.abs() < 1e-9);
    }

    #[test]
    fn what_has_no_direction_lies_in_the_middle() {
        let vectors =
            vec![vec![1.0, 0.0], vec![0.0, 0.0], vec![f32::NAN, 1.0], vec![1.0], vec![-1.0, 0.0]];
        let projection = of(&vectors);
        assert_eq!(projection.points[1..4], [(0.0, 0.0); 3]);
        assert!((distance(projection.points[0], projection.points[4]) - 2.0).abs() < 1e-9);
        assert_eq!(of(&[]).points, []);
        assert_eq!(of(&[vec![1.0, 2.0]]).points, [(0.0, 0.0)]);
        assert_eq!(of(&vec![vec![1.0, 2.0]; 3]).shown, 1.0);
    }
}
