// What the kernels that turn queries and keys by their positions share.
//
// A value's partner is half a head further on. The angles are tables: WGSL's sine is no use here.

struct Params {
    rows: u32,
    heads: u32,
    pairs: u32, // of a head
    head: u32, // from one head to the next in a row, in values
    stride: u32, // from one row to the next, in values
    first: u32, // place in the tables of the first row
    sines: u32, // where they begin in the tables: the cosines' number
    sequence: u32, // positions of a sequence, of which there may be several
    length: u32, // of a row of turned keys
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> tables: array<f32>; // cosines, then sines: [positions, pairs]

// A pair of values, turned.
fn turned(row: u32, pair: u32, values: vec2f) -> vec2f {
    let place = (params.first + row) * params.pairs + pair;
    let cosine = tables[place];
    let sine = tables[params.sines + place];
    return vec2f(values.x * cosine - values.y * sine, values.y * cosine + values.x * sine);
}

