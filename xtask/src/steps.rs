//! A command of several steps: each under a heading with its time, and all failures at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::say;

/// Runs steps one after another and remembers how they went. A failed step does not stop the next.
pub(crate) struct Steps {
    only: Vec<String>,
    known: Vec<&'static str>,
    done: Vec<(&'static str, Duration, bool)>,
}

impl Steps {
    /// Steps of which only those named in `only` run, or all if it is empty.
    pub(crate) fn new(only: &[String]) -> Self {
        Self { only: only.to_vec(), known: Vec::new(), done: Vec::new() }
    }

    /// Whether a step of this name is to run.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == name)
    }

    /// Runs one step, unless `--only` leaves it out. Returns whether nothing went wrong.
    pub(crate) fn step(
        &mut self,
        name: &'static str,
        what: &str,
        run: impl FnOnce() -> Result<()>,
    ) -> bool {
        self.known.push(name);
        if !self.wants(name) {
            return true;
        }
        say::heading(&format!("{name}: {what}"));
        let start = Instant::now();
        let result = run();
        let time = start.elapsed();
        if let Err(error) = &result {
            say::problem(error);
        }
        say::line(
            if result.is_ok() { "ok" } else { "failed" },
            &format!("{name}, {}", say::duration(time)),
        );
        self.done.push((name, time, result.is_ok()));
        result.is_ok()
    }

    /// Prints the summary; an error if a step failed or `--only` named none that exists.
    pub(crate) fn finish(self) -> Result<()> {
        if let Some(unknown) = self.only.iter().find(|name| !self.known.contains(&name.as_str())) {
            bail!("there is no step named `{unknown}`; there are: {}", self.known.join(", "));
        }
        say::heading("Summary");
        for (name, time, ok) in &self.done {
            say::line(
                if *ok { "ok" } else { "failed" },
                &format!("{name:<14} {}", say::duration(*time)),
            );
        }
        let failed: Vec<_> =
            self.done.iter().filter(|(_, _, ok)| !ok).map(|(name, ..)| *name).collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", failed.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_fails_the_command_but_not_the_next_step() {
        let mut steps = Steps::new(&[]);
        let mut ran = false;
        steps.step("first", "fails", || bail!("no"));
        steps.step("second", "runs", || {
            ran = true;
            Ok(())
        });
        assert!(ran);
        assert_eq!(steps.finish().unwrap_err().to_string(), "failed: first");
    }

    #[test]
    fn only_leaves_out_the_others_and_must_name_a_step() {
        let mut steps = Steps::new(&["second".to_owned()]);
        steps.step("first", "is left out", || bail!("ran"));
        steps.step("second", "runs", || Ok(()));
        assert!(steps.finish().is_ok());

        let mut steps = Steps::new(&["third".to_owned()]);
        steps.step("first", "is left out", || bail!("ran"));
        assert!(steps.finish().unwrap_err().to_string().contains("no step named `third`"));
    }
}
