// Makes weights of scores without workgroup memory, an invocation a row. CPU twin: softmax in
// ../cpu/attention.rs

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) at: vec3u) {
    if at.x >= params.rows {
        return;
    }
    let row = at.y * params.tile + at.x;
    let start = row * params.stride;
    let position = params.first + at.x;
    let seen = position / 4u + 1u;
    var high = vec4f(LOWEST);
    for (var quad = 0u; quad < seen; quad++) {
        high = max(high, select(vec4f(LOWEST), scores[start + quad], allowed(quad, position)));
    }
    var most = largest(high);
    let leaks_here = most < MASK_LEAKS_BELOW;
    leaks[row] = u32(leaks_here);
    var sum = vec4f();
    if leaks_here {
        let end = (params.length + 3u) / 4u;
        if position + 1u < params.length {
            most = max(most, MASK);
        }
        for (var quad = 0u; quad < end; quad++) {
            let weight = weighed_in_full(quad, position, scores[start + quad], most);
            scores[start + quad] = weight;
            sum += weight;
        }
        let share = 1.0 / total(sum);
        for (var quad = 0u; quad < end; quad++) {
            scores[start + quad] *= share;
        }
        return;
    }
    for (var quad = 0u; quad < seen; quad++) {
        let weight = weighed(quad, position, scores[start + quad], most);
        scores[start + quad] = weight;
        sum += weight;
    }
    let share = 1.0 / total(sum);
    for (var quad = 0u; quad < seen; quad++) {
        scores[start + quad] *= share;
    }
    for (var quad = seen; quad < params.columns; quad++) {
        scores[start + quad] = vec4f();
    }
}
