//! A plan of closures: what a test says about plugins, columns and profiles, run in one call.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use switchyard_scheduler::record::Record;
use switchyard_scheduler::{
    CallFault, Cause, Decision, Endpoint, Gathered, HeaderSource, OnFault, Outcome, Plan,
    PlanColumn, PlanPlugin, PluginIndex, Profile, Request, Snapshot, Source, Step, Target,
    Weighted, schedule,
};

mod native;
pub(crate) use native::{Asked, Native, Said};

/// Numbers that plugins read, and the plan and lane of plugins that read them.
pub(crate) struct Setup {
    pub(crate) plan: Plan,
    pub(crate) lane: Native,
    pub(crate) gathered: Gathered,
}

impl Setup {
    /// Candidates and a handler that runs the profile `default` and takes what it picked.
    pub(crate) fn new(rows: &[u32]) -> Self {
        let plan = Plan {
            plugins: Vec::new(),
            handler: PluginIndex(0),
            profiles: Vec::new(),
            deciders: Vec::new(),
            hooks: Vec::new(),
            columns: Vec::new(),
            scalars: Vec::new(),
        };
        let gathered = Gathered {
            rows: rows.to_vec(),
            ..Gathered::default()
        };
        let mut setup = Self {
            plan,
            lane: Native::default(),
            gathered,
        };
        setup.plugin("handler", in_turn(vec![vec![step("default", "")]]));
        setup
    }

    pub(crate) fn column(&mut self, name: &str, values: &[f64]) {
        assert_eq!(values.len(), self.gathered.rows.len());
        self.plan.columns.push(PlanColumn {
            name: name.into(),
            source: Source::Request,
        });
        self.gathered.values.extend_from_slice(values);
    }

    pub(crate) fn scalar(&mut self, name: &str, value: f64) {
        self.plan.scalars.push(name.into());
        self.gathered.scalars.push(value);
    }

    pub(crate) fn plugin(
        &mut self,
        name: &str,
        act: impl FnMut(&Asked<'_>) -> Result<Said, CallFault> + 'static,
    ) -> PluginIndex {
        self.plan.plugins.push(PlanPlugin {
            name: name.into(),
            kind: format!("{name}-type").into(),
            digest: "00".into(),
            on_fault: None,
            columns: Vec::new(),
            scalars: Vec::new(),
        });
        self.lane.plugins.push((name.to_owned(), Box::new(act)));
        PluginIndex(self.plan.plugins.len() as u32 - 1)
    }

    /// What a plugin reads, by name.
    pub(crate) fn reads(&mut self, plugin: PluginIndex, columns: &[&str], scalars: &[&str]) {
        let column = |name: &&str| {
            self.plan
                .columns
                .iter()
                .position(|column| &*column.name == *name)
                .unwrap()
        };
        let scalar = |name: &&str| {
            self.plan
                .scalars
                .iter()
                .position(|scalar| &**scalar == *name)
                .unwrap()
        };
        let (columns, scalars) = (
            columns.iter().map(column).collect(),
            scalars.iter().map(scalar).collect(),
        );
        let plugin = &mut self.plan.plugins[plugin.0 as usize];
        (plugin.columns, plugin.scalars) = (columns, scalars);
    }

    pub(crate) fn on_fault(&mut self, plugin: PluginIndex, on_fault: Option<OnFault>) {
        self.plan.plugins[plugin.0 as usize].on_fault = on_fault;
    }

    pub(crate) fn handler(
        &mut self,
        act: impl FnMut(&Asked<'_>) -> Result<Said, CallFault> + 'static,
    ) {
        self.lane.plugins[0].1 = Box::new(act);
    }

    pub(crate) fn profile(
        &mut self,
        name: &str,
        filters: &[PluginIndex],
        scorers: &[(PluginIndex, f64)],
        picker: PluginIndex,
    ) {
        self.plan.profiles.push(Profile {
            name: name.into(),
            filters: filters.to_vec(),
            scorers: scorers
                .iter()
                .map(|(plugin, weight)| Weighted {
                    plugin: *plugin,
                    weight: *weight,
                })
                .collect(),
            picker,
        });
    }

    pub(crate) fn run(&mut self) -> Record {
        self.run_as(&request())
    }

    pub(crate) fn run_as(&mut self, request: &Arc<Request>) -> Record {
        let plan = Arc::new(self.plan.clone());
        schedule(
            &plan,
            &snapshot(&self.gathered.rows),
            &mut self.lane,
            request,
            self.gathered.clone(),
        )
    }

    /// The rows of the decision.
    pub(crate) fn targets(&mut self) -> Vec<u32> {
        let record = self.run();
        record
            .outcome
            .expect("a decision")
            .targets
            .iter()
            .map(|target| target.row)
            .collect()
    }
}

struct NoHeaders;

impl HeaderSource for NoHeaders {
    fn header(&self, _: &str) -> Option<String> {
        None
    }
}

pub(crate) fn request() -> Arc<Request> {
    Arc::new(Request::new(
        "request-1".into(),
        1_000,
        u64::MAX - 1,
        Box::new(NoHeaders),
    ))
}

/// One endpoint a row, each with a port and a label of its own.
pub(crate) fn snapshot(rows: &[u32]) -> Arc<Snapshot> {
    let endpoint = |row: &u32| {
        Arc::new(Endpoint {
            row: *row,
            id: format!("default/server-{row}"),
            name: format!("server-{row}"),
            namespace: "default".into(),
            address: IpAddr::from([10, 0, 0, 1]),
            port: 8000 + *row as u16,
            rank: 0,
            labels: BTreeMap::from([("row".to_owned(), row.to_string())]),
            lease: None,
        })
    };
    Arc::new(Snapshot::new(7, rows.iter().map(endpoint).collect()))
}

pub(crate) fn fault(cause: Cause) -> CallFault {
    CallFault {
        cause,
        message: "it broke".into(),
    }
}

pub(crate) fn step(profile: &str, gate: &str) -> Step {
    Step {
        profile: profile.into(),
        gate: gate.into(),
    }
}

/// A handler that names these profiles, a list a turn, and then takes the first pick.
pub(crate) fn in_turn(
    turns: Vec<Vec<Step>>,
) -> impl FnMut(&Asked<'_>) -> Result<Said, CallFault> + use<> {
    let mut turns = turns.into_iter();
    move |asked| match asked.deciding {
        false => Ok(Said::Steps(turns.next().unwrap_or_default())),
        true => Ok(first_pick(asked)),
    }
}

/// The decision for the first profile that picked.
pub(crate) fn first_pick(asked: &Asked<'_>) -> Said {
    let picked = asked
        .done
        .iter()
        .find(|done| done.outcome == Outcome::Picked);
    Said::Decision(Decision {
        primary: picked.map(|done| done.profile.clone()).unwrap_or_default(),
        targets: picked
            .iter()
            .flat_map(|done| &done.rows)
            .map(|row| Target { row: *row, port: 0 })
            .collect(),
        set_headers: Vec::new(),
    })
}

/// A picker that takes the best total, the last of equals: the other way round than the host.
pub(crate) fn best_last(asked: &Asked<'_>) -> Result<Said, CallFault> {
    let best = asked
        .totals
        .iter()
        .copied()
        .fold(f64::NEG_INFINITY, f64::max);
    let at = asked
        .totals
        .iter()
        .rposition(|total| *total == best)
        .unwrap();
    Ok(Said::Rows(vec![asked.rows[at]]))
}

/// A filter that keeps these rows of those it is offered.
pub(crate) fn keeping(kept: &[u32]) -> impl FnMut(&Asked<'_>) -> Result<Said, CallFault> + use<> {
    let kept = kept.to_vec();
    move |asked| {
        Ok(Said::Rows(
            asked
                .rows
                .iter()
                .copied()
                .filter(|row| kept.contains(row))
                .collect(),
        ))
    }
}

/// A scorer with a score for each row number.
pub(crate) fn scoring(
    scores: &[(u32, f64)],
) -> impl FnMut(&Asked<'_>) -> Result<Said, CallFault> + use<> {
    let scores: BTreeMap<u32, f64> = scores.iter().copied().collect();
    move |asked| {
        Ok(Said::Scores(
            asked.rows.iter().map(|row| scores[row]).collect(),
        ))
    }
}
