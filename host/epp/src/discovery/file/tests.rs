//! With real files, edited in the ways people and Kubernetes edit them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::FileDiscovery;
use crate::discovery::{EndpointSpec, Membership};

#[derive(Default)]
struct Applied(Mutex<Vec<Vec<EndpointSpec>>>);

impl Membership for Applied {
    fn apply(&self, endpoints: Vec<EndpointSpec>) {
        self.0.lock().unwrap().push(endpoints);
    }
}

impl Applied {
    /// The names of the list in use.
    fn names(&self) -> Vec<String> {
        let lists = self.0.lock().unwrap();
        let last = lists.last().into_iter().flatten();
        last.map(|spec| spec.name.clone()).collect()
    }
}

struct Running {
    discovery: FileDiscovery,
    applied: Arc<Applied>,
}

fn list(names: &[&str]) -> String {
    let mut text = "endpoints:\n".to_owned();
    for (index, name) in names.iter().enumerate() {
        let port = 8000 + index;
        text.push_str(&format!(
            "- {{name: {name}, address: 127.0.0.1, port: {port}}}\n"
        ));
    }
    text
}

fn start(path: &Path, watch: bool) -> Running {
    let applied = Arc::new(Applied::default());
    let membership: Arc<dyn Membership> = Arc::clone(&applied) as _;
    let discovery = FileDiscovery::start(path.to_owned(), watch, membership).unwrap();
    Running { discovery, applied }
}

/// A file with one endpoint `a`, being watched.
fn watched() -> (TempDir, PathBuf, Running) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("endpoints.yaml");
    fs::write(&path, list(&["a"])).unwrap();
    let running = start(&path, true);
    assert_eq!(running.applied.names(), ["a"]);
    (folder, path, running)
}

fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::sleep(Duration::from_millis(5));
    }
}

impl Running {
    fn shows(&self, names: &[&str]) {
        eventually(&format!("{names:?}"), || self.applied.names() == names);
        eventually("a status without refusal", || {
            let status = self.discovery.status();
            status.refusal.is_none() && status.endpoints == names.len()
        });
    }

    /// The list in use is still `names`, and the reason says `reason`.
    fn refuses(&self, reason: &str, names: &[&str]) {
        eventually(reason, || {
            let refusal = self.discovery.status().refusal;
            refusal.is_some_and(|refusal| refusal.reason.contains(reason))
        });
        assert_eq!(self.applied.names(), names);
        assert!(self.discovery.status().refused > 0);
    }
}

#[test]
fn an_edit_in_place_is_seen() {
    let (_folder, path, running) = watched();
    fs::write(&path, list(&["a", "b"])).unwrap();
    running.shows(&["a", "b"]);
    assert_eq!(running.discovery.status().applied, 1);
}

#[test]
fn a_rename_over_the_file_is_seen() {
    let (folder, path, running) = watched();
    for names in [&["b"][..], &["b", "c"], &["d"]] {
        let new = folder.path().join(".new");
        fs::write(&new, list(names)).unwrap();
        fs::rename(&new, &path).unwrap();
        running.shows(names);
    }
}

#[test]
fn a_symlink_swap_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let version = |name: &str, names: &[&str]| {
        fs::create_dir(at(name)).unwrap();
        fs::write(at(name).join("endpoints.yaml"), list(names)).unwrap();
    };
    version("..1", &["a"]);
    symlink("..1", at("..data")).unwrap();
    symlink("..data/endpoints.yaml", at("endpoints.yaml")).unwrap();
    let running = start(&at("endpoints.yaml"), true);
    for (old, new, names) in [("..1", "..2", ["b"]), ("..2", "..3", ["c"])] {
        version(new, &names);
        symlink(new, at("..data_tmp")).unwrap();
        fs::rename(at("..data_tmp"), at("..data")).unwrap();
        fs::remove_dir_all(at(old)).unwrap();
        running.shows(&names);
    }
    fs::write(at("..3").join("endpoints.yaml"), list(&["d"])).unwrap();
    running.shows(&["d"]);
}

#[test]
fn a_link_to_a_file_elsewhere_is_followed() {
    let (_elsewhere, target, _) = watched();
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("endpoints.yaml");
    symlink(&target, &link).unwrap();
    let running = start(&link, true);
    fs::write(&target, list(&["b"])).unwrap();
    running.shows(&["b"]);
}

/// No event comes of this one: only looking at the file again finds it.
#[test]
fn a_swap_further_up_is_found_by_the_poll() {
    let root = tempfile::tempdir().unwrap();
    for (folder, name) in [("v1", "a"), ("v2", "b")] {
        fs::create_dir(root.path().join(folder)).unwrap();
        fs::write(
            root.path().join(folder).join("endpoints.yaml"),
            list(&[name]),
        )
        .unwrap();
    }
    symlink("v1", root.path().join("now")).unwrap();
    let running = start(&root.path().join("now/endpoints.yaml"), true);
    symlink("v2", root.path().join("next")).unwrap();
    fs::rename(root.path().join("next"), root.path().join("now")).unwrap();
    running.shows(&["b"]);
}

#[test]
fn a_replaced_folder_is_noticed() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("etc");
    let path = folder.join("endpoints.yaml");
    fs::create_dir(&folder).unwrap();
    fs::write(&path, list(&["a"])).unwrap();
    let running = start(&path, true);
    fs::rename(&folder, root.path().join("old")).unwrap();
    fs::create_dir(&folder).unwrap();
    fs::write(&path, list(&["b"])).unwrap();
    running.shows(&["b"]);
    fs::write(&path, list(&["c"])).unwrap();
    running.shows(&["c"]);
}

#[test]
fn a_half_written_file_changes_nothing_until_it_is_whole() {
    let (_folder, path, running) = watched();
    let whole = list(&["b", "c"]);
    fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    running.refuses("YAML", &["a"]);
    fs::write(&path, "").unwrap();
    running.refuses("an empty document", &["a"]);
    fs::write(&path, &whole).unwrap();
    running.shows(&["b", "c"]);
}

#[test]
fn one_bad_entry_spoils_the_edit() {
    let (_folder, path, running) = watched();
    let mut text = list(&["b", "c"]);
    text.push_str("- {name: d, address: model.example, port: 1}\n");
    fs::write(&path, &text).unwrap();
    running.refuses("endpoints[2].address: found \"model.example\"", &["a"]);
    // The same mistake again is the same refusal.
    let refused = running.discovery.status().refused;
    fs::write(&path, &text).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(running.discovery.status().refused, refused);
    // Back to what is in use.
    fs::write(&path, list(&["a"])).unwrap();
    running.shows(&["a"]);
    assert_eq!(running.discovery.status().applied, 0);
}

#[test]
fn what_is_no_readable_list_is_refused() {
    let (_folder, path, running) = watched();
    fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    running.refuses("more than 1048576 bytes", &["a"]);
    fs::write(&path, [b'#', 0xff]).unwrap();
    running.refuses("not UTF-8 at 1", &["a"]);
    fs::remove_file(&path).unwrap();
    running.refuses("No such file", &["a"]);
    fs::create_dir(&path).unwrap();
    running.refuses("no file; expected a regular file", &["a"]);
    fs::remove_dir(&path).unwrap();
    fs::write(&path, list(&["b"])).unwrap();
    running.shows(&["b"]);
}

#[test]
fn two_hundred_quick_reloads_end_in_the_last() {
    let (folder, path, running) = watched();
    let began = Instant::now();
    for round in 0..200 {
        let name = format!("n{round}");
        if round % 2 == 0 {
            fs::write(&path, list(&[&name])).unwrap();
        } else {
            let new = folder.path().join(".new");
            fs::write(&new, list(&[&name])).unwrap();
            fs::rename(&new, &path).unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    running.shows(&["n199"]);
    let applied = running.discovery.status().applied;
    assert!(applied >= 2, "{applied} in {:?}", began.elapsed());
    assert!(applied <= 200);
}

#[test]
fn an_unwatched_file_is_read_once() {
    let (_folder, path, _) = watched();
    let running = start(&path, false);
    fs::write(&path, list(&["b"])).unwrap();
    std::thread::sleep(Duration::from_millis(1200));
    assert_eq!(running.applied.names(), ["a"]);
    assert!(!running.discovery.status().watched);
}

#[test]
fn at_the_start_every_mistake_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("endpoints.yaml");
    fs::write(
        &path,
        "endpoints: [{name: a}, {name: b, address: c, port: 0}]",
    )
    .unwrap();
    let applied = Arc::new(Applied::default());
    let started = FileDiscovery::start(path, true, Arc::clone(&applied) as _);
    let Err(error) = started else {
        panic!("a bad file was taken");
    };
    let text = error.to_string();
    for part in ["[0].address", "[0].port", "[1].address", "[1].port"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert_eq!(text.lines().count(), 4);
    assert!(applied.0.lock().unwrap().is_empty());
}

#[test]
fn the_end_is_quick() {
    let (_folder, _path, running) = watched();
    let began = Instant::now();
    drop(running.discovery);
    assert!(began.elapsed() < Duration::from_millis(500));
}
