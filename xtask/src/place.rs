//! Where things lie: the repository, its build folders, and the cache for tools.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result};

/// The repository root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}

/// Build folder of everything that runs on this machine: the one that this program was built in, wherever the user's
/// own settings put it.
pub(crate) fn native_target() -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let found = || {
        let program = env::current_exe().ok()?;
        let profile = program.parent()?;
        // tests of this program lie one deeper
        let profile = if profile.ends_with("deps") { profile.parent()? } else { profile };
        profile.parent().map(Path::to_owned)
    };
    FOLDER.get_or_init(|| found().unwrap_or_else(|| root().join("target"))).clone()
}

/// Build folder of everything that runs in a browser, apart from the native one so that neither waits for the other.
pub(crate) fn web_target() -> PathBuf {
    native_target().join("web")
}

/// Folder for tools that set-up installs for this project, shared by all clones.
pub(crate) fn tools() -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = match cache {
        Some(cache) => cache,
        None => home()?.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }),
    };
    Ok(cache.join("soma-wallet").join("tools"))
}

/// The user's home folder.
pub(crate) fn home() -> Result<PathBuf> {
    env::home_dir().context("this user has no home folder: set HOME")
}

/// A path as a person would write it, from the repository root or from `~`.
pub(crate) fn short(path: &Path) -> String {
    if let Ok(inside) = path.strip_prefix(root()) {
        return inside.display().to_string();
    }
    match home().ok().as_deref().map(|home| path.strip_prefix(home)) {
        Some(Ok(inside)) => format!("~/{}", inside.display()),
        _ => path.display().to_string(),
    }
}
