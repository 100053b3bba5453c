//! The wallet's pages, cut into rooms: files of WebAssembly that are fetched when they are first needed.
//!
//! The cut goes along the functions that app/src/rooms.rs marks. A room fits the very program it was cut from and no
//! other, and nothing at run time would tell: so the names of all its files end with the program's hash. A page whose
//! rooms were replaced by a newer build finds none, and says so.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sha2::{Digest as _, Sha256};

use crate::exec;
use crate::setup::Tools;

/// The script that fetches rooms, as the splitter names it.
const LINKS: &str = "__wasm_split.js";
/// How it tells the console of a room that could not be fetched.
const TOLD: &str = "console.error(e);";

/// A program that was cut.
pub(super) struct Cut {
    /// What is left of the program, for wasm-bindgen.
    pub(super) main: PathBuf,
    /// Its rooms.
    pub(super) rooms: Vec<PathBuf>,
    links: PathBuf,
    mark: String,
}

/// Cuts a program, whose script will be `NAME.js`, in a folder of its own.
pub(super) fn cut(tools: &Tools, name: &str, compiled: &Path, folder: &Path) -> Result<Cut> {
    let mut split = exec::program(tools.wasm_split()?);
    split.args(["--target", "web", "--out-name", name]).arg(compiled).arg(folder);
    exec::run_quietly(&mut split).context("the wallet could not be cut into rooms")?;
    let program = fs::read(compiled)?;
    let mark = Sha256::digest(&program).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let main = folder.join(format!("{name}.wasm"));
    let mut rooms = Vec::new();
    for file in folder.read_dir()? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") && path != main {
            rooms.push(path);
        }
    }
    ensure!(!rooms.is_empty(), "the wallet was cut into no rooms");
    rooms.sort();
    Ok(Cut { main, rooms, links: folder.join(LINKS), mark })
}

impl Cut {
    /// Moves rooms and links beside the program's script, under names that only this program has.
    pub(super) fn hang(self, name: &str, folder: &Path) -> Result<()> {
        let links = fs::read_to_string(&self.links)?;
        // The wallet says on its pages what did not arrive; a page that is closed meanwhile misses nothing.
        ensure!(links.contains(TOLD), "{LINKS} tells of failures in another way");
        let mut links = links.replace(TOLD, "console.info(e);");
        for room in &self.rooms {
            let file = file_name(room)?;
            let marked = self.marked(file);
            ensure!(links.contains(&format!("\"./{file}\"")), "{LINKS} does not fetch {file}");
            links = links.replace(&format!("\"./{file}\""), &format!("\"./{marked}\""));
            fs::rename(room, folder.join(marked))?;
        }
        let marked = self.marked(LINKS);
        fs::write(folder.join(&marked), links)?;
        let script = folder.join(format!("{name}.js"));
        let text = fs::read_to_string(&script)?;
        // The program knows it by its old name: only where it is fetched from changes.
        let fetched = format!("from \"./{LINKS}\"");
        ensure!(text.contains(&fetched), "{name}.js fetches no rooms");
        fs::write(&script, text.replace(&fetched, &format!("from \"./{marked}\"")))?;
        Ok(())
    }

    /// `room.wasm` as `room-MARK.wasm`.
    fn marked(&self, file: &str) -> String {
        let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
        format!("{stem}-{}.{extension}", self.mark)
    }
}

fn file_name(path: &Path) -> Result<&str> {
    path.file_name()
        .and_then(|name| name.to_str())
        .with_context(|| format!("{} has no name", path.display()))
}
