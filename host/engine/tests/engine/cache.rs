//! Compiled code is kept, used again, and not trusted.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use switchyard_engine::{Class, Engine, EngineError, EngineOptions};

use crate::guest::Guest;
use crate::harness::{Bench, score};

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
    check("a file without its label", |path| {
        fs::remove_file(path.with_extension("json")).unwrap();
    });
    check("a file whose label cannot be read", |path| {
        fs::write(path.with_extension("json"), "{}").unwrap();
    });
    check("a file whose label others may write", |path| {
        let label = path.with_extension("json");
        fs::set_permissions(label, fs::Permissions::from_mode(0o666)).unwrap();
    });
    check("a file of another user", |path| {
        // Only root can give a file away; for everyone else the mode tells the same story.
        if std::os::unix::fs::chown(path, Some(65534), None).is_err() {
            fs::set_permissions(path, fs::Permissions::from_mode(0o622)).unwrap();
        }
    });
}

#[test]
fn what_is_kept_needs_no_bytes_and_is_known_as_before() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("compiled");
    let guest = Guest::new(&["scorer", "hooks"]).core(r#"(@producers (language "Go" "1.26"))"#);
    let bytes = guest.build();
    let compiled = engine(&dir).unwrap().load(&bytes).unwrap();
    let again = engine(&dir).unwrap();
    let kept = again.load_kept(compiled.digest()).unwrap();
    assert!(kept.from_cache());
    assert_eq!(kept.class(), Class::Managed);
    assert_eq!(kept.stages(), compiled.stages());
    assert_eq!(kept.size_bytes(), bytes.len());
    let bench = Bench {
        engine: again,
        ..Bench::default()
    };
    let (_, mut lane) = bench.lane_of(&kept);
    assert_eq!(score(&mut lane).unwrap(), [0.25, 0.75]);

    let other = Guest::new(&["filter"]).build();
    let digest = switchyard_engine::digest_of(&other);
    assert!(bench.engine.load_kept(&digest).is_none());
}

#[test]
fn an_engine_that_counts_fuel_has_code_of_its_own() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("compiled");
    let bytes = Guest::new(&["scorer"]).build();
    engine(&dir).unwrap().load(&bytes).unwrap();
    let counting = Engine::new(EngineOptions {
        cache_dir: Some(dir),
        max_instances: 4,
        fuel: true,
        ..EngineOptions::default()
    });
    assert!(!counting.unwrap().load(&bytes).unwrap().from_cache());
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
