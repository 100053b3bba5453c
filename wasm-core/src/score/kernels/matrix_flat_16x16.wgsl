// Matrix products without workgroup memory: an invocation adds up 16 rows of 16 columns. For devices
// on which barriers cost much, and loads more than arithmetic. CPU twin: ../cpu/matrix.rs

const ROWS = 16u;
const COLUMNS = 4u; // in fours

@compute @workgroup_size(4, 4)
fn main(@builtin(global_invocation_id) at: vec3u) {
    let first = at.y * ROWS;
    let column = at.x * COLUMNS;
    if first >= params.rows || column >= params.columns {
        return;
    }
    // Rows and columns past the last repeat it, and are not written.
    let last = params.rows - 1u;
    let last_column = params.columns - 1u;
    let from_a = start_of_a(at.z);
    let a0 = from_a + min(first + 0u, last) * params.a_stride;
    let a1 = from_a + min(first + 1u, last) * params.a_stride;
    let a2 = from_a + min(first + 2u, last) * params.a_stride;
    let a3 = from_a + min(first + 3u, last) * params.a_stride;
    let a4 = from_a + min(first + 4u, last) * params.a_stride;
    let a5 = from_a + min(first + 5u, last) * params.a_stride;
    let a6 = from_a + min(first + 6u, last) * params.a_stride;
    let a7 = from_a + min(first + 7u, last) * params.a_stride;
    let a8 = from_a + min(first + 8u, last) * params.a_stride;
    let a9 = from_a + min(first + 9u, last) * params.a_stride;
    let a10 = from_a + min(first + 10u, last) * params.a_stride;
    let a11 = from_a + min(first + 11u, last) * params.a_stride;
    let a12 = from_a + min(first + 12u, last) * params.a_stride;
    let a13 = from_a + min(first + 13u, last) * params.a_stride;
    let a14 = from_a + min(first + 14u, last) * params.a_stride;
    let a15 = from_a + min(first + 15u, last) * params.a_stride;
    let stride = params.b_stride;
    let from_b = start_of_b(at.z);
    var at_p = from_b + column;
    var at_q = from_b + min(column + 1u, last_column);
    var at_r = from_b + min(column + 2u, last_column);
    var at_s = from_b + min(column + 3u, last_column);
    var sums = array<vec4f, 64>(); // [ROWS, COLUMNS]
    for (var k = 0u; k < params.depth; k++) {
        let p = mat4x4f(b[at_p], b[at_p + stride], b[at_p + 2u * stride], b[at_p + 3u * stride]);
        let q = mat4x4f(b[at_q], b[at_q + stride], b[at_q + 2u * stride], b[at_q + 3u * stride]);
        let r = mat4x4f(b[at_r], b[at_r + stride], b[at_r + 2u * stride], b[at_r + 3u * stride]);
        let s = mat4x4f(b[at_s], b[at_s + stride], b[at_s + 2u * stride], b[at_s + 3u * stride]);
        at_p += 4u * stride;
        at_q += 4u * stride;
        at_r += 4u * stride;
        at_s += 4u * stride;
        let v0 = a[a0 + k];
        sums[0] += p * v0;
        sums[1] += q * v0;
        sums[2] += r * v0;
        sums[3] += s * v0;
        let v1 = a[a1 + k];
        sums[4] += p * v1;
        sums[5] += q * v1;
        sums[6] += r * v1;
        sums[7] += s * v1;
        let v2 = a[a2 + k];
        sums[8] += p * v2;
        sums[9] += q * v2;
        sums[10] += r * v2;
        sums[11] += s * v2;
        let v3 = a[a3 + k];
        sums[12] += p * v3;
        sums[13] += q * v3;
        sums[14] += r * v3;
        sums[15] += s * v3;
        let v4 = a[a4 + k];
        sums[16] += p * v4;
        sums[17] += q * v4;
        sums[18] += r * v4;
        sums[19] += s * v4;
        let v5 = a[a5 + k];
        sums[20] += p * v5;
        sums[21] += q * v5;
        sums[22] += r * v5;
        sums[23] += s * v5;
        let v6 = a[a6 + k];
        sums[24] += p * v6;
        sums[25] += q * v6;
        sums[26] += r * v6;
        sums[27] += s * v6;
        let v7 = a[a7 + k];
        sums[28] += p * v7;
        sums[29] += q * v7;
        sums[30] += r * v7;
        sums[31] += s * v7;
        let v8 = a[a8 + k];
        sums[32] += p * v8;
        sums[33] += q * v8;
        sums[34] += r * v8;
        sums[35] += s * v8;
        let v9 = a[a9 + k];
        sums[36] += p * v9;
        sums[37] += q * v9;
        sums[38] += r * v9;
        sums[39] += s * v9;
        let v10 = a[a10 + k];
        sums[40] += p * v10;
        sums[41] += q * v10;
        sums[42] += r * v10;
        sums[43] += s * v10;
        let v11 = a[a11 + k];
        sums[44] += p * v11;
        sums[45] += q * v11;
        sums[46] += r * v11;
        sums[47] += s * v11;
        let v12 = a[a12 + k];
        sums[48] += p * v12;
        sums[49] += q * v12;
        sums[50] += r * v12;
        sums[51] += s * v12;
        let v13 = a[a13 + k];
        sums[52] += p * v13;
        sums[53] += q * v13;
        sums[54] += r * v13;
        sums[55] += s * v13;
        let v14 = a[a14 + k];
        sums[56] += p * v14;
        sums[57] += q * v14;
        sums[58] += r * v14;
        sums[59] += s * v14;
        let v15 = a[a15 + k];
        sums[60] += p * v15;
        sums[61] += q * v15;
        sums[62] += r * v15;
        sums[63] += s * v15;
    }
    let from_c = start_of_c(at.z);
    for (var n = 0u; n < min(ROWS, params.rows - first); n++) {
        for (var m = 0u; m < min(COLUMNS, params.columns - column); m++) {
            finish(from_c, first + n, column + m, sums[COLUMNS * n + m]);
        }
    }
}
