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

/// A line with a place or a mark of the template left in it.
fn unfilled(text: &str) -> Option<&str> {
    let place = |line: &&str| {
        let after = line.split("{{").skip(1);
        after.into_iter().any(|rest| {
            let name = rest.split("}}").next().unwrap_or_default();
            let is_name = |letter: char| letter.is_ascii_alphabetic() || "_-".contains(letter);
            !name.is_empty() && name.len() < rest.len() && name.chars().all(is_name)
        })
    };
    let mark = |line: &str| line.contains("//@") || line.contains("#@");
    text.lines().find(|line| place(line) || mark(line))
}

#[test]
fn every_combination_is_filled_in_whole() {
    let dir = tempfile::tempdir().unwrap();
    for language in Language::ALL {
        let offered = files::offered(language);
        // Each set of stages is a number whose bits are the stages.
        for set in 1..1_u32 << offered.len() {
            let stages: Vec<Stage> = (0..offered.len())
                .filter(|bit| set & (1 << bit) != 0)
                .map(|bit| offered[bit])
                .collect();
            let plan = Plan {
                name: "a".parse().unwrap(),
                stages: stages.clone(),
                language,
            };
            let files = files::of(&plan);
            for (path, text) in files.iter().filter(|(path, _)| !path.starts_with('.')) {
                assert_eq!(unfilled(text), None, "{path} of {stages:?} in {language}");
            }
            let manifest = files.iter().find(|(path, _)| path == "plugin.toml");
            fs::write(dir.path().join("plugin.toml"), &manifest.unwrap().1).unwrap();
            let manifest = switchyard_build::manifest::Manifest::read(dir.path()).unwrap();
            assert_eq!((&manifest.stages, manifest.language), (&stages, language));
            assert!(!manifest.settings.is_empty() && !manifest.limits.is_empty());
        }
    }
}

#[test]
fn the_usual_stages_are_offered_in_every_language() {
    let usual = [Stage::Filter, Stage::Scorer, Stage::Picker, Stage::Scraper];
    for language in Language::ALL {
        let offered = files::offered(language);
        assert!(
            usual.iter().all(|stage| offered.contains(stage)),
            "{language}"
        );
    }
    assert_eq!(files::offered(Language::Rust), Stage::ALL);
}

#[test]
fn a_stage_without_a_template_is_refused() {
    let Some(language) = Language::ALL
        .into_iter()
        .find(|language| !files::offered(*language).contains(&Stage::Decider))
    else {
        return;
    };
    let mut options = options("a", &[Stage::Decider], Path::new("/no/where"));
    options.language = Some(language);
    let told = make(options, None).unwrap_err().to_string();
    assert!(told.contains("no template for decider"), "{told}");
}

#[test]
fn the_readme_fits_one_screen() {
    for language in Language::ALL {
        let plan = Plan {
            name: "a".parse().unwrap(),
            stages: files::offered(language),
            language,
        };
        let files = files::of(&plan);
        let (_, readme) = files.iter().find(|(path, _)| path == "README.md").unwrap();
        assert!(readme.lines().count() <= 40, "{readme}");
        let settings = "header: \"x-served-by\", fallbacks: 1";
        assert!(readme.contains(settings), "{readme}");
    }
}

#[test]
fn what_was_made_is_told() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("new/one");
    let stages = [Stage::Hooks, Stage::Scorer, Stage::Hooks];
    let said = make(options("tenant-fairness", &stages, &dir), None).unwrap();
    let told = format!("{}next: {}\n", said.text, said.next);
    expect![[r#"
        tenant-fairness is in ROOT/new/one: scorer, hooks, in rust
          src/scorer.rs  the rule of the stage scorer
          src/hooks.rs   the rule of the stage hooks
          plugin.toml    stages, example settings, limits
          cases/         what it must answer, for `switchyard plugin test`
        next: cd ROOT/new/one && cargo test && switchyard plugin test
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
fn where_nothing_can_be_made_is_named() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("afile");
    fs::write(&file, "").unwrap();
    let told = |dir: &Path| {
        let error = make(options("a", &[Stage::Scorer], dir), None).unwrap_err();
        error
            .to_string()
            .replace(&root.path().display().to_string(), "ROOT")
    };
    expect!["ROOT/afile is a file, expected a folder for ROOT/afile/x/y to lie in; choose another place with `--dir DIR`"].assert_eq(&told(&file.join("x/y")));
    // Nobody makes folders there, root neither.
    expect!["/proc/a could not be written: No such file or directory (os error 2); make room for it or its folder writable, or choose another folder with `--dir DIR`"].assert_eq(&told(Path::new("/proc/a")));
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
            r#"--lang is missing: expected one of rust, go, js, ts, python, c; such as `switchyard plugin new tenant-fairness --stage scorer --lang rust`"#
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
        --stage, one or several of filter, scorer, picker, decider, profile-handler, scraper, hooks: --lang, one of rust, go, js, ts, python, c: "#]].assert_eq(&asked);
    let gone = ask::complete(
        Options::default(),
        Some((&mut Cursor::new(""), &mut Vec::new())),
    );
    assert!(gone.is_err_and(|error| error.is_usage()));
}
