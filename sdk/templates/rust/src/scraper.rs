//! Reads one metric of each endpoint into a column that other plugins can ask for.
//!
//! The host fetches, as often as it fetches everything else, and hands over the lines of the metric alone.

use switchyard_sdk::{Answer, Fault, Fetch, Sample, Scope, Scraper, exposition};

use crate::Rule;

impl Scraper for Rule {
    fn plan(&mut self) -> Result<Vec<Fetch>, Fault> {
        Ok(vec![Fetch {
            name: "metrics".to_owned(),
            scope: Scope::Endpoint,
            scheme: "http".to_owned(),
            // 0 is the endpoint's own port, and the host's own interval and time limit.
            port: 0,
            path: "/metrics".to_owned(),
            interval_ms: 0,
            timeout_ms: 0,
            families: vec![self.settings.metric.clone()],
            columns: vec![self.settings.column.clone()],
            sets: Vec::new(),
            extra: Vec::new(),
        }])
    }

    fn parse(&mut self, answer: &Answer<'_>) -> Result<Vec<Sample>, Fault> {
        if answer.status != 200 {
            let status = answer.status;
            return Err(Fault::cannot_answer(format!(
                "/metrics answered with status {status}, expected 200"
            )));
        }
        let body = std::str::from_utf8(answer.body)
            .map_err(|error| Fault::cannot_answer(format!("/metrics is not text: {error}")))?;
        let mut found = exposition::series(body).filter(|one| one.name == self.settings.metric);
        let value = found.next().map_or(f64::NAN, |one| one.value);
        Ok(vec![Sample {
            rank: 0,
            values: vec![value],
            sets: Vec::new(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{Tested, assert_close};

    fn scraper() -> Tested<Rule> {
        Tested::new("{}").expect("the settings are right")
    }

    #[test]
    fn the_metric_is_asked_for() {
        let plan = scraper().plan().expect("there is always a plan");
        assert_eq!(plan[0].families, ["gpu_temperature_celsius"]);
        assert_eq!(plan[0].columns, ["custom/gpu-temperature"]);
    }

    #[test]
    fn its_value_fills_the_column() {
        let body = "# HELP gpu_temperature_celsius Hottest GPU.\n\
                    gpu_temperature_celsius_max 90\n\
                    gpu_temperature_celsius{gpu=\"0\"} 61.5\n";
        let samples = scraper().parse(0, 200, body.as_bytes());
        assert_close(&samples.expect("the answer is right")[0].values, &[61.5]);
    }

    #[test]
    fn a_metric_that_is_not_there_is_unknown() {
        let samples = scraper().parse(0, 200, b"up 1\n");
        assert!(samples.expect("the answer is right")[0].values[0].is_nan());
    }

    #[test]
    fn any_other_status_is_a_fault() {
        assert!(scraper().parse(0, 404, b"").is_err());
    }
}
