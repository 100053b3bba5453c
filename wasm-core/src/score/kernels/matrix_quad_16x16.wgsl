// Matrix products without workgroup memory, by quads of invocations: what two neighbours both need, each
// fetches half of and gets the other half from the other. An invocation adds up 16 rows of 16 columns, a
// workgroup 64 of 64. For devices on which barriers cost much, and loads more than arithmetic, where
// invocations can see each other's values. CPU twin: ../cpu/matrix.rs

const ROWS = 16u; // of an invocation
const COLUMNS = 4u; // of an invocation, in fours

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) own: u32) {
    // Two quads beside each other above two more; an invocation's place in its quad.
    let quad = vec2u(own >> 2u, own >> 3u) & vec2u(1u);
    let place = vec2u(own, own >> 1u) & vec2u(1u);
    let row = ROWS * (4u * tile.y + 2u * quad.y + place.y);
    let column = COLUMNS * (4u * tile.x + 2u * quad.x + place.x);
    // Neighbours beside each other have the same rows, those above each other the same columns. First
    // come those that one fetches itself, then those that one is given.
    let rows = row + ROWS / 2u * vec2u(place.x, 1u - place.x);
    let columns = column + COLUMNS / 2u * vec2u(place.y, 1u - place.y);
    // Rows and columns past the last repeat it, and are not written.
    let last = params.rows - 1u;
    let last_column = params.columns - 1u;
    let from_a = start_of_a(tile.z);
    let a0 = from_a + min(rows[0] + 0u, last) * params.a_stride;
    let a1 = from_a + min(rows[0] + 1u, last) * params.a_stride;
    let a2 = from_a + min(rows[0] + 2u, last) * params.a_stride;
    let a3 = from_a + min(rows[0] + 3u, last) * params.a_stride;
    let a4 = from_a + min(rows[0] + 4u, last) * params.a_stride;
    let a5 = from_a + min(rows[0] + 5u, last) * params.a_stride;
    let a6 = from_a + min(rows[0] + 6u, last) * params.a_stride;
    let a7 = from_a + min(rows[0] + 7u, last) * params.a_stride;
    let stride = params.b_stride;
    let from_b = start_of_b(tile.z);
    var at_p = from_b + min(columns[0], last_column);
    var at_q = from_b + min(columns[0] + 1u, last_column);
    var sums = array<vec4f, 64>(); // [ROWS, COLUMNS]
    for (var k = 0u; k < params.depth; k++) {
        let p = mat4x4f(b[at_p], b[at_p + stride], b[at_p + 2u * stride], b[at_p + 3u * stride]);
        let q = mat4x4f(b[at_q], b[at_q + stride], b[at_q + 2u * stride], b[at_q + 3u * stride]);
        at_p += 4u * stride;
        at_q += 4u * stride;
        let r = given(p);
        let s = given(q);
        let v0 = a[a0 + k];
        let v8 = quadSwapX(v0);
        sums[0] += p * v0;
        sums[1] += q * v0;
        sums[2] += r * v0;
        sums[3] += s * v0;
        sums[32] += p * v8;
        sums[33] += q * v8;
        sums[34] += r * v8;
        sums[35] += s * v8;
        let v1 = a[a1 + k];
        let v9 = quadSwapX(v1);
        sums[4] += p * v1;
        sums[5] += q * v1;
        sums[6] += r * v1;
        sums[7] += s * v1;
        sums[36] += p * v9;
        sums[37] += q * v9;
        sums[38] += r * v9;
        sums[39] += s * v9;
        let v2 = a[a2 + k];
        let v10 = quadSwapX(v2);
        sums[8] += p * v2;
        sums[9] += q * v2;
        sums[10] += r * v2;
        sums[11] += s * v2;
        sums[40] += p * v10;
        sums[41] += q * v10;
        sums[42] += r * v10;
        sums[43] += s * v10;
        let v3 = a[a3 + k];
        let v11 = quadSwapX(v3);
        sums[12] += p * v3;
        sums[13] += q * v3;
        sums[14] += r * v3;
        sums[15] += s * v3;
        sums[44] += p * v11;
        sums[45] += q * v11;
        sums[46] += r * v11;
        sums[47] += s * v11;
        let v4 = a[a4 + k];
        let v12 = quadSwapX(v4);
        sums[16] += p * v4;
        sums[17] += q * v4;
        sums[18] += r * v4;
        sums[19] += s * v4;
        sums[48] += p * v12;
        sums[49] += q * v12;
        sums[50] += r * v12;
        sums[51] += s * v12;
        let v5 = a[a5 + k];
        let v13 = quadSwapX(v5);
        sums[20] += p * v5;
        sums[21] += q * v5;
        sums[22] += r * v5;
        sums[23] += s * v5;
        sums[52] += p * v13;
        sums[53] += q * v13;
        sums[54] += r * v13;
        sums[55] += s * v13;
        let v6 = a[a6 + k];
        let v14 = quadSwapX(v6);
        sums[24] += p * v6;
        sums[25] += q * v6;
        sums[26] += r * v6;
        sums[27] += s * v6;
        sums[56] += p * v14;
        sums[57] += q * v14;
        sums[58] += r * v14;
        sums[59] += s * v14;
        let v7 = a[a7 + k];
        let v15 = quadSwapX(v7);
        sums[28] += p * v7;
        sums[29] += q * v7;
        sums[30] += r * v7;
        sums[31] += s * v7;
        sums[60] += p * v15;
        sums[61] += q * v15;
        sums[62] += r * v15;
        sums[63] += s * v15;
    }
    let from_c = start_of_c(tile.z);
    for (var n = 0u; n < ROWS; n++) {
        let to_row = rows[n / 8u] + n % 8u;
        for (var m = 0u; m < COLUMNS; m++) {
            let to_column = columns[m / 2u] + m % 2u;
            if to_row < params.rows && to_column < params.columns {
                finish(from_c, to_row, to_column, sums[COLUMNS * n + m]);
            }
        }
    }
}

// What the neighbour above or below fetched.
fn given(value: mat4x4f) -> mat4x4f {
    return mat4x4f(
        quadSwapY(value[0]),
        quadSwapY(value[1]),
        quadSwapY(value[2]),
        quadSwapY(value[3]),
    );
}
