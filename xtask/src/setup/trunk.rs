//! Trunk, for people who have it. It is never installed here: compiling it takes longer than everything else.

use std::path::PathBuf;

use super::major_minor;
use crate::{exec, say};

/// The oldest version that understands our `Trunk.toml` and `index.html`.
const OLDEST: (u32, u32) = (0, 21);

/// An installed trunk.
pub(crate) struct Trunk {
    /// Its program.
    pub(crate) program: PathBuf,
}

/// Trunk on `PATH`, if its version will do.
pub(super) fn find() -> Option<Trunk> {
    let program = exec::on_path("trunk")?;
    let told = exec::ask(exec::program(&program).arg("--version"))?;
    let version = told.split_whitespace().last()?.to_owned();
    // 0.x versions may each break something; a later major one certainly may
    let fits = major_minor(&version).is_some_and(|version| version >= OLDEST && version.0 == 0);
    if fits {
        say::line("set-up", &format!("trunk {version}: on PATH, it makes the bundle"));
        Some(Trunk { program })
    } else {
        say::line(
            "set-up",
            &format!(
                "trunk {version}: on PATH, but needs to be {}.{} or later; not used",
                OLDEST.0, OLDEST.1
            ),
        );
        None
    }
}
