// Matrix products without workgroup memory: an invocation adds up 8 rows of 4 columns. For devices
// on which barriers cost much, as processors that play a GPU. CPU twin: ../cpu/matrix.rs

const ROWS = 8u;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3u) {
    let first = at.y * ROWS;
    let column = at.x;
    if first >= params.rows || column >= params.columns {
        return;
    }
    // Rows past the last repeat it, and are not written.
    let last = params.rows - 1u;
    let from_a = start_of_a(at.z);
    let a0 = from_a + min(first + 0u, last) * params.a_stride;
    let a1 = from_a + min(first + 1u, last) * params.a_stride;
    let a2 = from_a + min(first + 2u, last) * params.a_stride;
    let a3 = from_a + min(first + 3u, last) * params.a_stride;
    let a4 = from_a + min(first + 4u, last) * params.a_stride;
    let a5 = from_a + min(first + 5u, last) * params.a_stride;
    let a6 = from_a + min(first + 6u, last) * params.a_stride;
    let a7 = from_a + min(first + 7u, last) * params.a_stride;
    let stride = params.b_stride;
    let from_b = start_of_b(at.z);
    var at_p = from_b + column;
    var sums = array<vec4f, 8>(); // [ROWS]
    for (var k = 0u; k < params.depth; k++) {
        let p = mat4x4f(b[at_p], b[at_p + stride], b[at_p + 2u * stride], b[at_p + 3u * stride]);
        at_p += 4u * stride;
        let v0 = a[a0 + k];
        sums[0] += p * v0;
        let v1 = a[a1 + k];
        sums[1] += p * v1;
        let v2 = a[a2 + k];
        sums[2] += p * v2;
        let v3 = a[a3 + k];
        sums[3] += p * v3;
        let v4 = a[a4 + k];
        sums[4] += p * v4;
        let v5 = a[a5 + k];
        sums[5] += p * v5;
        let v6 = a[a6 + k];
        sums[6] += p * v6;
        let v7 = a[a7 + k];
        sums[7] += p * v7;
    }
    let from_c = start_of_c(at.z);
    for (var n = 0u; n < min(ROWS, params.rows - first); n++) {
        finish(from_c, first + n, column, sums[n]);
    }
}
