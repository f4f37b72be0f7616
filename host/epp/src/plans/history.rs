//! The last plans, over restarts.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::blueprint::Blueprint;
use crate::registries::Pulled;

/// How many plans can be gone back to.
const KEPT: usize = 10;

/// A plan that ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Past {
    /// Counts up from 1, over restarts.
    pub number: u64,
    /// When it was put to work, Unix ms.
    pub at_ms: u64,
    /// What put it to work.
    pub by: String,
    /// The plan that it is again, after somebody went back.
    #[serde(default)]
    pub of: Option<u64>,
    /// What it was made of.
    pub blueprint: Blueprint,
}

impl Past {
    /// The plan that this is, or is again.
    pub fn first(&self) -> u64 {
        self.of.unwrap_or(self.number)
    }
}

/// What a change means for the document that somebody went back from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The document was edited, so it counts again.
    Counts,
    /// As before.
    Stays,
    /// The document that counted until now does not until it is edited: the plan that counts is this one again.
    Behind {
        /// Its number, or that of the plan that it was again.
        of: u64,
    },
}

/// What is known of the plans that ran.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct History {
    /// Oldest first; the last one is the one that runs.
    pub plans: VecDeque<Past>,
    /// The document that somebody went back from: until it changes, the plan that was gone back to counts,
    /// also after a restart.
    pub left: Option<String>,
    #[serde(skip)]
    file: Option<PathBuf>,
}

impl History {
    /// That in `data_dir`, or an empty one.
    ///
    /// One that makes no sense is put aside: a picker without history is better than no picker.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn open(data_dir: Option<&Path>) -> io::Result<Self> {
        let Some(file) = data_dir.map(|dir| dir.join("plans.json")) else {
            return Ok(Self::default());
        };
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let read = bytes.map(|bytes| serde_json::from_slice::<Self>(&bytes));
        let mut history = match read {
            None => Self::default(),
            Some(Ok(history)) => history,
            Some(Err(error)) => {
                let aside = file.with_extension("unreadable");
                std::fs::rename(&file, &aside)?;
                let aside = aside.display().to_string();
                tracing::error!(%error, aside, "the history of plans makes no sense: it begins anew, and what was loaded is gone");
                Self::default()
            }
        };
        history.file = Some(file);
        Ok(history)
    }

    /// The plan that runs.
    pub fn current(&self) -> Option<&Past> {
        self.plans.back()
    }

    /// The plan with this number, or the one before the current one. Where that is an earlier one again, the one before
    /// the earlier one: to go back twice goes back two steps.
    pub fn find(&self, number: Option<u64>) -> Option<&Past> {
        if let Some(number) = number {
            return self.plans.iter().find(|past| past.number == number);
        }
        let current = self.current()?.first();
        let mut latest_first = self.plans.iter().rev();
        latest_first.find(|past| past.number < current)
    }

    /// All that came from registries and is kept.
    pub fn pulled(&self) -> BTreeMap<String, Pulled> {
        let plans = self.plans.iter();
        let pulled = plans.flat_map(|past| past.blueprint.registry.clone());
        pulled.collect()
    }

    /// Adds the plan that runs from now on; the oldest goes. Its number.
    pub fn push(&mut self, blueprint: Blueprint, by: String, left: Left, at_ms: u64) -> u64 {
        let number = self.current().map_or(1, |last| last.number + 1);
        let before = self.left.take();
        let (behind, of) = match left {
            Left::Counts => (None, None),
            Left::Stays => (before, None),
            Left::Behind { of } => {
                let counted = || Some(self.current()?.blueprint.text.clone());
                (before.or_else(counted), Some(of))
            }
        };
        self.left = behind.filter(|text| *text != blueprint.text);
        self.plans.push_back(Past {
            number,
            at_ms,
            by,
            of,
            blueprint,
        });
        while self.plans.len() > KEPT {
            self.plans.pop_front();
        }
        number
    }

    /// Writes it down, whole or not at all.
    ///
    /// # Errors
    /// It cannot be written; what runs is not affected.
    pub fn save(&self) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let half = file.with_extension("half");
        let mut written = File::create(&half)?;
        written.write_all(&serde_json::to_vec_pretty(self)?)?;
        // Before it takes the other's place: else a machine that fails now may keep neither.
        written.sync_all()?;
        std::fs::rename(&half, file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blueprint(text: &str) -> Blueprint {
        Blueprint {
            file: "test".into(),
            text: text.into(),
            loads: Vec::new(),
            files: Default::default(),
            registry: Default::default(),
        }
    }

    #[test]
    fn the_last_ten_are_kept_over_restarts() {
        let dir = tempfile::TempDir::new().unwrap();
        let mut history = History::open(Some(dir.path())).unwrap();
        assert_eq!(history.find(None), None);
        for number in 1..=12 {
            let text = number.to_string();
            let pushed = history.push(blueprint(&text), "test".into(), Left::Counts, 5);
            assert_eq!(pushed, number);
        }
        history.save().unwrap();

        let history = History::open(Some(dir.path())).unwrap();
        let numbers: Vec<u64> = history.plans.iter().map(|past| past.number).collect();
        assert_eq!(numbers, Vec::from_iter(3..=12));
        assert_eq!(history.current().unwrap().blueprint.text, "12");
        assert_eq!(history.find(None).unwrap().number, 11);
        assert_eq!(history.find(Some(4)).unwrap().blueprint.text, "4");
        assert_eq!(history.find(Some(2)), None);
    }

    #[test]
    fn going_back_twice_goes_back_two_steps() {
        let mut history = History::default();
        for text in ["1", "2", "3"] {
            history.push(blueprint(text), "test".into(), Left::Counts, 5);
        }
        for expected in ["2", "1"] {
            let past = history.find(None).unwrap();
            let (text, of) = (past.blueprint.text.clone(), past.first());
            assert_eq!(text, expected);
            history.push(blueprint(&text), "back".into(), Left::Behind { of }, 5);
            assert_eq!(history.left.as_deref(), Some("3"));
        }
        assert_eq!(history.find(None), None);
        history.push(blueprint("6"), "test".into(), Left::Stays, 5);
        assert_eq!(history.left.as_deref(), Some("3"));
        assert_eq!(history.find(None).unwrap().blueprint.text, "1");
    }

    #[test]
    fn one_that_makes_no_sense_is_put_aside() {
        let dir = tempfile::TempDir::new().unwrap();
        std::fs::write(dir.path().join("plans.json"), "{\"plans\": [{").unwrap();
        let mut history = History::open(Some(dir.path())).unwrap();
        assert_eq!(history.current(), None);
        history.push(blueprint("1"), "test".into(), Left::Counts, 5);
        history.save().unwrap();
        assert!(dir.path().join("plans.unreadable").exists());
        assert_eq!(History::open(Some(dir.path())).unwrap().plans.len(), 1);
    }
}
