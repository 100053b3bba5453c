// What the queries attend to that see keys after their own position: all of the sequence. Rows that
// are not marked are left as they are, which is nearly always all of them. An invocation a four of a
// row, of several sequences. CPU twin: Visible::All in ../cpu/attention.rs

struct Params {
    rows: u32,
    tile: u32, // rows of weights from one head to the next
    columns: u32, // of a row of values, in fours
    head: u32, // of one head's part of that, in fours
    stride: u32, // of a row of weights, in values
    length: u32, // keys of the sequence
    first: u32, // where the first row's context is, in fours
    heads: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> leaks: array<u32>; // [sequences, heads, tile]
@group(0) @binding(2) var<storage, read> weights: array<f32>; // [sequences, heads, tile, stride]
@group(0) @binding(3) var<storage, read> values: array<vec4f>; // [sequences, length, columns]
@group(0) @binding(4) var<storage, read_write> context: array<vec4f>; // [sequences, length, columns]

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) at: vec3u) {
    if at.x >= params.columns || at.y >= params.rows {
        return;
    }
    let row = (at.z * params.heads + at.x / params.head) * params.tile + at.y;
    if leaks[row] == 0u {
        return;
    }
    let sequence = at.z * params.length * params.columns;
    var sum = vec4f();
    for (var key = 0u; key < params.length; key++) {
        let value = values[sequence + key * params.columns + at.x];
        sum += weights[row * params.stride + key] * value;
    }
    context[sequence + params.first + at.y * params.columns + at.x] = sum;
}
