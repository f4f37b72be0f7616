//! Figures as a table, and as JSON.

use switchyard_build::facts::size;
use switchyard_build::table::aligned;

use super::measure::{CallFigures, Figures};

pub(super) fn json(figures: &Figures, other: Option<&Figures>) -> String {
    let value = match other {
        None => serde_json::json!(figures),
        Some(other) => serde_json::json!({"component": figures, "against": other}),
    };
    format!("{value:#}\n")
}

pub(super) fn text(figures: &Figures, other: Option<&Figures>) -> String {
    let mut text = format!("{}: {}\n", figures.file, size(figures.size_bytes));
    if let Some(other) = other {
        text.push_str(&format!(
            "against {}: {}\n",
            other.file,
            size(other.size_bytes)
        ));
    }
    let against = |one: f64, other: Option<f64>| match other {
        None => Vec::new(),
        Some(other) => vec![number(other), format!("{:.2}x", one / other)],
    };
    let mut rows = vec![head(&["", "ms"], other.is_some())];
    let load = |name: &str, of: fn(&Figures) -> f64| {
        let mut row = vec![name.to_owned(), number(of(figures))];
        row.extend(against(of(figures), other.map(of)));
        row
    };
    rows.push(load("load, compiling", |figures| figures.cold_load_ms));
    rows.push(load("load, compiled before", |figures| {
        figures.precompiled_load_ms
    }));
    rows.push(load("start", |figures| figures.start_ms));
    text.push_str(&aligned(&rows));

    let mut rows = vec![head(
        &[
            "a call",
            "endpoints",
            "fuel",
            "bytes copied",
            "memory KiB",
            "ns",
        ],
        other.is_some(),
    )];
    for call in &figures.calls {
        let twin = other.and_then(|other| other.calls.iter().find(|twin| is_twin(call, twin)));
        let mut row = vec![
            call.stage.to_owned(),
            call.endpoints.to_string(),
            call.fuel.to_string(),
            call.copied_bytes.to_string(),
            (call.memory_bytes / 1024).to_string(),
            number(call.ns),
        ];
        row.extend(against(call.ns, twin.map(|twin| twin.ns)));
        rows.push(row);
    }
    text.push_str(&aligned(&rows));
    figures
        .calls
        .iter()
        .filter_map(late)
        .for_each(|late| text.push_str(&late));
    text
}

/// What a picker would do to a call that takes so long.
fn late(call: &CallFigures) -> Option<String> {
    let over = call.ns / call.limit_ns;
    (over > 1.0).then(|| {
        format!(
            "late: a call of the {} with {} endpoints takes {} times `{}` ({} ms); a picker ends such calls, so do less in them or raise the limit\n",
            call.stage,
            call.endpoints,
            number(over),
            call.limit,
            call.limit_ns / 1e6
        )
    })
}

fn is_twin(one: &CallFigures, other: &CallFigures) -> bool {
    (one.stage, one.endpoints) == (other.stage, other.endpoints)
}

fn head(names: &[&str], against: bool) -> Vec<String> {
    let further: &[&str] = if against { &["against", "ratio"] } else { &[] };
    names
        .iter()
        .chain(further)
        .map(ToString::to_string)
        .collect()
}

fn number(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.0}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn figures(ns: f64) -> Figures {
        Figures {
            file: "fair.wasm".to_owned(),
            size_bytes: 2048,
            cold_load_ms: 12.0,
            precompiled_load_ms: 0.25,
            start_ms: 1.0,
            calls: vec![CallFigures {
                stage: "scorer",
                endpoints: 100,
                ns,
                limit: "limits.call",
                limit_ns: 2e6,
                fuel: 1234,
                copied_bytes: 2000,
                memory_bytes: 1 << 20,
            }],
        }
    }

    #[test]
    fn figures_stand_side_by_side() {
        expect![[r#"
            fair.wasm: 2.0 KiB (2048 bytes)
                                     ms
            load, compiling          12
            load, compiled before  0.25
            start                  1.00
            a call  endpoints  fuel  bytes copied  memory KiB   ns
            scorer        100  1234          2000        1024  500
        "#]]
        .assert_eq(&text(&figures(500.0), None));
        let both = text(&figures(500.0), Some(&figures(250.0)));
        assert!(both.contains("500      250  2.00x"), "{both}");
    }

    #[test]
    fn calls_that_a_picker_would_end_are_named() {
        let late = |ns| text(&figures(ns), None).lines().last().map(str::to_owned);
        expect!["late: a call of the scorer with 100 endpoints takes 3.50 times `limits.call` (2 ms); a picker ends such calls, so do less in them or raise the limit"]
            .assert_eq(&late(7e6).unwrap_or_default());
        assert!(late(2e6).is_some_and(|line| line.starts_with("scorer")));
    }

    #[test]
    fn json_holds_all_of_it() {
        let text = json(&figures(500.0), Some(&figures(250.0)));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["component"]["calls"][0]["fuel"], 1234);
        assert_eq!(value["against"]["calls"][0]["ns"], 250.0);
    }
}
