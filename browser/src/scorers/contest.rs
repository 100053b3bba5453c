//! Which build of a scoring worker multiplies fastest here, found out by a short trial.

use super::near::Scorers;
use super::{Instructions, ScorersError};
use futures::future::join_all;
use wasm_core::score::cpu::trial;

/// The build to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it is compiled for.
    pub instructions: Instructions,
    /// Whether all that had a chance took part, and it was clear. Where one did not start, or the machine
    /// was busy, it may be otherwise the next time.
    pub is_final: bool,
}

impl Verdict {
    /// Tries the builds that this browser runs, where there is more than one to choose from. Each
    /// multiplies for a tenth of a second or so, in turn with the others.
    pub async fn find() -> Self {
        let candidates = Instructions::best().candidates();
        if let [only] = candidates {
            return Self { instructions: *only, is_final: true };
        }
        let started = candidates.iter().map(|it| Scorers::start_as(1, *it));
        let started = join_all(started).await;
        let is_final = started.iter().all(Result::is_ok);
        let builds: Vec<_> = started.into_iter().flatten().collect();
        match &builds[..] {
            [] => Self { instructions: Instructions::Plain, is_final },
            [only] => Self { instructions: only.instructions(), is_final },
            // One that ended meanwhile says nothing of its speed; to start tells whether it works.
            _ => match contest(builds).await {
                Ok((winner, is_settled)) => {
                    Self { instructions: winner, is_final: is_final && is_settled }
                }
                Err(_) => Self { instructions: candidates[0], is_final: false },
            },
        }
    }
}

/// The winner, and whether it is clear.
async fn contest(mut builds: Vec<Scorers>) -> Result<(Instructions, bool), ScorersError> {
    let mut contest = trial::Contest::of(builds.len());
    while !contest.is_over() {
        for (number, build) in builds.iter_mut().enumerate() {
            contest.take(number, build.sample().await?);
        }
    }
    Ok((builds[contest.winner()].instructions(), contest.is_settled()))
}
