//! The files of a new plugin, from the templates of its language, the cases of its stages and the SDK.

use std::path::Path;

use switchyard_build::contract::{self, Stage};
use switchyard_build::language::Language;

use super::{Plan, rust};
use crate::brought;
use crate::embedded::{CASES, File, RUST_VERSION, SCHEMARS, SERDE, templates};
use crate::template::render;

/// Paths and texts.
pub(super) fn of(plan: &Plan) -> Vec<(String, String)> {
    let stages = &plan.stages;
    let places = places(plan);
    let places: Vec<(&str, &str)> = places
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let wanted = |file: &&File| stage_of(file.path).is_none_or(|stage| stages.contains(&stage));
    let mut files: Vec<(String, String)> = templates(plan.language)
        .iter()
        .filter(wanted)
        .map(|file| (destination(file.path), render(file.text, stages, &places)))
        .collect();
    let cases = CASES.iter().filter(wanted);
    files.extend(cases.map(|file| (format!("cases/{}", file.path), file.text.to_owned())));
    if plan.language == Language::Rust {
        files.push(("Cargo.lock".to_owned(), rust::lock(plan.name.as_str())));
    }
    files.extend(brought::files(plan.language));
    files
}

/// The stages that the language has templates for, in the order of the contract.
pub(super) fn offered(language: Language) -> Vec<Stage> {
    let files = templates(language);
    let has = |stage: &Stage| files.iter().any(|file| stage_of(file.path) == Some(*stage));
    Stage::ALL.into_iter().filter(has).collect()
}

/// The stage that a file is about by its name, such as `src/scorer.rs`, `scorer_test.go` or `test_scorer.py`.
pub(super) fn stage_of(path: &str) -> Option<Stage> {
    let name = Path::new(path).file_name()?.to_str()?;
    let stem = name.split('.').next()?;
    let stem = stem.strip_prefix("test_").unwrap_or(stem);
    let stem = stem.strip_suffix("_test").unwrap_or(stem).replace('_', "-");
    Stage::ALL.into_iter().find(|stage| stage.name() == stem)
}

/// Where a template's file goes.
fn destination(path: &str) -> String {
    let path = path.strip_suffix(".in").unwrap_or(path);
    match path {
        "gitignore" => ".gitignore".to_owned(),
        _ => path.to_owned(),
    }
}

/// What is filled in.
fn places(plan: &Plan) -> Vec<(&'static str, String)> {
    let (name, stages) = (plan.name.as_str(), &plan.stages);
    let quoted: Vec<String> = stages.iter().map(|stage| format!("\"{stage}\"")).collect();
    let identifiers: Vec<String> = stages.iter().map(|stage| stage.identifier()).collect();
    vec![
        ("name", name.to_owned()),
        ("name_snake", name.replace('-', "_")),
        ("NamePascal", pascal(name)),
        (
            "summary",
            format!("A Switchyard plugin: {}", contract::listed(stages)),
        ),
        ("stages", quoted.join(", ")),
        ("files", listed_files(plan)),
        ("parameters", parameters(plan)),
        ("export", rust::export(&identifiers)),
        ("uses", rust::uses(stages)),
        ("rust-version", RUST_VERSION.to_owned()),
        ("schemars", SCHEMARS.to_owned()),
        ("serde", SERDE.to_owned()),
    ]
}

/// `TenantFairness` of `tenant-fairness`.
fn pascal(name: &str) -> String {
    name.split('-')
        .flat_map(|word| {
            let first = word.chars().take(1).flat_map(char::to_uppercase);
            first.chain(word.chars().skip(1))
        })
        .collect()
}

/// The files that hold the rules, each with its stage; not their tests.
pub(super) fn rules(plan: &Plan) -> Vec<(String, Stage)> {
    let found = templates(plan.language).iter().filter_map(|file| {
        let stage = stage_of(file.path)?;
        let name = Path::new(file.path).file_name()?.to_str()?;
        let is_test = name.contains("test");
        (plan.stages.contains(&stage) && !is_test).then(|| (destination(file.path), stage))
    });
    let mut rules: Vec<_> = found.collect();
    rules.sort_by_key(|(_, stage)| *stage);
    rules
}

/// The rows of the stages in the README's table.
fn listed_files(plan: &Plan) -> String {
    let rows = rules(plan);
    let rows = rows
        .iter()
        .map(|(path, stage)| format!("| `{path}` | the rule of the stage {stage} |\n"));
    rows.collect()
}

/// The example settings of `plugin.toml` on one line of YAML.
fn parameters(plan: &Plan) -> String {
    let manifest = templates(plan.language)
        .iter()
        .find(|file| file.path == "plugin.toml.in");
    let manifest = manifest.map_or_else(String::new, |file| render(file.text, &plan.stages, &[]));
    let settings = manifest.lines();
    let settings = settings
        .skip_while(|line| *line != "[settings]")
        .skip(1)
        .take_while(|line| !line.is_empty());
    let pairs: Vec<String> = settings.map(|line| line.replacen(" =", ":", 1)).collect();
    format!("{{{}}}", pairs.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_stage() {
        let check = |path: &str, want: Option<Stage>| assert_eq!(stage_of(path), want, "{path}");
        check("src/scorer.rs", Some(Stage::Scorer));
        check("scorer_test.go", Some(Stage::Scorer));
        check("tests/test_picker.py", Some(Stage::Picker));
        check("scorer.test.js", Some(Stage::Scorer));
        check("src/profile_handler.rs", Some(Stage::ProfileHandler));
        check("profile-handler.yaml", Some(Stage::ProfileHandler));
        check("src/lib.rs.in", None);
        check("plugin.toml.in", None);
    }

    #[test]
    fn a_name_has_its_forms() {
        assert_eq!(pascal("tenant-fairness"), "TenantFairness");
        assert_eq!(pascal("a"), "A");
    }
}
