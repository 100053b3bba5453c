// Layer norm without workgroup memory, an invocation a row. CPU twin: ../cpu/layer_norm.rs

@compute @workgroup_size(16)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) own: u32,
) {
    let row = (group.x + group.y * groups.x) * 16u + own;
    if row >= params.rows {
        return;
    }
    let start = (params.first + row) * params.columns;
    let width = f32(params.width);
    var sum = vec4f();
    for (var column = 0u; column < params.columns; column++) {
        sum += x[start + column];
    }
    // A sum is off by its rounding. By how much is the mean of what it leaves, which is taken off by itself:
    // added to a large mean, it would be rounded away.
    let about = total(sum) / width;
    sum = vec4f();
    for (var column = 0u; column < params.columns; column++) {
        sum += apart(x[start + column], about, 0.0, column);
    }
    let rest = total(sum) / width;
    sum = vec4f();
    for (var column = 0u; column < params.columns; column++) {
        let distance = apart(x[start + column], about, rest, column);
        sum += distance * distance;
    }
    let scale = 1.0 / sqrt(total(sum) / width + params.epsilon);
    for (var column = 0u; column < params.columns; column++) {
        let distance = apart(x[start + column], about, rest, column);
        y[row * params.columns + column] = distance * scale * gamma[column] + beta[column];
    }
}
