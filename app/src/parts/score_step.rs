//! How far the evaluation of a model is, as a bar and in words.

use crate::languages::t;
use crate::say;
use bridge::score::ScoreStep;

/// Parts of a bar.
const WHOLE: f64 = 1000.0;

/// All parts of the bar.
#[must_use]
pub(crate) fn whole() -> u64 {
    say::whole(WHOLE)
}

/// Parts of the bar that are done.
#[must_use]
pub(crate) fn done(step: &ScoreStep) -> u64 {
    match *step {
        ScoreStep::Fetching { done, total, .. } => {
            let parts = u128::from(whole()) * u128::from(done) / u128::from(total.max(1));
            u64::try_from(parts).unwrap_or_else(|_| whole())
        }
        ScoreStep::Computing { share, .. } => say::whole(share * WHOLE),
        ScoreStep::Waiting | ScoreStep::Preparing | ScoreStep::Asking => 0,
    }
}

/// What is being done.
#[must_use]
pub(crate) fn words(step: &ScoreStep) -> &'static str {
    match step {
        ScoreStep::Waiting => t!("Waiting for the scoring before this one"),
        ScoreStep::Preparing => t!("Preparing"),
        ScoreStep::Fetching { .. } => t!("fetching and checking its weights"),
        ScoreStep::Computing { .. } => "computing",
        ScoreStep::Asking => t!("The service is computing"),
    }
}

/// The numbers in words.
#[must_use]
pub(crate) fn detail(step: &ScoreStep) -> Option<String> {
    let mut parts = Vec::new();
    match *step {
        ScoreStep::Fetching { done, total, speed } => {
            parts.push(t!("{done} of {total}", done = say::bytes(done), total = say::bytes(total)));
            if speed > 0.0 {
                parts.push(format!("{}/s", say::bytes(say::whole(speed))));
            }
        }
        ScoreStep::Computing {
            layer,
            layers,
            bytes_read,
            bytes,
            tokens_per_second,
            seconds_left,
            ..
        } => {
            parts.push(t!(
                "layer {layer} of {layers}",
                layer = say::count(layer),
                layers = say::count(layers)
            ));
            parts.push(t!(
                "{read} of {all} of weights",
                read = say::bytes(bytes_read),
                all = say::bytes(bytes)
            ));
            if let Some(speed) = tokens_per_second {
                parts.push(t!("{speed} tokens/s", speed = say::count(say::whole(speed))));
            }
            if let Some(left) = seconds_left {
                parts.push(t!("{time} left", time = say::span(say::whole(left.ceil()))));
            }
        }
        ScoreStep::Waiting | ScoreStep::Preparing | ScoreStep::Asking => return None,
    }
    Some(parts.join(" · "))
}
