//! What installs a compiler: the packages of Debian where this may install them, else zig beside the other tools.

use std::path::Path;

use super::compiler::MODULE;
use crate::shell;
use crate::tools::{self, Lack};

/// The zig that is installed: a Python package by its version.
const ZIG: &str = "0.17.1";

/// Its folder among the tools.
pub(super) const FOLDER: &str = "c-ziglang-0.17.1";

/// The compiler, the linker, the library and the compiler's runtime for wasm, which is of the compiler's version.
const BY_APT: &str = "apt-get update -qq && apt-get install --yes --no-install-recommends clang lld wasi-libc && \
    apt-get install --yes --no-install-recommends libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev-wasm32";

/// A compiler that is not as it must be.
pub(super) fn lack(tool: &'static str, found: String) -> Lack {
    Lack {
        tool,
        found,
        expected: format!("clang with wasi-libc, or zig {ZIG}"),
        install: command(may_install_packages(), &tools::folder().join(FOLDER)),
    }
}

/// Zig compiles its C library at its first use, which belongs to the installation.
fn command(packages: bool, environment: &Path) -> String {
    if packages {
        return BY_APT.to_owned();
    }
    format!(
        "{} && cd {} && echo 'int one;' > one.c && \
         ZIG_GLOBAL_CACHE_DIR=\"$PWD/cache\" bin/python -m ziglang cc {MODULE} -o one.wasm one.c",
        shell::environment("python3", environment, &[&format!("ziglang=={ZIG}")]),
        shell::word(environment)
    )
}

/// Whether this is root on a system of Debian's kind.
fn may_install_packages() -> bool {
    let root = tools::last_line("id".as_ref(), &["-u"]).is_ok_and(|user| user == "0");
    root && tools::find("apt-get", &[]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_named_for_the_version() {
        assert!(FOLDER.ends_with(ZIG));
    }

    #[test]
    fn who_may_not_install_packages_gets_zig() {
        expect_test::expect![[r#"python3 -m venv /tools/c-ziglang-0.17.1 && /tools/c-ziglang-0.17.1/bin/pip install --quiet --disable-pip-version-check ziglang==0.17.1 && cd /tools/c-ziglang-0.17.1 && echo 'int one;' > one.c && ZIG_GLOBAL_CACHE_DIR="$PWD/cache" bin/python -m ziglang cc --target=wasm32-wasi -mexec-model=reactor -O2 -o one.wasm one.c"#]].assert_eq(&command(false, &Path::new("/tools").join(FOLDER)));
        assert_eq!(command(true, Path::new("/tools")), BY_APT);
    }
}
