//! A case of this project's own: two layers of the network's full width, what every run of the tests can
//! afford of the full model. The file says how it was made.

use super::Vectors;
use super::manifest::{Case, Config, Data, Weights};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = include_str!("../../vectors/scoring/own/full-width.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    #[serde(rename = "about")]
    _about: String,
    configs: BTreeMap<String, Config>,
    weights: BTreeMap<String, Weights>,
    data: BTreeMap<String, Data>,
    cases: Vec<Case>,
}

impl Vectors {
    /// The same with this case instead of theirs.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn of_full_width(mut self) -> Result<Self> {
        let own: Own = serde_json::from_str(FILE).context("own/full-width.json")?;
        let Own { configs, weights, data, cases, .. } = own;
        let manifest = &mut self.manifest;
        (manifest.configs, manifest.weights, manifest.data) = (configs, weights, data);
        manifest.cases = cases;
        Ok(self)
    }

    /// The first case.
    ///
    /// # Errors
    /// Where there is none.
    pub fn first_case(&self) -> Result<&Case> {
        self.manifest.cases.first().context("there is no case")
    }
}
