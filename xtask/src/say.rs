//! What the commands print: short lines with a label, and problems on stderr.

use std::io::{IsTerminal, stderr, stdout};
use std::time::Duration;

/// Prints one line under a label such as `set-up` or `build`.
pub(crate) fn line(label: &str, text: &str) {
    if stdout().is_terminal() {
        println!("\x1b[1m{label:>8}\x1b[0m  {text}");
    } else {
        println!("{label:>8}  {text}");
    }
}

/// Prints text that belongs to the line above it.
pub(crate) fn more(text: &str) {
    for line in text.lines() {
        println!("{:>8}  {line}", "");
    }
}

/// Prints text for another program to read.
pub(crate) fn plain(text: &str) {
    println!("{text}");
}

/// Prints a heading with a blank line before it.
pub(crate) fn heading(text: &str) {
    if stdout().is_terminal() {
        println!("\n\x1b[1m{text}\x1b[0m");
    } else {
        println!("\n{text}");
    }
}

/// Prints an error with its causes.
pub(crate) fn problem(error: &anyhow::Error) {
    let label = if stderr().is_terminal() { "\x1b[1;31mproblem\x1b[0m" } else { "problem" };
    let mut lines = format!("{error:#}");
    if lines.contains('\n') {
        lines = lines.lines().collect::<Vec<_>>().join("\n          ");
    }
    eprintln!("\n {label}  {lines}");
}

/// A duration as people say it: `850 ms`, `12 s`, `3 min 05 s`.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_secs() {
        0 => format!("{} ms", time.as_millis()),
        seconds @ 1..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_said_in_the_unit_that_fits() {
        assert_eq!(duration(Duration::from_millis(850)), "850 ms");
        assert_eq!(duration(Duration::from_secs(59)), "59 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 05 s");
    }
}
