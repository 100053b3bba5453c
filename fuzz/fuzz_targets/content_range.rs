#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::content_range(bytes));
