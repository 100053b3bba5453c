// SIGReg of positions from their projections. An invocation a position. CPU twin: ../cpu/sig_reg.rs
//
// The points are whole multiples of the first, so their angles are reached by turning on, four points
// at a time. Where an angle is too large for that, or no number, the result is UNKNOWN and has to be
// computed elsewhere; no SIGReg is negative.

struct Params {
    expected: array<vec4f, 4>, // characteristic function of the normal distribution at the points
    weights: array<vec4f, 4>,
    spacing: f32, // of the points
    limit: u32, // bits of the largest angle that is not too large
    rows: u32,
    losses_first: u32,
    zero: u32,
}

const COLUMNS = 64u; // of projections, in fours
const BLOCK = 4u; // of columns that are added up first
const UNKNOWN = -1.0;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> projections: array<vec4f>; // [rows, COLUMNS]
@group(0) @binding(2) var<storage, read_write> losses: array<f32>;

// The same number, which no compiler knows: what is done to it is not merged with what was.
fn kept(x: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) ^ params.zero);
}

// Cosine and sine, as in ../cpu/elementary.rs.
fn turn(x: f32) -> vec2f {
    let quarters = round(x * 0.63661977);
    let bits = bitcast<u32>(i32(quarters));
    // A quarter turn in three parts, of which the first two have few bits.
    var r = kept(x - quarters * 1.5703125);
    r = kept(r - quarters * 4.837513e-4);
    r = r - quarters * 7.54979e-8;
    let u = r * r;
    let sine = r + r * u * (-0.16666655 + u * (8.332161e-3 - u * 1.9515296e-4));
    let cosine = 1.0 - 0.5 * u + u * u * (0.041666646 + u * (-1.3887316e-3 + u * 2.4433157e-5));
    let odd = (bits & 1u) == 1u;
    let a = bitcast<u32>(select(sine, cosine, odd)) ^ ((bits & 2u) << 30u);
    let b = bitcast<u32>(select(cosine, sine, odd)) ^ (((bits + 1u) & 2u) << 30u);
    return vec2f(bitcast<f32>(b), bitcast<f32>(a));
}

// One angle after the other.
fn on(x: vec2f, by: vec2f) -> vec2f {
    return vec2f(x.x * by.x - x.y * by.y, x.y * by.x + x.x * by.y);
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) at: vec3u) {
    let row = at.x;
    if row >= params.rows {
        return;
    }
    var cosines = array<vec4f, 4>();
    var sines = array<vec4f, 4>();
    var largest = 0u;
    // Sums of some slices first, then of these sums, so that little is rounded away.
    for (var block = 0u; block < COLUMNS; block += BLOCK) {
        var some_cosines = array<vec4f, 4>();
        var some_sines = array<vec4f, 4>();
        for (var column = block; column < block + BLOCK; column++) {
            let angles = projections[row * COLUMNS + column] * params.spacing;
            for (var lane = 0u; lane < 4u; lane++) {
                largest = max(largest, bitcast<u32>(angles[lane]) & 0x7fffffffu);
                let one = turn(angles[lane]);
                let two = on(one, one);
                let three = on(two, one);
                let four = on(two, two);
                var c = vec4f(one.x, two.x, three.x, four.x);
                var s = vec4f(one.y, two.y, three.y, four.y);
                some_cosines[0] += c;
                some_sines[0] += s;
                for (var more = 1u; more < 4u; more++) {
                    let turned = c * four.x - s * four.y;
                    s = s * four.x + c * four.y;
                    c = turned;
                    some_cosines[more] += c;
                    some_sines[more] += s;
                }
            }
        }
        for (var part = 0u; part < 4u; part++) {
            cosines[part] += some_cosines[part];
            sines[part] += some_sines[part];
        }
    }
    var sum = vec4f();
    for (var part = 0u; part < 4u; part++) {
        let real = cosines[part] / 256.0 - params.expected[part];
        let imaginary = sines[part] / 256.0;
        sum += params.weights[part] * (real * real + imaginary * imaginary);
    }
    let result = (sum.x + sum.y) + (sum.z + sum.w);
    losses[params.losses_first + row] = select(UNKNOWN, result, largest < params.limit);
}
