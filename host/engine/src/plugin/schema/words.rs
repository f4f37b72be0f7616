//! Mistakes in settings, in words: what was found, what is expected.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::paths::{Location, LocationSegment};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use super::Diagnostic;

/// Values are shown up to here.
const MOST_SHOWN: usize = 60;
/// The least likeness of two names of which one was meant.
const ALIKE: f64 = 0.6;

/// Tells one mistake, or those that it comes from.
pub(super) fn tell(mistake: &ValidationError<'_>, schema: &Value, into: &mut Vec<Diagnostic>) {
    let at = path(mistake.instance_path());
    let mut add = |path: String, message: String| into.push(Diagnostic { path, message });
    match mistake.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = siblings(mistake, schema);
            for name in unexpected {
                add(below(&at, name), unknown(name, &known));
            }
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            add(
                below(&at, name),
                "found nothing, expected a value: it is required".to_owned(),
            );
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            match meant(context, mistake) {
                Some(branch) => branch.iter().for_each(|inner| tell(inner, schema, into)),
                None => add(at, one_of(mistake, context)),
            }
        }
        Kind::PropertyNames { error } => add(at, format!("a name in it: {}", sentence(error))),
        _ => add(at, sentence(mistake)),
    }
}

/// `steps[1].weight`.
pub(super) fn path(location: &Location) -> String {
    location
        .iter()
        .fold(String::new(), |path, segment| match segment {
            LocationSegment::Property(name) => below(&path, &name),
            LocationSegment::Index(at) => format!("{path}[{at}]"),
        })
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// A value, shortened.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "a mapping".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        value => {
            let text = value.to_string();
            match text.char_indices().nth(MOST_SHOWN) {
                None => text,
                Some((cut, _)) => format!("{}...", &text[..cut]),
            }
        }
    }
}

fn sentence(mistake: &ValidationError<'_>) -> String {
    let found = shown(mistake.instance());
    let expected = match mistake.kind() {
        Kind::Type { kind } => types(kind),
        Kind::Enum { options } => listed(options.as_array().into_iter().flatten().map(shown)),
        Kind::Constant { expected_value } => shown(expected_value),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("text of at least {limit} characters"),
        Kind::MaxLength { limit } => format!("text of at most {limit} characters"),
        Kind::Pattern { pattern } => format!("text that matches `{pattern}`"),
        Kind::Format { format } => format!("text in the format `{format}`"),
        Kind::MinItems { limit } => format!("at least {limit} items"),
        Kind::MaxItems { limit } => format!("at most {limit} items"),
        Kind::UniqueItems => "no item twice".to_owned(),
        Kind::FalseSchema => "nothing here".to_owned(),
        // Rare in settings; the library has words for them.
        _ => return format!("found {found}: {mistake}"),
    };
    format!("found {found}, expected {expected}")
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => type_name(*kind).to_owned(),
        TypeKind::Multiple(kinds) => {
            let names: Vec<&str> = kinds.iter().map(type_name).collect();
            names.join(" or ")
        }
    }
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "a mapping",
        JsonType::String => "text",
    }
}

fn listed(options: impl Iterator<Item = String>) -> String {
    let options: Vec<String> = options.collect();
    match options.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// The names that the object with the unknown one may have.
fn siblings<'s>(mistake: &ValidationError<'_>, schema: &'s Value) -> Vec<&'s str> {
    let keyword = mistake.schema_path().as_str();
    let parent = keyword.rsplit_once('/').map_or("", |(parent, _)| parent);
    let known = schema
        .pointer(parent)
        .and_then(|parent| parent.get("properties"));
    let known = known.and_then(Value::as_object).into_iter().flatten();
    known.map(|(name, _)| name.as_str()).collect()
}

fn unknown(name: &str, known: &[&str]) -> String {
    let alike = |known: &str| strsim::normalized_damerau_levenshtein(name, known);
    let near = known.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)));
    let expected = match known {
        [] => "none".to_owned(),
        known => known.join(", "),
    };
    match near.filter(|near| alike(near) >= ALIKE) {
        Some(near) => {
            format!("found an unknown setting, expected one of {expected}; did you mean `{near}`?")
        }
        None => format!("found an unknown setting, expected one of {expected}"),
    }
}

/// Of several ways to write a setting the one that was meant: the only one whose kind of value it is.
fn meant<'c>(
    context: &'c [Vec<ValidationError<'static>>],
    mistake: &ValidationError<'_>,
) -> Option<&'c [ValidationError<'static>]> {
    let at = mistake.instance_path().as_str();
    let here = |inner: &ValidationError<'_>| inner.instance_path().as_str() == at;
    let another = |inner: &ValidationError<'_>| {
        here(inner)
            && matches!(
                inner.kind(),
                Kind::Type { .. } | Kind::Constant { .. } | Kind::Enum { .. }
            )
    };
    let mut fitting = context.iter().filter(|branch| !branch.iter().any(another));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first.as_slice())
}

fn one_of(mistake: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>]) -> String {
    let mut ways: Vec<String> = Vec::new();
    for inner in context.iter().flatten() {
        let more = match inner.kind() {
            Kind::Type { kind } => vec![types(kind)],
            Kind::Constant { expected_value } => vec![shown(expected_value)],
            Kind::Enum { options } => options
                .as_array()
                .into_iter()
                .flatten()
                .map(shown)
                .collect(),
            _ => continue,
        };
        for way in more {
            if !ways.contains(&way) {
                ways.push(way);
            }
        }
    }
    let found = shown(mistake.instance());
    if ways.is_empty() {
        return format!("found {found}: {mistake}");
    }
    format!("found {found}, expected {}", listed(ways.into_iter()))
}
