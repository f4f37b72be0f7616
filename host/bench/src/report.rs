//! The table: one row a figure, with its peer and its goal.

use serde::Serialize;

/// What a figure shall be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// The figure itself has an upper limit.
    AtMost(f64),
    /// The figure itself has a lower limit.
    AtLeast(f64),
    /// The figure may be this many times the peer's.
    TimesPeer(f64),
    /// The figure shall reach this share of the peer's.
    ShareOfPeer(f64),
}

/// The same thing done by someone else in the same run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Peer {
    /// Who.
    pub name: &'static str,
    /// The figure, in the row's unit.
    pub value: f64,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// Whom it is held against.
    pub peer: Option<Peer>,
    /// `value` by the peer's.
    pub ratio: Option<f64>,
    /// What it shall be.
    pub goal: Option<Goal>,
    /// Whether it is; nothing where there is no goal, or none is judged.
    pub met: Option<bool>,
}

impl Row {
    /// A figure without peer and goal.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            peer: None,
            ratio: None,
            goal: None,
            met: None,
        }
    }

    /// Holds it against a peer.
    pub fn peer(mut self, name: &'static str, value: f64) -> Self {
        self.peer = Some(Peer { name, value });
        self.ratio = Some(self.value / value);
        self
    }

    /// Sets its goal and judges it; a figure that is not a number misses any.
    pub fn goal(mut self, goal: Goal) -> Self {
        self.goal = Some(goal);
        self.met = Some(match goal {
            Goal::AtMost(limit) => self.value <= limit,
            Goal::AtLeast(limit) => self.value >= limit,
            Goal::TimesPeer(limit) => self.ratio.is_some_and(|ratio| ratio <= limit),
            Goal::ShareOfPeer(limit) => self.ratio.is_some_and(|ratio| ratio >= limit),
        });
        self
    }
}

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// A smoke run, which judges no goal.
    pub quick: bool,
    /// The processor.
    pub processor: String,
    /// How many of it this program may use.
    pub cores: usize,
    /// The figures.
    pub rows: Vec<Row>,
}

impl Report {
    /// An empty report about this machine.
    pub fn new(quick: bool) -> Self {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = info.lines().find(|line| line.starts_with("model name"));
        let model = model.and_then(|line| line.split_once(':'));
        Self {
            quick,
            processor: model.map_or("unknown", |(_, name)| name.trim()).to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            rows: Vec::new(),
        }
    }

    /// Adds rows; a smoke run forgets their verdicts.
    pub fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows.into_iter().map(|mut row| {
            if self.quick {
                row.met = None;
            }
            row
        }));
    }

    /// How many goals were missed.
    pub fn missed(&self) -> usize {
        let missed = |row: &&Row| row.met == Some(false);
        self.rows.iter().filter(missed).count()
    }

    /// The table as Markdown, which reads well on a terminal too.
    pub fn table(&self) -> String {
        let mut lines = vec![["row", "figure", "peer", "ratio", "goal", ""].map(str::to_owned)];
        lines.extend(self.rows.iter().map(cells));
        let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max();
        let widths: [usize; 6] = std::array::from_fn(|at| width(at).unwrap_or_default());
        let mut table = String::new();
        for (at, line) in lines.iter().enumerate() {
            let padded = line.iter().zip(widths);
            let padded = padded.map(|(cell, width)| format!("{cell:<width$}"));
            table.push_str(&format!("| {} |\n", padded.collect::<Vec<_>>().join(" | ")));
            if at == 0 {
                let rules = widths.map(|width| "-".repeat(width + 2));
                table.push_str(&format!("|{}|\n", rules.join("|")));
            }
        }
        table
    }
}

fn cells(row: &Row) -> [String; 6] {
    let figure = |value: f64| format!("{} {}", rounded(value), row.unit);
    let peer = row.peer.as_ref();
    [
        row.name.clone(),
        figure(row.value),
        peer.map_or(String::new(), |peer| {
            format!("{} {}", peer.name, figure(peer.value))
        }),
        row.ratio
            .map_or(String::new(), |ratio| format!("{ratio:.2}")),
        row.goal.map_or(String::new(), |goal| match goal {
            Goal::AtMost(limit) => format!("<= {}", figure(limit)),
            Goal::AtLeast(limit) => format!(">= {}", figure(limit)),
            Goal::TimesPeer(limit) => format!("<= {limit}x"),
            Goal::ShareOfPeer(limit) => format!(">= {limit}x"),
        }),
        match row.met {
            Some(true) => "met".to_owned(),
            Some(false) => "MISSED".to_owned(),
            None => String::new(),
        },
    ]
}

/// Three digits that mean something.
fn rounded(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_are_judged() {
        let check = |row: Row, want: bool| assert_eq!(row.met, Some(want), "{row:?}");
        let row = |value: f64| Row::new("x", value, "us");
        check(row(15.0).goal(Goal::AtMost(15.0)), true);
        check(row(15.1).goal(Goal::AtMost(15.0)), false);
        check(row(1_500.0).goal(Goal::AtLeast(1_500.0)), true);
        check(row(1_499.0).goal(Goal::AtLeast(1_500.0)), false);
        check(row(6.0).peer("null", 3.0).goal(Goal::TimesPeer(2.0)), true);
        check(row(6.1).peer("null", 3.0).goal(Goal::TimesPeer(2.0)), false);
        check(row(6.0).goal(Goal::TimesPeer(2.0)), false);
        check(
            row(9.0).peer("null", 10.0).goal(Goal::ShareOfPeer(0.9)),
            true,
        );
        check(
            row(8.9).peer("null", 10.0).goal(Goal::ShareOfPeer(0.9)),
            false,
        );
        check(row(f64::NAN).goal(Goal::AtMost(15.0)), false);
    }

    #[test]
    fn the_table_lines_up_and_a_smoke_run_judges_nothing() {
        let rows = || {
            [
                Row::new("a cycle", 12.34, "us")
                    .peer("native", 6.17)
                    .goal(Goal::AtMost(15.0)),
                Row::new("memory", 123.4, "MB").goal(Goal::AtMost(100.0)),
            ]
        };
        let mut report = Report::new(false);
        report.extend(rows());
        assert_eq!(report.missed(), 1);
        let expected = "\
            | row     | figure  | peer           | ratio | goal       |        |\n\
            |---------|---------|----------------|-------|------------|--------|\n\
            | a cycle | 12.3 us | native 6.17 us | 2.00  | <= 15.0 us | met    |\n\
            | memory  | 123 MB  |                |       | <= 100 MB  | MISSED |\n";
        assert_eq!(report.table(), expected);

        let mut quick = Report::new(true);
        quick.extend(rows());
        assert_eq!(quick.missed(), 0);
        assert!(!quick.table().contains("MISSED"));
    }
}
