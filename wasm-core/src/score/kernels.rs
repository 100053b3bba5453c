//! The kernels of a GPU, as text: one file each, named as its twin in [`cpu`](super::cpu).
//!
//! Nothing here runs them; a room of its own does, on whatever device there is. Where two kernels
//! compute the same, one of them is for devices on which workgroup memory is slow, and "flat".

/// What is bound where a kernel says so, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// Sizes and places: a uniform of some words, see each kernel's `Params`.
    Parameters,
    /// Values that it reads.
    Read,
    /// Values that it writes, or reads and writes.
    Write,
}

/// A kernel. It begins at `main`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kernel {
    /// Its name.
    pub name: &'static str,
    /// Its text, in WGSL.
    pub source: &'static str,
    /// What it binds in group 0.
    pub bindings: &'static [Binding],
    /// What its invocations share: this many in each dimension are a workgroup.
    pub workgroup: [u32; 3],
    /// Whether its invocations see each other's values, which not every device allows.
    pub subgroups: bool,
    /// What it does besides, if it is a product: see [`with`](Self::with).
    pub parts: u32,
}

impl Kernel {
    /// The constant by which the text of a product knows its parts.
    pub const PARTS: &str = "PARTS";

    /// A product that does more with its sums: some of [`PRODUCT_BIAS`], [`PRODUCT_GELU`] and
    /// [`PRODUCT_ADD`]. Each combination is compiled on its own.
    #[must_use]
    pub const fn with(&self, parts: u32) -> Self {
        Self { parts, ..*self }
    }
}

macro_rules! kernels {
    ($($(#[$about:meta])* $constant:ident = $($file:literal)+, $workgroup:expr, [$($binding:ident)+] $($subgroups:ident)?;)*) => {
        $(
            $(#[$about])*
            pub const $constant: Kernel = Kernel {
                name: kernels!(@last $($file)+),
                source: concat!($(include_str!(concat!("kernels/", $file, ".wgsl"))),+),
                bindings: &[$(Binding::$binding),+],
                workgroup: $workgroup,
                subgroups: kernels!(@is $($subgroups)?),
                parts: 0,
            };
        )*

        /// All of them.
        pub const ALL: &[Kernel] = &[$($constant),*];
    };
    (@is subgroups) => { true };
    (@is) => { false };
    (@last $name:literal) => { $name };
    (@last $shared:literal $name:literal) => { $name };
}

kernels! {
    /// Rows of a table, by tokens.
    EMBED = "embed", [8, 8, 1], [Parameters Read Read Write];
    /// Layer norm, a workgroup a row.
    LAYER_NORM = "shared/norm" "layer_norm", [64, 1, 1], [Parameters Read Read Read Write];
    /// Layer norm, an invocation a row.
    LAYER_NORM_FLAT = "shared/norm" "layer_norm_flat", [16, 1, 1], [Parameters Read Read Read Write];
    /// Matrix products, 8 rows and 4 columns an invocation.
    MATRIX_FLAT_8X4 = "shared/product" "matrix_flat_8x4", [8, 8, 1], [Parameters Read Read Read Write];
    /// Matrix products, 16 rows and 8 columns an invocation.
    MATRIX_FLAT_16X8 = "shared/product" "matrix_flat_16x8", [4, 4, 1], [Parameters Read Read Read Write];
    /// Matrix products, 16 rows and columns an invocation.
    MATRIX_FLAT_16X16 = "shared/product" "matrix_flat_16x16", [4, 4, 1], [Parameters Read Read Read Write];
    /// Matrix products, 16 rows and columns an invocation, which shares what it fetches with its quad.
    MATRIX_QUAD_16X16 = "shared/product" "matrix_quad_16x16", [16, 1, 1], [Parameters Read Read Read Write] subgroups;
    /// Matrix products by tiles of 64 rows and columns.
    MATRIX_TILED_4X4 = "shared/product" "matrix_tiled_4x4", [16, 16, 1], [Parameters Read Read Read Write];
    /// Matrix products by tiles of 128 rows and columns.
    MATRIX_TILED_8X8 = "shared/product" "matrix_tiled_8x8", [16, 16, 1], [Parameters Read Read Read Write];
    /// Queries turned by their positions.
    ROTATE = "shared/rotary" "rotate", [16, 4, 1], [Parameters Read Write];
    /// Keys turned by their positions, and their matrix turned over.
    ROTATE_KEYS = "shared/rotary" "rotate_keys", [16, 4, 1], [Parameters Read Read Write];
    /// Weights of a tile's scores, a workgroup a row.
    ATTENTION_SOFTMAX = "shared/attention" "attention_softmax", [64, 1, 1], [Parameters Write Write];
    /// Weights of a tile's scores, an invocation a row.
    ATTENTION_SOFTMAX_FLAT = "shared/attention" "attention_softmax_flat", [16, 1, 1], [Parameters Write Write];
    /// Attention of the rows that see keys after their own position.
    ATTENTION_MASKED = "attention_masked", [16, 4, 1], [Parameters Read Read Read Write];
    /// Negative log-likelihoods from logits.
    CROSS_ENTROPY = "cross_entropy", [16, 1, 1], [Parameters Read Read Write];
    /// SIGReg of positions from their projections.
    SIG_REG = "sig_reg", [16, 1, 1], [Parameters Read Write];
    /// Sums of a tile's columns.
    COLUMN_SUMS = "column_sums", [16, 1, 1], [Parameters Read Write];
}

// What a product does with its sums, as the kernels have it.
/// Adds a bias to each row.
pub const PRODUCT_BIAS: u32 = 1;
/// Takes the GELU, after the bias.
pub const PRODUCT_GELU: u32 = 2;
/// Adds to what is there, after all else.
pub const PRODUCT_ADD: u32 = 4;

#[cfg(test)]
mod tests {
    use super::{ALL, Binding, Kernel};
    use naga::valid::{
        Capabilities, ShaderStages, SubgroupOperationSet, ValidationFlags, Validator,
    };
    use naga::{AddressSpace, StorageAccess};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn check(kernel: &Kernel) {
        let module = naga::front::wgsl::parse_str(kernel.source)
            .unwrap_or_else(|error| panic!("{}", error.emit_to_string(kernel.source)));
        let capabilities =
            if kernel.subgroups { Capabilities::SUBGROUP } else { Capabilities::empty() };
        Validator::new(ValidationFlags::all(), capabilities)
            .subgroup_stages(ShaderStages::COMPUTE)
            .subgroup_operations(SubgroupOperationSet::all())
            .validate(&module)
            .unwrap_or_else(|error| panic!("{}: {error:?}", kernel.name));
        let mut bound: Vec<_> = module
            .global_variables
            .iter()
            .filter_map(|(_, variable)| {
                let binding = variable.binding?;
                assert_eq!(binding.group, 0);
                let what = match variable.space {
                    AddressSpace::Uniform => Binding::Parameters,
                    AddressSpace::Storage { access } if access.contains(StorageAccess::STORE) => {
                        Binding::Write
                    }
                    AddressSpace::Storage { .. } => Binding::Read,
                    other => panic!("{other:?}"),
                };
                Some((binding.binding, what))
            })
            .collect();
        bound.sort_unstable_by_key(|(at, _)| *at);
        let expected: Vec<_> = (0..).zip(kernel.bindings.iter().copied()).collect();
        assert_eq!(bound, expected, "{}", kernel.name);
        let [main] = &module.entry_points[..] else { panic!("{}", kernel.name) };
        assert_eq!((main.name.as_str(), main.workgroup_size), ("main", kernel.workgroup));
        // What every device gives: 16 KiB of workgroup memory.
        let mut layouter = naga::proc::Layouter::default();
        layouter.update(module.to_ctx()).unwrap();
        let shared: u32 = module
            .global_variables
            .iter()
            .filter(|(_, variable)| variable.space == AddressSpace::WorkGroup)
            .map(|(_, variable)| layouter[variable.ty].size)
            .sum();
        assert!(shared <= 16 << 10, "{}: {shared} bytes", kernel.name);
        assert!(main.workgroup_size.iter().product::<u32>() <= 256);
    }

    #[test]
    fn every_kernel_is_valid_and_binds_what_it_says() {
        for kernel in ALL {
            check(kernel);
        }
    }

    #[test]
    fn constants_of_kernels_are_those_of_the_model() {
        use crate::score::config::{MASK, MASK_LEAKS_BELOW, SLICES, VOCABULARY};
        let says = |kernel: &Kernel, text: &str| {
            assert!(kernel.source.contains(text), "{}: {text}", kernel.name);
        };
        says(&super::ATTENTION_SOFTMAX, &format!("const MASK = {MASK:.1};"));
        says(
            &super::ATTENTION_SOFTMAX,
            &format!("const MASK_LEAKS_BELOW = {MASK_LEAKS_BELOW:.1};"),
        );
        says(&super::CROSS_ENTROPY, &format!("const COLUMNS = {}u;", VOCABULARY / 4));
        says(&super::SIG_REG, &format!("const COLUMNS = {}u;", SLICES / 4));
        for (name, value) in [
            ("BIAS", super::PRODUCT_BIAS),
            ("GELU", super::PRODUCT_GELU),
            ("ADD", super::PRODUCT_ADD),
        ] {
            says(&super::MATRIX_FLAT_8X4, &format!("const {name} = {value}u;"));
        }
    }
}
