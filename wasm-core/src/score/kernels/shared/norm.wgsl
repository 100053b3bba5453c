// What the kernels of the layer norm share: where the rows are, and how values past a row's end are
// kept out of its variance.
//
// y[r] = (x[r] - mean) / sqrt(variance + epsilon) * gamma + beta

struct Params {
    rows: u32,
    columns: u32, // in fours
    width: u32, // of a row in values; what fills up the last four is zero
    first: u32, // row of x that becomes the first of y
    epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> gamma: array<vec4f>; // [columns]
@group(0) @binding(3) var<storage, read> beta: array<vec4f>; // [columns]
@group(0) @binding(4) var<storage, read_write> y: array<vec4f>; // [rows, columns]

fn total(value: vec4f) -> f32 {
    return (value.x + value.y) + (value.z + value.w);
}

// How far the values of a four are from a number and a small rest of it, which their sum would round off;
// those that fill up are not.
fn apart(value: vec4f, number: f32, rest: f32, column: u32) -> vec4f {
    let at = vec4u(4u * column) + vec4u(0u, 1u, 2u, 3u);
    return select(vec4f(), (value - number) - rest, at < vec4u(params.width));
}

