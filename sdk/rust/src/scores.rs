//! The shapes that scores of endpoints usually have.
//!
//! All write into the list a scorer is given, which is as long as the column they read. One rule holds
//! in all of them: unknown is NaN and never wins.

/// From the least value, which scores 1, to the greatest, which scores 0. All equal score 1. An unknown
/// value counts as the greatest known one, and where all are unknown all are equal.
pub fn lower_is_better(values: &[f64], scores: &mut [f64]) {
    let (least, greatest) = range(values);
    let span = greatest - least;
    if span.is_nan() || span <= 0.0 {
        scores.fill(1.0);
        return;
    }
    for (score, &value) in scores.iter_mut().zip(values) {
        *score = if value.is_nan() {
            0.0
        } else {
            (greatest - value) / span
        };
    }
}

/// `rule` of each known value, from 0 to 1. An unknown one gets the lowest score of the known, and
/// where all are unknown all get 0.
pub fn each(values: &[f64], scores: &mut [f64], rule: impl Fn(f64) -> f64) {
    for (score, &value) in scores.iter_mut().zip(values) {
        let known = rule(value);
        *score = if value.is_nan() { value } else { known };
    }
    unknown_is_worst(scores);
}

/// Gives every NaN among `scores` the lowest of the others; 0 where there is no other. For a rule over
/// several columns; [`each`] does it by itself.
pub fn unknown_is_worst(scores: &mut [f64]) {
    let (lowest, _) = range(scores);
    replace_unknown(scores, if lowest.is_finite() { lowest } else { 0.0 });
}

/// Gives every NaN among `scores` this score.
pub fn replace_unknown(scores: &mut [f64], instead: f64) {
    for score in scores {
        if score.is_nan() {
            *score = instead;
        }
    }
}

/// The least and the greatest known value; +inf and -inf where none is known.
pub fn range(values: &[f64]) -> (f64, f64) {
    // Plain comparisons: they are false for NaN, which is just what is wanted, while `f64::min` is a call
    // into a library on wasm.
    let (mut least, mut greatest) = (f64::INFINITY, f64::NEG_INFINITY);
    for &value in values {
        if value < least {
            least = value;
        }
        if value > greatest {
            greatest = value;
        }
    }
    (least, greatest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: f64 = f64::NAN;

    #[test]
    fn lower_scores_better() {
        let check = |values: &[f64], want: &[f64]| {
            let mut scores = vec![0.0; values.len()];
            lower_is_better(values, &mut scores);
            assert_eq!(scores, want, "{values:?}");
        };
        check(&[10.0, 5.0, 0.0], &[0.0, 0.5, 1.0]);
        check(&[5.0, 5.0], &[1.0, 1.0]);
        check(&[0.0, 0.0], &[1.0, 1.0]);
        check(&[3.0], &[1.0]);
        check(&[2.0, UNKNOWN, 6.0], &[1.0, 0.0, 0.0]);
        check(&[4.0, UNKNOWN], &[1.0, 1.0]);
        check(&[UNKNOWN, UNKNOWN], &[1.0, 1.0]);
        check(&[], &[]);
    }

    #[test]
    fn an_unknown_value_gets_the_lowest_score() {
        let check = |values: &[f64], want: &[f64]| {
            let mut scores = vec![0.0; values.len()];
            each(values, &mut scores, |value| 1.0 - value);
            assert_eq!(scores, want, "{values:?}");
        };
        check(&[0.25, 0.5, 1.0], &[0.75, 0.5, 0.0]);
        check(&[0.25, UNKNOWN, 0.5], &[0.75, 0.5, 0.5]);
        check(&[UNKNOWN, UNKNOWN], &[0.0, 0.0]);
        check(&[], &[]);
    }

    #[test]
    fn a_rule_is_asked_about_known_values_only() {
        let mut scores = [0.0; 3];
        // `f64::min` would make 1 of an unknown value.
        each(&[0.5, UNKNOWN, 2.0], &mut scores, |value| value.min(1.0));
        assert_eq!(scores, [0.5, 0.5, 1.0]);
    }

    #[test]
    fn a_rule_that_has_no_answer_is_unknown_too() {
        let mut scores = [0.0; 2];
        each(&[0.0, 4.0], &mut scores, |value| value / value);
        assert_eq!(scores, [1.0, 1.0]);
    }
}
