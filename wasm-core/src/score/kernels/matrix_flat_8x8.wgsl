// Matrix products without workgroup memory: an invocation adds up 8 rows of 8 columns. For devices
// on which barriers cost much, as processors that play a GPU. CPU twin: ../cpu/matrix.rs

const ROWS = 8u;
const COLUMNS = 2u; // in fours

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) at: vec3u) {
    let first = at.y * ROWS;
    let column = at.x * COLUMNS;
    if first >= params.rows || column >= params.columns {
        return;
    }
    // Rows and columns past the last repeat it, and are not written.
    let last = params.rows - 1u;
    let a_pair = params.a_first + at.z * params.a_pair;
    let a0 = a_pair + min(first + 0u, last) * params.a_stride;
    let a1 = a_pair + min(first + 1u, last) * params.a_stride;
    let a2 = a_pair + min(first + 2u, last) * params.a_stride;
    let a3 = a_pair + min(first + 3u, last) * params.a_stride;
    let a4 = a_pair + min(first + 4u, last) * params.a_stride;
    let a5 = a_pair + min(first + 5u, last) * params.a_stride;
    let a6 = a_pair + min(first + 6u, last) * params.a_stride;
    let a7 = a_pair + min(first + 7u, last) * params.a_stride;
    var from_b = params.b_first + at.z * params.b_pair + column;
    let next = min(1u, params.columns - 1u - column);
    var s0_0 = vec4f();
    var s0_1 = vec4f();
    var s1_0 = vec4f();
    var s1_1 = vec4f();
    var s2_0 = vec4f();
    var s2_1 = vec4f();
    var s3_0 = vec4f();
    var s3_1 = vec4f();
    var s4_0 = vec4f();
    var s4_1 = vec4f();
    var s5_0 = vec4f();
    var s5_1 = vec4f();
    var s6_0 = vec4f();
    var s6_1 = vec4f();
    var s7_0 = vec4f();
    var s7_1 = vec4f();
    for (var k = 0u; k < params.depth; k++) {
        let b0_0 = b[from_b];
        let b0_1 = b[from_b + next];
        let b1_0 = b[from_b + params.b_stride];
        let b1_1 = b[from_b + params.b_stride + next];
        let b2_0 = b[from_b + 2u * params.b_stride];
        let b2_1 = b[from_b + 2u * params.b_stride + next];
        let b3_0 = b[from_b + 3u * params.b_stride];
        let b3_1 = b[from_b + 3u * params.b_stride + next];
        from_b += 4u * params.b_stride;
        let v0 = a[a0 + k];
        s0_0 += v0.x * b0_0 + v0.y * b1_0 + v0.z * b2_0 + v0.w * b3_0;
        s0_1 += v0.x * b0_1 + v0.y * b1_1 + v0.z * b2_1 + v0.w * b3_1;
        let v1 = a[a1 + k];
        s1_0 += v1.x * b0_0 + v1.y * b1_0 + v1.z * b2_0 + v1.w * b3_0;
        s1_1 += v1.x * b0_1 + v1.y * b1_1 + v1.z * b2_1 + v1.w * b3_1;
        let v2 = a[a2 + k];
        s2_0 += v2.x * b0_0 + v2.y * b1_0 + v2.z * b2_0 + v2.w * b3_0;
        s2_1 += v2.x * b0_1 + v2.y * b1_1 + v2.z * b2_1 + v2.w * b3_1;
        let v3 = a[a3 + k];
        s3_0 += v3.x * b0_0 + v3.y * b1_0 + v3.z * b2_0 + v3.w * b3_0;
        s3_1 += v3.x * b0_1 + v3.y * b1_1 + v3.z * b2_1 + v3.w * b3_1;
        let v4 = a[a4 + k];
        s4_0 += v4.x * b0_0 + v4.y * b1_0 + v4.z * b2_0 + v4.w * b3_0;
        s4_1 += v4.x * b0_1 + v4.y * b1_1 + v4.z * b2_1 + v4.w * b3_1;
        let v5 = a[a5 + k];
        s5_0 += v5.x * b0_0 + v5.y * b1_0 + v5.z * b2_0 + v5.w * b3_0;
        s5_1 += v5.x * b0_1 + v5.y * b1_1 + v5.z * b2_1 + v5.w * b3_1;
        let v6 = a[a6 + k];
        s6_0 += v6.x * b0_0 + v6.y * b1_0 + v6.z * b2_0 + v6.w * b3_0;
        s6_1 += v6.x * b0_1 + v6.y * b1_1 + v6.z * b2_1 + v6.w * b3_1;
        let v7 = a[a7 + k];
        s7_0 += v7.x * b0_0 + v7.y * b1_0 + v7.z * b2_0 + v7.w * b3_0;
        s7_1 += v7.x * b0_1 + v7.y * b1_1 + v7.z * b2_1 + v7.w * b3_1;
    }
    finish(at.z, first + 0u, column, s0_0);
    if column + 1u < params.columns {
        finish(at.z, first + 0u, column + 1u, s0_1);
    }
    if first + 1u < params.rows {
        finish(at.z, first + 1u, column, s1_0);
        if column + 1u < params.columns {
            finish(at.z, first + 1u, column + 1u, s1_1);
        }
    }
    if first + 2u < params.rows {
        finish(at.z, first + 2u, column, s2_0);
        if column + 1u < params.columns {
            finish(at.z, first + 2u, column + 1u, s2_1);
        }
    }
    if first + 3u < params.rows {
        finish(at.z, first + 3u, column, s3_0);
        if column + 1u < params.columns {
            finish(at.z, first + 3u, column + 1u, s3_1);
        }
    }
    if first + 4u < params.rows {
        finish(at.z, first + 4u, column, s4_0);
        if column + 1u < params.columns {
            finish(at.z, first + 4u, column + 1u, s4_1);
        }
    }
    if first + 5u < params.rows {
        finish(at.z, first + 5u, column, s5_0);
        if column + 1u < params.columns {
            finish(at.z, first + 5u, column + 1u, s5_1);
        }
    }
    if first + 6u < params.rows {
        finish(at.z, first + 6u, column, s6_0);
        if column + 1u < params.columns {
            finish(at.z, first + 6u, column + 1u, s6_1);
        }
    }
    if first + 7u < params.rows {
        finish(at.z, first + 7u, column, s7_0);
        if column + 1u < params.columns {
            finish(at.z, first + 7u, column + 1u, s7_1);
        }
    }
}
