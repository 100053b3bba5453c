//! `index.html`: reads its `data-trunk` elements, and writes the page of the finished bundle.
//!
//! Only what our page uses is known. Anything else is an error, so that our builds never differ from trunk's in silence.

use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};

use super::config::Config;
use crate::place;

/// A page and what it is made of.
pub(super) struct Page<'a> {
    html: &'a str,
    /// Elements to replace, in order.
    parts: Vec<(Range<usize>, Part)>,
}

enum Part {
    /// `<base data-trunk-public-url>`
    Base,
    /// `<link data-trunk rel="rust">`
    Rust(RustApp),
    /// `<link data-trunk rel="copy-dir">` or `copy-file`
    Copied(Asset),
    /// `<link data-trunk rel="css">` or `icon`: copied, and linked from the page
    Linked(Asset, String),
}

/// A program that runs in the browser.
pub(super) struct RustApp {
    manifest: String,
    /// The binary of that package.
    pub(super) bin: String,
    app_type: RustAppType,
    /// Whether it is cut into rooms.
    pub(super) has_rooms: bool,
    /// Whether `NAME_loader.js` is written, which starts the program in a worker.
    pub(super) loader_shim: bool,
    /// wasm-opt's level in release builds; `0` for none.
    pub(super) wasm_opt: String,
    /// wasm-opt's other flags.
    pub(super) wasm_opt_params: Vec<String>,
}

/// Where a program runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum RustAppType {
    /// On the page.
    Main,
    /// In a worker that the main app starts.
    Worker,
}

/// Something that is copied as it is.
pub(super) enum Asset {
    /// One file.
    File(String),
    /// A folder with all that is in it.
    Folder(String),
}

impl Asset {
    /// Its path from the repository root.
    pub(super) fn href(&self) -> &str {
        match self {
            Self::File(href) | Self::Folder(href) => href,
        }
    }
}

impl RustApp {
    /// The name of the package, from its manifest.
    pub(super) fn package(&self) -> Result<String> {
        let path = place::root().join(&self.manifest);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", self.manifest))?;
        let manifest: toml::Table = toml::from_str(&text)?;
        let name = manifest
            .get("package")
            .and_then(|package| package.get("name"))
            .and_then(toml::Value::as_str);
        Ok(name.with_context(|| format!("{} names no package", self.manifest))?.to_owned())
    }

    fn from_link(link: &Tag<'_>) -> Result<Self> {
        for (name, _) in &link.attributes {
            ensure!(RUST_ATTRIBUTES.contains(name), "`{name}` is not known to our own builder");
        }
        let bin = link.required("data-bin")?;
        let app_type = match link.value("data-type") {
            None | Some("main") => RustAppType::Main,
            Some("worker") => RustAppType::Worker,
            Some(other) => bail!("`data-type=\"{other}\"` is neither main nor worker"),
        };
        // trunk's default differs by type, ours is always a module
        let target = link.value("data-bindgen-target").unwrap_or(match app_type {
            RustAppType::Main => "web",
            RustAppType::Worker => "no-modules",
        });
        ensure!(target == "web", "`{bin}` needs data-bindgen-target=\"web\"");
        let loader_shim = link.has("data-loader-shim");
        ensure!(!loader_shim || app_type == RustAppType::Worker, "only a worker has a loader shim");
        Ok(Self {
            manifest: link.required("href")?.to_owned(),
            bin: bin.to_owned(),
            app_type,
            has_rooms: app_type == RustAppType::Main,
            loader_shim,
            wasm_opt: link.value("data-wasm-opt").unwrap_or("0").to_owned(),
            wasm_opt_params: link
                .value("data-wasm-opt-params")
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
        })
    }
}

const RUST_ATTRIBUTES: &[&str] = &[
    "data-trunk",
    "rel",
    "href",
    "data-bin",
    "data-type",
    "data-bindgen-target",
    "data-loader-shim",
    "data-wasm-opt",
    "data-wasm-opt-params",
];

impl<'a> Page<'a> {
    /// Reads the page.
    pub(super) fn parse(html: &'a str) -> Result<Self> {
        let mut parts = Vec::new();
        for tag in tags(html) {
            let part = match tag.name {
                "base" if tag.has("data-trunk-public-url") => Part::Base,
                "link" if tag.has("data-trunk") => Self::link(&tag)?,
                _ if tag.has("data-trunk") => {
                    bail!("<{} data-trunk> is not known to our own builder", tag.name)
                }
                _ => continue,
            };
            parts.push((tag.range.clone(), part));
        }
        Ok(Self { html, parts })
    }

    fn link(tag: &Tag<'_>) -> Result<Part> {
        let file = || Ok::<_, anyhow::Error>(Asset::File(tag.required("href")?.to_owned()));
        Ok(match tag.required("rel")? {
            "rust" => Part::Rust(RustApp::from_link(tag)?),
            "copy-dir" => Part::Copied(Asset::Folder(tag.required("href")?.to_owned())),
            "copy-file" => Part::Copied(file()?),
            "css" => Part::Linked(file()?, "stylesheet".to_owned()),
            "icon" => Part::Linked(file()?, "icon".to_owned()),
            other => bail!("<link data-trunk rel=\"{other}\"> is not known to our own builder"),
        })
    }

    /// All programs, in order.
    pub(super) fn rust_apps(&self) -> impl Iterator<Item = &RustApp> {
        self.parts.iter().filter_map(|(_, part)| match part {
            Part::Rust(app) => Some(app),
            _ => None,
        })
    }

    /// Everything that is copied.
    pub(super) fn assets(&self) -> impl Iterator<Item = &Asset> {
        self.parts.iter().filter_map(|(_, part)| match part {
            Part::Copied(asset) | Part::Linked(asset, _) => Some(asset),
            _ => None,
        })
    }

    /// The one program that the page starts.
    pub(super) fn main_app(&self) -> Result<&RustApp> {
        let mut mains = self.rust_apps().filter(|app| app.app_type == RustAppType::Main);
        let main = mains.next().context("no <link data-trunk rel=\"rust\" data-type=\"main\">")?;
        ensure!(mains.next().is_none(), "more than one main app");
        Ok(main)
    }

    /// The page of the finished bundle.
    pub(super) fn render(&self, config: &Config, main: &RustApp) -> Result<String> {
        let build = &config.build;
        let fill = |pattern: &str| {
            pattern
                .replace("{base}", &build.public_url)
                .replace("{js}", &format!("{}.js", main.bin))
                .replace("{wasm}", &format!("{}_bg.wasm", main.bin))
        };
        let mut page = String::with_capacity(self.html.len());
        let mut end = 0;
        for (range, part) in &self.parts {
            page.push_str(self.html.get(end..range.start).unwrap_or_default());
            match part {
                Part::Base => page.push_str(&format!("<base href=\"{}\">", build.public_url)),
                Part::Rust(app) if app.app_type == RustAppType::Main => {
                    page.push_str(&fill(&build.pattern_script));
                }
                Part::Rust(_) | Part::Copied(_) => {}
                Part::Linked(asset, rel) => {
                    let name = asset.href().rsplit('/').next().unwrap_or_default();
                    page.push_str(&format!(
                        "<link rel=\"{rel}\" href=\"{}{name}\">",
                        build.public_url
                    ));
                }
            }
            end = range.end;
        }
        page.push_str(self.html.get(end..).unwrap_or_default());
        let (head, body) = page.split_once("</head>").context("the page has no </head>")?;
        Ok(format!("{head}{}</head>{body}", fill(&build.pattern_preload)))
    }
}

/// An opening tag.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, Option<&'a str>)>,
    range: Range<usize>,
}

impl Tag<'_> {
    fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|(name, _)| *name == attribute)
    }

    fn value(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().find(|(name, _)| *name == attribute).and_then(|(_, value)| *value)
    }

    fn required(&self, attribute: &str) -> Result<&str> {
        self.value(attribute)
            .with_context(|| format!("<{} data-trunk> without `{attribute}`", self.name))
    }
}

/// The opening tags of a page, outside comments.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut text = Text { rest: html, at: 0 };
    while !text.rest.is_empty() {
        text.take(|c| c != '<');
        let start = text.at;
        if text.skip("<!--") {
            text.take_to("-->");
        } else if text.skip("<") {
            let name = text.take(|c| c.is_ascii_alphanumeric());
            if !name.is_empty() {
                let attributes = text.attributes();
                tags.push(Tag { name, attributes, range: start..text.at });
            }
        }
    }
    tags
}

/// What is left to read, and where that begins.
struct Text<'a> {
    rest: &'a str,
    at: usize,
}

impl<'a> Text<'a> {
    fn advance(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.at += length;
        taken
    }

    fn take(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        self.advance(length)
    }

    fn take_to(&mut self, end: &str) {
        let length = self.rest.find(end).map_or(self.rest.len(), |found| found + end.len());
        self.advance(length);
    }

    fn skip(&mut self, start: &str) -> bool {
        let there = self.rest.starts_with(start);
        if there {
            self.advance(start.len());
        }
        there
    }

    /// The attributes up to and over the tag's end.
    fn attributes(&mut self) -> Vec<(&'a str, Option<&'a str>)> {
        let mut attributes = Vec::new();
        loop {
            self.take(|c| c.is_whitespace() || c == '/');
            if self.rest.is_empty() || self.skip(">") {
                return attributes;
            }
            let name = self.take(|c| !c.is_whitespace() && !matches!(c, '=' | '/' | '>'));
            self.take(char::is_whitespace);
            let value = self.skip("=").then(|| {
                self.take(char::is_whitespace);
                self.attribute_value()
            });
            attributes.push((name, value));
        }
    }

    fn attribute_value(&mut self) -> &'a str {
        for quote in ['"', '\''] {
            if self.rest.starts_with(quote) {
                self.advance(1);
                let value = self.take(|c| c != quote);
                self.advance(usize::from(!self.rest.is_empty()));
                return value;
            }
        }
        self.take(|c| !c.is_whitespace() && c != '>')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<html><head>
<base data-trunk-public-url/>
<!-- <link data-trunk rel="rust" data-bin="not this one"> -->
<link rel="stylesheet" href="public/app.css">
<link data-trunk rel="css" href="extra/print.css">
<link data-trunk rel="copy-dir" href="public"/>
<link data-trunk rel='rust' href=app/Cargo.toml data-bin="app" data-wasm-opt="z" data-wasm-opt-params="--a  --b"/>
<link data-trunk rel="rust" href="worker/Cargo.toml" data-bin="worker" data-type="worker"
      data-bindgen-target="web" data-loader-shim>
</head><body>1 < 2</body></html>"#;

    #[test]
    fn the_elements_of_a_bundle_are_read() {
        let page = Page::parse(PAGE).unwrap();
        let apps: Vec<_> = page.rust_apps().collect();
        assert_eq!(apps.iter().map(|app| app.bin.as_str()).collect::<Vec<_>>(), ["app", "worker"]);
        assert_eq!(apps[0].wasm_opt_params, ["--a", "--b"]);
        assert!(!apps[0].loader_shim && apps[1].loader_shim);
        assert_eq!(page.main_app().unwrap().manifest, "app/Cargo.toml");
        assert_eq!(
            page.assets().map(Asset::href).collect::<Vec<_>>(),
            ["extra/print.css", "public"]
        );
    }

    #[test]
    fn the_finished_page_starts_the_app_and_keeps_the_rest() {
        let config = crate::bundle::config().unwrap();
        let page = Page::parse(PAGE).unwrap();
        let html = page.render(&config, page.main_app().unwrap()).unwrap();
        assert!(html.contains(r#"<base href="/">"#));
        assert!(html.contains(r#"<script type="module" src="/public/boot.js"></script>"#));
        assert!(html.contains(r#"href="/app_bg.wasm" as="fetch""#));
        assert!(html.contains(r#"<link rel="stylesheet" href="/print.css">"#));
        assert!(html.contains(r#"<link rel="stylesheet" href="public/app.css">"#));
        assert!(html.contains("<body>1 < 2</body>"));
        // the comment still holds its example; nothing else is left for trunk
        assert_eq!(html.matches("data-trunk").count(), 1);
    }

    #[test]
    fn what_our_builder_does_not_know_is_refused() {
        for (unknown, reason) in [
            (r#"<link data-trunk rel="sass" href="a.scss">"#, "sass"),
            (r#"<script data-trunk src="a.js"></script>"#, "<script data-trunk>"),
            (
                r#"<link data-trunk rel="rust" href="a" data-bin="a" data-keep-debug>"#,
                "data-keep-debug",
            ),
            (
                r#"<link data-trunk rel="rust" href="a" data-bin="a" data-type="worker">"#,
                "data-bindgen-target",
            ),
            (r#"<link data-trunk rel="copy-dir">"#, "href"),
        ] {
            let error = Page::parse(unknown).map(drop).unwrap_err();
            assert!(error.to_string().contains(reason), "{error}");
        }
    }

    #[test]
    fn a_page_cut_off_anywhere_ends_without_a_panic() {
        for end in 0..PAGE.len() {
            let read = PAGE.get(..end).map(|start| Page::parse(start).is_ok());
            assert!(read.is_some());
        }
    }

    #[test]
    fn every_file_that_our_own_page_names_exists() {
        let html = std::fs::read_to_string(place::root().join("index.html")).unwrap();
        let links: Vec<_> = tags(&html).into_iter().filter(|tag| tag.name == "link").collect();
        assert!(links.len() > 4);
        for link in links {
            let href = link.value("href").unwrap();
            assert!(place::root().join(href).exists(), "index.html names {href}");
        }
    }

    #[test]
    fn our_own_page_allows_no_inline_script() {
        let html = std::fs::read_to_string(place::root().join("index.html")).unwrap();
        let config = crate::bundle::config().unwrap();
        let page = Page::parse(&html).unwrap();
        let html = page.render(&config, page.main_app().unwrap()).unwrap();
        assert!(html.contains("script-src 'self' 'wasm-unsafe-eval';"));
        let scripts: Vec<_> = tags(&html).into_iter().filter(|tag| tag.name == "script").collect();
        assert!(scripts.iter().all(|script| script.has("src")) && !scripts.is_empty());
    }
}
