//! Moments as RFC 3339 writes them.

/// Days from 1970-01-01 to a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March, so that the leap day is the last of one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    // 1970-01-01 is day 719,468 of that calendar.
    era * 146_097 + day_of_era - 719_468
}

/// A number of so many digits, within bounds.
fn digits(text: Option<&str>, length: usize, least: i64, most: i64) -> Option<i64> {
    let text = text.filter(|text| text.len() == length)?;
    let all = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| all && (least..=most).contains(number))
}

/// Milliseconds since 1970 of a moment such as `2026-03-23T21:24:05.123+00:00`; none before 1970, and none where
/// it is no such text. What is finer than a millisecond is dropped.
pub(super) fn parse(text: &str) -> Option<u64> {
    let fixed = |from: usize, to: usize| text.get(from..to);
    let mark = |at: usize, mark: &str| fixed(at, at + 1).filter(|it| it.eq_ignore_ascii_case(mark));
    let (year, month) = (digits(fixed(0, 4), 4, 0, 9999)?, digits(fixed(5, 7), 2, 1, 12)?);
    let day = digits(fixed(8, 10), 2, 1, month_days(year, month))?;
    let (hour, minute) = (digits(fixed(11, 13), 2, 0, 23)?, digits(fixed(14, 16), 2, 0, 59)?);
    let second = digits(fixed(17, 19), 2, 0, 60)?;
    for (at, sign) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] {
        mark(at, sign)?;
    }
    let rest = text.get(19..)?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => {
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            rest.split_at_checked(length).filter(|(fraction, _)| !fraction.is_empty())?
        }
        None => ("", rest),
    };
    let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
    let offset = match zone {
        "Z" | "z" => 0,
        zone => {
            let sign = match zone.get(..1)? {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            sign * (digits(Some(hours), 2, 0, 23)? * 60 + digits(Some(minutes), 2, 0, 59)?)
        }
    };
    let minutes = (days(year, month, day) * 24 + hour) * 60 + minute - offset;
    u64::try_from((minutes * 60 + second) * 1_000 + millis.parse::<i64>().ok()?).ok()
}

const fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn moments_are_read_in_every_zone_and_precision() {
        for (text, at_ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00+00:00", 951_825_600_000),
            ("2026-03-23T21:24:05.123+00:00", 1_774_301_045_123),
            ("2026-03-23T16:24:05.1-05:00", 1_774_301_045_100),
            ("2026-03-23T21:24:05.123456789z", 1_774_301_045_123),
            ("2100-01-01t00:30:00+00:30", 4_102_444_800_000),
        ] {
            assert_eq!(parse(text), Some(at_ms), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "2026-03-23",
            "2026-03-23T21:24:05",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-03-23T24:00:00Z",
            "2026-03-23 21:24:05Z",
            "2026-03-23T21:24:05.Z",
            "2026-03-23T21:24:05+0100",
            "1969-12-31T23:59:59Z",
            "2026-03-23T21:24:0éZ",
            "+026-03-23T21:24:05Z",
            "null",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
