//! Compiled code is kept, used again, and not trusted.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use switchyard_engine::{Engine, EngineError, EngineOptions};

use crate::guest::Guest;

fn engine(dir: &Path) -> Result<Engine, EngineError> {
    Engine::new(EngineOptions {
        cache_dir: Some(dir.to_owned()),
        max_instances: 4,
        ..EngineOptions::default()
    })
}

fn file(dir: &Path) -> PathBuf {
    let files = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut code: Vec<PathBuf> = files
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "cwasm")
        })
        .collect();
    assert_eq!(code.len(), 1, "one compiled file");
    code.remove(0)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn compiled_code_is_kept_for_this_user_only() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("compiled");
    let bytes = Guest::new(&["scorer"]).build();
    assert!(!engine(&dir).unwrap().load(&bytes).unwrap().from_cache());
    assert!(engine(&dir).unwrap().load(&bytes).unwrap().from_cache());
    assert_eq!((mode(&dir), mode(&file(&dir))), (0o700, 0o600));
}

/// Spoils the file in some way: it is compiled again, and after that the cache is good again.
fn check(what: &str, spoil: impl FnOnce(&Path)) {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("compiled");
    let bytes = Guest::new(&["scorer"]).build();
    engine(&dir).unwrap().load(&bytes).unwrap();
    spoil(&file(&dir));
    assert!(
        !engine(&dir).unwrap().load(&bytes).unwrap().from_cache(),
        "{what} is used"
    );
    assert!(
        engine(&dir).unwrap().load(&bytes).unwrap().from_cache(),
        "{what} is not mended"
    );
}

#[test]
fn spoilt_files_are_compiled_again() {
    check("a truncated file", |path| {
        let code = fs::read(path).unwrap();
        fs::write(path, &code[..code.len() / 2]).unwrap();
    });
    check("a file with one bit turned", |path| {
        let mut code = fs::read(path).unwrap();
        let middle = code.len() / 2;
        code[middle] ^= 1;
        fs::write(path, code).unwrap();
    });
    check("a file that others may write", |path| {
        fs::set_permissions(path, fs::Permissions::from_mode(0o666)).unwrap();
    });
    check("a file without its checksum", |path| {
        fs::remove_file(path.with_extension("sha256")).unwrap();
    });
    check("a file of another user", |path| {
        // Only root can give a file away; for everyone else the mode tells the same story.
        if std::os::unix::fs::chown(path, Some(65534), None).is_err() {
            fs::set_permissions(path, fs::Permissions::from_mode(0o622)).unwrap();
        }
    });
}

#[test]
fn a_directory_open_to_others_is_refused() {
    let root = tempfile::tempdir().unwrap();
    fs::set_permissions(root.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let error = engine(root.path()).unwrap_err().to_string();
    assert!(
        error.contains("mode 777 let others write compiled code"),
        "{error}"
    );
    assert!(error.contains("name another"), "{error}");
}
