//! Scenes and questions drawn from a seed, so that every run checks the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use switchyard_build::contract::Stage;
use switchyard_engine::Needs;
use switchyard_scheduler::{
    Decision, Ended, Ending, HeaderSource, Outcome, ProfileResult, Request, Target,
};

use crate::trial::Guest;
use crate::trial::scene::{Question, Scene, endpoint};

/// How much of the numbers is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    All,
    Some,
    None,
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and enough to vary numbers.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

struct NoHeaders;

impl HeaderSource for NoHeaders {
    fn header(&self, _name: &str) -> Option<String> {
        None
    }
}

/// A scene with this many endpoints for a plugin with these needs.
pub(crate) fn scene(needs: &Needs, count: u32, known: Known, seed: u64) -> Scene {
    let mut dice = Dice(seed);
    let labels = |row: u32| -> BTreeMap<String, String> {
        let pairs = [
            ("app", "model-server".to_owned()),
            (
                "llm-d.ai/role",
                ["prefill", "decode", "both"][row as usize % 3].to_owned(),
            ),
            ("zone", format!("zone-{}", row % 4)),
            ("rack", format!("rack-{}", row % 16)),
            ("gpu", "h100".to_owned()),
            ("revision", format!("{}", row % 2)),
        ];
        pairs.map(|(key, value)| (key.to_owned(), value)).into()
    };
    let endpoints =
        (0..count).map(|row| Arc::new(endpoint(row, &format!("pod-{row}"), labels(row))));
    let mut number = |name: &str| {
        let unknown = match known {
            Known::All => false,
            Known::Some => dice.roll().is_multiple_of(3),
            Known::None => true,
        };
        let share = dice.share();
        match name {
            _ if unknown => f64::NAN,
            "kv-cache-usage" => share,
            name if name.ends_with("/has-model") => share.round(),
            _ => (share * 50.0).floor(),
        }
    };
    let columns = needs.columns.iter();
    let columns = columns
        .map(|input| {
            let values = (0..count).map(|_| number(&input.name)).collect();
            (input.name.clone(), values)
        })
        .collect();
    let scalars = needs.scalars.iter();
    let scalars = scalars
        .map(|input| (input.name.clone(), number(&input.name)))
        .collect();
    let mut request = Request::new(
        "check".to_owned(),
        1_700_000_000_000,
        seed,
        Box::new(NoHeaders),
    );
    request.path = "/v1/chat/completions".to_owned();
    request.model = "model".to_owned();
    request.target_model = "model".to_owned();
    request.profiles = [Arc::from("default")].into();
    Scene {
        endpoints: endpoints.collect(),
        rows: (0..count).collect(),
        columns,
        scalars,
        request: Arc::new(request),
        profile: match known {
            _ if count == 0 => String::new(),
            _ => "default".to_owned(),
        },
    }
}

/// All that a plugin is asked at a stage.
pub(crate) fn questions(guest: &Guest, stage: Stage, scene: &Scene, seed: u64) -> Vec<Question> {
    let mut dice = Dice(seed);
    let first: Vec<u32> = scene.rows.iter().copied().take(2).collect();
    match stage {
        Stage::Filter => vec![Question::Keep],
        Stage::Scorer => vec![Question::Score],
        Stage::Picker => {
            // Few different totals, so that there are ties.
            let totals = scene.rows.iter().map(|_| (dice.share() * 4.0).floor());
            vec![Question::Pick {
                totals: totals.collect(),
            }]
        }
        Stage::Decider => vec![
            Question::Agree { picked: first },
            Question::Agree { picked: Vec::new() },
        ],
        Stage::ProfileHandler => {
            let result = |outcome, rows: Vec<u32>| ProfileResult {
                profile: "default".to_owned(),
                outcome,
                totals: vec![1.0; rows.len()],
                rows,
            };
            let done = vec![result(Outcome::Picked, first)];
            let dry = vec![result(Outcome::FilteredOut, Vec::new())];
            vec![
                Question::Next { done: Vec::new() },
                Question::Next { done: done.clone() },
                Question::Decide { done },
                Question::Next { done: dry.clone() },
                Question::Decide { done: dry },
            ]
        }
        Stage::Scraper => bodies(guest),
        Stage::Hooks => {
            let target = |row: &u32| Target { row: *row, port: 0 };
            let decision = Decision {
                primary: "default".to_owned(),
                targets: first.iter().map(target).collect(),
                set_headers: Vec::new(),
            };
            let ended = |ending, number| Ended {
                ending,
                status: 200,
                prompt_tokens: number,
                cached_tokens: number,
                completion_tokens: number,
                first_token_ms: number,
                total_ms: number,
            };
            vec![
                Question::Picked { decision },
                Question::ResponseStarted { status: 200 },
                Question::ResponseEnded {
                    ended: ended(Ending::Complete, 10.0),
                },
                Question::ResponseEnded {
                    ended: ended(Ending::ClientLeft, f64::NAN),
                },
            ]
        }
    }
}

/// What model servers may answer to each planned fetch: nothing, nonsense, an error, and its families.
fn bodies(guest: &Guest) -> Vec<Question> {
    let fetches = (0_u32..).zip(guest.fetches());
    fetches
        .flat_map(|(fetch, planned)| {
            let families = planned.families.iter();
            let families: String = families
                .map(|family| format!("# HELP {family} A metric.\n# TYPE {family} gauge\n{family}{{gpu=\"0\"}} 1.5\n"))
                .collect();
            let body = |status, body: &[u8]| Question::Parse {
                fetch,
                status,
                elapsed_ms: 3,
                body: body.to_vec(),
            };
            [
                body(200, families.as_bytes()),
                body(200, b""),
                body(200, b"\xff\xfe not an exposition {{{\n}}} nan"),
                body(503, b"busy"),
            ]
        })
        .collect()
}
