// Matrix products without workgroup memory: an invocation adds up 16 rows of 8 columns. For devices
// on which barriers cost much, as processors that play a GPU. CPU twin: ../cpu/matrix.rs

const ROWS = 16u;
const COLUMNS = 2u; // in fours

@compute @workgroup_size(4, 4)
fn main(@builtin(global_invocation_id) at: vec3u) {
    let first = at.y * ROWS;
    let column = at.x * COLUMNS;
    if first >= params.rows || column >= params.columns {
        return;
    }
    // Rows and columns past the last repeat it, and are not written.
    let last = params.rows - 1u;
    let next = min(1u, params.columns - 1u - column);
    let a_pair = start_of_a(at.z);
    let a0 = a_pair + min(first + 0u, last) * params.a_stride;
    let a1 = a_pair + min(first + 1u, last) * params.a_stride;
    let a2 = a_pair + min(first + 2u, last) * params.a_stride;
    let a3 = a_pair + min(first + 3u, last) * params.a_stride;
    let a4 = a_pair + min(first + 4u, last) * params.a_stride;
    let a5 = a_pair + min(first + 5u, last) * params.a_stride;
    let a6 = a_pair + min(first + 6u, last) * params.a_stride;
    let a7 = a_pair + min(first + 7u, last) * params.a_stride;
    let a8 = a_pair + min(first + 8u, last) * params.a_stride;
    let a9 = a_pair + min(first + 9u, last) * params.a_stride;
    let a10 = a_pair + min(first + 10u, last) * params.a_stride;
    let a11 = a_pair + min(first + 11u, last) * params.a_stride;
    let a12 = a_pair + min(first + 12u, last) * params.a_stride;
    let a13 = a_pair + min(first + 13u, last) * params.a_stride;
    let a14 = a_pair + min(first + 14u, last) * params.a_stride;
    let a15 = a_pair + min(first + 15u, last) * params.a_stride;
    var from_b = start_of_b(at.z) + column;
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
    var l8 = vec4f();
    var r8 = vec4f();
    var l9 = vec4f();
    var r9 = vec4f();
    var l10 = vec4f();
    var r10 = vec4f();
    var l11 = vec4f();
    var r11 = vec4f();
    var l12 = vec4f();
    var r12 = vec4f();
    var l13 = vec4f();
    var r13 = vec4f();
    var l14 = vec4f();
    var r14 = vec4f();
    var l15 = vec4f();
    var r15 = vec4f();
    for (var k = 0u; k < params.depth; k++) {
        let b0 = b[from_b];
        let c0 = b[from_b + next];
        let b1 = b[from_b + params.b_stride];
        let c1 = b[from_b + params.b_stride + next];
        let b2 = b[from_b + 2u * params.b_stride];
        let c2 = b[from_b + 2u * params.b_stride + next];
        let b3 = b[from_b + 3u * params.b_stride];
        let c3 = b[from_b + 3u * params.b_stride + next];
        from_b += 4u * params.b_stride;
        let v0 = a[a0 + k];
        l0 += v0.x * b0 + v0.y * b1 + v0.z * b2 + v0.w * b3;
        r0 += v0.x * c0 + v0.y * c1 + v0.z * c2 + v0.w * c3;
        let v1 = a[a1 + k];
        l1 += v1.x * b0 + v1.y * b1 + v1.z * b2 + v1.w * b3;
        r1 += v1.x * c0 + v1.y * c1 + v1.z * c2 + v1.w * c3;
        let v2 = a[a2 + k];
        l2 += v2.x * b0 + v2.y * b1 + v2.z * b2 + v2.w * b3;
        r2 += v2.x * c0 + v2.y * c1 + v2.z * c2 + v2.w * c3;
        let v3 = a[a3 + k];
        l3 += v3.x * b0 + v3.y * b1 + v3.z * b2 + v3.w * b3;
        r3 += v3.x * c0 + v3.y * c1 + v3.z * c2 + v3.w * c3;
        let v4 = a[a4 + k];
        l4 += v4.x * b0 + v4.y * b1 + v4.z * b2 + v4.w * b3;
        r4 += v4.x * c0 + v4.y * c1 + v4.z * c2 + v4.w * c3;
        let v5 = a[a5 + k];
        l5 += v5.x * b0 + v5.y * b1 + v5.z * b2 + v5.w * b3;
        r5 += v5.x * c0 + v5.y * c1 + v5.z * c2 + v5.w * c3;
        let v6 = a[a6 + k];
        l6 += v6.x * b0 + v6.y * b1 + v6.z * b2 + v6.w * b3;
        r6 += v6.x * c0 + v6.y * c1 + v6.z * c2 + v6.w * c3;
        let v7 = a[a7 + k];
        l7 += v7.x * b0 + v7.y * b1 + v7.z * b2 + v7.w * b3;
        r7 += v7.x * c0 + v7.y * c1 + v7.z * c2 + v7.w * c3;
        let v8 = a[a8 + k];
        l8 += v8.x * b0 + v8.y * b1 + v8.z * b2 + v8.w * b3;
        r8 += v8.x * c0 + v8.y * c1 + v8.z * c2 + v8.w * c3;
        let v9 = a[a9 + k];
        l9 += v9.x * b0 + v9.y * b1 + v9.z * b2 + v9.w * b3;
        r9 += v9.x * c0 + v9.y * c1 + v9.z * c2 + v9.w * c3;
        let v10 = a[a10 + k];
        l10 += v10.x * b0 + v10.y * b1 + v10.z * b2 + v10.w * b3;
        r10 += v10.x * c0 + v10.y * c1 + v10.z * c2 + v10.w * c3;
        let v11 = a[a11 + k];
        l11 += v11.x * b0 + v11.y * b1 + v11.z * b2 + v11.w * b3;
        r11 += v11.x * c0 + v11.y * c1 + v11.z * c2 + v11.w * c3;
        let v12 = a[a12 + k];
        l12 += v12.x * b0 + v12.y * b1 + v12.z * b2 + v12.w * b3;
        r12 += v12.x * c0 + v12.y * c1 + v12.z * c2 + v12.w * c3;
        let v13 = a[a13 + k];
        l13 += v13.x * b0 + v13.y * b1 + v13.z * b2 + v13.w * b3;
        r13 += v13.x * c0 + v13.y * c1 + v13.z * c2 + v13.w * c3;
        let v14 = a[a14 + k];
        l14 += v14.x * b0 + v14.y * b1 + v14.z * b2 + v14.w * b3;
        r14 += v14.x * c0 + v14.y * c1 + v14.z * c2 + v14.w * c3;
        let v15 = a[a15 + k];
        l15 += v15.x * b0 + v15.y * b1 + v15.z * b2 + v15.w * b3;
        r15 += v15.x * c0 + v15.y * c1 + v15.z * c2 + v15.w * c3;
    }
    write(at.z, first, column, l0, r0);
    write(at.z, first + 1u, column, l1, r1);
    write(at.z, first + 2u, column, l2, r2);
    write(at.z, first + 3u, column, l3, r3);
    write(at.z, first + 4u, column, l4, r4);
    write(at.z, first + 5u, column, l5, r5);
    write(at.z, first + 6u, column, l6, r6);
    write(at.z, first + 7u, column, l7, r7);
    write(at.z, first + 8u, column, l8, r8);
    write(at.z, first + 9u, column, l9, r9);
    write(at.z, first + 10u, column, l10, r10);
    write(at.z, first + 11u, column, l11, r11);
    write(at.z, first + 12u, column, l12, r12);
    write(at.z, first + 13u, column, l13, r13);
    write(at.z, first + 14u, column, l14, r14);
    write(at.z, first + 15u, column, l15, r15);
}

fn write(pair: u32, row: u32, column: u32, left: vec4f, right: vec4f) {
    if row >= params.rows {
        return;
    }
    finish(pair, row, column, left);
    if column + 1u < params.columns {
        finish(pair, row, column + 1u, right);
    }
}
