//! Who got how many requests before and after a plugin came, and whether that is the change it promises.

/// A share must move by so much, of 1, to be the plugin's doing and not chance.
const MOVED: f64 = 0.25;

/// What a plugin changes; servers are told by their place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    /// This server gets more.
    More(usize),
    /// This server gets at most half of what it got.
    Less(usize),
    /// Nobody but this server gets anything.
    Only(usize),
    /// This server gets nothing.
    Never(usize),
    /// The busiest server, whichever it is, gets less of all.
    Spread,
}

/// What a change came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Moved {
    /// Whose share it is.
    pub(super) whose: String,
    pub(super) before: f64,
    pub(super) after: f64,
    /// Whether this is the change that was promised.
    pub(super) as_promised: bool,
}

impl Change {
    /// Judges what each server got before and after.
    pub(super) fn judge(self, before: &[u64], after: &[u64]) -> Moved {
        let (whose, [was, is]) = match self {
            Self::More(server) | Self::Less(server) | Self::Only(server) | Self::Never(server) => {
                let shares = [before, after].map(|counts| share(counts, counts[server]));
                (format!("server-{}", server + 1), shares)
            }
            Self::Spread => {
                let busiest = |counts: &[u64]| counts.iter().copied().max().unwrap_or(0);
                let shares = [before, after].map(|counts| share(counts, busiest(counts)));
                ("the busiest server".to_owned(), shares)
            }
        };
        // Where nothing came in there is no share, and NaN fulfils none of these.
        let as_promised = match self {
            Self::More(_) => is >= was + MOVED,
            Self::Less(_) => was > 0.0 && is <= was / 2.0,
            Self::Only(_) => was < 1.0 && is >= 1.0,
            Self::Never(_) => was > 0.0 && is <= 0.0,
            Self::Spread => is <= was - MOVED,
        };
        Moved {
            whose,
            before: was,
            after: is,
            as_promised,
        }
    }
}

impl Moved {
    /// `25 % -> 100 %`.
    pub(super) fn told(&self) -> String {
        format!("{} -> {}", percent(self.before), percent(self.after))
    }
}

fn share(counts: &[u64], of: u64) -> f64 {
    of as f64 / counts.iter().sum::<u64>() as f64
}

fn percent(share: f64) -> String {
    if share.is_nan() {
        "nothing".to_owned()
    } else {
        format!("{:.0} %", share * 100.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(change: Change, before: [u64; 3], after: [u64; 3], told: &str, as_promised: bool) {
        let moved = change.judge(&before, &after);
        assert_eq!(moved.told(), told);
        assert_eq!(moved.as_promised, as_promised, "{change:?}");
    }

    #[test]
    fn a_change_is_as_promised_or_not() {
        use Change::{Less, More, Never, Only, Spread};
        check(More(0), [4, 3, 3], [10, 0, 0], "40 % -> 100 %", true);
        check(More(0), [4, 3, 3], [6, 2, 2], "40 % -> 60 %", false);
        check(Less(1), [4, 4, 2], [8, 2, 0], "40 % -> 20 %", true);
        check(Less(1), [4, 4, 2], [4, 3, 3], "40 % -> 30 %", false);
        check(Less(1), [5, 0, 5], [5, 0, 5], "0 % -> 0 %", false);
        check(Only(2), [4, 4, 2], [0, 0, 7], "20 % -> 100 %", true);
        check(Only(2), [4, 4, 2], [1, 0, 9], "20 % -> 90 %", false);
        check(Only(2), [0, 0, 9], [0, 0, 9], "100 % -> 100 %", false);
        check(Never(2), [4, 4, 2], [5, 5, 0], "20 % -> 0 %", true);
        check(Never(2), [4, 4, 2], [5, 4, 1], "20 % -> 10 %", false);
        check(Never(2), [5, 5, 0], [5, 5, 0], "0 % -> 0 %", false);
        check(Spread, [0, 10, 0], [4, 3, 3], "100 % -> 40 %", true);
        check(Spread, [0, 10, 0], [9, 1, 0], "100 % -> 90 %", false);
    }

    #[test]
    fn no_requests_are_no_change() {
        for change in [
            Change::More(0),
            Change::Less(0),
            Change::Only(0),
            Change::Never(0),
            Change::Spread,
        ] {
            assert!(!change.judge(&[1, 1], &[0, 0]).as_promised, "{change:?}");
            assert!(!change.judge(&[0, 0], &[1, 0]).as_promised, "{change:?}");
        }
    }
}
