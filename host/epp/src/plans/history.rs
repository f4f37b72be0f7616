//! The last plans, over restarts.

use std::collections::{BTreeMap, VecDeque};
use std::io;
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
    /// What it was made of.
    pub blueprint: Blueprint,
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
    /// # Errors
    /// There is one, and it cannot be read.
    pub fn open(data_dir: Option<&Path>) -> io::Result<Self> {
        let Some(file) = data_dir.map(|dir| dir.join("plans.json")) else {
            return Ok(Self::default());
        };
        let mut history = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice::<Self>(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(error),
        };
        history.file = Some(file);
        Ok(history)
    }

    /// The plan that runs.
    pub fn current(&self) -> Option<&Past> {
        self.plans.back()
    }

    /// The plan with this number, or the one before the current one.
    pub fn find(&self, number: Option<u64>) -> Option<&Past> {
        match number {
            Some(number) => self.plans.iter().find(|past| past.number == number),
            None => self.plans.iter().rev().nth(1),
        }
    }

    /// All that came from registries and is kept.
    pub fn pulled(&self) -> BTreeMap<String, Pulled> {
        let plans = self.plans.iter();
        let pulled = plans.flat_map(|past| past.blueprint.registry.clone());
        pulled.collect()
    }

    /// Adds the plan that runs from now on; the oldest goes. Its number.
    pub fn push(&mut self, blueprint: Blueprint, by: String, at_ms: u64) -> u64 {
        let number = self.current().map_or(1, |last| last.number + 1);
        self.plans.push_back(Past {
            number,
            at_ms,
            by,
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
        std::fs::write(&half, serde_json::to_vec_pretty(self)?)?;
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
            assert_eq!(history.push(blueprint(&text), "test".into(), 5), number);
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
}
