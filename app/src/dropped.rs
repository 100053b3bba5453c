//! What was dropped or chosen: files, and folders with all that is below them.

use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader,
    FileSystemEntry, FileSystemFileEntry,
};

/// A file, or something that files are found in.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// A file.
    File(File),
    /// A file or a folder, as a drop names it.
    Entry(FileSystemEntry),
}

/// What can be found, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Finder {
    /// What is still to be looked into, the next one last.
    left: Vec<Given>,
}

/// A file, or the path of one that the browser does not hand out.
pub(crate) type Found = Result<File, String>;

/// What was dropped. To be called while the drop is being told: afterwards the browser says nothing.
#[must_use]
pub(crate) fn of_drop(data: &DataTransfer) -> Vec<Given> {
    let items = data.items();
    let entries: Vec<Given> = (0..items.length())
        .filter_map(|at| items.get(at))
        .filter(|item| item.kind() == "file")
        .filter_map(|item| item.webkit_get_as_entry().ok().flatten())
        .map(Given::Entry)
        .collect();
    if entries.is_empty() {
        return data.files().as_ref().map(of_list).unwrap_or_default();
    }
    entries
}

/// What was chosen; files of a folder bear their path.
#[must_use]
pub(crate) fn of_list(list: &FileList) -> Vec<Given> {
    let files = (0..list.length()).filter_map(|at| list.get(at));
    files
        .map(|file| {
            let path = Reflect::get(&file, &JsValue::from_str("webkitRelativePath"));
            let path = path.ok().and_then(|path| path.as_string()).unwrap_or_default();
            Given::File(named(&file, &path))
        })
        .collect()
}

impl Finder {
    /// Adds what is to be looked into after all else.
    pub(crate) fn add(&mut self, given: Vec<Given>) {
        self.left.splice(0..0, given.into_iter().rev());
    }

    /// Adds what another one has still to look into.
    pub(crate) fn append(&mut self, other: Self) {
        self.left.splice(0..0, other.left);
    }

    /// How much is known to be left; folders count as one.
    pub(crate) fn left(&self) -> usize {
        self.left.len()
    }

    /// The next file; none where there is none left.
    pub(crate) async fn next(&mut self) -> Option<Found> {
        loop {
            let entry = match self.left.pop()? {
                Given::File(file) => return Some(Ok(file)),
                Given::Entry(entry) => entry,
            };
            if entry.is_file() {
                return Some(file_of(entry.unchecked_ref()).await);
            }
            if !entry.is_directory() {
                continue;
            }
            let Ok(mut below) = below(entry.unchecked_ref()).await else {
                return Some(Err(entry.full_path()));
            };
            // In the order of their names, whatever order the disk has.
            below.sort_by_key(|entry| std::cmp::Reverse(entry.name()));
            self.left.extend(below.into_iter().map(Given::Entry));
        }
    }
}

/// The file that an entry names, under its path.
async fn file_of(entry: &FileSystemFileEntry) -> Found {
    let path = entry.full_path();
    let promise = Promise::new(&mut |done, failed| {
        entry.file_with_callback_and_callback(&done, &failed);
    });
    let file: Result<File, _> = match JsFuture::from(promise).await {
        Ok(file) => file.dyn_into(),
        Err(why) => Err(why),
    };
    file.map(|file| named(&file, path.trim_start_matches('/'))).map_err(|_| path)
}

/// All that is right below a folder. The browser tells it in portions, the last of which is empty.
async fn below(folder: &FileSystemDirectoryEntry) -> Result<Vec<FileSystemEntry>, JsValue> {
    let reader: FileSystemDirectoryReader = folder.create_reader();
    let mut entries = Vec::new();
    loop {
        let mut refused = None;
        let promise = Promise::new(&mut |done, failed| {
            refused = reader.read_entries_with_callback_and_callback(&done, &failed).err();
        });
        if let Some(why) = refused {
            return Err(why);
        }
        let portion: Array = JsFuture::from(promise).await?.dyn_into()?;
        if portion.length() == 0 {
            return Ok(entries);
        }
        entries.extend(portion.iter().filter_map(|entry| entry.dyn_into().ok()));
    }
}

/// The same file under its path, where it has one. Its bytes are not read.
fn named(file: &File, path: &str) -> File {
    if !path.contains('/') {
        return file.clone();
    }
    File::new_with_blob_sequence(&Array::of1(file), path).unwrap_or_else(|_| file.clone())
}
