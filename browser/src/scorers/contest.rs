//! Which build of a scoring worker multiplies fastest here, found out by a short trial.

use super::near::Scorers;
use super::{Instructions, ScorersError};
use futures::future::join_all;
use wasm_core::score::cpu::trial;

/// The build to take.
#[derive(Debug)]
pub struct Verdict {
    /// What it is compiled for.
    pub instructions: Instructions,
    /// Whether all that had a chance took part, and it was clear. Where one did not start, or the machine
    /// was busy, it may be otherwise the next time.
    pub is_final: bool,
    /// Workers that were tried. They are kept until those that score have started, as not every browser can start workers
    /// while others end.
    pub tried: Vec<Scorers>,
}

impl Verdict {
    /// What was found out before.
    #[must_use]
    pub const fn known(instructions: Instructions) -> Self {
        Self { instructions, is_final: true, tried: Vec::new() }
    }

    /// Tries the builds that this browser runs, where there is more than one to choose from. Each
    /// multiplies for a tenth of a second or so, in turn with the others.
    pub async fn find() -> Self {
        let candidates = Instructions::best().candidates();
        if let [only] = candidates {
            return Self::known(*only);
        }
        let started = candidates.iter().map(|it| Scorers::start_as(1, *it));
        let started = join_all(started).await;
        let is_final = started.iter().all(Result::is_ok);
        let mut tried: Vec<_> = started.into_iter().flatten().collect();
        let (instructions, is_final) = match &mut tried[..] {
            [] => (Instructions::Plain, is_final),
            [only] => (only.instructions(), is_final),
            // One that ended meanwhile says nothing of its speed; to start tells whether it works.
            builds => match contest(builds).await {
                Ok((winner, is_settled)) => (winner, is_final && is_settled),
                Err(_) => (candidates[0], false),
            },
        };
        Self { instructions, is_final, tried }
    }
}

/// The winner, and whether it is clear.
async fn contest(builds: &mut [Scorers]) -> Result<(Instructions, bool), ScorersError> {
    let mut contest = trial::Contest::of(builds.len());
    while !contest.is_over() {
        for (number, build) in builds.iter_mut().enumerate() {
            contest.take(number, build.sample().await?);
        }
    }
    Ok((builds[contest.winner()].instructions(), contest.is_settled()))
}
