//! A device for the tests of the scoring kernels: a graphics card's Vulkan, or Mesa's in software.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::apt;

/// Folders in which drivers of Linux describe themselves.
const DRIVERS: &[&str] =
    &["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];

/// Finds a driver, or installs Mesa's. Elsewhere than on Linux the system has what it takes.
pub(super) fn find_or_install() -> Result<()> {
    let chosen = env::var_os("SOMA_GPU").is_some_and(|value| value == "none");
    if chosen || !cfg!(target_os = "linux") || has_driver() {
        return Ok(());
    }
    apt::install(
        &["libvulkan1", "mesa-vulkan-drivers"],
        "to test scoring on a graphics device, in software (SOMA_GPU=none leaves these tests out)",
    )
}

fn has_driver() -> bool {
    let named = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"];
    let is_file = |name: &&str| env::var_os(name).is_some_and(|path| PathBuf::from(path).is_file());
    let describes = |folder: &&str| {
        Path::new(folder).read_dir().is_ok_and(|files| {
            files.flatten().any(|file| file.path().extension().is_some_and(|end| end == "json"))
        })
    };
    named.iter().any(is_file) || DRIVERS.iter().any(describes)
}
