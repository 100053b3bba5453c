// Negative log-likelihoods of targets, in nats; zero where a target is not counted. An invocation a
// row. CPU twin: ../cpu/cross_entropy.rs

struct Params {
    rows: u32,
    targets_first: u32,
    losses_first: u32,
    padding: u32, // the target that is not counted
}

const COLUMNS = 66u; // of logits, in fours

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<vec4f>; // [rows, COLUMNS]
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) at: vec3u) {
    let row = at.x;
    if row >= params.rows {
        return;
    }
    let target_id = targets[params.targets_first + row];
    if target_id == params.padding {
        losses[params.losses_first + row] = 0.0;
        return;
    }
    let start = row * COLUMNS;
    var high = logits[start];
    for (var column = 1u; column < COLUMNS; column++) {
        high = max(high, logits[start + column]);
    }
    let most = max(max(high.x, high.y), max(high.z, high.w));
    var sum = vec4f();
    for (var column = 0u; column < COLUMNS; column++) {
        sum += exp(logits[start + column] - most);
    }
    let foretold = logits[start + target_id / 4u][target_id % 4u];
    let total = (sum.x + sum.y) + (sum.z + sum.w);
    losses[params.losses_first + row] = log(total) + (most - foretold);
}
