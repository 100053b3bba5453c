//! Texts that people paste, and files that they choose.

use base64ct::{Base64, Encoding as _};
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
use proptest::sample::{Index, select};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;
use wasm_core::address::{Address, ObjectId};
use wasm_core::amount::Shannons;
use wasm_core::digest::{CheckpointDigest, TransactionDigest};
use wasm_core::keys::{KeyParseError, Keypair, PublicKey};
use wasm_core::keystore::{Alias, expose_keystore, parse_aliases, parse_keystore, write_aliases};
use wasm_core::manifest::Url;
use wasm_core::mnemonic::{DerivationPath, Mnemonic, WordCount};
use wasm_core::safetensors::{Dtype, Header, HeaderReader, SafetensorsError};
use wasm_core::weights::DecryptionKey;

proptest! {
    #[test]
    fn ids_survive_their_texts(bytes in any::<[u8; 32]>(), zeros in 0_usize..33) {
        let mut bytes = bytes;
        bytes[..zeros.min(32)].fill(0);
        let (id, address) = (ObjectId(bytes), Address(bytes));
        for text in [id.to_string(), id.to_bare_hex(), id.to_trimmed_hex()] {
            prop_assert_eq!(text.parse(), Ok(id));
            prop_assert_eq!(text.parse(), Ok(address));
            prop_assert_eq!(Address::parse_lenient(&text), Ok(address));
            let json = format!("{text:?}");
            prop_assert_eq!(serde_json::from_str::<ObjectId>(&json).unwrap(), id);
        }
        prop_assert_eq!(ObjectId::parse_lenient(id.to_bare_hex().trim_start_matches('0')).ok(),
            (bytes != [0; 32]).then_some(id));
    }

    #[test]
    fn a_spoilt_address_is_refused_or_another(bytes in any::<[u8; 32]>(), at in any::<Index>(), with in any::<char>()) {
        let address = Address(bytes);
        let mut text: Vec<_> = address.to_string().chars().collect();
        let at = at.index(text.len());
        // Digits may be of either case, the x before them may not.
        let same = text[at] == with || (at > 1 && text[at].eq_ignore_ascii_case(&with));
        text[at] = with;
        let text: String = text.into_iter().collect();
        prop_assert_eq!(text.parse() == Ok(address), same);
        assert!(format!("{address}0").parse::<Address>().is_err());
    }

    #[test]
    fn a_digest_has_one_text(bytes in any::<[u8; 32]>(), at in any::<Index>(), with in any::<char>()) {
        let digest = TransactionDigest(bytes);
        let text = digest.to_string();
        prop_assert_eq!(text.parse(), Ok(digest));
        prop_assert_eq!(CheckpointDigest(bytes).to_string(), text.clone());
        let mut spoilt: Vec<_> = text.chars().collect();
        let at = at.index(spoilt.len());
        spoilt[at] = with;
        let spoilt: String = spoilt.into_iter().collect();
        if let Ok(other) = spoilt.parse::<TransactionDigest>() {
            prop_assert_eq!(other.to_string(), spoilt);
        }
        assert!(format!(" {text}").parse::<TransactionDigest>().is_err());
        assert!(format!("1{text}").parse::<TransactionDigest>().is_err());
        let key = DecryptionKey(bytes);
        prop_assert_eq!(DecryptionKey::parse(&key.expose_base58()), Ok(key));
    }

    #[test]
    fn an_amount_survives_its_text(shannons in any::<u64>(), small in 0_u64..4_000_000_000) {
        for amount in [Shannons(shannons), Shannons(small)] {
            let text = amount.to_string();
            prop_assert_eq!(text.parse(), Ok(amount));
            prop_assert_eq!(format!(" 00{text}\n").parse(), Ok(amount));
            prop_assert_eq!(text.contains('.'), amount.0 % Shannons::PER_SOMA != 0);
        }
    }

    #[test]
    fn a_decimal_text_means_exactly_what_it_says(text in "[0-9]{0,12}(\\.[0-9]{0,12})?") {
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let exact = format!("{whole}{fraction:0<9}").parse::<u128>().ok();
        let exact = exact.and_then(|exact| u64::try_from(exact).ok());
        let says_something = !whole.is_empty() || !fraction.is_empty();
        let expected = exact.filter(|_| fraction.len() <= 9 && says_something).map(Shannons);
        prop_assert_eq!(text.parse().ok(), expected);
    }

    #[test]
    fn a_private_key_survives_every_text(seed in any::<[u8; 32]>()) {
        let key = Keypair::derive(&seed);
        let bech32 = key.expose_bech32();
        let hex = hex::encode(seed);
        let texts = [
            bech32.to_string(),
            bech32.to_uppercase(),
            key.expose_base64().to_string(),
            hex.clone(),
            format!("0x{hex}"),
            format!("\t{hex}\n"),
        ];
        for text in texts {
            let read = Keypair::parse(&text).unwrap();
            prop_assert_eq!(*read.expose_seed(), seed);
            prop_assert_eq!(read.address(), key.address());
        }
        let public = key.public_key();
        prop_assert_eq!(PublicKey::parse_base64(&public.to_base64()), Ok(public));
    }

    #[test]
    fn a_mistyped_private_key_is_noticed(
        seed in any::<[u8; 32]>(),
        at in any::<Index>(),
        with in "[a-z0-9]",
        other in any::<Index>(),
    ) {
        let text = Keypair::derive(&seed).expose_bech32();
        let mut letters: Vec<_> = text.chars().collect();
        let at = 12 + at.index(letters.len() - 12);
        letters[at] = with.chars().next().unwrap();
        let mistyped: String = letters.iter().collect();
        assert!(mistyped == *text || Keypair::parse(&mistyped).err() == Some(KeyParseError::Checksum));
        // Two letters exchanged.
        let mut letters: Vec<_> = text.chars().collect();
        letters.swap(at, 12 + other.index(text.len() - 12));
        let exchanged: String = letters.iter().collect();
        assert!(exchanged == *text || Keypair::parse(&exchanged).is_err());
        assert!(Keypair::parse(text.get(1..).unwrap_or_default()).is_err());
    }

    #[test]
    fn a_key_of_another_scheme_is_refused(flag in 1_u8.., seed in any::<[u8; 32]>()) {
        let text = Base64::encode_string(&[&[flag][..], &seed].concat());
        prop_assert_eq!(Keypair::parse(&text).err(), Some(KeyParseError::OtherScheme));
        assert!(PublicKey::parse_base64(&text).is_err());
    }

    #[test]
    fn a_keystore_survives(seeds in vec(any::<[u8; 32]>(), 0..6)) {
        let keys: Vec<_> = seeds.iter().map(Keypair::derive).collect();
        let text = expose_keystore(&keys);
        let read = parse_keystore(&text).unwrap();
        let mut addresses: Vec<_> = keys.iter().map(Keypair::address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        prop_assert_eq!(read.iter().map(Keypair::address).collect::<Vec<_>>(), addresses);
        prop_assert_eq!(&*expose_keystore(&read), &*text);
        assert!(parse_keystore(text.trim_end_matches(']')).is_err());
        assert!(parse_keystore(&format!("{}]", &*text)).is_err());
    }

    #[test]
    fn aliases_survive(names in btree_map("[A-Za-z][A-Za-z0-9_.-]{0,9}", any::<[u8; 32]>(), 0..5)) {
        let aliases: Vec<(Alias, PublicKey)> = names
            .iter()
            .map(|(name, seed)| (name.parse().unwrap(), Keypair::derive(seed).public_key()))
            .collect();
        prop_assert_eq!(parse_aliases(&write_aliases(&aliases)), Ok(aliases));
    }

    #[test]
    fn a_phrase_survives_its_words(entropy in any::<[u8; 32]>(), count in select(WordCount::ALL.to_vec())) {
        let entropy = &entropy[..count.entropy_bytes()];
        let phrase = Mnemonic::from_entropy(entropy).unwrap();
        prop_assert_eq!(phrase.word_count(), count.words());
        let words = phrase.expose_phrase();
        for text in [words.to_string(), words.to_uppercase(), words.replace(' ', "\n\t ")] {
            let read = Mnemonic::parse(&text).unwrap();
            prop_assert_eq!(&read.expose_entropy()[..], entropy);
        }
        let short = words.rsplit_once(' ').unwrap().0;
        assert!(Mnemonic::parse(short).is_err());
        assert!(Mnemonic::from_entropy(&entropy[1..]).is_err());
    }

    #[test]
    fn a_path_survives_its_text(indices in any::<[u32; 3]>()) {
        let [a, b, c] = indices.map(|index| index & 0x7fff_ffff);
        let text = format!("m/44'/784'/{a}'/{b}'/{c}'");
        let path: DerivationPath = text.parse().unwrap();
        prop_assert_eq!(path.to_string(), text.clone());
        assert!(text.trim_end_matches('\'').parse::<DerivationPath>().is_err());
        assert!(format!("{text}/0'").parse::<DerivationPath>().is_err());
    }

    #[test]
    fn the_normal_form_of_a_web_address_is_normal(
        text in "[ \t]?(http|HTTPS)://([a-zA-Z0-9.-]{1,12}|\\[::1\\]|0x7f.1|bücher)(:[0-9]{1,4})?(/[ -~ä.]{0,9}){0,3}([?#][ -~é]{0,9})?",
    ) {
        if let Ok(url) = text.parse::<Url>() {
            prop_assert_eq!(url.as_str().parse(), Ok(url.clone()));
            assert!(url.is_http());
            let bytes = bcs::to_bytes(&url).unwrap();
            prop_assert_eq!(bcs::from_bytes::<Url>(&bytes).unwrap(), url);
        }
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in ".{0,80}") {
        let _ = (text.parse::<Address>(), Address::parse_lenient(&text));
        let _ = (text.parse::<TransactionDigest>(), text.parse::<Url>(), text.parse::<Shannons>());
        let _ = (Keypair::parse(&text).is_ok(), PublicKey::parse_base64(&text));
        let _ = (parse_keystore(&text).is_ok(), parse_aliases(&text));
        let _ = (Mnemonic::parse(&text).is_ok(), text.parse::<DerivationPath>());
    }
}

/// Tensors by name: type, and the dimensions.
fn tensors() -> impl Strategy<Value = Vec<(String, Dtype, Vec<u64>)>> {
    let shape = vec(0_u64..40, 0..4);
    let tensor = (select(Dtype::ALL.to_vec()), shape)
        .prop_filter("whole bytes", |(dtype, shape)| {
            shape.iter().product::<u64>() * dtype.bits() % 8 == 0
        });
    btree_map("[a-z.\"\\\\é]{1,9}", tensor, 1..6).prop_map(|tensors| {
        tensors.into_iter().map(|(name, (dtype, shape))| (name, dtype, shape)).collect()
    })
}

/// A header in the form of the format's reference library, and how many bytes of values follow it.
fn write_header(tensors: &[(String, Dtype, Vec<u64>)]) -> (Vec<u8>, u64) {
    let mut json = serde_json::Map::new();
    let mut end = 0;
    for (name, dtype, shape) in tensors {
        let length = shape.iter().product::<u64>() * dtype.bits() / 8;
        let entry = serde_json::json!({
            "dtype": dtype.as_str(),
            "shape": shape,
            "data_offsets": [end, end + length],
        });
        json.insert(name.clone(), entry);
        end += length;
    }
    let json = serde_json::to_vec(&json).expect("a map of texts");
    ([&(json.len() as u64).to_le_bytes()[..], &json].concat(), end)
}

fn read_header(start: &[u8], size: u64, piece: usize) -> Result<Header, SafetensorsError> {
    let mut reader = HeaderReader::new(size)?;
    while let Some(wanted) = reader.wanted() {
        let at = usize::try_from(wanted.start).expect("a short header");
        match start.get(at..(at + piece).min(start.len())) {
            Some([]) | None => break,
            Some(bytes) => reader.take(bytes)?,
        }
    }
    reader.finish()
}

proptest! {
    #[test]
    fn any_weights_file_is_read_as_it_was_written(tensors in tensors(), piece in 1_usize..99) {
        let (start, values) = write_header(&tensors);
        let size = start.len() as u64 + values;
        let header = read_header(&start, size, piece).unwrap();
        prop_assert_eq!(header.tensors().len(), tensors.len());
        for tensor in header.tensors() {
            let (_, dtype, shape) = tensors.iter().find(|(name, ..)| *name == tensor.name).unwrap();
            prop_assert_eq!((&tensor.dtype, &tensor.shape), (dtype, shape));
        }
        prop_assert_eq!(header.tensors().last().unwrap().bytes.end, size);
        let parameters: u64 = tensors.iter().map(|(_, _, shape)| shape.iter().product::<u64>()).sum();
        prop_assert_eq!(header.parameter_count(), parameters);
        assert!(read_header(&start, size + 1, piece).is_err(), "a byte too many");
        assert!(read_header(&start, size - 1, piece).is_err(), "a byte too few");
    }

    #[test]
    fn a_spoilt_weights_file_is_answered(tensors in tensors(), at in any::<Index>(), with in any::<u8>()) {
        let (mut start, values) = write_header(&tensors);
        let size = start.len() as u64 + values;
        let at = at.index(start.len());
        start[at] = with;
        if let Ok(header) = read_header(&start, size, usize::MAX / 2) {
            prop_assert_eq!(header.tensors().last().unwrap().bytes.end, size);
        }
    }
}
