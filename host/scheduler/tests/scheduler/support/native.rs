//! A lane of closures that notes every call.

use std::sync::Arc;

use switchyard_scheduler::{
    Call, CallFault, Decision, Ended, Endpoint, Header, ImportAnswer, Lane, ProfileResult, Request,
    Step,
};

/// A call as a closure sees it; what its kind of call does not carry is empty.
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a Arc<Request>,
    pub(crate) profile: &'a str,
    pub(crate) rows: &'a [u32],
    pub(crate) totals: &'a [f64],
    pub(crate) inputs: &'a [f64],
    pub(crate) done: &'a [ProfileResult],
    /// The handler is asked for its decision, not for steps.
    pub(crate) deciding: bool,
}

/// A closure's answer.
#[derive(Debug)]
pub(crate) enum Said {
    /// What a filter keeps, or a picker picks.
    Rows(Vec<u32>),
    Scores(Vec<f64>),
    Agree(bool),
    Steps(Vec<Step>),
    Decision(Decision),
    Headers(Vec<Header>),
}

type Act = Box<dyn FnMut(&Asked<'_>) -> Result<Said, CallFault>>;

/// One call that was made.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) plugin: String,
    pub(crate) profile: String,
    pub(crate) rows: Vec<u32>,
    pub(crate) inputs: Vec<f64>,
}

#[derive(Default)]
pub(crate) struct Native {
    pub(crate) plugins: Vec<(String, Act)>,
    pub(crate) seen: Vec<Seen>,
    /// Generations that plugins were told of.
    pub(crate) told: Vec<u64>,
    /// Handed over after the next call.
    pub(crate) imports: Vec<ImportAnswer>,
}

impl Native {
    /// The calls of one plugin.
    pub(crate) fn calls(&self, plugin: &str) -> Vec<Seen> {
        self.seen
            .iter()
            .filter(|seen| seen.plugin == plugin)
            .cloned()
            .collect()
    }

    fn ask(&mut self, call: Call<'_>, asked: Asked<'_>) -> Result<Said, CallFault> {
        let (name, act) = &mut self.plugins[call.plugin.0 as usize];
        self.seen.push(Seen {
            plugin: name.clone(),
            profile: call.profile.to_owned(),
            rows: asked.rows.to_vec(),
            inputs: asked.inputs.to_vec(),
        });
        act(&asked)
    }

    fn ask_hook(&mut self, call: Call<'_>, inputs: &[f64]) -> Result<Vec<Header>, CallFault> {
        match self.ask(
            call,
            Asked {
                inputs,
                ..about(call)
            },
        )? {
            Said::Headers(headers) => Ok(headers),
            other => panic!("a hook said {other:?}"),
        }
    }
}

fn about(call: Call<'_>) -> Asked<'_> {
    Asked {
        request: call.request,
        profile: call.profile,
        rows: &[],
        totals: &[],
        inputs: &[],
        done: &[],
        deciding: false,
    }
}

impl Lane for Native {
    fn endpoints_changed(&mut self, generation: u64, _: &[Arc<Endpoint>]) {
        self.told.push(generation);
    }

    fn keep(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        inputs: &[f64],
        keep: &mut Vec<u32>,
    ) -> Result<(), CallFault> {
        match self.ask(
            call,
            Asked {
                rows,
                inputs,
                ..about(call)
            },
        )? {
            Said::Rows(rows) => keep.extend(rows),
            other => panic!("a filter said {other:?}"),
        }
        Ok(())
    }

    fn score(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        inputs: &[f64],
        scores: &mut Vec<f64>,
    ) -> Result<(), CallFault> {
        match self.ask(
            call,
            Asked {
                rows,
                inputs,
                ..about(call)
            },
        )? {
            Said::Scores(said) => scores.extend(said),
            other => panic!("a scorer said {other:?}"),
        }
        Ok(())
    }

    fn pick(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        totals: &[f64],
        inputs: &[f64],
    ) -> Result<Vec<u32>, CallFault> {
        match self.ask(
            call,
            Asked {
                rows,
                totals,
                inputs,
                ..about(call)
            },
        )? {
            Said::Rows(rows) => Ok(rows),
            other => panic!("a picker said {other:?}"),
        }
    }

    fn agree(&mut self, call: Call<'_>, picked: &[u32], inputs: &[f64]) -> Result<bool, CallFault> {
        match self.ask(
            call,
            Asked {
                rows: picked,
                inputs,
                ..about(call)
            },
        )? {
            Said::Agree(agrees) => Ok(agrees),
            other => panic!("a decider said {other:?}"),
        }
    }

    fn next(
        &mut self,
        call: Call<'_>,
        done: &[ProfileResult],
        inputs: &[f64],
    ) -> Result<Vec<Step>, CallFault> {
        match self.ask(
            call,
            Asked {
                done,
                inputs,
                ..about(call)
            },
        )? {
            Said::Steps(steps) => Ok(steps),
            other => panic!("a handler said {other:?}"),
        }
    }

    fn decide(
        &mut self,
        call: Call<'_>,
        done: &[ProfileResult],
        inputs: &[f64],
    ) -> Result<Decision, CallFault> {
        match self.ask(
            call,
            Asked {
                done,
                inputs,
                deciding: true,
                ..about(call)
            },
        )? {
            Said::Decision(decision) => Ok(decision),
            other => panic!("a handler said {other:?}"),
        }
    }

    fn picked(
        &mut self,
        call: Call<'_>,
        _: &Decision,
        inputs: &[f64],
    ) -> Result<Vec<Header>, CallFault> {
        self.ask_hook(call, inputs)
    }

    fn response_started(&mut self, call: Call<'_>, _: u16) -> Result<Vec<Header>, CallFault> {
        self.ask_hook(call, &[])
    }

    fn response_ended(&mut self, call: Call<'_>, _: &Ended) -> Result<(), CallFault> {
        self.ask_hook(call, &[]).map(drop)
    }

    fn take_import_answers(&mut self) -> Vec<ImportAnswer> {
        std::mem::take(&mut self.imports)
    }

    fn last_call_ns(&self) -> u64 {
        self.seen.len() as u64
    }
}
