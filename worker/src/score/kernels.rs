//! Which kernels suit a graphics device: found out once, and kept in this browser for the next visit.

use browser::store::{Drawer, Store};
use gpu::{Choice, Gpu};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wasm_core::score::EvaluateError;

/// Where it is kept.
const KEY: &str = "kernels";

/// What was found out of each device, by its name.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept(BTreeMap<String, Found>);

/// What was found out of one.
#[derive(Debug, Serialize, Deserialize)]
struct Found {
    /// By which browser: another version may run the same kernels differently.
    browser: String,
    /// The [choice](Choice) as text.
    choice: String,
}

/// Has a device use the kernels that suit it. They are tried where nothing is kept of this device and
/// this version of the browser, or nothing that it can run.
pub(super) async fn choose(gpu: &Gpu) -> Result<(), EvaluateError> {
    if gpu.chosen().is_some() {
        return Ok(());
    }
    let browser = browser::version();
    // Without a store, and where what is there cannot be read, they are tried each time.
    let store = Store::open(crate::serve::STORE).await.ok();
    let mut kept = match &store {
        Some(store) => store.load::<Kept>(Drawer::Settings, KEY).await.ok().flatten(),
        None => None,
    }
    .unwrap_or_default();
    let found = kept.0.get(gpu.name()).filter(|found| found.browser == browser);
    if let Some(choice) = found.and_then(|found| found.choice.parse::<Choice>().ok()) {
        gpu.choose(choice);
    }
    if gpu.chosen().is_some() {
        return Ok(());
    }
    let choice = gpu.choice().await?.to_string();
    kept.0.insert(gpu.name().to_owned(), Found { browser, choice });
    if let Some(store) = store {
        // A number does not depend on it.
        let _ = store.save(Drawer::Settings, KEY, &kept).await;
    }
    Ok(())
}
