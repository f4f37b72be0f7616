//! What componentize-py says when a plugin's modules cannot be imported, as an author wants to read it.

use std::path::{Path, PathBuf};

/// The traceback alone, with paths as seen from the plugin's folder. In the interpreter the folders of modules are named
/// by their number.
pub(super) fn shown(said: &str, folders: &[PathBuf], plugin: &Path) -> String {
    let mut shown = traceback(said).to_owned();
    for (number, folder) in folders.iter().enumerate() {
        let seen = folder.strip_prefix(plugin).unwrap_or(folder).join("");
        shown = shown.replace(&format!("\"/{number}/"), &format!("\"{}", seen.display()));
    }
    shown.push('\n');
    shown
}

/// The innermost traceback; where there is none, all that was said.
fn traceback(said: &str) -> &str {
    let own = said.split("\nAssertionError: ").nth(1);
    let own = own.and_then(|rest| rest.split("\nCaused by:").next());
    own.map(str::trim)
        .filter(|own| !own.is_empty())
        .unwrap_or(said.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    #[track_caller]
    fn check(said: &str, expected: &Expect) {
        let folders = [
            "/home/me/fair/.switchyard/sdk/python",
            "/home/me/fair",
            "/tmp/entry",
        ];
        let folders = folders.map(PathBuf::from);
        expected.assert_eq(&shown(said, &folders, Path::new("/home/me/fair")));
    }

    #[test]
    fn a_traceback_is_shown_without_what_stands_around_it() {
        let said = r#"Traceback (most recent call last):
  File "/tools/bin/componentize-py", line 8, in <module>
    sys.exit(script())
             ^^^^^^^^
AssertionError: Traceback (most recent call last):
  File "/0/switchyard_sdk/component.py", line 29, in <module>
    _author = import_module("plugin")
  File "/1/plugin.py", line 20, in <module>
    PLUGIN = PLUGINN
             ^^^^^^^
NameError: name 'PLUGINN' is not defined. Did you mean: 'PLUGIN'?


Caused by:
    NameError: name 'PLUGINN' is not defined
"#;
        check(
            said,
            &expect![[r#"
            Traceback (most recent call last):
              File ".switchyard/sdk/python/switchyard_sdk/component.py", line 29, in <module>
                _author = import_module("plugin")
              File "plugin.py", line 20, in <module>
                PLUGIN = PLUGINN
                         ^^^^^^^
            NameError: name 'PLUGINN' is not defined. Did you mean: 'PLUGIN'?
        "#]],
        );
    }

    #[test]
    fn anything_else_is_shown_whole() {
        check(
            "error: unexpected argument '--wit'\n",
            &expect![[r#"
            error: unexpected argument '--wit'
        "#]],
        );
        let trapped = "Traceback\n  sys.exit(script())\nAssertionError: \n\nCaused by:\n    wasm trap: unreachable\n";
        check(
            trapped,
            &expect![[r#"
            Traceback
              sys.exit(script())
            AssertionError: 

            Caused by:
                wasm trap: unreachable
        "#]],
        );
    }
}
