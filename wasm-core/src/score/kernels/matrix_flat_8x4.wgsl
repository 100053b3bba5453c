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
    // Rows and columns past the last repeat it, and are not written.
    let last = params.rows - 1u;
    let a_pair = start_of_a(at.z);
    let a0 = a_pair + min(first + 0u, last) * params.a_stride;
    let a1 = a_pair + min(first + 1u, last) * params.a_stride;
    let a2 = a_pair + min(first + 2u, last) * params.a_stride;
    let a3 = a_pair + min(first + 3u, last) * params.a_stride;
    let a4 = a_pair + min(first + 4u, last) * params.a_stride;
    let a5 = a_pair + min(first + 5u, last) * params.a_stride;
    let a6 = a_pair + min(first + 6u, last) * params.a_stride;
    let a7 = a_pair + min(first + 7u, last) * params.a_stride;
    var from_b = start_of_b(at.z) + column;
    var s0 = vec4f();
    var s1 = vec4f();
    var s2 = vec4f();
    var s3 = vec4f();
    var s4 = vec4f();
    var s5 = vec4f();
    var s6 = vec4f();
    var s7 = vec4f();
    for (var k = 0u; k < params.depth; k++) {
        let b0 = b[from_b];
        let b1 = b[from_b + params.b_stride];
        let b2 = b[from_b + 2u * params.b_stride];
        let b3 = b[from_b + 3u * params.b_stride];
        from_b += 4u * params.b_stride;
        let v0 = a[a0 + k];
        s0 += v0.x * b0 + v0.y * b1 + v0.z * b2 + v0.w * b3;
        let v1 = a[a1 + k];
        s1 += v1.x * b0 + v1.y * b1 + v1.z * b2 + v1.w * b3;
        let v2 = a[a2 + k];
        s2 += v2.x * b0 + v2.y * b1 + v2.z * b2 + v2.w * b3;
        let v3 = a[a3 + k];
        s3 += v3.x * b0 + v3.y * b1 + v3.z * b2 + v3.w * b3;
        let v4 = a[a4 + k];
        s4 += v4.x * b0 + v4.y * b1 + v4.z * b2 + v4.w * b3;
        let v5 = a[a5 + k];
        s5 += v5.x * b0 + v5.y * b1 + v5.z * b2 + v5.w * b3;
        let v6 = a[a6 + k];
        s6 += v6.x * b0 + v6.y * b1 + v6.z * b2 + v6.w * b3;
        let v7 = a[a7 + k];
        s7 += v7.x * b0 + v7.y * b1 + v7.z * b2 + v7.w * b3;
    }
    finish(at.z, first + 0u, column, s0);
    if first + 1u < params.rows {
        finish(at.z, first + 1u, column, s1);
    }
    if first + 2u < params.rows {
        finish(at.z, first + 2u, column, s2);
    }
    if first + 3u < params.rows {
        finish(at.z, first + 3u, column, s3);
    }
    if first + 4u < params.rows {
        finish(at.z, first + 4u, column, s4);
    }
    if first + 5u < params.rows {
        finish(at.z, first + 5u, column, s5);
    }
    if first + 6u < params.rows {
        finish(at.z, first + 6u, column, s6);
    }
    if first + 7u < params.rows {
        finish(at.z, first + 7u, column, s7);
    }
}
