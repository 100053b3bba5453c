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
    // A sum is off by its rounding; the mean of what is left corrects it.
    let about = total(sum) / width;
    sum = vec4f();
    for (var column = 0u; column < params.columns; column++) {
        sum += apart(x[start + column], about, column);
    }
    let mean = about + total(sum) / width;
    sum = vec4f();
    for (var column = 0u; column < params.columns; column++) {
        let distance = apart(x[start + column], mean, column);
        sum += distance * distance;
    }
    let scale = 1.0 / sqrt(total(sum) / width + params.epsilon);
    for (var column = 0u; column < params.columns; column++) {
        let distance = apart(x[start + column], mean, column);
        y[row * params.columns + column] = distance * scale * gamma[column] + beta[column];
    }
}
