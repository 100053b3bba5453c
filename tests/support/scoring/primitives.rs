//! Single functions: noise, rotary tables, distances, winners, and the smaller kernels of the CPU.

use super::manifest::Drawn;
use super::{Source, Vectors};
use crate::Count;
use crate::read::{Bits, same, same_bytes};
use anyhow::{Context as _, Result, ensure};
use sha2::{Digest as _, Sha256};
use wasm_core::score::arrgen::{normal, standard_normal};
use wasm_core::score::competition::{distance, winner};
use wasm_core::score::cpu::Level;
use wasm_core::score::cpu::cross_entropy::cross_entropy;
use wasm_core::score::cpu::gelu::gelu;
use wasm_core::score::cpu::layer_norm::layer_norm;
use wasm_core::score::cpu::matrix::{Left, Packed};
use wasm_core::score::cpu::sig_reg::sig_reg;
use wasm_core::score::noise::directions;
use wasm_core::score::rotary::{RotaryTable, timescales};
use wasm_core::score::{PAD, SLICES};
use wasm_core::weights::{DecryptionKey, WeightCipher};

fn bytes(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn bits(values: &[f32]) -> Vec<Bits> {
    values.iter().map(|value| Bits(value.to_bits())).collect()
}

fn close(what: &str, actual: &[f32], expected: &[f64], tolerance: f64) -> Result<()> {
    ensure!(actual.len() == expected.len(), "{what}: {} values", actual.len());
    for (at, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let deviation = (f64::from(*actual) - expected).abs();
        let allowed = tolerance * expected.abs().max(1.0);
        ensure!(deviation <= allowed, "{what}, value {at}: {actual}, not {expected}");
    }
    Ok(())
}

/// Checks the noise, bit for bit.
///
/// # Errors
/// Where a bit differs.
pub fn arrgen(vectors: &Vectors) -> Result<Count> {
    let mut count = vectors.manifest.arrgen.len();
    for array in &vectors.manifest.arrgen {
        let size = array.shape.iter().product();
        let values = normal(array.seed.0, size, array.mean, array.std)?;
        let name = || format!("seed {}, {:?}", array.seed.0, array.shape);
        let (first, last) =
            (&values[..array.first_bits.len()], &values[size - array.last_bits.len()..]);
        same("first values", &bits(first), &array.first_bits).with_context(name)?;
        same("last values", &bits(last), &array.last_bits).with_context(name)?;
        let sum = hex::encode(Sha256::digest(bytes(&values)));
        same("checksum", &sum, &array.sha256_f32le).with_context(name)?;
    }
    for case in &vectors.manifest.cases {
        let first = case.expected.batches.first().map_or(0, |batch| batch.noise_seed.0);
        for (index, batch) in (0..).zip(&case.expected.batches) {
            same("seed of a batch", &first.wrapping_add(index), &batch.noise_seed.0)?;
            let Some(noise) = &batch.noise else { continue };
            let values = standard_normal(batch.noise_seed.0, noise.shape[0] * noise.shape[1]);
            same("slices", &noise.shape[1], &SLICES)?;
            let sum = hex::encode(Sha256::digest(bytes(&values)));
            same("noise of a batch", &sum, &noise.sha256_f32le).with_context(|| case.id.clone())?;
            same("first", &bits(&values[..noise.first_bits.len()]), &noise.first_bits)?;
            let last = &values[values.len() - noise.last_bits.len()..];
            same("last", &bits(last), &noise.last_bits)?;
            count += 1;
        }
        same("seed of a case", &first, &case.seed.0).with_context(|| case.id.clone())?;
    }
    Ok(Count::of("arrays of noise", count))
}

/// Checks weights that are made by recipes, of models up to a number of parameters.
///
/// # Errors
/// Where a bit differs.
pub fn recipes(vectors: &Vectors, parameters: u64) -> Result<Count> {
    let mut count = 0;
    for (name, weights) in &vectors.manifest.weights {
        let Source::Recipe(recipe) = vectors.weights(name)? else { continue };
        if vectors.config(&weights.config)?.parameters() > parameters {
            continue;
        }
        for tensor in recipe.tensors() {
            let Some(expected) = weights.recipe_tensor_sha256_f32le.get(&tensor.name()) else {
                continue;
            };
            let sum = hex::encode(Sha256::digest(bytes(&recipe.tensor(tensor))));
            same("checksum", &sum, expected).with_context(|| format!("{name}: {tensor:?}"))?;
            count += 1;
        }
        if let Some(expected) = &weights.sha256_of_f32_tensors_in_name_order {
            let mut sum = Sha256::new();
            recipe.tensors().for_each(|tensor| sum.update(bytes(&recipe.tensor(tensor))));
            same("checksum", &hex::encode(sum.finalize()), expected)
                .with_context(|| name.clone())?;
            count += 1;
        }
    }
    Ok(Count::of("recipes and their tensors", count))
}

/// Checks rotary tables, bit for bit.
///
/// # Errors
/// Where a bit differs.
pub fn rotary(vectors: &Vectors) -> Result<Count> {
    let rope = &vectors.manifest.primitives.rope;
    for (head_width, expected) in &rope.timescale_bits {
        same("timescales", &bits(&timescales(head_width.parse()?)), expected)?;
    }
    for (head_width, position, pair, angle, cosine, sine) in &rope.samples {
        let table = RotaryTable::of(&[*position], *head_width);
        let scale = timescales(*head_width)[*pair];
        #[expect(clippy::cast_precision_loss, reason = "the definition rounds positions to f32")]
        let value = *position as f32 / scale;
        let name = || format!("head width {head_width}, position {position}, pair {pair}");
        same("angle", &Bits(value.to_bits()), angle).with_context(name)?;
        let table = [table.cosines()[*pair], table.sines()[*pair]];
        same("cosine and sine", &bits(&table), &vec![*cosine, *sine]).with_context(name)?;
    }
    Ok(Count::of("rotary positions", rope.samples.len() + rope.timescale_bits.len()))
}

fn draw(drawn: &Drawn) -> Result<Vec<f32>> {
    Ok(normal(drawn.arrgen_seed.0, drawn.shape.iter().product(), drawn.mean, drawn.std)?)
}

/// Checks the kernels that the vectors have single values of.
///
/// # Errors
/// Where a value deviates.
pub fn kernels(vectors: &Vectors, level: Level) -> Result<Count> {
    let primitives = &vectors.manifest.primitives;
    #[expect(clippy::cast_possible_truncation, reason = "the arguments are f32 written as f64")]
    let mut values: Vec<_> = primitives.gelu.iter().map(|[x, _]| *x as f32).collect();
    gelu(level, &mut values);
    let expected: Vec<_> = primitives.gelu.iter().map(|[_, y]| *y).collect();
    close("GELU", &values, &expected, 1.2e-7)?;

    for norm in &primitives.layer_norm {
        let mut out = vec![0.0; norm.x.len()];
        layer_norm(level, &norm.x, &norm.gamma, &norm.beta, &mut out);
        close("layer norm", &out, &norm.y, 2e-5)?;
    }

    for vector in &primitives.sig_reg {
        let values = draw(&vector.input)?;
        let width = *vector.input.shape.last().context("a width")?;
        let rows = values.len() / width;
        let directions = Packed::of_rows(level, SLICES, &directions(vector.noise_seed.0, 0, width));
        let mut projections = vec![0.0; rows * SLICES];
        let left = Left { values: &values, stride: width, rows, columns: width };
        directions.add_product(level, left, SLICES, &mut projections, SLICES, &mut Vec::new());
        let mut out = Vec::new();
        sig_reg(level, &projections, &mut out);
        #[expect(clippy::cast_precision_loss, reason = "a handful of rows")]
        let mean = out.iter().sum::<f32>() / rows as f32;
        close("SIGReg", &[mean], &[vector.value], 1e-6)?;
    }

    let vector = &primitives.cross_entropy;
    let mut out = Vec::new();
    cross_entropy(level, &draw(&vector.logits)?, &vector.targets, &mut out);
    let total: f32 = out.iter().sum();
    same("a target of padding counts nothing", &out[1], &0.0)?;
    same("which is a target here", &vector.targets[1], &PAD)?;
    close("cross-entropy", &[total / 2.0], &[vector.canonical], 1e-6)?;
    close("cross-entropy of what counts", &[total], &[vector.unmasked_mean], 1e-6)?;
    let count = primitives.gelu.len() + primitives.layer_norm.len() + primitives.sig_reg.len() + 1;
    Ok(Count::of("values of kernels", count))
}

/// Checks distances and winners.
///
/// # Errors
/// Where one differs.
pub fn decisions(vectors: &Vectors) -> Result<Count> {
    let distances = &vectors.manifest.primitives.cosine_distance;
    for vector in distances {
        close("distance", &[distance(&vector.a, &vector.b)], &[vector.distance], 1e-7)?;
    }
    let rules = &vectors.manifest.winner_rule;
    for rule in rules {
        same("winner", &winner(&rule.losses), &Some(rule.winner))
            .with_context(|| format!("{:?}", rule.losses))?;
    }
    Ok(Count::of("distances and winners", distances.len() + rules.len()))
}

/// Checks parts of an encrypted file, decrypted alone.
///
/// # Errors
/// Where a byte differs.
pub fn decryption(vectors: &Vectors) -> Result<Count> {
    let vector = &vectors.manifest.aes_ctr;
    let key = DecryptionKey(vector.key_hex.array()?);
    for sample in &vector.samples {
        let mut part = sample.cipher_hex.0.clone();
        same("length", &part.len(), &sample.length)?;
        WeightCipher::new(&key).apply(sample.offset, &mut part);
        same_bytes("part", &part, &sample.plain_hex.0)?;
    }
    Ok(Count::of("decrypted parts", vector.samples.len()))
}
