//! Every item of the contract is documented: interfaces, their types and functions, and worlds.
//!
//! The fields of a record may speak for themselves; what is there to be called or built may not.

use std::path::Path;

use wit_parser::{Docs, Resolve};

use super::InvariantError;

/// Checks the package in `directory`.
pub(super) fn check(directory: &Path) -> Result<Vec<String>, InvariantError> {
    let mut resolve = Resolve::default();
    resolve
        .push_dir(directory)
        .map_err(|error| InvariantError::Contract(format!("{error:#}")))?;
    Ok(undocumented(&resolve))
}

fn undocumented(resolve: &Resolve) -> Vec<String> {
    let mut items: Vec<(String, &Docs)> = Vec::new();
    for (_, interface) in &resolve.interfaces {
        let name = interface.name.as_deref().unwrap_or("(without a name)");
        items.push((format!("interface {name}"), &interface.docs));
        for (function, it) in &interface.functions {
            items.push((format!("{name}.{function}"), &it.docs));
        }
        for (ty, id) in &interface.types {
            let it = &resolve.types[*id];
            // `use` makes an alias of a type that is documented where it stands.
            if !matches!(
                it.kind,
                wit_parser::TypeDefKind::Type(wit_parser::Type::Id(_))
            ) {
                items.push((format!("{name}.{ty}"), &it.docs));
            }
        }
    }
    for (_, world) in &resolve.worlds {
        items.push((format!("world {}", world.name), &world.docs));
    }
    items
        .into_iter()
        .filter(|(_, docs)| {
            docs.contents
                .as_deref()
                .is_none_or(|text| text.trim().is_empty())
        })
        .map(|(name, _)| format!("wit/: {name} is not documented"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, expected: &[&str]) {
        let mut resolve = Resolve::default();
        resolve
            .push_str("a.wit", &format!("package a:b;\n{text}"))
            .unwrap();
        assert_eq!(undocumented(&resolve), expected, "{text}");
    }

    #[test]
    fn items_without_documentation_are_found() {
        check_text(
            "/// A.\ninterface a {\n/// B.\nb: func();\n/// C.\nrecord c { d: u8 }\n}",
            &[],
        );
        check_text("interface a {}", &["wit/: interface a is not documented"]);
        check_text(
            "/// A.\ninterface a { b: func(); }",
            &["wit/: a.b is not documented"],
        );
        check_text(
            "/// A.\ninterface a { enum b { c } }",
            &["wit/: a.b is not documented"],
        );
        check_text("world a {}", &["wit/: world a is not documented"]);
    }

    #[test]
    fn a_type_is_documented_where_it_stands() {
        check_text(
            "/// A.\ninterface a {\n/// B.\nrecord b { c: u8 }\n}\n/// D.\ninterface d { use a.{b}; }",
            &[],
        );
    }
}
