//! The page of a small contract, and when one is stale.

use expect_test::expect;
use tempfile::TempDir;

use super::{PAGE, check, page, write};

/// A repository with a contract and nothing else.
fn repository() -> TempDir {
    let root = TempDir::new().unwrap();
    std::fs::create_dir(root.path().join("wit")).unwrap();
    std::fs::create_dir(root.path().join("docs")).unwrap();
    say(
        &root,
        "types",
        "package a:b@0.1.0;\n\n/// What is shared.\ninterface types {\n  /// A no.\n  record fault {\n    /// Either `a|b`,\n    /// or nothing.\n    code: u32,\n  }\n  /// How loud.\n  enum level {\n    /// Hardly.\n    low,\n  }\n}\n",
    );
    say(
        &root,
        "stages",
        "// What there is.\n//\n// And how.\n\n/// Gives numbers.\ninterface scorer {\n  use types.{fault};\n  /// One per row.\n  score: func(rows: list<u32>, name: option<string>) -> result<list<f64>, fault>;\n  /// Ends.\n  stop: func() -> result<_, fault>;\n}\n\n/// A scorer.\nworld plugin { import types; export scorer; }\n",
    );
    root
}

fn say(root: &TempDir, file: &str, text: &str) {
    let path = root.path().join("wit").join(file).with_extension("wit");
    std::fs::write(path, text).unwrap();
}

#[test]
fn every_item_stands_on_the_page() {
    let root = repository();
    expect![[r#"
        # Contract reference

        Every item of `a:b@0.1.0`: what it means, its unit, when it is called and what a failure means. [The plugin
        contract](contract.md) says why it has this shape, and which columns and scalars there are.

        This page is made of the comments in `wit/` by `cargo xtask contract-page`; edit those.

        ## wit/types.wit

        ### interface `types`

        What is shared.

        #### record `fault`

        A no.

        | field | type | |
        |---|---|---|
        | `code` | `u32` | Either `a\|b`, or nothing. |

        #### enum `level`

        How loud.

        | case | |
        |---|---|
        | `low` | Hardly. |

        ## wit/stages.wit

        What there is.

        And how.

        ### interface `scorer`

        Gives numbers.

        #### `scorer.score`

        ```wit
        score: func(rows: list<u32>, name: option<string>) -> result<list<f64>, fault>;
        ```

        One per row.

        #### `scorer.stop`

        ```wit
        stop: func() -> result<_, fault>;
        ```

        Ends.

        ### world `plugin`

        A scorer.

        Imports: `types`.

        Exports: `scorer`.
    "#]].assert_eq(&page(&root.path().join("wit")).unwrap());
}

#[test]
fn a_page_that_says_something_else_is_stale() {
    let root = repository();
    let stale = Some(format!(
        "{PAGE} is not what wit/ says; `cargo xtask contract-page` makes it anew"
    ));
    assert_eq!(check(root.path()).unwrap(), stale, "there is none");
    write(root.path()).unwrap();
    assert_eq!(check(root.path()).unwrap(), None);
    say(
        &root,
        "more",
        "/// A new one.\ninterface more {\n  /// Asks.\n  ask: func();\n}\n",
    );
    assert_eq!(check(root.path()).unwrap(), stale);
}

#[test]
fn of_a_contract_that_does_not_parse_there_is_no_page() {
    let root = repository();
    say(&root, "broken", "interface {");
    let error = page(&root.path().join("wit")).unwrap_err().to_string();
    assert!(error.contains("expected an identifier"), "{error}");
}
