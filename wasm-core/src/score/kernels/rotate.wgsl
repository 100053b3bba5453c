// Turns queries by their positions, in place. An invocation a pair. CPU twin: ../cpu/rotate.rs

@group(0) @binding(2) var<storage, read_write> rows: array<f32>; // [rows, heads, head]

@compute @workgroup_size(16, 4)
fn main(@builtin(global_invocation_id) at: vec3u) {
    if at.x >= params.heads * params.pairs || at.y >= params.rows {
        return;
    }
    let pair = at.x % params.pairs;
    let left = at.y * params.stride + at.x / params.pairs * params.head + pair;
    let right = left + params.pairs;
    let result = turned(at.y, pair, vec2f(rows[left], rows[right]));
    rows[left] = result.x;
    rows[right] = result.y;
}
