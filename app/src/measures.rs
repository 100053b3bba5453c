//! What epochs and the last hour came to, as points of charts: every number in words is exact.

use crate::chart::{Point, cell};
use crate::languages::{language, local_number, t};
use crate::say;
use std::fmt::Write;
use wasm_core::amount::Shannons;
use wasm_core::network::{EpochPoint, PoolRate, Pulse};

/// Parts of a threshold that a chart tells apart.
const THRESHOLD_PARTS: f64 = 1_000_000.0;

/// What of an epoch is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Staked with validators.
    Stake,
    /// Staked with active models.
    ModelStake,
    /// What rewards are paid from.
    EmissionPool,
    /// Fees collected.
    Fees,
    /// Transactions, the system's included.
    Transactions,
    /// What a new target pays.
    Reward,
    /// How near data must come.
    Threshold,
    /// Moving average of hits.
    Hits,
    /// Models that are drawn for targets.
    ActiveModels,
    /// Validators.
    Validators,
    /// Fee of value moved.
    ValueFee,
}

impl Measure {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Transactions,
        Self::Fees,
        Self::Stake,
        Self::ModelStake,
        Self::EmissionPool,
        Self::Reward,
        Self::Threshold,
        Self::Hits,
        Self::ActiveModels,
        Self::Validators,
        Self::ValueFee,
    ];

    /// Its name, for tests and files.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Stake => "stake",
            Self::ModelStake => "model-stake",
            Self::EmissionPool => "emission-pool",
            Self::Fees => "fees",
            Self::Transactions => "transactions",
            Self::Reward => "reward",
            Self::Threshold => "threshold",
            Self::Hits => "hits",
            Self::ActiveModels => "active-models",
            Self::Validators => "validators",
            Self::ValueFee => "value-fee",
        }
    }

    /// Its title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Stake => t!("Staked with validators"),
            Self::ModelStake => t!("Staked with active models"),
            Self::EmissionPool => t!("Emission pool"),
            Self::Fees => t!("Fees collected"),
            Self::Transactions => t!("Transactions"),
            Self::Reward => t!("Reward per target"),
            Self::Threshold => t!("Distance threshold"),
            Self::Hits => t!("Average of hits"),
            Self::ActiveModels => t!("Active models"),
            Self::Validators => t!("Validators"),
            Self::ValueFee => t!("Fee of value moved"),
        }
    }

    /// What its numbers count.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Stake | Self::ModelStake | Self::EmissionPool | Self::Fees | Self::Reward => {
                "SOMA"
            }
            Self::Transactions => t!("per epoch"),
            Self::Threshold => t!("cosine distance"),
            Self::Hits => t!("hits per epoch"),
            Self::ActiveModels => t!("models"),
            Self::Validators => t!("validators"),
            Self::ValueFee => t!("percent"),
        }
    }

    /// Whether it adds up over an epoch, and is told once the epoch has ended.
    #[must_use]
    pub const fn adds_up(self) -> bool {
        matches!(self, Self::Fees | Self::Transactions)
    }

    /// A number at the axis.
    #[must_use]
    pub fn tick(self, value: u128) -> String {
        let number = u64::try_from(value).unwrap_or(u64::MAX);
        match self {
            Self::Stake | Self::ModelStake | Self::EmissionPool | Self::Fees | Self::Reward => {
                say::amount(Shannons(number))
            }
            Self::Transactions | Self::Hits | Self::ActiveModels | Self::Validators => {
                say::count(number)
            }
            Self::Threshold => decimal(number, 6),
            Self::ValueFee => say::rate(number),
        }
    }

    /// The number of an epoch, with the one before it beside it.
    fn of(self, point: &EpochPoint, before: Option<&EpochPoint>) -> Number {
        let economy = &point.economy;
        match self {
            Self::Stake => Number::amount(Some(economy.total_stake)),
            Self::ModelStake => Number::amount(Some(economy.model_stake)),
            Self::EmissionPool => Number::amount(Some(economy.emission_pool)),
            Self::Fees => Number::amount(point.fees),
            Self::Reward => Number::amount(Some(economy.reward_per_target)),
            Self::Transactions => Number::count(transactions_in(point, before)),
            Self::Hits => Number::count(Some(economy.hits_average)),
            Self::ActiveModels => Number::count(Some(economy.active_models)),
            Self::Validators => Number::count(Some(economy.validators)),
            Self::Threshold => Number::threshold(economy.distance_threshold),
            Self::ValueFee => Number {
                value: Some(u128::from(economy.value_fee_bps)),
                words: say::rate(economy.value_fee_bps),
                exact: decimal(economy.value_fee_bps, 2),
            },
        }
    }
}

/// A number in the forms in which a chart has it.
struct Number {
    value: Option<u128>,
    words: String,
    exact: String,
}

impl Number {
    fn none() -> Self {
        Self { value: None, words: t!("not known").to_owned(), exact: String::new() }
    }

    fn amount(amount: Option<Shannons>) -> Self {
        amount.map_or_else(Self::none, |amount| Self {
            value: Some(u128::from(amount.0)),
            words: t!("{amount} SOMA", amount = say::amount(amount)),
            exact: amount.to_string(),
        })
    }

    fn count(count: Option<u64>) -> Self {
        count.map_or_else(Self::none, |count| Self {
            value: Some(u128::from(count)),
            words: say::count(count),
            exact: count.to_string(),
        })
    }

    fn threshold(threshold: Option<f32>) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "where a line runs is rounded; a threshold is between 0 and 2"
        )]
        let part = |threshold: f32| (f64::from(threshold) * THRESHOLD_PARTS).round() as u128;
        threshold.map_or_else(Self::none, |threshold| Self {
            value: Some(part(threshold)),
            words: local_number(&threshold.to_string()),
            exact: threshold.to_string(),
        })
    }
}

/// Transactions of an epoch: those until its end without those until the end of the one before.
fn transactions_in(point: &EpochPoint, before: Option<&EpochPoint>) -> Option<u64> {
    let until = point.transactions_until_end?;
    if point.epoch == 0 {
        return Some(until);
    }
    let before = before.filter(|before| before.epoch.checked_add(1) == Some(point.epoch))?;
    until.checked_sub(before.transactions_until_end?)
}

/// What epochs came to; the last point stands for the epoch that is going on, unless the measure adds up.
#[must_use]
pub fn of_epochs(points: &[EpochPoint], measure: Measure) -> Vec<Point> {
    let mut before = None;
    let mut told = Vec::with_capacity(points.len());
    for point in points {
        let Number { value, words, exact } = measure.of(point, before);
        before = Some(point);
        let goes_on = point.end_ms.is_none();
        if goes_on && measure.adds_up() {
            continue;
        }
        told.push(Point {
            label: say::count(point.epoch),
            at: point.epoch.to_string(),
            value,
            words: if goes_on { t!("{words} now", words) } else { words },
            exact,
        });
    }
    told
}

/// All measures of epochs as comma-separated values; times in milliseconds since 1970.
#[must_use]
pub fn csv_of_epochs(points: &[EpochPoint]) -> String {
    let mut file = "epoch,start_ms,end_ms,first_checkpoint,last_checkpoint".to_owned();
    for measure in Measure::ALL {
        let _written =
            write!(file, ",{}", cell(&format!("{} ({})", measure.title(), measure.unit())));
    }
    file.push_str("\r\n");
    let text = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
    let mut before = None;
    for point in points {
        let _written = write!(
            file,
            "{},{},{},{},{}",
            point.epoch,
            point.start_ms,
            text(point.end_ms),
            text(point.first_checkpoint),
            text(point.last_checkpoint)
        );
        for measure in Measure::ALL {
            let _written = write!(file, ",{}", cell(&measure.of(point, before).exact));
        }
        file.push_str("\r\n");
        before = Some(point);
    }
    file
}

/// What is drawn of the last hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Transactions that people sent.
    Sent,
    /// Fees.
    Fees,
}

impl Beat {
    /// A number at the axis.
    #[must_use]
    pub fn tick(self, value: u128) -> String {
        let number = u64::try_from(value).unwrap_or(u64::MAX);
        match self {
            Self::Sent => decimal(number, 3),
            Self::Fees => say::amount(Shannons(number)),
        }
    }
}

/// The pulse up to a time of the chain's clock; `clock` says a time for people.
#[must_use]
pub fn of_pulse(
    pulse: &Pulse,
    until_ms: u64,
    beat: Beat,
    clock: impl Fn(u64) -> String,
) -> Vec<Point> {
    pulse
        .stretches(until_ms)
        .into_iter()
        .map(|stretch| {
            let (value, words, exact) = match beat {
                Beat::Sent => {
                    // Thousandths of a transaction per second.
                    let rate =
                        stretch.span.sent.saturating_mul(1_000_000) / stretch.length_ms.max(1);
                    (rate, t!("{rate} per second", rate = decimal(rate, 3)), decimal(rate, 3))
                }
                Beat::Fees => {
                    let fees = Shannons(stretch.span.fees);
                    (fees.0, t!("{fees} SOMA", fees = say::amount(fees)), fees.to_string())
                }
            };
            let start_ms = stretch.span.start_ms;
            Point {
                label: clock(start_ms),
                at: start_ms.to_string(),
                value: Some(u128::from(value)),
                words,
                exact,
            }
        })
        .collect()
}

/// What a share of a pool was worth, epoch by epoch; in billionths.
#[must_use]
pub fn of_pool(rates: &[PoolRate]) -> Vec<Point> {
    rates
        .iter()
        .map(|rate| {
            let value = rate.worth_nano();
            Point {
                label: say::count(rate.epoch),
                at: rate.epoch.to_string(),
                value: Some(value),
                words: t!(
                    "{value} ({soma} SOMA for {shares} shares)",
                    value = worth(value),
                    soma = say::amount(rate.soma),
                    shares = decimal(rate.shares, 9)
                ),
                exact: worth(value).replace(',', ""),
            }
        })
        .collect()
}

/// Billionths as a decimal number.
#[must_use]
pub fn worth(nano: u128) -> String {
    decimal(u64::try_from(nano).unwrap_or(u64::MAX), 9)
}

/// A number of so many digits after the point, without zeros at the end.
#[must_use]
pub fn decimal(number: u64, digits: u32) -> String {
    let unit = 10_u64.pow(digits);
    let (whole, rest) = (number / unit, number % unit);
    if rest == 0 {
        return say::count(whole);
    }
    let width = usize::try_from(digits).unwrap_or(0);
    let fraction = format!("{rest:0width$}");
    let sign = language().decimal_sign().letter();
    format!("{}{sign}{}", say::count(whole), fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::{
        Beat, EpochPoint, Measure, Pulse, Shannons, csv_of_epochs, decimal, of_epochs, of_pulse,
    };
    use wasm_core::network::{Economy, Newest, Span};

    fn economy(epoch: u64) -> Economy {
        Economy {
            epoch,
            epoch_start_ms: 0,
            epoch_duration_ms: 1,
            protocol_version: 5,
            safe_mode: false,
            total_stake: Shannons(20_000_000_000_001),
            model_stake: Shannons(0),
            emission_pool: Shannons(7),
            emission_per_epoch: Shannons(1),
            reward_per_target: Shannons(12_685_185),
            distance_threshold: Some(1.05),
            hits: 1,
            hits_goal: 16,
            hits_average: 4,
            targets: 5,
            validators: 4,
            pending_validators: 0,
            active_models: 6,
            models: 6,
            base_fee: Shannons(1_000),
            write_object_fee: Shannons(300),
            value_fee_bps: 10,
            value_fee_range_bps: (1, 50),
            fee_goal: Shannons(1),
        }
    }

    fn point(epoch: u64, until: Option<u64>) -> EpochPoint {
        EpochPoint {
            epoch,
            start_ms: epoch * 10,
            end_ms: until.map(|_| epoch * 10 + 10),
            first_checkpoint: Some(epoch * 5),
            last_checkpoint: until.map(|_| epoch * 5 + 4),
            economy: economy(epoch),
            fees: until.map(Shannons),
            transactions_until_end: until,
        }
    }

    #[test]
    fn transactions_of_an_epoch_are_told_once_it_has_ended() {
        let points = [point(0, Some(10)), point(1, Some(25)), point(2, None)];
        let told: Vec<_> =
            of_epochs(&points, Measure::Transactions).iter().map(|one| one.value).collect();
        assert_eq!(told, [Some(10), Some(15)]);
        let gap = of_epochs(&[point(0, Some(10)), point(2, Some(25))], Measure::Transactions);
        assert_eq!(gap[1].value, None, "the epoch between is not known");
        assert_eq!(gap[1].words, "not known");
    }

    #[test]
    fn amounts_are_told_to_the_last_shannon() {
        let stake = &of_epochs(&[point(1, None)], Measure::Stake)[0];
        assert_eq!(stake.words, "20,000.000000001 SOMA now");
        assert_eq!(stake.exact, "20000.000000001");
        assert_eq!(of_epochs(&[point(1, Some(1))], Measure::Threshold)[0].words, "1.05");
        assert_eq!(Measure::Threshold.tick(1_050_000), "1.05");
        assert_eq!(Measure::ValueFee.tick(10), "0.1%");
    }

    #[test]
    fn a_file_holds_every_measure_of_every_epoch() {
        let file = csv_of_epochs(&[point(0, Some(10)), point(1, None)]);
        let lines: Vec<_> = file.lines().collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0].split(',').count(), 5 + Measure::ALL.len());
        assert!(lines[1].starts_with("0,0,10,0,4,10,0.00000001,20000.000000001,"), "{}", lines[1]);
        assert!(lines[2].starts_with("1,10,,5,,,,20000.000000001,"), "{}", lines[2]);
    }

    #[test]
    fn a_pulse_is_a_rate_per_second() {
        let span = Span { start_ms: 100_000, sent: 12, fees: 5, ..Span::default() };
        let newest = Newest { number: 1, epoch: 1, timestamp_ms: 100_000, heard_ms: 0 };
        let pulse = Pulse {
            since_ms: Some(100_000),
            newest: Some(newest),
            spans: [span].into(),
            recent: std::collections::VecDeque::new(),
        };
        let points = of_pulse(&pulse, 109_999, Beat::Sent, |at| at.to_string());
        let told: Vec<_> = points.iter().map(|one| (one.at.as_str(), one.words.as_str())).collect();
        assert_eq!(told, [("100000", "2.4 per second"), ("105000", "0 per second")]);
        assert_eq!(
            of_pulse(&pulse, 100_000, Beat::Fees, |_| String::new())[0].exact,
            "0.000000005"
        );
    }

    #[test]
    fn decimals_lose_nothing_but_zeros_at_the_end() {
        assert_eq!(decimal(2_400, 3), "2.4");
        assert_eq!(decimal(1_234_005, 3), "1,234.005");
        assert_eq!(decimal(5, 3), "0.005");
        assert_eq!(decimal(0, 3), "0");
    }
}
