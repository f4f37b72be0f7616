//! Plugins and configurations that change while the picker runs.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::extproc::{self, Stream};
use crate::support::guest::Guest;
use crate::support::http::{self, Answer, Client};
use crate::support::picker::{Picker, PickerOptions};
use crate::support::stage::endpoint;
use crate::support::wait;

pub(crate) const FIRST: &str = "127.0.0.1:8000";
pub(crate) const LAST: &str = "127.0.0.1:8001";
pub(crate) const CONFIG: &str = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- {type: queue-scorer}
schedulingProfiles:
- {name: default, plugins: [{pluginRef: queue-scorer}]}
";

/// Keeps the first of the rows it is offered, or the last.
pub(crate) fn only(last: bool) -> Vec<u8> {
    let first = "(call $answer (local.get 0) (i32.const 1))";
    let after = "(call $answer (i32.add (local.get 0) (i32.mul (i32.sub (local.get 1) (i32.const 1)) (i32.const 4))) (i32.const 1))";
    let body = if last { after } else { first };
    Guest::new(&["filter"]).body("keep", body).build()
}

pub(crate) fn start(directory: &TempDir, flags: &[String]) -> Picker {
    start_with(directory, flags, CONFIG.to_owned())
}

pub(crate) fn start_with(directory: &TempDir, flags: &[String], config: String) -> Picker {
    let options = PickerOptions {
        config,
        endpoints: vec![endpoint(8000), endpoint(8001)],
        flags: flags.to_vec(),
    };
    Picker::start(directory.path(), &options)
}

pub(crate) fn data_dir(directory: &TempDir) -> String {
    format!("--data-dir={}", directory.path().join("data").display())
}

/// Where requests go; all of some go to the same.
pub(crate) fn destination(picker: &Picker) -> String {
    extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        let mut seen = Vec::new();
        for number in 0..12 {
            let mut stream = Stream::open(&channel, &format!("request-{number}")).await;
            stream
                .body(br#"{"model":"m","prompt":"hello"}"#, true)
                .await;
            seen.push(stream.decision().await.unwrap());
        }
        let first = seen[0].clone();
        let all = seen.iter().all(|destination| *destination == first);
        if all { first } else { "both".to_owned() }
    })
}

pub(crate) fn load(picker: &Picker, name: &str, component: &[u8]) -> Answer {
    let request = format!("POST /admin/plugins/{name}?profile=default&by=me");
    http::ask(picker.admin, &request, "", component)
}

pub(crate) fn names(picker: &Picker) -> Vec<String> {
    let plugins = picker.page("/admin/plugins");
    let plugins = plugins.as_array().unwrap().iter();
    plugins
        .map(|plugin| plugin["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_plugin_is_loaded_replaced_unloaded_and_gone_back_to() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    assert_eq!(destination(&picker), "both");

    let loaded = load(&picker, "mine", &only(true));
    assert_eq!(loaded.status, 200, "{}", loaded.text());
    assert_eq!(loaded.json()["plan"], 2);
    assert_eq!(loaded.json()["plugin"]["loaded"]["by"], "me");
    assert_eq!(destination(&picker), LAST);

    // Another build of it takes its place.
    assert_eq!(load(&picker, "mine", &only(false)).json()["plan"], 3);
    assert_eq!(destination(&picker), FIRST);
    let mine = names(&picker).iter().filter(|name| *name == "mine").count();
    assert_eq!(mine, 1);

    let back = http::ask(picker.admin, "POST /admin/plan/rollback?by=me", "", "");
    assert_eq!(back.json(), json!({ "plan": 4, "of": 2 }));
    assert_eq!(destination(&picker), LAST);

    let gone = http::ask(picker.admin, "DELETE /admin/plugins/mine?by=me", "", "");
    assert_eq!(gone.json(), json!({ "plan": 5 }));
    assert_eq!(destination(&picker), "both");
    let again = http::ask(picker.admin, "DELETE /admin/plugins/mine", "", "");
    assert_eq!(again.status, 404);
    assert_eq!(again.json()["error"], "no plugin `mine` is loaded: none is");

    let plans = picker.page("/admin/plans");
    let told: Vec<(u64, &str, bool)> = plans
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| {
            let number = plan["plan"].as_u64().unwrap();
            let current = plan["current"].as_bool().unwrap();
            (number, plan["by"].as_str().unwrap(), current)
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "start", false),
            (2, "me loaded mine", false),
            (3, "me loaded mine", false),
            (4, "me went back to plan 2", false),
            (5, "me unloaded mine", true),
        ]
    );
    assert_eq!(picker.metric("switchyard_plan_number"), 5.0);
}

#[test]
fn a_plugin_in_shadow_mode_changes_nothing_and_says_what_it_would() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    let request = "POST /admin/plugins/mine?profile=default&mode=shadow";
    let loaded = http::ask(picker.admin, request, "", only(true));
    assert_eq!(loaded.status, 200, "{}", loaded.text());
    assert_eq!(loaded.json()["plugin"]["mode"], "shadow");
    assert_eq!(destination(&picker), "both");
    let shadow = || picker.plugin("mine")["shadow"].clone();
    let asked = wait::for_value("shadow decisions", shadow, |seen| seen["asked"] == 12);
    let changed = asked["would_change"].as_u64().unwrap();
    // It would have sent all to one of two, and about half went there anyway.
    assert!((1..12).contains(&changed), "{asked}");
    assert_eq!(asked["faults"], 0);
    let counted = r#"switchyard_shadow_decisions_total{outcome="changed",plugin_name="mine",plugin_type="mine"}"#;
    assert_eq!(picker.metric(counted), changed as f64);

    // Another build is another plugin, and one that counts is no shadow.
    let next = http::ask(picker.admin, request, "", only(false));
    assert_eq!(next.status, 200, "{}", next.text());
    assert_eq!(picker.plugin("mine")["shadow"], Value::Null);
    assert_eq!(load(&picker, "mine", &only(true)).status, 200);
    assert_eq!(picker.plugin("mine")["shadow"], Value::Null);
}

#[test]
fn what_is_no_good_changes_nothing_and_says_why() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[data_dir(&directory)]);
    let endless = "(loop $for_ever (br $for_ever)) (unreachable)";
    let newer = Guest::scorer("(unreachable)").version("0.2.0").build();
    let cases: [(&str, Vec<u8>, u16, &str); 5] = [
        ("text", b"hello".to_vec(), 422, "plugin `text`"),
        ("newer", newer, 422, "0.2.0"),
        (
            "traps",
            Guest::scorer("(unreachable)").build(),
            422,
            "broke in its first call as scorer: trap",
        ),
        (
            "loops",
            Guest::scorer(endless).build(),
            422,
            "broke in its first call as scorer: deadline",
        ),
        ("queue-scorer", only(true), 409, "change it there"),
    ];
    for (name, component, status, words) in cases {
        let answer = load(&picker, name, &component);
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        assert!(answer.text().contains(words), "{name}: {}", answer.text());
    }
    // Refused for its length alone, before a byte of it is there.
    let mut client = Client::new(picker.admin);
    let head =
        "POST /admin/plugins/huge HTTP/1.1\r\nhost: e2e\r\ncontent-length: 200000000\r\n\r\n";
    client.write(head.as_bytes()).unwrap();
    assert_eq!(client.head().unwrap().status, 413);

    let nowhere = http::ask(
        picker.admin,
        "POST /admin/plugins/mine?profile=defalt",
        "",
        only(true),
    );
    assert_eq!(nowhere.status, 422);
    assert_eq!(
        nowhere.json()["error"],
        "there is no profile `defalt` for `mine`: the configuration has default"
    );
    assert_eq!(picker.metric("switchyard_plan_number"), 1.0);
    assert_eq!(picker.metric("switchyard_plan_change_refused"), 1.0);
    let ready = http::get(picker.metrics, "/readyz");
    assert_eq!(ready.status, 200);
    assert!(ready.text().contains("defalt"), "{}", ready.text());
    assert_eq!(destination(&picker), "both");
    let kept = std::fs::read_dir(directory.path().join("data/components"));
    assert_eq!(kept.unwrap().count(), 0, "nothing of what was refused");
}

#[test]
fn edits_of_the_configuration_and_of_components_are_followed() {
    let directory = TempDir::new().unwrap();
    let component = directory.path().join("mine.wasm");
    std::fs::write(&component, only(true)).unwrap();
    let picker = start(&directory, &[]);
    let config = directory.path().join("config.yaml");
    let number = |expected: f64| {
        let seen = || picker.metric("switchyard_plan_number");
        wait::for_value("the plan's number", seen, |seen| *seen == expected);
    };

    std::fs::write(&config, with_component(&component)).unwrap();
    number(2.0);
    assert_eq!(destination(&picker), LAST);

    // Renamed over, as compilers and package managers do.
    let next = directory.path().join("next.wasm");
    std::fs::write(&next, only(false)).unwrap();
    std::fs::rename(&next, &component).unwrap();
    number(3.0);
    assert_eq!(destination(&picker), FIRST);

    let refused = || picker.metric(r#"switchyard_plan_changes_total{outcome="refused"}"#);
    let huge = directory.path().join("huge.wasm");
    std::fs::File::create(&huge)
        .unwrap()
        .set_len(200_000_000)
        .unwrap();
    std::fs::write(&config, with_component(&huge)).unwrap();
    wait::for_value("a refusal", refused, |refused| *refused == 1.0);
    let shown = picker.page("/debug/plugins")["refused"]["reason"].clone();
    let shown = shown.as_str().unwrap();
    assert!(
        shown.contains("larger than 64 MiB, the most a component may have"),
        "{shown}"
    );

    // Mended where it was wrong; the document stays as it is.
    std::fs::write(&huge, only(false)).unwrap();
    number(4.0);
    assert_eq!(destination(&picker), FIRST);

    std::fs::write(&config, "plugins: [").unwrap();
    wait::for_value("a refusal", refused, |refused| *refused == 2.0);
    let ready = http::get(picker.metrics, "/readyz").text();
    assert!(ready.contains("the latest change was refused"), "{ready}");
    assert_eq!(destination(&picker), FIRST);

    // Back to the component as it was, though its file is another one by now.
    let back = http::ask(picker.admin, "POST /admin/plan/rollback?to=2", "", "");
    assert_eq!(back.json(), json!({ "plan": 5, "of": 2 }));
    assert_eq!(destination(&picker), LAST);
}

pub(crate) fn with_component(file: &Path) -> String {
    let plugin = format!(
        "- {{type: mine, component: {{file: {}}}}}\n",
        file.display()
    );
    CONFIG
        .replace(
            "schedulingProfiles:\n",
            &format!("{plugin}schedulingProfiles:\n"),
        )
        .replace("[{pluginRef", "[{pluginRef: mine}, {pluginRef")
}

#[test]
fn loads_and_plans_outlive_the_process_until_the_configuration_names_them() {
    let directory = TempDir::new().unwrap();
    let flags = [data_dir(&directory)];
    let first = start(&directory, &flags);
    assert_eq!(load(&first, "mine", &only(true)).status, 200);
    drop(first);

    let second = start(&directory, &flags);
    assert_eq!(destination(&second), LAST);
    assert_eq!(second.plugin("mine")["loaded"]["by"], "me");
    let back = http::ask(second.admin, "POST /admin/plan/rollback?to=1", "", "");
    assert_eq!(back.json()["of"], 1, "{}", back.text());
    drop(second);

    let third = start(&directory, &flags);
    assert_eq!(destination(&third), "both", "the rollback counts");
    assert_eq!(load(&third, "mine", &only(true)).status, 200);

    let component = directory.path().join("mine.wasm");
    std::fs::write(&component, only(false)).unwrap();
    let config = directory.path().join("config.yaml");
    std::fs::write(config, with_component(&component)).unwrap();
    let loaded = || third.plugin("mine")["loaded"].clone();
    wait::for_value("a superseded load", loaded, Value::is_null);
    assert_eq!(destination(&third), FIRST);
    assert!(third.process.log().contains("supersedes"));
}

#[test]
fn a_load_after_a_rollback_does_not_bring_the_document_back() {
    let directory = TempDir::new().unwrap();
    let flags = [data_dir(&directory)];
    let component = directory.path().join("mine.wasm");
    std::fs::write(&component, only(true)).unwrap();
    let first = start(&directory, &flags);
    let config = directory.path().join("config.yaml");
    std::fs::write(&config, with_component(&component)).unwrap();
    let number = || first.metric("switchyard_plan_number");
    wait::for_value("the plan's number", number, |seen| *seen == 2.0);
    assert_eq!(destination(&first), LAST);
    let back = http::ask(first.admin, "POST /admin/plan/rollback", "", "");
    assert_eq!(back.status, 200, "{}", back.text());
    assert_eq!(load(&first, "other", &only(false)).status, 200);
    assert_eq!(destination(&first), FIRST);
    drop(first);

    // The document still names the filter that was gone back from.
    let second = start_with(&directory, &flags, with_component(&component));
    assert_eq!(destination(&second), FIRST);
    assert!(!names(&second).contains(&"mine".to_owned()));
}

#[test]
fn without_its_token_nobody_changes_or_sees_anything() {
    let directory = TempDir::new().unwrap();
    let token = directory.path().join("token");
    std::fs::write(&token, "secret\n").unwrap();
    let flags = [format!("--admin-token-file={}", token.display())];
    let picker = start(&directory, &flags);
    for (headers, status) in [
        ("", 401),
        ("authorization: Bearer wrong\r\n", 401),
        ("authorization: Bearer secret\r\n", 200),
        ("authorization: bearer secret\r\n", 200),
    ] {
        for request in [
            "GET /debug/plugins",
            "GET /debug/decisions",
            "GET /debug/config",
            "GET /debug/endpoints",
            "GET /admin/plans",
            "POST /admin/plugins/mine",
            "DELETE /admin/plugins/mine",
            "POST /admin/plan/rollback",
        ] {
            let answer = http::ask(picker.admin, request, headers, only(true));
            assert_eq!(answer.status, status, "{request}: {}", answer.text());
        }
    }
}
