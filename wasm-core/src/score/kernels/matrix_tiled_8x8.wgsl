// Matrix products by tiles of 128 rows and 128 columns in workgroup memory; an invocation adds up 8 rows
// of 8 columns, four of which are half a tile further on. Each product is added by itself: a sum of several
// could not be chained. CPU twin: ../cpu/matrix.rs

const TILE = 128u; // rows of c, and columns
const QUADS = 32u; // columns of c in fours
const HALF = 16u; // of which an invocation has one in either half
const STEP = 4u; // fours of the depth that are in workgroup memory at a time

var<workgroup> a_tile: array<vec4f, 512>; // [TILE, STEP]
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
    for (var start = 0u; start < params.depth; start += STEP) {
        a_tile[number] = fetch_a(tile, start, number);
        a_tile[number + 256u] = fetch_a(tile, start, number + 256u);
        b_tile[number] = fetch_b(tile, start, number);
        b_tile[number + 256u] = fetch_b(tile, start, number + 256u);
        workgroupBarrier();
        for (var k = 0u; k < STEP; k++) {
            let from_b = 4u * k * QUADS + own.x;
            let b0 = b_tile[from_b];
            let c0 = b_tile[from_b + HALF];
            let b1 = b_tile[from_b + QUADS];
            let c1 = b_tile[from_b + QUADS + HALF];
            let b2 = b_tile[from_b + 2u * QUADS];
            let c2 = b_tile[from_b + 2u * QUADS + HALF];
            let b3 = b_tile[from_b + 3u * QUADS];
            let c3 = b_tile[from_b + 3u * QUADS + HALF];
            let v0 = a_tile[(8u * own.y) * STEP + k];
            l0 += v0.x * b0;
            l0 += v0.y * b1;
            l0 += v0.z * b2;
            l0 += v0.w * b3;
            r0 += v0.x * c0;
            r0 += v0.y * c1;
            r0 += v0.z * c2;
            r0 += v0.w * c3;
            let v1 = a_tile[(8u * own.y + 1u) * STEP + k];
            l1 += v1.x * b0;
            l1 += v1.y * b1;
            l1 += v1.z * b2;
            l1 += v1.w * b3;
            r1 += v1.x * c0;
            r1 += v1.y * c1;
            r1 += v1.z * c2;
            r1 += v1.w * c3;
            let v2 = a_tile[(8u * own.y + 2u) * STEP + k];
            l2 += v2.x * b0;
            l2 += v2.y * b1;
            l2 += v2.z * b2;
            l2 += v2.w * b3;
            r2 += v2.x * c0;
            r2 += v2.y * c1;
            r2 += v2.z * c2;
            r2 += v2.w * c3;
            let v3 = a_tile[(8u * own.y + 3u) * STEP + k];
            l3 += v3.x * b0;
            l3 += v3.y * b1;
            l3 += v3.z * b2;
            l3 += v3.w * b3;
            r3 += v3.x * c0;
            r3 += v3.y * c1;
            r3 += v3.z * c2;
            r3 += v3.w * c3;
            let v4 = a_tile[(8u * own.y + 4u) * STEP + k];
            l4 += v4.x * b0;
            l4 += v4.y * b1;
            l4 += v4.z * b2;
            l4 += v4.w * b3;
            r4 += v4.x * c0;
            r4 += v4.y * c1;
            r4 += v4.z * c2;
            r4 += v4.w * c3;
            let v5 = a_tile[(8u * own.y + 5u) * STEP + k];
            l5 += v5.x * b0;
            l5 += v5.y * b1;
            l5 += v5.z * b2;
            l5 += v5.w * b3;
            r5 += v5.x * c0;
            r5 += v5.y * c1;
            r5 += v5.z * c2;
            r5 += v5.w * c3;
            let v6 = a_tile[(8u * own.y + 6u) * STEP + k];
            l6 += v6.x * b0;
            l6 += v6.y * b1;
            l6 += v6.z * b2;
            l6 += v6.w * b3;
            r6 += v6.x * c0;
            r6 += v6.y * c1;
            r6 += v6.z * c2;
            r6 += v6.w * c3;
            let v7 = a_tile[(8u * own.y + 7u) * STEP + k];
            l7 += v7.x * b0;
            l7 += v7.y * b1;
            l7 += v7.z * b2;
            l7 += v7.w * b3;
            r7 += v7.x * c0;
            r7 += v7.y * c1;
            r7 += v7.z * c2;
            r7 += v7.w * c3;
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
