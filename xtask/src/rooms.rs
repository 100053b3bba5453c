//! The crates of the workspace, by where they run and by what they may know.

/// Crates that are built for the browser.
pub(crate) const WEB: &[&str] =
    &["wasm-core", "rpc", "browser", "bridge", "gpu", "scorer", "worker", "app", "js"];

/// Crates whose unit tests also run as WebAssembly, in Node.
pub(crate) const WEB_TESTED: &[&str] = &["wasm-core"];

/// What `cargo test` is told to run as WebAssembly: those unit tests, the properties of codecs, and the vectors.
pub(crate) const WEB_TESTS: &[&str] = &[
    "--package",
    "wasm-core",
    "--package",
    "tests",
    "--lib",
    "--test",
    "properties",
    "--test",
    "vectors_wasm",
    "--test",
    "scoring",
];

/// The binary of the local network.
pub(crate) const LOCALNET: &str = "localnet";

/// The example of `tests` that is our side where the official client judges.
pub(crate) const INTEROP: &str = "ours";

/// Which rooms a room may depend on. Arrows point down only; a room that is not listed may use any.
pub(crate) const ARROWS: &[(&str, &[&str])] = &[
    ("wasm-core", &[]),
    ("rpc", &["wasm-core", "browser"]),
    ("browser", &["wasm-core"]),
    ("bridge", &["wasm-core"]),
    ("gpu", &["wasm-core"]),
    ("scorer", &["browser"]),
    ("worker", &["wasm-core", "rpc", "browser", "bridge", "gpu"]),
    ("app", &["wasm-core", "bridge"]),
    ("js", &["wasm-core", "rpc", "browser", "gpu"]),
    ("localnet", &["wasm-core", "rpc", "gpu"]),
    ("xtask", &[]),
];

/// Libraries that the core must not reach, not even through others: it has no I/O, no clock and no randomness.
pub(crate) const NOT_IN_THE_CORE: &[&str] = &[
    "getrandom",
    "gloo",
    "gloo-timers",
    "js-sys",
    "leptos",
    "prost",
    "reqwest",
    "tokio",
    "tonic",
    "wasm-bindgen",
    "web-sys",
    "wgpu",
];
