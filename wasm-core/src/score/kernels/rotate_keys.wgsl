// Turns keys by their positions and turns their matrix over, so that queries can be multiplied with
// it. An invocation a pair. CPU twin: ../cpu/rotate.rs, and Memory::write in ../cpu/attention.rs

@group(0) @binding(2) var<storage, read> rows: array<f32>; // [rows, heads, head]
@group(0) @binding(3) var<storage, read_write> keys: array<f32>; // [sequences, heads, head, length]

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) at: vec3u) {
    if at.x >= params.rows || at.y >= params.heads * params.pairs {
        return;
    }
    let pair = at.y % params.pairs;
    let left = at.y / params.pairs * params.head + pair;
    let right = left + params.pairs;
    let from_row = at.x * params.stride;
    let result = turned(at.x, pair, vec2f(rows[from_row + left], rows[from_row + right]));
    let place = params.first + at.x;
    let column = place % params.sequence;
    let first_row = place / params.sequence * params.heads * params.head;
    keys[(first_row + left) * params.length + column] = result.x;
    keys[(first_row + right) * params.length + column] = result.y;
}
