//! The same natively: answers each line of input by a line of JSON.
//!
//! A line is `hash`, `seal` or `seal-beside` and a number of MiB.

use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, Write as _};
use std::sync::mpsc::{channel, sync_channel};
use std::time::Instant;
use wasm_core::weights::{Measured, Meter, WeightCipher};
use weights_bench::{PLAIN, sealer};

const CHUNK: usize = 512 * 1024;
/// Buffers that go round between two threads.
const BUFFERS: usize = 4;

fn main() -> Result<()> {
    let plain = plain();
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (what, mebibytes) = line.split_once(' ').context("say what, and how many MiB")?;
        let total = mebibytes.parse::<usize>()? * 1024 * 1024;
        let start = Instant::now();
        let measured = match what {
            "hash" => hash(&plain, total),
            "seal" => seal(&plain, total),
            "seal-beside" => seal_beside(&plain, total)?,
            _ => bail!("{what} is not known here"),
        };
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        let check = hex::encode(measured.checksum.0);
        writeln!(out, "{}", serde_json::json!({ "milliseconds": milliseconds, "check": check }))?;
        out.flush()?;
    }
    Ok(())
}

/// The bytes that the pages make, too.
fn plain() -> Vec<u8> {
    let mut state = 123_456_789_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_le_bytes()
    };
    (0..PLAIN / 4).flat_map(|_| next()).collect()
}

fn chunks(plain: &[u8], total: usize) -> impl Iterator<Item = &[u8]> {
    plain.chunks(CHUNK).cycle().take(total / CHUNK)
}

fn hash(plain: &[u8], total: usize) -> Measured {
    let mut meter = Meter::new();
    chunks(plain, total).for_each(|chunk| meter.update(chunk));
    meter.finish()
}

fn seal(plain: &[u8], total: usize) -> Measured {
    let (mut sealer, mut buffer) = (sealer().0, vec![0; CHUNK]);
    for chunk in chunks(plain, total) {
        buffer.copy_from_slice(chunk);
        sealer.update(&mut buffer);
    }
    sealer.finish().into()
}

/// Encrypts in one thread and hashes in another.
fn seal_beside(plain: &[u8], total: usize) -> Result<Measured> {
    let mut cipher = WeightCipher::new(&sealer().1);
    let (sealed, pieces) = sync_channel::<Vec<u8>>(BUFFERS);
    let (back, spare) = channel();
    (0..BUFFERS).try_for_each(|_| back.send(vec![0; CHUNK]))?;
    std::thread::scope(|scope| {
        let hashing = scope.spawn(move || {
            let mut meter = Meter::new();
            for piece in pieces {
                meter.update(&piece);
                // At the end nobody wants it back.
                let _ = back.send(piece);
            }
            meter.finish()
        });
        for (chunk, at) in chunks(plain, total).zip(0_u64..) {
            let mut buffer = spare.recv()?;
            buffer.copy_from_slice(chunk);
            cipher.apply(at * CHUNK as u64, &mut buffer);
            sealed.send(buffer)?;
        }
        drop(sealed);
        hashing.join().ok().context("the hashing thread broke off")
    })
}
