//! Every folder of `tests/golden` is one configuration and what reading it must say: the summary of a
//! good one, every mistake of a bad one. `UPDATE=1 cargo test` rewrites what is expected.

use std::fs;
use std::path::Path;

/// What reading this document says.
fn outcome(text: &str) -> String {
    match switchyard_config::read("config.yaml", text) {
        Ok(resolved) => resolved.summary(),
        Err(error) => format!("{error}\n"),
    }
}

#[test]
fn every_case_says_what_is_expected() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let update = std::env::var_os("UPDATE").is_some();
    let mut wrong = Vec::new();
    let mut cases = 0;
    for entry in fs::read_dir(&root).unwrap() {
        let case = entry.unwrap().path();
        let text = fs::read_to_string(case.join("config.yaml")).unwrap();
        let expected_path = case.join("expected.txt");
        let actual = outcome(&text);
        cases += 1;
        if update {
            fs::write(&expected_path, actual).unwrap();
        } else if fs::read_to_string(&expected_path).unwrap_or_default() != actual {
            let name = case.file_name().unwrap().to_string_lossy().into_owned();
            wrong.push(format!("--- {name}\n{actual}"));
        }
    }
    assert!(cases >= 30, "only {cases} cases in {}", root.display());
    assert!(
        wrong.is_empty(),
        "these differ from expected.txt (UPDATE=1 rewrites it):\n{}",
        wrong.join("\n")
    );
}

/// A document cut off anywhere is an answer, never a panic.
#[test]
fn truncated_documents_are_answered() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for entry in fs::read_dir(&root).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path().join("config.yaml")).unwrap();
        for (end, _) in text.char_indices().step_by(5) {
            assert!(!outcome(&text[..end]).is_empty());
        }
    }
}

#[test]
fn json_and_yaml_say_the_same() {
    let yaml = "apiVersion: llm-d.ai/v1alpha1\nkind: EndpointPickerConfig\nplugins:\n- type: queue-scorer\n";
    let json = "{\"apiVersion\":\"llm-d.ai/v1alpha1\",\n\t\"kind\":\"EndpointPickerConfig\",\"plugins\":[{\"type\":\"queue-scorer\"}]}";
    assert_eq!(outcome(yaml), outcome(json));
    assert!(outcome(json).contains("queue-scorer x1"));
}

#[test]
fn the_default_is_the_document_that_says_nothing() {
    let resolved = switchyard_config::read("default", switchyard_config::DEFAULT).unwrap();
    let profile = &resolved.profiles[0];
    let weights: Vec<_> = profile
        .entries
        .iter()
        .map(|entry| (&*resolved.plugins[entry.plugin].name, entry.weight))
        .collect();
    assert_eq!(
        weights,
        [
            ("queue-scorer", 2.0),
            ("kv-cache-utilization-scorer", 2.0),
            ("prefix-cache-scorer", 3.0),
            ("max-score-picker", 1.0),
        ]
    );
}

/// Documents made to hurt are refused, quickly.
#[test]
fn hostile_documents_are_refused() {
    let head = switchyard_config::DEFAULT;
    let mut bomb = format!("{head}a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let deep = format!(
        "{head}plugins: {}{}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let deep_json = format!(
        "{{\"plugins\": {}{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    for (what, text) in [("aliases", bomb), ("yaml", deep), ("json", deep_json)] {
        let began = std::time::Instant::now();
        let outcome = outcome(&text);
        assert!(
            outcome.contains("neither YAML nor JSON"),
            "{what}: {outcome}"
        );
        assert!(
            began.elapsed().as_secs() < 10,
            "{what}: {:?}",
            began.elapsed()
        );
    }
}
