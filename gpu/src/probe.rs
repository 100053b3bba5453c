//! Which kernels suit a device: a graphics processor wants tiles in workgroup memory, a processor that
//! plays one wants none. Nothing but trying tells.

use crate::clock;
use crate::device::Gpu;
use crate::failure::Scopes;
use crate::recorder::{Place, Submission, bind};
use std::fmt;
use std::str::FromStr;
use wasm_core::score::EvaluateError;
use wasm_core::score::kernels::{self, Kernel};
use wasm_core::score::narrow::narrow;

/// Rows, depth and columns of products to try, from tiny to what keeps the largest device busy.
const SIZES: [[usize; 3]; 4] =
    [[64, 128, 512], [256, 512, 512], [1024, 512, 2048], [2048, 1024, 4096]];
/// Seconds that tell enough.
const ENOUGH: f64 = 0.008;
/// How often what takes so long is tried.
const TIMES: usize = 4;

/// How matrices are multiplied, which also says whether other kernels use workgroup memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// 8 rows and 4 columns an invocation, no workgroup memory.
    Flat8x4,
    /// 16 rows and 8 columns an invocation, no workgroup memory.
    Flat16x8,
    /// 16 rows and 16 columns an invocation, no workgroup memory.
    Flat16x16,
    /// The same where quads of invocations share what they fetch.
    Quad16x16,
    /// Tiles of 64 rows and columns.
    Tiled4x4,
    /// Tiles of 128 rows and columns.
    Tiled8x8,
}

impl Variant {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Flat8x4,
        Self::Flat16x8,
        Self::Flat16x16,
        Self::Quad16x16,
        Self::Tiled4x4,
        Self::Tiled8x8,
    ];

    /// The kernel that multiplies.
    #[must_use]
    pub const fn kernel(self) -> &'static Kernel {
        match self {
            Self::Flat8x4 => &kernels::MATRIX_FLAT_8X4,
            Self::Flat16x8 => &kernels::MATRIX_FLAT_16X8,
            Self::Flat16x16 => &kernels::MATRIX_FLAT_16X16,
            Self::Quad16x16 => &kernels::MATRIX_QUAD_16X16,
            Self::Tiled4x4 => &kernels::MATRIX_TILED_4X4,
            Self::Tiled8x8 => &kernels::MATRIX_TILED_8X8,
        }
    }

    /// Whether it uses no workgroup memory.
    #[must_use]
    pub const fn is_flat(self) -> bool {
        matches!(self, Self::Flat8x4 | Self::Flat16x8 | Self::Flat16x16 | Self::Quad16x16)
    }

    /// The variant for a product that this one would give to too few workgroups: the next smaller of
    /// its kind.
    pub(crate) const fn smaller(self) -> Option<Self> {
        match self {
            Self::Flat16x16 | Self::Quad16x16 => Some(Self::Flat16x8),
            Self::Flat16x8 => Some(Self::Flat8x4),
            Self::Tiled8x8 => Some(Self::Tiled4x4),
            Self::Flat8x4 | Self::Tiled4x4 => None,
        }
    }

    /// Columns, in fours, and rows of a workgroup.
    #[must_use]
    pub const fn tile(self) -> [usize; 2] {
        match self {
            Self::Flat8x4 | Self::Flat16x8 => [8, 64],
            Self::Flat16x16 | Self::Quad16x16 | Self::Tiled4x4 => [16, 64],
            Self::Tiled8x8 => [32, 128],
        }
    }
}

/// What suits a device. As text it can be kept and used again for the same device.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// How matrices are multiplied.
    pub variant: Variant,
    /// Floating-point operations a second that this reaches.
    pub operations_per_second: f64,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:.3e}", self.variant.kernel().name, self.operations_per_second)
    }
}

impl Choice {
    /// Workgroups of a variant that keep the device busy: a faster one has more units to share them among.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an approximate number, and far from the largest"
    )]
    pub(crate) fn enough(&self, variant: Variant) -> usize {
        if variant.is_flat() {
            return 16;
        }
        // An NVIDIA H100 has 132 units, 30 TFLOP/s, and takes two workgroups in each.
        ((self.operations_per_second / 1e11) as usize).clamp(64, 512)
    }
}

/// Text that names no choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these are no kernels that could be chosen")]
pub struct NoChoice;

impl FromStr for Choice {
    type Err = NoChoice;

    fn from_str(text: &str) -> Result<Self, NoChoice> {
        let (name, rate) = text.split_once(' ').ok_or(NoChoice)?;
        let mut all = Variant::ALL.into_iter();
        let variant = all.find(|variant| variant.kernel().name == name).ok_or(NoChoice)?;
        let operations_per_second = rate.parse().map_err(|_| NoChoice)?;
        if !(1e6..1e18).contains(&operations_per_second) {
            return Err(NoChoice);
        }
        Ok(Self { variant, operations_per_second })
    }
}

/// Tries all variants that a device can run.
pub(crate) async fn run(gpu: &Gpu) -> Result<Choice, EvaluateError> {
    let mut best: Option<Choice> = None;
    for variant in Variant::ALL.into_iter().filter(|variant| gpu.runs(*variant)) {
        let hopeless = best.map_or(0.0, |best| best.operations_per_second / 4.0);
        let tried = rate(gpu, variant, hopeless).await;
        gpu.failures.check()?;
        // A device may not be able to run one of them.
        let Ok(operations_per_second) = tried else { continue };
        if best.is_none_or(|best| best.operations_per_second < operations_per_second) {
            best = Some(Choice { variant, operations_per_second });
        }
    }
    best.ok_or_else(|| EvaluateError::DeviceFailed("it runs no kernel".to_owned()))
}

/// Operations a second of a variant. Those below which it is hopeless are not measured well.
pub(crate) async fn rate(gpu: &Gpu, variant: Variant, hopeless: f64) -> Result<f64, EvaluateError> {
    let scopes = Scopes::open(&gpu.device);
    let rate = rate_by_size(gpu, variant, hopeless).await;
    scopes.close().await?;
    let rate = rate?;
    if is_right(gpu, variant).await? {
        Ok(rate)
    } else {
        Err(EvaluateError::DeviceFailed(format!("{} comes out wrong", variant.kernel().name)))
    }
}

/// Operations a second, of the first size that takes long enough to tell. Those below which a variant is
/// hopeless are not measured well.
async fn rate_by_size(gpu: &Gpu, variant: Variant, hopeless: f64) -> Result<f64, EvaluateError> {
    let [smaller @ .., largest] = SIZES;
    // Compiles.
    Trial::new(gpu, SIZES[0]).time(variant, 1).await?;
    for size in smaller {
        let trial = Trial::new(gpu, size);
        let mut seconds = trial.time(variant, 1).await?;
        if seconds > 0.004 && rate_of(size, seconds) < hopeless {
            return Ok(rate_of(size, seconds));
        }
        if seconds > ENOUGH {
            // Whatever else the machine does only makes it slower.
            for _ in 1..TIMES {
                seconds = seconds.min(trial.time(variant, 1).await?);
            }
            return Ok(rate_of(size, seconds));
        }
    }
    let trial = Trial::new(gpu, largest);
    // Makes its memory ready.
    trial.time(variant, 1).await?;
    let mut times = 1;
    loop {
        let seconds = trial.time(variant, times).await?;
        if seconds > ENOUGH || times >= 256 {
            let again = trial.time(variant, times).await?;
            return Ok(rate_of(largest, seconds.min(again)) * f64::from(times));
        }
        times *= 4;
    }
}

/// Whether a variant multiplies as it should: which invocations make a quad is up to the device.
async fn is_right(gpu: &Gpu, variant: Variant) -> Result<bool, EvaluateError> {
    // Whole numbers whose sums are exact, sizes that are no multiples of a tile, and a depth of several steps, the last
    // cut off.
    let [rows, depth, columns] = [149, 44, 148];
    let values = |count: usize, modulus: usize| -> Vec<f32> {
        (0..count).map(|at| narrow(f64::from(small(at * at % modulus)) - 3.0)).collect()
    };
    let (a, b) = (values(rows * depth, 7), values(depth * columns, 11));
    let expected = a.chunks_exact(depth).flat_map(|row| {
        (0..columns).map(|column| {
            let column = b[column..].iter().step_by(columns);
            row.iter().zip(column).map(|(a, b)| a * b).sum::<f32>()
        })
    });
    let expected: Vec<_> = expected.map(f32::to_bits).collect();
    let words = words([rows, depth, columns].map(small));
    let [tile_columns, tile_rows] = variant.tile();
    let groups = [(columns / 4).div_ceil(tile_columns), rows.div_ceil(tile_rows), 1].map(small);
    let (a, b, c) = (bytemuck::cast_slice(&a), bytemuck::cast_slice(&b), vec![0; rows * columns]);
    let results = gpu.run(variant.kernel(), &words, &[a, b, b, &c], groups).await?;
    Ok(results.last() == Some(&expected))
}

/// A size as a kernel takes it.
fn small(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// The parameters of a product of two matrices.
fn words([rows, depth, columns]: [u32; 3]) -> Vec<u32> {
    let (depth, columns) = (depth / 4, columns / 4);
    let matrix = |stride: u32| [0, stride, 0, 0];
    let matrices = [matrix(depth), matrix(columns), matrix(columns)];
    let pairs = 1;
    let last = [pairs, 1.0_f32.to_bits()];
    [&[rows, depth, columns], matrices.as_flattened(), &last].concat()
}

/// Matrices to try with.
struct Trial<'g> {
    gpu: &'g Gpu,
    size: [usize; 3],
    buffers: [wgpu::Buffer; 4],
}

impl Drop for Trial<'_> {
    fn drop(&mut self) {
        for buffer in &self.buffers {
            buffer.destroy();
        }
    }
}

impl<'g> Trial<'g> {
    fn new(gpu: &'g Gpu, size: [usize; 3]) -> Self {
        use wgpu::BufferUsages as U;
        let [rows, depth, columns] = size;
        let storage = U::STORAGE;
        let buffers = [
            (256, U::UNIFORM | U::COPY_DST),
            (4 * rows * depth, storage),
            (4 * depth * columns, storage),
            (4 * rows * columns, storage),
        ]
        .map(|(size, usage)| {
            gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("trial"),
                size: size as u64,
                usage,
                mapped_at_creation: false,
            })
        });
        Self { gpu, size, buffers }
    }

    /// Seconds that so many products take, one after the other.
    async fn time(&self, variant: Variant, times: u32) -> Result<f64, EvaluateError> {
        let [rows, _, columns] = self.size;
        let [parameters, a, b, c] = &self.buffers;
        let words = words(self.size.map(small));
        self.gpu.queue.write_buffer(parameters, 0, bytemuck::cast_slice(&words));
        let pipeline = self.gpu.pipelines.get(&self.gpu.device, variant.kernel());
        let places = [a, b, b, c].map(Place::all);
        let (device, own) = (&self.gpu.device, Place::all(parameters));
        let bound = bind(device, variant.kernel(), &pipeline.layout, own, &places);
        let [tile_columns, tile_rows] = variant.tile();
        let groups = [(columns / 4).div_ceil(tile_columns), rows.div_ceil(tile_rows), 1];
        let [x, y, z] = groups.map(small);
        let start = clock::seconds();
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(&pipeline.pipeline);
        pass.set_bind_group(0, &bound, &[0]);
        for _ in 0..times {
            pass.dispatch_workgroups(x, y, z);
        }
        drop(pass);
        Submission::of(self.gpu, encoder).done(self.gpu).await?;
        Ok(clock::seconds() - start)
    }
}

/// Operations a second of one product.
#[expect(clippy::cast_precision_loss, reason = "an approximate number")]
fn rate_of([rows, depth, columns]: [usize; 3], seconds: f64) -> f64 {
    2.0 * (rows * depth * columns) as f64 / seconds.max(1e-6)
}

#[cfg(test)]
mod tests {
    use super::{Choice, NoChoice, Variant};

    #[test]
    fn a_choice_survives_as_text() {
        for variant in Variant::ALL {
            let choice = Choice { variant, operations_per_second: 2.5e12 };
            assert_eq!(choice.to_string().parse(), Ok(choice));
        }
    }

    #[test]
    fn text_that_names_no_choice_is_refused() {
        for text in
            ["", "matrix_flat_8x4", "matrix 1e9", "matrix_flat_8x4 fast", "matrix_flat_8x4 NaN"]
        {
            assert_eq!(text.parse::<Choice>(), Err(NoChoice), "{text}");
        }
    }
}
