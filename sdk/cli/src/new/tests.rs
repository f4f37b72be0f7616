use std::fs;
use std::io::Cursor;

use expect_test::{Expect, expect};

use super::*;

fn options(name: &str, stages: &[Stage], dir: &Path) -> Options {
    Options {
        name: Some(name.parse().unwrap()),
        stages: stages.to_vec(),
        language: Some(Language::Rust),
        dir: Some(dir.to_path_buf()),
    }
}

#[test]
fn every_combination_is_filled_in_whole() {
    let dir = tempfile::tempdir().unwrap();
    // Each set of stages is a number whose bits are the stages.
    for set in 1..1_u32 << Stage::ALL.len() {
        let stages: Vec<Stage> = Stage::ALL
            .into_iter()
            .filter(|stage| set & (1 << *stage as u32) != 0)
            .collect();
        let plan = Plan {
            name: "a".parse().unwrap(),
            stages: stages.clone(),
            language: Language::Rust,
        };
        let files = files::of(&plan);
        for (path, text) in files.iter().filter(|(path, _)| !path.starts_with('.')) {
            assert!(!text.is_empty(), "{path} of {stages:?}");
            for left in ["{{", "}}", "//@", "#@"] {
                let found = text.lines().find(|line| line.contains(left));
                assert_eq!(found, None, "{path} of {stages:?}");
            }
        }
        let manifest = files.iter().find(|(path, _)| path == "plugin.toml");
        fs::write(dir.path().join("plugin.toml"), &manifest.unwrap().1).unwrap();
        let manifest = crate::manifest::Manifest::read(dir.path()).unwrap();
        assert_eq!(manifest.stages, stages);
        assert!(!manifest.settings.is_empty() && !manifest.limits.is_empty());
    }
}

#[test]
fn the_readme_fits_one_screen() {
    let plan = Plan {
        name: "a".parse().unwrap(),
        stages: Stage::ALL.to_vec(),
        language: Language::Rust,
    };
    let files = files::of(&plan);
    let (_, readme) = files.iter().find(|(path, _)| path == "README.md").unwrap();
    assert!(readme.lines().count() <= 40, "{readme}");
    assert!(
        readme.contains("header: \"x-served-by\", fallbacks: 1"),
        "{readme}"
    );
}

#[test]
fn what_was_made_is_told() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("new/one");
    let stages = [Stage::Hooks, Stage::Scorer, Stage::Hooks];
    let said = make(options("tenant-fairness", &stages, &dir), None).unwrap();
    let told = format!("{}next: {}\n", said.text, said.next);
    expect![[r#"
        tenant-fairness is in ROOT/new/one: scorer, hooks
          src/lib.rs     who the plugin is, its settings, what it reads
          src/scorer.rs  the rule of the stage scorer, and its tests
          src/hooks.rs   the rule of the stage hooks, and its tests
        next: cd ROOT/new/one && cargo test && switchyard plugin build
    "#]]
    .assert_eq(&told.replace(&root.path().display().to_string(), "ROOT"));
    for file in ["Cargo.toml", ".switchyard/wit/types.wit", "src/hooks.rs"] {
        assert!(dir.join(file).is_file(), "{file}");
    }
    assert!(!dir.join("src/picker.rs").exists());
}

#[test]
fn an_existing_folder_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let error = make(options("a", &[Stage::Scorer], dir.path()), None).unwrap_err();
    let told = error.to_string();
    expect![[r#"DIR exists already, and nothing in it was touched; choose another NAME, or another folder with `--dir DIR`"#]].assert_eq(&told.replace(&dir.path().display().to_string(), "DIR"));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    assert!(!error.is_usage());
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    let check = |options: Options, expected: &Expect| {
        let error = make(options, None).unwrap_err();
        assert!(error.is_usage());
        expected.assert_eq(&error.to_string());
    };
    let whole = options("a", &[Stage::Scorer], Path::new("/no/where"));
    let name = Options {
        name: None,
        ..whole.clone()
    };
    check(
        name,
        &expect![[
            r#"NAME is missing: expected a name such as tenant-fairness; such as `switchyard plugin new tenant-fairness --stage scorer --lang rust`"#
        ]],
    );
    let stages = Options {
        stages: Vec::new(),
        ..whole.clone()
    };
    check(
        stages,
        &expect![[
            r#"--stage is missing: expected one or several of filter, scorer, picker, decider, profile-handler, scraper, hooks; such as `switchyard plugin new tenant-fairness --stage scorer --lang rust`"#
        ]],
    );
    let language = Options {
        language: None,
        ..whole
    };
    check(
        language,
        &expect![[
            r#"--lang is missing: expected a language: rust; such as `switchyard plugin new tenant-fairness --stage scorer --lang rust`"#
        ]],
    );
}

#[test]
fn a_person_is_asked_until_the_answer_will_do() {
    let mut asked = Vec::new();
    let mut answers = Cursor::new("A b\nfair\nscroer\nhooks, scorer\nrust\n");
    let plan = ask::complete(Options::default(), Some((&mut answers, &mut asked))).unwrap();
    assert_eq!(plan.name.as_str(), "fair");
    assert_eq!(plan.stages, [Stage::Scorer, Stage::Hooks]);
    let asked = String::from_utf8(asked).unwrap();
    expect![[r#"
        NAME, a name such as tenant-fairness: `A b` cannot be a plugin's name: allowed are lower-case letters, digits and single hyphens between them, beginning with a letter, at most 64 characters; such as `tenant-fairness`
        NAME, a name such as tenant-fairness: --stage, one or several of filter, scorer, picker, decider, profile-handler, scraper, hooks: `scroer` is not a stage
        --stage, one or several of filter, scorer, picker, decider, profile-handler, scraper, hooks: --lang, a language: rust: "#]].assert_eq(&asked);
    let gone = ask::complete(
        Options::default(),
        Some((&mut Cursor::new(""), &mut Vec::new())),
    );
    assert!(gone.is_err_and(|error| error.is_usage()));
}
