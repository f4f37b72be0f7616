//! A faked value: a constant, or a function of the time since it was set (`ramp:0:10:5s`).

use std::str::FromStr;
use std::time::Duration;

use crate::span::Span;

/// A value that may change over time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Signal {
    /// Always the same.
    Constant(f64),
    /// A function of time between two values.
    Function {
        /// Its shape.
        shape: Shape,
        /// The value at its start.
        start: f64,
        /// The value at its end, or its other extreme.
        end: f64,
        /// How long one run of it takes.
        period: Duration,
    },
}

/// Shapes of functions over one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A sine wave between the two values, from the first.
    Oscillate,
    /// A straight line, staying at the end.
    Ramp,
    /// A straight line, again and again.
    RampReset,
    /// One value for half of the period, then the other.
    SquareWave,
}

/// A text that is no function.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no value; write a number or FUNCTION:START:END:PERIOD with the function oscillate, ramp, rampreset or squarewave, like `ramp:0:10:5s`"
)]
pub(crate) struct SignalError(String);

impl FromStr for Signal {
    type Err = SignalError;

    fn from_str(text: &str) -> Result<Self, SignalError> {
        let bad = || SignalError(text.to_owned());
        let parts: Vec<&str> = text.split(':').collect();
        let [shape, start, end, period] = parts[..] else {
            return text.parse().map(Self::Constant).map_err(|_| bad());
        };
        let shape = match shape {
            "oscillate" => Shape::Oscillate,
            "ramp" => Shape::Ramp,
            "rampreset" => Shape::RampReset,
            "squarewave" => Shape::SquareWave,
            _ => return Err(bad()),
        };
        let period = period.parse::<Span>().map_err(|_| bad())?.0;
        if period.is_zero() {
            return Err(bad());
        }
        Ok(Self::Function {
            shape,
            start: start.parse().map_err(|_| bad())?,
            end: end.parse().map_err(|_| bad())?,
            period,
        })
    }
}

impl Signal {
    /// The value `elapsed` after the start.
    pub(crate) fn at(self, elapsed: Duration) -> f64 {
        match self {
            Self::Constant(value) => value,
            Self::Function {
                shape,
                start,
                end,
                period,
            } => {
                let periods = elapsed.as_secs_f64() / period.as_secs_f64();
                let way = match shape {
                    Shape::Oscillate => (1.0 - (periods * std::f64::consts::TAU).cos()) / 2.0,
                    Shape::Ramp => periods.min(1.0),
                    Shape::RampReset => periods.fract(),
                    Shape::SquareWave if periods.fract() < 0.5 => 0.0,
                    Shape::SquareWave => 1.0,
                };
                start + (end - start) * way
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_follow_their_shape() {
        for (text, at_ms, value) in [
            ("7", 123, 7.0),
            ("ramp:10:0:5s", 0, 10.0),
            ("ramp:10:0:5s", 2500, 5.0),
            ("ramp:10:0:5s", 9000, 0.0),
            ("rampreset:0:10:5s", 7500, 5.0),
            ("squarewave:1:3:2s", 500, 1.0),
            ("squarewave:1:3:2s", 1500, 3.0),
            ("oscillate:0:10:4s", 0, 0.0),
            ("oscillate:0:10:4s", 2000, 10.0),
            ("oscillate:0:10:4s", 4000, 0.0),
        ] {
            let found = text
                .parse::<Signal>()
                .unwrap()
                .at(Duration::from_millis(at_ms));
            assert!(
                (found - value).abs() < 1e-9,
                "{text} at {at_ms} ms: {found}"
            );
        }
    }

    #[test]
    fn others_are_refused() {
        for text in [
            "",
            "ramp",
            "ramp:0:1",
            "ramp:0:1:0s",
            "saw:0:1:5s",
            "ramp:a:1:5s",
        ] {
            assert!(text.parse::<Signal>().is_err(), "{text}");
        }
    }
}
