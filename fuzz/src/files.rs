//! Files that a person chooses, and what the wallet itself has stored.

use wasm_core::safetensors::{Header, HeaderReader, SafetensorsError};
use wasm_core::vault::{Backup, Restored, Secrets, fuzzing};

pub(crate) fn embedding(bytes: &[u8]) {
    let Some((&dimension, bytes)) = bytes.split_first() else {
        return;
    };
    let dimension = u64::from(dimension);
    let read = wasm_core::embedding::from_f32_le(bytes, dimension);
    let parsed =
        std::str::from_utf8(bytes).map(|text| wasm_core::embedding::parse(text, dimension));
    for tensor in [Some(read), parsed.ok()].into_iter().flatten().flatten() {
        assert_eq!(tensor.values().len() as u64, dimension);
        assert!(tensor.values().iter().all(|value| value.is_finite()));
        let text = tensor.values().iter().map(f32::to_string).collect::<Vec<_>>().join(" ");
        assert_eq!(wasm_core::embedding::parse(&text, dimension), Ok(tensor));
    }
}

fn read_header(start: &[u8], size: u64, piece: usize) -> Result<Header, SafetensorsError> {
    let mut reader = HeaderReader::new(size)?;
    while let Some(wanted) = reader.wanted() {
        let at = usize::try_from(wanted.start).expect("headers are short");
        let given = start.get(at..).unwrap_or_default();
        if given.is_empty() {
            break;
        }
        reader.take(&given[..given.len().min(piece)])?;
    }
    reader.finish()
}

pub(crate) fn safetensors(bytes: &[u8]) {
    // Bytes of the values, which are not there: only the header is ever read.
    let Some((values, rest)) = bytes.split_first_chunk::<8>() else {
        return;
    };
    let Some((&piece, start)) = rest.split_first() else {
        return;
    };
    let size = u64::from_le_bytes(*values).saturating_add(start.len() as u64);
    let whole = read_header(start, size, usize::MAX);
    assert_eq!(read_header(start, size, usize::from(piece) + 1), whole);
    let Ok(header) = whole else {
        return;
    };
    let mut end = None;
    for tensor in header.tensors() {
        assert!(end.is_none_or(|end| end == tensor.bytes.start), "{tensor:?}");
        let bits = u128::from(tensor.elements()) * u128::from(tensor.dtype.bits());
        assert_eq!(bits, u128::from(tensor.bytes.end - tensor.bytes.start) * 8);
        end = Some(tensor.bytes.end);
    }
    assert_eq!(end, Some(size), "the tensors fill the file");
    let _ = (header.parameter_count(), header.dtypes(), header.metadata());
}

pub(crate) fn vault_envelope(bytes: &[u8]) {
    for again in [fuzzing::vault_again(bytes), fuzzing::backup_again(bytes)].into_iter().flatten() {
        assert_eq!(again, bytes, "there is one encoding of an envelope");
    }
    if let (Ok(_), Ok(_)) = (fuzzing::vault_again(bytes), fuzzing::backup_again(bytes)) {
        panic!("a vault that is a backup");
    }
}

pub(crate) fn vault_contents(bytes: &[u8]) {
    let Ok(opened) = fuzzing::read_contents(bytes) else {
        return;
    };
    let written = fuzzing::write_contents(&opened);
    let read = fuzzing::read_contents(&written).expect("our own contents");
    assert_eq!(*fuzzing::write_contents(&read), *written);
    assert!(!format!("{opened:?}").contains("entropy"));

    // Stretching a phrase takes a millisecond for each account.
    let accounts = match &opened {
        Backup::Wallet(secrets) => secrets.accounts().len(),
        Backup::Model(_) => 0,
    };
    if accounts > 4 {
        return;
    }
    let mut empty = Secrets::default();
    let restored = empty.restore(opened).expect("nothing is there that could conflict");
    assert!(restored.accounts <= accounts);
    for account in empty.accounts() {
        let key = empty.keypair(&account.address()).map(|key| key.address());
        let expected = account.source().has_key().then_some(account.address());
        assert_eq!(key, expected, "restored with its key, where it has one");
    }
    let again = empty.restore(read).expect("the same keys");
    assert_eq!(again, Restored::default());
}
