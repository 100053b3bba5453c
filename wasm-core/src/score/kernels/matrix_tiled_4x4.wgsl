// Matrix products by tiles of 64 rows and 64 columns in workgroup memory; an invocation adds up 4 rows
// of 4 columns. CPU twin: ../cpu/matrix.rs

const TILE = 64u; // rows of c, and columns
const QUADS = 16u; // columns of c in fours: invocations side by side
const STEP = 4u; // fours of the depth that are in workgroup memory at a time

var<workgroup> a_tile: array<vec4f, 256>; // [TILE, STEP]
var<workgroup> b_tile: array<vec4f, 256>; // [4 * STEP, QUADS]

@compute @workgroup_size(16, 16)
fn main(
    @builtin(workgroup_id) tile: vec3u,
    @builtin(local_invocation_id) own: vec3u,
    @builtin(local_invocation_index) number: u32,
) {
    let column = tile.x * QUADS + own.x;
    let first = tile.y * TILE + own.y * 4u;
    // What this invocation fetches: a four of a, and one of b.
    let a_row = tile.y * TILE + number / STEP;
    let a_quad = number % STEP;
    let a_from = start_of_a(tile.z) + a_row * params.a_stride;
    let b_row = number / QUADS;
    let b_column = tile.x * QUADS + number % QUADS;
    let b_from = start_of_b(tile.z) + b_column;
    var s0 = vec4f();
    var s1 = vec4f();
    var s2 = vec4f();
    var s3 = vec4f();
    for (var start = 0u; start < params.depth; start += STEP) {
        var fetched_a = vec4f();
        if a_row < params.rows && start + a_quad < params.depth {
            fetched_a = a[a_from + start + a_quad];
        }
        a_tile[number] = fetched_a;
        var fetched_b = vec4f();
        if b_column < params.columns && 4u * start + b_row < 4u * params.depth {
            fetched_b = b[b_from + (4u * start + b_row) * params.b_stride];
        }
        b_tile[number] = fetched_b;
        workgroupBarrier();
        for (var k = 0u; k < STEP; k++) {
            let b0 = b_tile[(4u * k) * QUADS + own.x];
            let b1 = b_tile[(4u * k + 1u) * QUADS + own.x];
            let b2 = b_tile[(4u * k + 2u) * QUADS + own.x];
            let b3 = b_tile[(4u * k + 3u) * QUADS + own.x];
            let v0 = a_tile[(4u * own.y) * STEP + k];
            let v1 = a_tile[(4u * own.y + 1u) * STEP + k];
            let v2 = a_tile[(4u * own.y + 2u) * STEP + k];
            let v3 = a_tile[(4u * own.y + 3u) * STEP + k];
            s0 += v0.x * b0;
            s0 += v0.y * b1;
            s0 += v0.z * b2;
            s0 += v0.w * b3;
            s1 += v1.x * b0;
            s1 += v1.y * b1;
            s1 += v1.z * b2;
            s1 += v1.w * b3;
            s2 += v2.x * b0;
            s2 += v2.y * b1;
            s2 += v2.z * b2;
            s2 += v2.w * b3;
            s3 += v3.x * b0;
            s3 += v3.y * b1;
            s3 += v3.z * b2;
            s3 += v3.w * b3;
        }
        workgroupBarrier();
    }
    if column >= params.columns {
        return;
    }
    let from_c = start_of_c(tile.z);
    if first < params.rows {
        finish(from_c, first, column, s0);
    }
    if first + 1u < params.rows {
        finish(from_c, first + 1u, column, s1);
    }
    if first + 2u < params.rows {
        finish(from_c, first + 2u, column, s2);
    }
    if first + 3u < params.rows {
        finish(from_c, first + 3u, column, s3);
    }
}
