//! What goes wrong with plans, and what the picker is after it: no worse off than before.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use crate::live::{
    CONFIG, FIRST, LAST, data_dir, destination, load, names, only, start, start_with,
    with_component,
};
use crate::manners::scraper;
use crate::support::guest::Guest;
use crate::support::http;
use crate::support::picker::Picker;
use crate::support::wait;

/// The watch looks twice a second.
const LOOKS: Duration = Duration::from_millis(1600);

fn ready(picker: &Picker) -> String {
    http::get(picker.metrics, "/readyz").text()
}

fn component(directory: &TempDir) -> PathBuf {
    directory.path().join("mine.wasm")
}

/// A picker whose document was edited to name a component, and that was brought back from it.
fn gone_back(directory: &TempDir) -> Picker {
    let component = component(directory);
    std::fs::write(&component, only(true)).unwrap();
    let picker = start(directory, &[data_dir(directory)]);
    let number = || picker.metric("switchyard_plan_number");
    let config = directory.path().join("config.yaml");
    std::fs::write(config, with_component(&component)).unwrap();
    wait::for_value("the plan's number", number, |seen| *seen == 2.0);
    let back = http::ask(picker.admin, "POST /admin/plan/rollback", "", "");
    assert_eq!(back.json(), json!({ "plan": 3, "of": 1 }));
    picker
}

#[test]
fn a_rollback_stays_until_somebody_edits() {
    let directory = TempDir::new().unwrap();
    let picker = gone_back(&directory);
    let number = || picker.metric("switchyard_plan_number");
    std::thread::sleep(LOOKS);
    assert_eq!((number(), destination(&picker)), (3.0, "both".to_owned()));

    std::fs::write(component(&directory), only(false)).unwrap();
    wait::for_value("the plan's number", number, |seen| *seen == 4.0);
    assert_eq!(destination(&picker), FIRST);
}

#[test]
fn a_rollback_stays_over_restarts_until_somebody_edits() {
    let directory = TempDir::new().unwrap();
    drop(gone_back(&directory));

    let component = component(&directory);
    let second = start_with(
        &directory,
        &[data_dir(&directory)],
        with_component(&component),
    );
    assert_eq!(destination(&second), "both");
    let number = || second.metric("switchyard_plan_number");
    let before = number();
    std::fs::write(&component, only(false)).unwrap();
    wait::for_value("the plan's number", number, |seen| *seen == before + 1.0);
    assert_eq!(destination(&second), FIRST);
}

#[test]
fn a_document_that_comes_back_after_a_rollback_counts() {
    let directory = TempDir::new().unwrap();
    let first = gone_back(&directory);
    // What runs already, so it makes no new plan; but somebody edited.
    std::fs::write(directory.path().join("config.yaml"), CONFIG).unwrap();
    std::thread::sleep(LOOKS);
    assert_eq!(first.metric("switchyard_plan_number"), 3.0);
    drop(first);

    let again = with_component(&component(&directory));
    let second = start_with(&directory, &[data_dir(&directory)], again);
    assert_eq!(destination(&second), LAST);
}

#[test]
fn a_picker_that_starts_again_with_a_bad_document_goes_on_as_before() {
    let directory = TempDir::new().unwrap();
    let flags = [data_dir(&directory)];
    let first = start(&directory, &flags);
    assert_eq!(load(&first, "mine", &only(true)).status, 200);
    drop(first);

    let missing = with_component(&directory.path().join("missing.wasm"));
    for (document, words) in [("plugins: [", "config.yaml"), (&missing, "missing.wasm")] {
        let picker = start_with(&directory, &flags, document.to_owned());
        assert_eq!(destination(&picker), LAST);
        let told = ready(&picker);
        assert!(told.starts_with("ready") && told.contains(words), "{told}");
        // That somebody loads a plugin does not mend the document.
        assert_eq!(load(&picker, "mine", &only(true)).status, 200);
        assert!(ready(&picker).contains(words));
        std::fs::write(directory.path().join("config.yaml"), CONFIG).unwrap();
        let told = || ready(&picker);
        wait::for_value("no refusal", told, |told| !told.contains("refused"));
        assert_eq!(destination(&picker), LAST);
    }
}

#[test]
fn a_load_that_does_not_fit_any_more_takes_no_other_with_it() {
    let directory = TempDir::new().unwrap();
    let flags = [data_dir(&directory)];
    let first = start(&directory, &flags);
    assert_eq!(load(&first, "tied", &only(false)).status, 200);
    let free = http::ask(first.admin, "POST /admin/plugins/free", "", only(true));
    assert_eq!(free.status, 200, "{}", free.text());
    drop(first);

    let renamed = CONFIG.replace("name: default", "name: chat");
    let second = start_with(&directory, &flags, renamed);
    let known = names(&second);
    assert!(known.contains(&"free".to_owned()), "{known:?}");
    assert!(!known.contains(&"tied".to_owned()), "{known:?}");
    assert_eq!(destination(&second), LAST);
    let log = second.process.log();
    assert!(
        log.contains("no profile `default` for `tied`"),
        "the log says which"
    );
}

#[test]
fn what_is_no_part_of_a_profile_is_loaded_all_the_same() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    let broken = |guest: Guest, function| guest.body(function, "(unreachable)");
    let hooks = || Guest::new(&["hooks"]);
    let decider = || Guest::new(&["decider"]);
    let temperature = || scraper(&["scraper"], "mine/temperature");
    for (name, guest) in [
        ("hooks", hooks()),
        ("decider", decider()),
        ("scraper", temperature()),
    ] {
        let loaded = load(&picker, name, &guest.build());
        assert_eq!(loaded.status, 200, "{name}: {}", loaded.text());
    }
    for (guest, words) in [
        (broken(hooks(), "picked"), "first call as hooks: trap"),
        (
            broken(hooks(), "response-ended"),
            "first call as hooks: trap",
        ),
        (broken(decider(), "decider"), "first call as decider: trap"),
        (
            broken(temperature(), "parse"),
            "first call as scraper: trap",
        ),
    ] {
        let loaded = load(&picker, "broken", &guest.build());
        assert_eq!(loaded.status, 422, "{words}: {}", loaded.text());
        assert!(loaded.text().contains(words), "{}", loaded.text());
    }
    assert_eq!(destination(&picker), "both");
}

#[test]
fn more_plugins_than_there_is_room_for_are_refused_in_words() {
    let directory = TempDir::new().unwrap();
    let component = directory.path().join("mine.wasm");
    std::fs::write(&component, Guest::new(&["filter"]).build()).unwrap();
    let picker = start(&directory, &[]);
    let known = names(&picker).len();
    let with = |more: usize| {
        let plugins = (0..more).map(|at| {
            let file = component.display();
            format!("- {{type: t{at}, name: p{at}, component: {{file: {file}}}}}\n")
        });
        let plugins: String = plugins.collect();
        let document = CONFIG.replace(
            "schedulingProfiles:",
            &format!("{plugins}schedulingProfiles:"),
        );
        std::fs::write(directory.path().join("config.yaml"), document).unwrap();
    };
    let number = || picker.metric("switchyard_plan_number");
    // Twice, because a swap needs room for both plans.
    for (more, plan) in [(64, 2.0), (63, 3.0), (64, 4.0)] {
        with(more);
        wait::for_value("the plan's number", number, |seen| *seen == plan);
    }
    with(65);
    let told = wait::for_value(
        "a refusal",
        || ready(&picker),
        |told| told.contains("refused"),
    );
    let words = format!(
        "found {} plugins, expected at most {}",
        known + 65,
        known + 64
    );
    assert!(told.contains(&words), "{told}");
    with(0);
    wait::for_value("the plan's number", number, |seen| *seen == 5.0);
    assert_eq!(destination(&picker), "both");
}

#[test]
fn a_web_page_cannot_change_a_picker() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    let origin = "origin: https://somewhere.example\r\n";
    for request in [
        "POST /admin/plugins/mine",
        "POST /admin/plan/rollback",
        "DELETE /admin/plugins/mine",
    ] {
        let refused = http::ask(picker.admin, request, origin, only(true));
        assert_eq!(refused.status, 403, "{request}: {}", refused.text());
    }
    assert_eq!(picker.metric("switchyard_plan_number"), 1.0);
    let seen = http::ask(picker.admin, "GET /admin/plugins", origin, "");
    assert_eq!(seen.status, 200);
}
