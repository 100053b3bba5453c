//! Which build of a scoring worker multiplies fastest here, found out by a short trial.

use super::near::Scorers;
use super::{Instructions, ScorersError};
use futures::future::join_all;
use wasm_core::score::cpu::trial;

/// What a trial is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// All builds that had a chance took part, and it was clear.
    Settled,
    /// All took part, while the machine was busy with something else: another day may tell.
    Busy,
    /// One did not start, or ended meanwhile: the next time it may take part.
    Incomplete,
}

/// The build to take.
#[derive(Debug)]
pub struct Verdict {
    /// What it is compiled for.
    pub instructions: Instructions,
    /// What that is worth.
    pub worth: Worth,
    /// Workers that were tried. They are kept until those that score have started, as not every browser can start workers
    /// while others end.
    pub tried: Vec<Scorers>,
}

impl Verdict {
    /// What was found out before.
    #[must_use]
    pub const fn known(instructions: Instructions) -> Self {
        Self { instructions, worth: Worth::Settled, tried: Vec::new() }
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
        let is_whole = started.iter().all(Result::is_ok);
        let mut tried: Vec<_> = started.into_iter().flatten().collect();
        let (instructions, worth) = match &mut tried[..] {
            [] => (Instructions::Plain, Worth::Incomplete),
            [only] => (only.instructions(), Worth::Incomplete),
            // One that ended meanwhile says nothing of its speed; to start tells whether it works.
            builds => match contest(builds).await {
                Ok((winner, worth)) if is_whole => (winner, worth),
                Ok((winner, _)) => (winner, Worth::Incomplete),
                Err(_) => (candidates[0], Worth::Incomplete),
            },
        };
        Self { instructions, worth, tried }
    }
}

/// The winner, and whether it is clear.
async fn contest(builds: &mut [Scorers]) -> Result<(Instructions, Worth), ScorersError> {
    let mut contest = trial::Contest::of(builds.len());
    while !contest.is_over() {
        for (number, build) in builds.iter_mut().enumerate() {
            contest.take(number, build.sample().await?);
        }
    }
    let worth = if contest.is_settled() { Worth::Settled } else { Worth::Busy };
    Ok((builds[contest.winner()].instructions(), worth))
}
