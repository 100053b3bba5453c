// Sums of the columns of tiles, for the embedding. An invocation a four of a tile's columns. CPU twin:
// column_sums in ../cpu/passes.rs

struct Params {
    rows: u32, // of a tile
    columns: u32, // in fours
    first: u32, // where the sums go, in fours
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>; // [tiles, rows, columns]
@group(0) @binding(2) var<storage, read_write> sums: array<vec4f>; // [tiles, columns]

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) at: vec3u) {
    if at.x >= params.columns {
        return;
    }
    var sum = vec4f();
    for (var row = 0u; row < params.rows; row++) {
        sum += x[(at.y * params.rows + row) * params.columns + at.x];
    }
    sums[params.first + at.y * params.columns + at.x] = sum;
}
