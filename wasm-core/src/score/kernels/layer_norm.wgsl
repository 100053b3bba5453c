// Layer norm, a workgroup a row. CPU twin: ../cpu/layer_norm.rs

const SIDE = 64u; // invocations of a workgroup

var<workgroup> parts: array<f32, 64>;

// The sum of all invocations' values.
fn gather(own: u32, value: f32) -> f32 {
    workgroupBarrier();
    parts[own] = value;
    for (var half = SIDE / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if own < half {
            parts[own] += parts[own + half];
        }
    }
    workgroupBarrier();
    return parts[0];
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) own: u32,
) {
    let row = group.x + group.y * groups.x;
    if row >= params.rows {
        return;
    }
    let start = (params.first + row) * params.columns;
    let width = f32(params.width);
    var sum = vec4f();
    for (var column = own; column < params.columns; column += SIDE) {
        sum += x[start + column];
    }
    // A sum is off by its rounding. By how much is the mean of what it leaves, which is taken off by itself:
    // added to a large mean, it would be rounded away.
    let about = gather(own, total(sum)) / width;
    sum = vec4f();
    for (var column = own; column < params.columns; column += SIDE) {
        sum += apart(x[start + column], about, 0.0, column);
    }
    let rest = gather(own, total(sum)) / width;
    sum = vec4f();
    for (var column = own; column < params.columns; column += SIDE) {
        let distance = apart(x[start + column], about, rest, column);
        sum += distance * distance;
    }
    let variance = gather(own, total(sum)) / width;
    let scale = 1.0 / sqrt(variance + params.epsilon);
    for (var column = own; column < params.columns; column += SIDE) {
        let distance = apart(x[start + column], about, rest, column);
        y[row * params.columns + column] = distance * scale * gamma[column] + beta[column];
    }
}
