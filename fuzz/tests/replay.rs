//! The committed corpus, replayed without a fuzzer: what is recorded, and every input that ever broke
//! something. A program of its own, since a target limits the memory of all threads.

use std::fs;
use std::path::Path;

#[test]
fn no_input_of_the_corpus_breaks_a_promise() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in fuzz::TARGETS {
        let mut tried = 0;
        for entry in fs::read_dir(corpus.join(name)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            assert!(bytes.len() <= fuzz::MAX_INPUT, "{path:?} is never tried whole");
            // A panic names only its own place.
            println!("{path:?}");
            target(&bytes);
            tried += 1;
        }
        assert!(tried > 0, "{name} has no corpus");
    }
}
