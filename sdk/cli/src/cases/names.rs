//! The names of numbers: a misspelt one would never be read, and its case would pass or fail for nothing.

use std::collections::BTreeMap;

use switchyard_engine::Needs;
use switchyard_scheduler::REQUEST_SCALARS;

use super::Case;

/// The columns of the contract.
const COLUMNS: [&str; 16] = [
    "waiting-requests",
    "running-requests",
    "kv-cache-usage",
    "kv-cache-blocks",
    "kv-block-tokens",
    "lora-max",
    "lora-running/size",
    "lora-waiting/size",
    "lora-running/has-model",
    "lora-waiting/has-model",
    "in-flight-requests",
    "in-flight-tokens",
    "prefix-match-blocks",
    "kv-match-blocks/gpu",
    "kv-match-blocks/cpu",
    "metrics-age-ms",
];

/// What a scraper of somebody's own may fill.
const OWN: &str = "custom/";

/// Refuses names that nobody gives a meaning: neither the contract nor the plugin.
pub(super) fn check(case: &Case, needs: &Needs) -> Result<(), String> {
    let columns = needs.columns.iter().map(|input| input.name.as_str());
    let columns = columns.chain(needs.own_columns.iter().map(String::as_str));
    known("columns", &case.columns, columns.collect(), &COLUMNS)?;
    let scalars = needs.scalars.iter().map(|input| input.name.as_str());
    known("scalars", &case.scalars, scalars.collect(), REQUEST_SCALARS)
}

fn known<T>(
    field: &str,
    given: &BTreeMap<String, T>,
    plugins: Vec<&str>,
    contracts: &[&'static str],
) -> Result<(), String> {
    let is_known =
        |name: &str| name.starts_with(OWN) || plugins.contains(&name) || contracts.contains(&name);
    let Some(name) = given.keys().find(|name| !is_known(name)) else {
        return Ok(());
    };
    let reads = match plugins.as_slice() {
        [] => "the plugin names none".to_owned(),
        names => format!("the plugin names {}", names.join(", ")),
    };
    let all = plugins.iter().chain(contracts).copied();
    let meant = switchyard_config::nearest(name, all)
        .map(|meant| format!("; did you mean `{meant}`?"))
        .unwrap_or_default();
    Err(format!(
        "{field}: `{name}` is known neither to the contract nor to the plugin, and is not `{OWN}...`; {reads}{meant}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in the first column of the table under this heading.
    fn documented(heading: &str) -> Vec<String> {
        let text = include_str!("../../../../docs/contract.md");
        let (_, section) = text.split_once(heading).unwrap();
        let section = section.split("\n## ").next().unwrap();
        let cells = section.lines().filter_map(|line| line.split('|').nth(1));
        let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.retain(|name| !name.starts_with(OWN));
        names.sort_unstable();
        names
    }

    fn sorted(names: &[&str]) -> Vec<String> {
        let mut names: Vec<String> = names.iter().map(ToString::to_string).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn they_are_those_of_the_contracts_page() {
        assert_eq!(sorted(&COLUMNS), documented("\n## Columns\n"));
        assert_eq!(sorted(REQUEST_SCALARS), documented("\n## Scalars\n"));
    }
}
