// What the kernels that make weights of a tile's scores share.
//
// A query sees the keys up to its own position; a score after that is MASK, as the network has it.
// Such a score weighs nothing unless all allowed ones are near it or below. A row where that is so
// is computed in full and marked, and attention_masked attends by it.

struct Params {
    rows: u32, // queries of the tile
    tile: u32, // rows from one head to the next
    first: u32, // position in its sequence of the first query
    columns: u32, // keys up to the tile's last query, in fours
    stride: u32, // of a row, in fours
    length: u32, // keys of the sequence
}

const MASK = -10000.0;
const MASK_LEAKS_BELOW = -9800.0;
const LOWEST = -3.4e38;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> scores: array<vec4f>; // [sequences, heads, tile, stride]
@group(0) @binding(2) var<storage, read_write> leaks: array<u32>; // [sequences, heads, tile]

// Which of a four of keys a query sees.
fn allowed(quad: u32, position: u32) -> vec4<bool> {
    return vec4u(4u * quad) + vec4u(0u, 1u, 2u, 3u) <= vec4u(position);
}

// A four of weights, not yet divided by their sum, of a row that sees keys after its own position.
fn weighed_in_full(quad: u32, position: u32, score: vec4f, most: f32) -> vec4f {
    let exists = vec4u(4u * quad) + vec4u(0u, 1u, 2u, 3u) < vec4u(params.length);
    let full = select(vec4f(MASK), score, allowed(quad, position));
    return select(vec4f(), exp(full - most), exists);
}

// The same of any other row.
fn weighed(quad: u32, position: u32, score: vec4f, most: f32) -> vec4f {
    return select(vec4f(), exp(score - most), allowed(quad, position));
}

fn total(value: vec4f) -> f32 {
    return (value.x + value.y) + (value.z + value.w);
}

fn largest(value: vec4f) -> f32 {
    return max(max(value.x, value.y), max(value.z, value.w));
}

