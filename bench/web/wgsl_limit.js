// What a graphics device does at best with f32: multiplying and adding in registers, in WGSL.

const SUMS = 8;
const UNROLLED = 8;
/** Invocations of a workgroup, and workgroups. */
const [SIDE, GROUPS] = [64, 2048];
/** Long enough to be timed, and short enough for any driver's watchdog. */
const ENOUGH = 100;

const sums = Array.from({ length: SUMS }, (_, at) => `s${at}`);
const step = sums.map((sum) => `${sum} = ${sum} * factor + term;`).join(" ");

const SOURCE = `
struct Params { steps: u32, factor: f32, term: f32 }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(${SIDE})
fn main(@builtin(global_invocation_id) at: vec3u) {
  let factor = params.factor;
  let term = params.term;
  ${sums.map((sum, number) => `var ${sum} = f32(at.x) + ${number}.0;`).join("\n  ")}
  for (var i = 0u; i < params.steps; i++) {
    ${Array(UNROLLED).fill(step).join("\n    ")}
  }
  out[at.x] = ${sums.join(" + ")};
}`;

/** @returns a function that runs the loop once and tells milliseconds and operations */
export async function openWgslLimit() {
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
  const device = await adapter.requestDevice();
  const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module: device.createShaderModule({ code: SOURCE }) } });
  const params = device.createBuffer({ size: 16, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
  const out = device.createBuffer({ size: 4 * SIDE * GROUPS, usage: GPUBufferUsage.STORAGE });
  const entries = [params, out].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const bound = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const run = async (steps) => {
    const words = new DataView(new ArrayBuffer(16));
    words.setUint32(0, steps, true);
    words.setFloat32(4, 0.75, true);
    words.setFloat32(8, 0.25, true);
    device.queue.writeBuffer(params, 0, words.buffer);
    await device.queue.onSubmittedWorkDone();
    const start = performance.now();
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bound);
    pass.dispatchWorkgroups(GROUPS);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    return { computing: performance.now() - start, operations: 2 * SUMS * UNROLLED * steps * SIDE * GROUPS };
  };
  let steps = 4;
  while ((await run(steps)).computing < ENOUGH && steps < 1 << 22) {
    steps *= 2;
  }
  return () => run(steps);
}
