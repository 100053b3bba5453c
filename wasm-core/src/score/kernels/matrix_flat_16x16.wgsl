// Matrix products without workgroup memory: an invocation adds up 16 rows of 16 columns. For devices
// on which barriers cost much, as processors that play a GPU. CPU twin: ../cpu/matrix.rs

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
    let more = params.columns - 1u - column;
    let next1 = min(1u, more);
    let next2 = min(2u, more);
    let next3 = min(3u, more);
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
    var from_b = start_of_b(at.z) + column;
    var p0 = vec4f();
    var q0 = vec4f();
    var r0 = vec4f();
    var s0 = vec4f();
    var p1 = vec4f();
    var q1 = vec4f();
    var r1 = vec4f();
    var s1 = vec4f();
    var p2 = vec4f();
    var q2 = vec4f();
    var r2 = vec4f();
    var s2 = vec4f();
    var p3 = vec4f();
    var q3 = vec4f();
    var r3 = vec4f();
    var s3 = vec4f();
    var p4 = vec4f();
    var q4 = vec4f();
    var r4 = vec4f();
    var s4 = vec4f();
    var p5 = vec4f();
    var q5 = vec4f();
    var r5 = vec4f();
    var s5 = vec4f();
    var p6 = vec4f();
    var q6 = vec4f();
    var r6 = vec4f();
    var s6 = vec4f();
    var p7 = vec4f();
    var q7 = vec4f();
    var r7 = vec4f();
    var s7 = vec4f();
    var p8 = vec4f();
    var q8 = vec4f();
    var r8 = vec4f();
    var s8 = vec4f();
    var p9 = vec4f();
    var q9 = vec4f();
    var r9 = vec4f();
    var s9 = vec4f();
    var p10 = vec4f();
    var q10 = vec4f();
    var r10 = vec4f();
    var s10 = vec4f();
    var p11 = vec4f();
    var q11 = vec4f();
    var r11 = vec4f();
    var s11 = vec4f();
    var p12 = vec4f();
    var q12 = vec4f();
    var r12 = vec4f();
    var s12 = vec4f();
    var p13 = vec4f();
    var q13 = vec4f();
    var r13 = vec4f();
    var s13 = vec4f();
    var p14 = vec4f();
    var q14 = vec4f();
    var r14 = vec4f();
    var s14 = vec4f();
    var p15 = vec4f();
    var q15 = vec4f();
    var r15 = vec4f();
    var s15 = vec4f();
    for (var k = 0u; k < params.depth; k++) {
        let b0 = b[from_b];
        let c0 = b[from_b + next1];
        let d0 = b[from_b + next2];
        let e0 = b[from_b + next3];
        from_b += params.b_stride;
        let b1 = b[from_b];
        let c1 = b[from_b + next1];
        let d1 = b[from_b + next2];
        let e1 = b[from_b + next3];
        from_b += params.b_stride;
        let b2 = b[from_b];
        let c2 = b[from_b + next1];
        let d2 = b[from_b + next2];
        let e2 = b[from_b + next3];
        from_b += params.b_stride;
        let b3 = b[from_b];
        let c3 = b[from_b + next1];
        let d3 = b[from_b + next2];
        let e3 = b[from_b + next3];
        from_b += params.b_stride;
        let v0 = a[a0 + k];
        p0 += v0.x * b0 + v0.y * b1 + v0.z * b2 + v0.w * b3;
        q0 += v0.x * c0 + v0.y * c1 + v0.z * c2 + v0.w * c3;
        r0 += v0.x * d0 + v0.y * d1 + v0.z * d2 + v0.w * d3;
        s0 += v0.x * e0 + v0.y * e1 + v0.z * e2 + v0.w * e3;
        let v1 = a[a1 + k];
        p1 += v1.x * b0 + v1.y * b1 + v1.z * b2 + v1.w * b3;
        q1 += v1.x * c0 + v1.y * c1 + v1.z * c2 + v1.w * c3;
        r1 += v1.x * d0 + v1.y * d1 + v1.z * d2 + v1.w * d3;
        s1 += v1.x * e0 + v1.y * e1 + v1.z * e2 + v1.w * e3;
        let v2 = a[a2 + k];
        p2 += v2.x * b0 + v2.y * b1 + v2.z * b2 + v2.w * b3;
        q2 += v2.x * c0 + v2.y * c1 + v2.z * c2 + v2.w * c3;
        r2 += v2.x * d0 + v2.y * d1 + v2.z * d2 + v2.w * d3;
        s2 += v2.x * e0 + v2.y * e1 + v2.z * e2 + v2.w * e3;
        let v3 = a[a3 + k];
        p3 += v3.x * b0 + v3.y * b1 + v3.z * b2 + v3.w * b3;
        q3 += v3.x * c0 + v3.y * c1 + v3.z * c2 + v3.w * c3;
        r3 += v3.x * d0 + v3.y * d1 + v3.z * d2 + v3.w * d3;
        s3 += v3.x * e0 + v3.y * e1 + v3.z * e2 + v3.w * e3;
        let v4 = a[a4 + k];
        p4 += v4.x * b0 + v4.y * b1 + v4.z * b2 + v4.w * b3;
        q4 += v4.x * c0 + v4.y * c1 + v4.z * c2 + v4.w * c3;
        r4 += v4.x * d0 + v4.y * d1 + v4.z * d2 + v4.w * d3;
        s4 += v4.x * e0 + v4.y * e1 + v4.z * e2 + v4.w * e3;
        let v5 = a[a5 + k];
        p5 += v5.x * b0 + v5.y * b1 + v5.z * b2 + v5.w * b3;
        q5 += v5.x * c0 + v5.y * c1 + v5.z * c2 + v5.w * c3;
        r5 += v5.x * d0 + v5.y * d1 + v5.z * d2 + v5.w * d3;
        s5 += v5.x * e0 + v5.y * e1 + v5.z * e2 + v5.w * e3;
        let v6 = a[a6 + k];
        p6 += v6.x * b0 + v6.y * b1 + v6.z * b2 + v6.w * b3;
        q6 += v6.x * c0 + v6.y * c1 + v6.z * c2 + v6.w * c3;
        r6 += v6.x * d0 + v6.y * d1 + v6.z * d2 + v6.w * d3;
        s6 += v6.x * e0 + v6.y * e1 + v6.z * e2 + v6.w * e3;
        let v7 = a[a7 + k];
        p7 += v7.x * b0 + v7.y * b1 + v7.z * b2 + v7.w * b3;
        q7 += v7.x * c0 + v7.y * c1 + v7.z * c2 + v7.w * c3;
        r7 += v7.x * d0 + v7.y * d1 + v7.z * d2 + v7.w * d3;
        s7 += v7.x * e0 + v7.y * e1 + v7.z * e2 + v7.w * e3;
        let v8 = a[a8 + k];
        p8 += v8.x * b0 + v8.y * b1 + v8.z * b2 + v8.w * b3;
        q8 += v8.x * c0 + v8.y * c1 + v8.z * c2 + v8.w * c3;
        r8 += v8.x * d0 + v8.y * d1 + v8.z * d2 + v8.w * d3;
        s8 += v8.x * e0 + v8.y * e1 + v8.z * e2 + v8.w * e3;
        let v9 = a[a9 + k];
        p9 += v9.x * b0 + v9.y * b1 + v9.z * b2 + v9.w * b3;
        q9 += v9.x * c0 + v9.y * c1 + v9.z * c2 + v9.w * c3;
        r9 += v9.x * d0 + v9.y * d1 + v9.z * d2 + v9.w * d3;
        s9 += v9.x * e0 + v9.y * e1 + v9.z * e2 + v9.w * e3;
        let v10 = a[a10 + k];
        p10 += v10.x * b0 + v10.y * b1 + v10.z * b2 + v10.w * b3;
        q10 += v10.x * c0 + v10.y * c1 + v10.z * c2 + v10.w * c3;
        r10 += v10.x * d0 + v10.y * d1 + v10.z * d2 + v10.w * d3;
        s10 += v10.x * e0 + v10.y * e1 + v10.z * e2 + v10.w * e3;
        let v11 = a[a11 + k];
        p11 += v11.x * b0 + v11.y * b1 + v11.z * b2 + v11.w * b3;
        q11 += v11.x * c0 + v11.y * c1 + v11.z * c2 + v11.w * c3;
        r11 += v11.x * d0 + v11.y * d1 + v11.z * d2 + v11.w * d3;
        s11 += v11.x * e0 + v11.y * e1 + v11.z * e2 + v11.w * e3;
        let v12 = a[a12 + k];
        p12 += v12.x * b0 + v12.y * b1 + v12.z * b2 + v12.w * b3;
        q12 += v12.x * c0 + v12.y * c1 + v12.z * c2 + v12.w * c3;
        r12 += v12.x * d0 + v12.y * d1 + v12.z * d2 + v12.w * d3;
        s12 += v12.x * e0 + v12.y * e1 + v12.z * e2 + v12.w * e3;
        let v13 = a[a13 + k];
        p13 += v13.x * b0 + v13.y * b1 + v13.z * b2 + v13.w * b3;
        q13 += v13.x * c0 + v13.y * c1 + v13.z * c2 + v13.w * c3;
        r13 += v13.x * d0 + v13.y * d1 + v13.z * d2 + v13.w * d3;
        s13 += v13.x * e0 + v13.y * e1 + v13.z * e2 + v13.w * e3;
        let v14 = a[a14 + k];
        p14 += v14.x * b0 + v14.y * b1 + v14.z * b2 + v14.w * b3;
        q14 += v14.x * c0 + v14.y * c1 + v14.z * c2 + v14.w * c3;
        r14 += v14.x * d0 + v14.y * d1 + v14.z * d2 + v14.w * d3;
        s14 += v14.x * e0 + v14.y * e1 + v14.z * e2 + v14.w * e3;
        let v15 = a[a15 + k];
        p15 += v15.x * b0 + v15.y * b1 + v15.z * b2 + v15.w * b3;
        q15 += v15.x * c0 + v15.y * c1 + v15.z * c2 + v15.w * c3;
        r15 += v15.x * d0 + v15.y * d1 + v15.z * d2 + v15.w * d3;
        s15 += v15.x * e0 + v15.y * e1 + v15.z * e2 + v15.w * e3;
    }
    write(at.z, first, column, p0, q0, r0, s0);
    write(at.z, first + 1u, column, p1, q1, r1, s1);
    write(at.z, first + 2u, column, p2, q2, r2, s2);
    write(at.z, first + 3u, column, p3, q3, r3, s3);
    write(at.z, first + 4u, column, p4, q4, r4, s4);
    write(at.z, first + 5u, column, p5, q5, r5, s5);
    write(at.z, first + 6u, column, p6, q6, r6, s6);
    write(at.z, first + 7u, column, p7, q7, r7, s7);
    write(at.z, first + 8u, column, p8, q8, r8, s8);
    write(at.z, first + 9u, column, p9, q9, r9, s9);
    write(at.z, first + 10u, column, p10, q10, r10, s10);
    write(at.z, first + 11u, column, p11, q11, r11, s11);
    write(at.z, first + 12u, column, p12, q12, r12, s12);
    write(at.z, first + 13u, column, p13, q13, r13, s13);
    write(at.z, first + 14u, column, p14, q14, r14, s14);
    write(at.z, first + 15u, column, p15, q15, r15, s15);
}

fn write(pair: u32, row: u32, column: u32, p: vec4f, q: vec4f, r: vec4f, s: vec4f) {
    if row >= params.rows {
        return;
    }
    finish(pair, row, column, p);
    if column + 1u < params.columns {
        finish(pair, row, column + 1u, q);
    }
    if column + 2u < params.columns {
        finish(pair, row, column + 2u, r);
    }
    if column + 3u < params.columns {
        finish(pair, row, column + 3u, s);
    }
}
