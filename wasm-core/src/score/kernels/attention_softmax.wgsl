// Makes weights of scores, a workgroup a row. CPU twin: softmax in ../cpu/attention.rs

const SIDE = 64u; // invocations of a workgroup

var<workgroup> parts: array<f32, 64>;

// The sum, or the largest, of all invocations' values.
fn gather(own: u32, value: f32, by_size: bool) -> f32 {
    workgroupBarrier();
    parts[own] = value;
    for (var half = SIDE / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if own < half {
            let other = parts[own + half];
            parts[own] = select(parts[own] + other, max(parts[own], other), by_size);
        }
    }
    workgroupBarrier();
    return parts[0];
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) own: u32) {
    let row = group.y * params.tile + group.x;
    let start = row * params.stride;
    let position = params.first + group.x;
    let seen = position / 4u + 1u;
    var high = vec4f(LOWEST);
    for (var quad = own; quad < seen; quad += SIDE) {
        high = max(high, select(vec4f(LOWEST), scores[start + quad], allowed(quad, position)));
    }
    var most = gather(own, largest(high), true);
    let leaks_here = most < MASK_LEAKS_BELOW;
    if own == 0u {
        leaks[row] = u32(leaks_here);
    }
    var end = params.columns;
    if leaks_here {
        end = (params.length + 3u) / 4u;
        if position + 1u < params.length {
            most = max(most, MASK);
        }
    }
    var sum = vec4f();
    for (var quad = own; quad < end; quad += SIDE) {
        var weight = vec4f();
        if leaks_here {
            weight = weighed_in_full(quad, position, scores[start + quad], most);
        } else {
            weight = weighed(quad, position, scores[start + quad], most);
        }
        scores[start + quad] = weight;
        sum += weight;
    }
    let share = 1.0 / gather(own, total(sum), false);
    for (var quad = own; quad < end; quad += SIDE) {
        scores[start + quad] *= share;
    }
}
