// What the kernels of matrix products share: where the matrices are, and what becomes of a sum.
//
// c = gelu(scale * (a b) + bias) + c, each part where it is asked for; for several pairs of matrices
// at once, in several sets. All sizes and places are in fours of values.

struct Params {
    rows: u32, // of a and of c
    depth: u32, // of a row of a; b has four times as many rows
    columns: u32, // of a row of b, and of c
    a_first: u32,
    a_stride: u32, // from one row to the next
    a_pair: u32, // from one pair to the next in a set
    a_set: u32, // from one set to the next
    b_first: u32,
    b_stride: u32,
    b_pair: u32,
    b_set: u32,
    c_first: u32,
    c_stride: u32,
    c_pair: u32,
    c_set: u32,
    pairs: u32, // of a set
    scale: f32,
}

const BIAS = 1u;
const GELU = 2u;
const ADD = 4u;

// What becomes of a sum. Known when the kernel is compiled: some devices compute what is not asked for too.
override PARTS: u32 = 0u;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> b: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>; // [columns]
@group(0) @binding(4) var<storage, read_write> c: array<vec4f>;

// As in ../../cpu/elementary.rs.
fn gelu(x: vec4f) -> vec4f {
    let z = abs(x) * 0.70710678;
    let t = 1.0 / (1.0 + 0.4 * z);
    var p = vec4f(0.038508510);
    p = p * t - 0.12744644;
    p = p * t + 0.058450890;
    p = p * t + 0.11585861;
    p = p * t + 0.061465690;
    p = p * t + 0.20074255;
    p = p * t + 0.20012526;
    p = p * t + 0.22667327;
    p = p * t + 0.22562171;
    let square = min(z * z, vec4f(87.0));
    let tail = 0.5 * t * p * exp(-square);
    return x * select(1.0 - tail, tail, x < vec4f(0.0));
}

// Where the matrices of a pair begin, counted over all sets.
fn start_of_a(pair: u32) -> u32 {
    return params.a_first + pair / params.pairs * params.a_set + pair % params.pairs * params.a_pair;
}

fn start_of_b(pair: u32) -> u32 {
    return params.b_first + pair / params.pairs * params.b_set + pair % params.pairs * params.b_pair;
}

fn start_of_c(pair: u32) -> u32 {
    return params.c_first + pair / params.pairs * params.c_set + pair % params.pairs * params.c_pair;
}

fn finish(from_c: u32, row: u32, column: u32, sum: vec4f) {
    let place = from_c + row * params.c_stride + column;
    var value = sum * params.scale;
    if (PARTS & BIAS) != 0u {
        value += bias[column];
    }
    if (PARTS & GELU) != 0u {
        value = gelu(value);
    }
    if (PARTS & ADD) != 0u {
        value += c[place];
    }
    c[place] = value;
}

