//! From a template to a file: parts for some stages only, and places to fill in.
//!
//! A line `//@ if scorer hooks` (or `#@ if`, for files where that is a comment) begins a part that stays
//! if the plugin has one of these stages, where any are named, and none of those with a `!` before them;
//! `//@ end` ends it. Parts may stand in one another. `{{name}}` is a place to fill in.

use switchyard_build::contract::Stage;

/// Fills in a template. What a place does not find stays as it is, where a test sees it.
pub fn render(template: &str, stages: &[Stage], places: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    // Whether each part around the line stays.
    let mut around: Vec<bool> = Vec::new();
    for line in template.split_inclusive('\n') {
        match mark(line) {
            Some(Mark::If(condition)) => around.push(holds(condition, stages)),
            Some(Mark::End) => drop(around.pop()),
            None if around.iter().all(|stays| *stays) => text.push_str(line),
            None => {}
        }
    }
    for (name, value) in places {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    text
}

enum Mark<'a> {
    If(&'a str),
    End,
}

fn mark(line: &str) -> Option<Mark<'_>> {
    let line = line.trim();
    let rest = line.strip_prefix("//@ ").or(line.strip_prefix("#@ "))?;
    match rest.strip_prefix("if ") {
        Some(condition) => Some(Mark::If(condition)),
        None => (rest == "end").then_some(Mark::End),
    }
}

fn holds(condition: &str, stages: &[Stage]) -> bool {
    let has = |name: &str| stages.iter().any(|stage| stage.name() == name);
    let (unwanted, wanted): (Vec<&str>, Vec<&str>) =
        condition.split(' ').partition(|word| word.starts_with('!'));
    let refused = unwanted
        .iter()
        .any(|word| has(word.trim_start_matches('!')));
    !refused && (wanted.is_empty() || wanted.into_iter().any(has))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stay_for_their_stages() {
        let template = "a\n//@ if scorer hooks\nb\n  //@ if !hooks scorer\nc\n  //@ end\n#@ end\nd";
        let check = |stages: &[Stage], want: &str| {
            assert_eq!(render(template, stages, &[]), want, "{stages:?}");
        };
        check(&[Stage::Scorer], "a\nb\nc\nd");
        check(&[Stage::Hooks], "a\nb\nd");
        check(&[Stage::Hooks, Stage::Scorer], "a\nb\nd");
        check(&[Stage::Picker], "a\nd");
        let template = "//@ if !scorer\na\n//@ end\nb";
        assert_eq!(render(template, &[Stage::Scorer], &[]), "b");
        assert_eq!(render(template, &[Stage::Picker], &[]), "a\nb");
    }

    #[test]
    fn places_are_filled_in() {
        let text = render("use x::{{{uses}}}; {{other}}", &[], &[("uses", "a, b")]);
        assert_eq!(text, "use x::{a, b}; {{other}}");
    }
}
