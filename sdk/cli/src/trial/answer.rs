//! What a plugin answered, as words that can be compared and shown.

use switchyard_engine::Sample;
use switchyard_scheduler::{Decision, Header, Step};

use super::Scene;

/// What a plugin answered.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub enum Answer {
    Kept(Vec<u32>),
    Scores(Vec<f64>),
    Picked(Vec<u32>),
    Agrees(bool),
    Steps(Vec<Step>),
    Decision(Decision),
    /// With the columns that the values are of.
    Samples(Vec<String>, Vec<Sample>),
    Headers(Vec<Header>),
}

/// One part of an answer: what it is about, and what was said of it.
pub type Part = (String, Word);

/// What was said.
#[derive(Debug, Clone)]
pub enum Word {
    /// A number; compared up to rounding.
    Number(f64),
    /// Anything else.
    Text(String),
}

impl PartialEq for Word {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => {
                (one.is_nan() && other.is_nan()) || one == other || (one - other).abs() < 1e-9
            }
            (Self::Text(one), Self::Text(other)) => one == other,
            _ => false,
        }
    }
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Answer {
    /// The answer in parts.
    pub fn parts(&self, scene: &Scene) -> Vec<Part> {
        match self {
            Self::Kept(rows) => kept(&names(scene, rows)),
            Self::Scores(scores) => scene
                .rows
                .iter()
                .zip(scores)
                .map(|(row, score)| (scene.name(*row), Word::Number(*score)))
                .collect(),
            Self::Picked(rows) => picked(&names(scene, rows)),
            Self::Agrees(agrees) => vec![("agrees".to_owned(), Word::Text(agrees.to_string()))],
            Self::Steps(steps) => steps
                .iter()
                .zip(1..)
                .map(|(step, place)| self::step(place, &step.profile, &step.gate))
                .collect(),
            Self::Decision(decision) => {
                let targets = decision.targets.iter();
                let targets: Vec<_> = targets
                    .map(|target| (scene.name(target.row), target.port))
                    .collect();
                let headers = decision.set_headers.iter();
                let headers: Vec<_> = headers.map(pair).collect();
                self::decision(&decision.primary, &targets, &headers)
            }
            Self::Samples(columns, samples) => samples
                .iter()
                .flat_map(|sample| {
                    let values = columns.iter().cloned().zip(sample.values.iter().copied());
                    let values: Vec<_> = values.collect();
                    let sets = sample.sets.iter();
                    let sets: Vec<_> = sets
                        .map(|set| (set.name.clone(), set.members.clone()))
                        .collect();
                    self::sample(sample.rank, &values, &sets)
                })
                .collect(),
            Self::Headers(headers) => self::headers(&headers.iter().map(pair).collect::<Vec<_>>()),
        }
    }
}

fn pair(header: &Header) -> (String, String) {
    (header.name.clone(), header.value.clone())
}

fn names(scene: &Scene, rows: &[u32]) -> Vec<String> {
    rows.iter().map(|row| scene.name(*row)).collect()
}

/// The endpoints that stay; their order does not count.
pub fn kept(names: &[String]) -> Vec<Part> {
    let mut names = names.to_vec();
    names.sort_unstable();
    let part = |name: String| (name, Word::Text("stays".to_owned()));
    names.into_iter().map(part).collect()
}

/// The endpoints picked, by their place.
pub fn picked(names: &[String]) -> Vec<Part> {
    let part = |(name, place): (&String, u32)| (place.to_string(), Word::Text(name.clone()));
    names.iter().zip(1..).map(part).collect()
}

/// A profile to run.
pub fn step(place: u32, profile: &str, gate: &str) -> Part {
    let text = match gate {
        "" => profile.to_owned(),
        gate => format!("{profile}, if {gate} agrees"),
    };
    (format!("step {place}"), Word::Text(text))
}

/// A decision; `targets` are names and ports, 0 for the endpoint's own.
pub fn decision(
    primary: &str,
    targets: &[(String, u16)],
    headers: &[(String, String)],
) -> Vec<Part> {
    let mut parts = vec![("primary".to_owned(), Word::Text(primary.to_owned()))];
    parts.extend(targets.iter().zip(1..).map(|((name, port), place)| {
        let text = match port {
            0 => name.clone(),
            port => format!("{name}:{port}"),
        };
        (format!("target {place}"), Word::Text(text))
    }));
    parts.extend(self::headers(headers));
    parts
}

/// Headers to set.
pub fn headers(headers: &[(String, String)]) -> Vec<Part> {
    let mut headers = headers.to_vec();
    headers.sort_unstable();
    let part = |(name, value)| (name, Word::Text(value));
    headers.into_iter().map(part).collect()
}

/// One sample of a scraper: values by their column, sets by their name.
pub fn sample(rank: u32, values: &[(String, f64)], sets: &[(String, Vec<String>)]) -> Vec<Part> {
    let values = values
        .iter()
        .map(|(column, value)| (format!("rank {rank}, {column}"), Word::Number(*value)));
    let sets = sets.iter().map(|(name, members)| {
        let mut members = members.clone();
        members.sort_unstable();
        let text = format!("{{{}}}", members.join(", "));
        (format!("rank {rank}, {name}"), Word::Text(text))
    });
    values.chain(sets).collect()
}
