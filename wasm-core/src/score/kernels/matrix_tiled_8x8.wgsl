// Matrix products by tiles of 128 rows and 128 columns in workgroup memory; an invocation adds up 8 rows
// of 8 columns, four of which are half a tile further on. The next part of the depth is on its way while one
// is multiplied. CPU twin: ../cpu/matrix.rs

const TILE = 128u; // rows of c, and columns
const QUADS = 32u; // columns of c in fours
const HALF = 16u; // of which an invocation has one in either half
const STEP = 4u; // fours of the depth that are in workgroup memory at a time
const ROWS = 32u; // rows of c in fours

var<workgroup> a_tile: array<vec4f, 512>; // [4 * STEP, ROWS], turned over
var<workgroup> b_tile: array<vec4f, 512>; // [4 * STEP, QUADS]

fn fetch_a(tile: vec3u, start: u32, number: u32) -> vec4f {
    let row = tile.y * TILE + number / STEP;
    let quad = start + number % STEP;
    if row < params.rows && quad < params.depth {
        return a[start_of_a(tile.z) + row * params.a_stride + quad];
    }
    return vec4f();
}

fn fetch_b(tile: vec3u, start: u32, number: u32) -> vec4f {
    let row = 4u * start + number / QUADS;
    let column = tile.x * QUADS + number % QUADS;
    if column < params.columns && row < 4u * params.depth {
        return b[start_of_b(tile.z) + row * params.b_stride + column];
    }
    return vec4f();
}

fn write(from_c: u32, row: u32, column: u32, left: vec4f, right: vec4f) {
    if row >= params.rows {
        return;
    }
    if column < params.columns {
        finish(from_c, row, column, left);
    }
    if column + HALF < params.columns {
        finish(from_c, row, column + HALF, right);
    }
}

@compute @workgroup_size(16, 16)
fn main(
    @builtin(workgroup_id) tile: vec3u,
    @builtin(local_invocation_id) own: vec3u,
    @builtin(local_invocation_index) number: u32,
) {
    // Where the values of a that this invocation fetches go: each of a four into a row of its own.
    let a_to = 4u * (number % STEP) * ROWS + number / STEP / 4u;
    let a_more = a_to + ROWS / 2u; // half a tile further down
    let a_lane = number / STEP % 4u;
    var l0 = vec4f();
    var r0 = vec4f();
    var l1 = vec4f();
    var r1 = vec4f();
    var l2 = vec4f();
    var r2 = vec4f();
    var l3 = vec4f();
    var r3 = vec4f();
    var l4 = vec4f();
    var r4 = vec4f();
    var l5 = vec4f();
    var r5 = vec4f();
    var l6 = vec4f();
    var r6 = vec4f();
    var l7 = vec4f();
    var r7 = vec4f();
    var next_a0 = fetch_a(tile, 0u, number);
    var next_a1 = fetch_a(tile, 0u, number + 256u);
    var next_b0 = fetch_b(tile, 0u, number);
    var next_b1 = fetch_b(tile, 0u, number + 256u);
    for (var start = 0u; start < params.depth; start += STEP) {
        a_tile[a_to][a_lane] = next_a0.x;
        a_tile[a_to + ROWS][a_lane] = next_a0.y;
        a_tile[a_to + 2u * ROWS][a_lane] = next_a0.z;
        a_tile[a_to + 3u * ROWS][a_lane] = next_a0.w;
        a_tile[a_more][a_lane] = next_a1.x;
        a_tile[a_more + ROWS][a_lane] = next_a1.y;
        a_tile[a_more + 2u * ROWS][a_lane] = next_a1.z;
        a_tile[a_more + 3u * ROWS][a_lane] = next_a1.w;
        b_tile[number] = next_b0;
        b_tile[number + 256u] = next_b1;
        workgroupBarrier();
        let next = start + STEP;
        next_a0 = fetch_a(tile, next, number);
        next_a1 = fetch_a(tile, next, number + 256u);
        next_b0 = fetch_b(tile, next, number);
        next_b1 = fetch_b(tile, next, number + 256u);
        for (var k = 0u; k < 4u * STEP; k++) {
            let b0 = b_tile[k * QUADS + own.x];
            let c0 = b_tile[k * QUADS + own.x + HALF];
            let v0 = a_tile[k * ROWS + 2u * own.y];
            let v1 = a_tile[k * ROWS + 2u * own.y + 1u];
            l0 += v0.x * b0;
            r0 += v0.x * c0;
            l1 += v0.y * b0;
            r1 += v0.y * c0;
            l2 += v0.z * b0;
            r2 += v0.z * c0;
            l3 += v0.w * b0;
            r3 += v0.w * c0;
            l4 += v1.x * b0;
            r4 += v1.x * c0;
            l5 += v1.y * b0;
            r5 += v1.y * c0;
            l6 += v1.z * b0;
            r6 += v1.z * c0;
            l7 += v1.w * b0;
            r7 += v1.w * c0;
        }
        workgroupBarrier();
    }
    let row = tile.y * TILE + 8u * own.y;
    let column = tile.x * QUADS + own.x;
    let from_c = start_of_c(tile.z);
    write(from_c, row, column, l0, r0);
    write(from_c, row + 1u, column, l1, r1);
    write(from_c, row + 2u, column, l2, r2);
    write(from_c, row + 3u, column, l3, r3);
    write(from_c, row + 4u, column, l4, r4);
    write(from_c, row + 5u, column, l5, r5);
    write(from_c, row + 6u, column, l6, r6);
    write(from_c, row + 7u, column, l7, r7);
}
