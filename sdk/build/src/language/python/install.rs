//! What installs the tools: an environment of their own, with all of them in it.

use super::{Python, TOOL};
use crate::shell;
use crate::tools::Lack;

/// The version that components are made with. It says how the SDK's `component.py` must look.
pub(super) const COMPONENTIZE_PY: &str = "0.25.1";

/// The folder of the environment, in the folder of all tools.
pub(super) const FOLDER: &str = "python-componentize-py-0.25.1";

/// What tests and checks plugins, as in the template's `requirements.txt`.
const CHECKS: [&str; 2] = ["pytest==9.2.0", "ruff==0.17.6"];

/// Debian's way to a Python that can make environments.
pub(super) const PYTHON: &str = "apt-get install --yes python3 python3-venv";

/// No componentize-py, or another one.
pub(super) fn lack(python: &Python, found: String) -> Lack {
    let componentizer = format!("{TOOL}=={COMPONENTIZE_PY}");
    let packages = [componentizer.as_str(), CHECKS[0], CHECKS[1]];
    Lack {
        tool: TOOL,
        found,
        expected: COMPONENTIZE_PY.to_owned(),
        install: shell::environment(&python.python, &python.environment, &packages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_in_the_folder_s_name_and_in_the_template() {
        assert!(FOLDER.ends_with(COMPONENTIZE_PY));
        let template = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../templates/python/requirements.txt"
        );
        let template = std::fs::read_to_string(template).unwrap();
        let pinned: Vec<&str> = template
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        assert_eq!(pinned, CHECKS);
    }
}
