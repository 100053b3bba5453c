// x[r] = table[tokens[r]]. An invocation a four of a row. CPU twin: the gathering in ../cpu/mod.rs

struct Params {
    rows: u32,
    columns: u32, // in fours
    first: u32, // of the tokens
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> tokens: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<vec4f>; // [264, columns]
@group(0) @binding(3) var<storage, read_write> x: array<vec4f>; // [rows, columns]

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3u) {
    if at.x >= params.columns || at.y >= params.rows {
        return;
    }
    let token = tokens[params.first + at.y];
    x[at.y * params.columns + at.x] = table[token * params.columns + at.x];
}
