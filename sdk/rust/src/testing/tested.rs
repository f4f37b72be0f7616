//! A configured plugin, called as the host would call it.

use super::own_column;
use crate::export::about;
use crate::instance::{Instance, picked_rows, target_rows};
use crate::{
    Answer, Column, Decider, Decision, Diagnostics, Ended, Endpoint, Fault, Fetch, Filter, Header,
    Hooks, Needs, Picker, Plugin, ProfileHandler, ProfileResult, Sample, Scalar, Scorer, Scraper,
    Step,
};

/// An instance of a plugin and the numbers the host would give it.
pub struct Tested<P> {
    instance: Instance<P>,
    columns: Vec<(Column, Vec<f64>)>,
    scalars: Vec<(Scalar, f64)>,
}

impl<P: Plugin> Tested<P> {
    /// Configures the plugin with settings in JSON.
    pub fn new(settings: &str) -> Result<Self, Diagnostics> {
        Ok(Self {
            instance: Instance::new(settings)?,
            columns: Vec::new(),
            scalars: Vec::new(),
        })
    }

    /// Tells the plugin of endpoints.
    pub fn endpoints(mut self, endpoints: &[Endpoint]) -> Result<Self, Fault> {
        self.instance.endpoints_changed(endpoints)?;
        Ok(self)
    }

    /// Gives a column, in place of what was given before; its values are those of rows 0, 1, 2 and so
    /// on. An own column that is not given holds what the plugin wrote.
    pub fn column(mut self, column: Column, values: &[f64]) -> Self {
        self.columns.retain(|(known, _)| *known != column);
        self.columns.push((column, values.to_vec()));
        self
    }

    /// Gives a scalar, in place of what was given before.
    pub fn scalar(mut self, scalar: Scalar, value: f64) -> Self {
        self.scalars.retain(|(known, _)| *known != scalar);
        self.scalars.push((scalar, value));
        self
    }

    /// The needs it declared.
    pub fn needs(&self) -> &Needs {
        self.instance.needs()
    }

    /// The JSON Schema of its settings.
    pub fn settings_schema(&self) -> String {
        about::<P>().settings_schema
    }

    /// The instance itself, for whoever measures a call without what this type does around it.
    #[doc(hidden)]
    pub fn instance(&mut self) -> &mut Instance<P> {
        &mut self.instance
    }

    /// The inputs of a call about these rows, as the host lays them out.
    pub fn inputs(&self, rows: &[u32]) -> Vec<f64> {
        let mut inputs = Vec::new();
        for column in self.needs().columns() {
            inputs.extend(rows.iter().map(|&row| self.value(column, row)));
        }
        for scalar in self.needs().scalars() {
            let given = self.scalars.iter().find(|(known, _)| known == scalar);
            inputs.push(given.map_or(f64::NAN, |(_, value)| *value));
        }
        inputs
    }

    fn value(&self, column: &Column, row: u32) -> f64 {
        let given = self.columns.iter().find(|(known, _)| known == column);
        if let Some((_, values)) = given {
            return values.get(row as usize).copied().unwrap_or(f64::NAN);
        }
        let own = self.needs().own_column_position(column.name());
        own.map_or(f64::NAN, |own| own_column(own, row))
    }

    /// Rows 0, 1, 2 and so on, as many as the longest column has values.
    fn rows(&self) -> Vec<u32> {
        let length = self.columns.iter().map(|(_, values)| values.len()).max();
        (0..length.unwrap_or(0) as u32).collect()
    }
}

impl<P: Filter> Tested<P> {
    /// Filters these rows.
    pub fn keep(&mut self, rows: &[u32]) -> Result<Vec<u32>, Fault> {
        let inputs = self.inputs(rows);
        self.instance.keep(rows, &inputs)
    }
}

impl<P: Scorer> Tested<P> {
    /// Scores the rows of the columns given.
    pub fn score(&mut self) -> Result<Vec<f64>, Fault> {
        let rows = self.rows();
        self.score_rows(&rows)
    }

    /// Scores these rows.
    pub fn score_rows(&mut self, rows: &[u32]) -> Result<Vec<f64>, Fault> {
        let inputs = self.inputs(rows);
        self.instance.score(rows, &inputs)
    }
}

impl<P: Picker> Tested<P> {
    /// Picks among rows 0, 1, 2 and so on with these totals.
    pub fn pick(&mut self, totals: &[f64]) -> Result<Vec<u32>, Fault> {
        let rows: Vec<u32> = (0..totals.len() as u32).collect();
        let inputs = self.inputs(&rows);
        self.instance.pick(&rows, totals, &inputs)
    }
}

impl<P: Decider> Tested<P> {
    /// Asks whether `profile` shall run after these rows were picked.
    pub fn agrees(&mut self, profile: &str, rows: &[u32]) -> Result<bool, Fault> {
        let inputs = self.inputs(rows);
        self.instance.agrees(profile, rows, &inputs)
    }
}

impl<P: ProfileHandler> Tested<P> {
    /// Asks for the profiles after `done`.
    pub fn next(&mut self, done: &[ProfileResult]) -> Result<Vec<Step>, Fault> {
        let rows: Vec<u32> = picked_rows(done).collect();
        let inputs = self.inputs(&rows);
        self.instance.next(done, &inputs)
    }

    /// Asks for the decision.
    pub fn decision(&mut self, done: &[ProfileResult]) -> Result<Decision, Fault> {
        let rows: Vec<u32> = picked_rows(done).collect();
        let inputs = self.inputs(&rows);
        self.instance.decision(done, &inputs)
    }
}

impl<P: Scraper> Tested<P> {
    /// Asks what to fetch.
    pub fn plan(&mut self) -> Result<Vec<Fetch>, Fault> {
        self.instance.plan()
    }

    /// Hands over the answer of the first fetch for this endpoint.
    pub fn parse(&mut self, row: u32, status: u16, body: &[u8]) -> Result<Vec<Sample>, Fault> {
        self.instance.parse(&Answer {
            fetch: 0,
            row,
            status,
            elapsed_ms: 1,
            body,
        })
    }
}

impl<P: Hooks> Tested<P> {
    /// Tells of a decision.
    pub fn picked(&mut self, decision: &Decision) -> Result<Vec<Header>, Fault> {
        let rows: Vec<u32> = target_rows(decision).collect();
        let inputs = self.inputs(&rows);
        self.instance.picked(decision, &inputs)
    }

    /// Tells of the response's headers.
    pub fn response_started(&mut self, status: u16) -> Result<Vec<Header>, Fault> {
        self.instance.response_started(status)
    }

    /// Tells of the end.
    pub fn response_ended(&mut self, ended: &Ended) -> Result<(), Fault> {
        self.instance.response_ended(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Endpoints, NoSettings, Request, own_columns, state};

    /// Counts what it picked, in a column of its own.
    struct Counting;

    impl Plugin for Counting {
        const NAME: &'static str = "counting";
        const VERSION: &'static str = "1.0.0";
        const SUMMARY: &'static str = "Counts what it picked";
        type Settings = NoSettings;

        fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
            Ok(Self)
        }

        fn needs(&self) -> Needs {
            Needs::none()
                .own_column("counting/other")
                .own_column("counting/picks")
                .column(Column::Named("counting/picks".into()))
        }
    }

    impl Scorer for Counting {
        fn score(
            &mut self,
            _request: &Request,
            endpoints: &Endpoints<'_>,
            scores: &mut [f64],
        ) -> Result<(), Fault> {
            scores.copy_from_slice(endpoints.column(Column::Named("counting/picks".into())));
            Ok(())
        }
    }

    impl Hooks for Counting {
        fn picked(
            &mut self,
            _request: &Request,
            decision: &Decision,
            _targets: &Endpoints<'_>,
        ) -> Result<Vec<Header>, Fault> {
            own_columns::add(1, decision.targets[0].row, 0.25);
            state::set("last", b"picked", 0)?;
            Ok(Vec::new())
        }
    }

    #[test]
    fn what_one_instance_wrote_another_reads() {
        let decision = Decision::of(&crate::testing::picked("default", &[1]));
        let mut first = Tested::<Counting>::new("{}").unwrap();
        for _ in 0..2 {
            first.picked(&decision).unwrap();
        }
        drop(first);
        let mut second = Tested::<Counting>::new("{}").unwrap();
        let scores = second.score_rows(&[0, 1]).unwrap();
        assert!(scores[0].is_nan(), "nothing was written there");
        assert_eq!(scores[1], 0.5);
        assert!(own_column(0, 1).is_nan());
        assert_eq!(state::get("last").as_deref(), Some(&b"picked"[..]));
        state::remove("last");
        assert_eq!(state::get("last"), None);
    }

    #[test]
    fn a_column_that_is_given_again_takes_the_place_of_the_first() {
        let column = || Column::Named("counting/picks".into());
        let plugin = Tested::<Counting>::new("{}").unwrap();
        let plugin = plugin.column(column(), &[1.0, 2.0]);
        assert_eq!(plugin.column(column(), &[0.5]).score(), Ok(vec![0.5]));
    }
}
