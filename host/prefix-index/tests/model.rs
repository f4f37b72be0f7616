//! The index against the plainest thing that does the same.

use std::collections::VecDeque;
use std::thread;

use proptest::prelude::*;
use switchyard_prefix_index::{Hasher, Index, MAX_ROWS};

/// Per row, its hashes: the newest in front.
#[derive(Debug)]
struct Model {
    capacity: usize,
    rows: Vec<VecDeque<u64>>,
}

impl Model {
    fn new(capacity: usize, rows: usize) -> Self {
        Self {
            capacity,
            rows: vec![VecDeque::new(); rows],
        }
    }

    fn insert(&mut self, row: u32, hashes: &[u64]) {
        let held = &mut self.rows[row as usize];
        for &hash in hashes[..hashes.len().min(self.capacity)].iter().rev() {
            held.retain(|&other| other != hash);
            held.push_front(hash);
            held.truncate(self.capacity);
        }
    }

    fn lookup(&self, hashes: &[u64], rows: &[u32]) -> (usize, Vec<u32>) {
        let held = |hash: &u64| self.rows.iter().any(|row| row.contains(hash));
        let passed = hashes.iter().take_while(|hash| held(hash)).count();
        let matched = |&row: &u32| {
            let row = self.rows.get(row as usize);
            hashes[..passed]
                .iter()
                .filter(|hash| row.is_some_and(|row| row.contains(hash)))
                .count() as u32
        };
        (passed, rows.iter().map(matched).collect())
    }
}

const ROWS: u32 = 70;

/// The chain of a prompt whose blocks are these bytes.
fn chain(prompt: &[u8]) -> Vec<u64> {
    let mut hashes = Vec::new();
    Hasher::new(1, prompt.len()).hash("model", "", prompt, &mut hashes);
    hashes
}

#[derive(Debug, Clone)]
enum Step {
    Insert(u32, Vec<u64>),
    Remove(u32),
    Lookup(Vec<u64>),
}

fn step() -> impl Strategy<Value = Step> {
    // Few rows and hashes, on both sides of a word's border, so that they meet.
    let row = || prop::sample::select(vec![0, 1, 2, 63, 64, ROWS - 1]);
    // A few prompts that repeat a few letters: they begin alike, part ways anywhere, end within each other.
    let chain = || {
        prop::collection::vec((0..3_u8, 0..12_usize), 0..5).prop_map(|pieces| {
            let letters = pieces
                .iter()
                .flat_map(|&(letter, count)| [letter].repeat(count));
            chain(&letters.collect::<Vec<_>>())
        })
    };
    prop_oneof![
        6 => (row(), chain()).prop_map(|(row, chain)| Step::Insert(row, chain)),
        1 => row().prop_map(Step::Remove),
        4 => chain().prop_map(Step::Lookup),
    ]
}

fn check(capacity: usize, steps: &[Step]) {
    let index = Index::new(capacity);
    let mut model = Model::new(capacity, ROWS as usize);
    // Backwards, and with a row that nobody ever used.
    let rows: Vec<u32> = (0..=ROWS + 100).rev().collect();
    let mut matched = vec![7];
    for step in steps {
        match step {
            Step::Insert(row, chain) => {
                index.insert(*row, chain);
                model.insert(*row, chain);
            }
            Step::Remove(row) => {
                index.remove_row(*row);
                model.rows[*row as usize].clear();
            }
            Step::Lookup(chain) => {
                let passed = index.lookup(chain, &rows, &mut matched);
                assert_eq!((passed, matched.clone()), model.lookup(chain, &rows));
            }
        }
    }
    for (row, held) in model.rows.iter().enumerate() {
        assert_eq!(index.row_len(row as u32), held.len());
    }
    for step in steps {
        if let Step::Insert(_, chain) = step {
            let passed = index.lookup(chain, &rows, &mut matched);
            assert_eq!((passed, matched.clone()), model.lookup(chain, &rows));
        }
    }
    let mut distinct: Vec<u64> = model.rows.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(index.len(), distinct.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn agrees_with_the_model(capacity in prop::sample::select(vec![1, 2, 10, 35, 60, 1_000]), steps in prop::collection::vec(step(), 0..60)) {
        check(capacity, &steps);
    }

    #[test]
    fn what_is_no_chain_does_no_harm(capacity in 1..40_usize, steps in prop::collection::vec((0..4_u32, prop::collection::vec(0..12_u64, 0..20)), 0..60)) {
        let index = Index::new(capacity);
        let rows = [0, 1, 2, 3];
        let mut matched = Vec::new();
        for (row, hashes) in &steps {
            index.insert(*row, hashes);
            prop_assert!(index.row_len(*row) <= capacity);
            let passed = index.lookup(hashes, &rows, &mut matched);
            prop_assert!(passed <= hashes.len());
            prop_assert!(matched.iter().all(|&count| count as usize <= passed));
        }
        rows.iter().for_each(|&row| index.remove_row(row));
        prop_assert!(index.is_empty());
        prop_assert_eq!(index.lookup(&[0, 1, 2], &rows, &mut matched), 0);
    }
}

/// A prompt with as many blocks as letters.
fn letters(prompt: &str) -> Vec<u64> {
    chain(prompt.as_bytes())
}

#[test]
fn a_server_forgets_what_it_was_sent_longest_ago() {
    let index = Index::new(6);
    let mut matched = Vec::new();
    for (sent, held) in [
        ("ab", [("ab", 2), ("cd", 0), ("ax", 1), ("efghijkl", 0)]),
        ("cd", [("ab", 2), ("cd", 2), ("ax", 1), ("efghijkl", 0)]),
        ("axy", [("ab", 2), ("cd", 2), ("ax", 2), ("efghijkl", 0)]),
        // Seven: the end of `ab`, which was sent before `cd`; its beginning was just sent again.
        ("axyz", [("ab", 1), ("cd", 2), ("ax", 2), ("efghijkl", 0)]),
        ("ab", [("ab", 2), ("cd", 1), ("ax", 2), ("efghijkl", 0)]),
        // Too long for the capacity: its beginning is kept.
        (
            "efghijkl",
            [("ab", 0), ("cd", 0), ("ax", 0), ("efghijkl", 6)],
        ),
    ] {
        index.insert(0, &letters(sent));
        for (prompt, expected) in held {
            index.lookup(&letters(prompt), &[0], &mut matched);
            assert_eq!(matched, [expected], "{prompt} after {sent}");
        }
    }
    assert_eq!(index.row_len(0), 6);
}

#[test]
fn what_no_server_holds_any_longer_is_not_passed() {
    let index = Index::new(8);
    let mut matched = Vec::new();
    let rows = [0, 1, 2];
    for row in rows {
        index.insert(row, &letters("abcdefgh"));
    }
    for (row, sent, expected) in [
        (0, "xyz", (8, [5, 8, 8])),
        (1, "xy", (8, [5, 6, 8])),
        (2, "x", (7, [5, 6, 7])),
        (2, "stuvwxyz", (6, [5, 6, 0])),
        (1, "stuvwxyz", (5, [5, 0, 0])),
        (1, "abcd", (5, [5, 4, 0])),
        (0, "stuvwxyz", (4, [0, 4, 0])),
    ] {
        index.insert(row, &letters(sent));
        let passed = index.lookup(&letters("abcdefgh"), &rows, &mut matched);
        assert_eq!(
            (passed, &matched[..]),
            (expected.0, &expected.1[..]),
            "{row} {sent}"
        );
    }
}

#[test]
fn rows_past_the_limit_are_not_entered() {
    let index = Index::new(10);
    for row in [MAX_ROWS, u32::MAX] {
        index.insert(row, &[1]);
        index.remove_row(row);
        assert_eq!(index.row_len(row), 0);
    }
    assert!(index.is_empty());
    index.insert(MAX_ROWS - 1, &[1]);
    assert_eq!(index.len(), 1);
}

#[test]
fn forgetting_much_takes_several_holds_of_the_lock() {
    // More runs than are let go of at once, by a long chain and by removing the row.
    let index = Index::new(500);
    let short = |number: u64| letters(&number.to_string())[..1].to_vec();
    (0..10).for_each(|number| index.insert(1, &short(number)));
    let mut other: Vec<u64> = (1..=500).map(|i| i << 32).collect();
    for hash in &other {
        index.insert(0, &[*hash]);
    }
    assert_eq!(index.row_len(0), 500);
    other.iter_mut().for_each(|hash| *hash += 1);
    index.insert(0, &other[..400]);
    assert_eq!((index.row_len(0), index.len()), (500, 510));
    index.insert(0, &short(0));
    index.remove_row(0);
    assert_eq!((index.row_len(0), index.len()), (0, 10));
}

#[test]
fn matches_as_in_a_conversation() {
    let hasher = Hasher::new(4, 2048);
    let hashes = |model: &str, prompt: &str| {
        let mut out = Vec::new();
        hasher.hash(model, "", prompt.as_bytes(), &mut out);
        out
    };
    let index = Index::new(100);
    index.insert(1, &hashes("m", "aaaabbbb"));
    index.insert(2, &hashes("m", "aaaa"));
    let mut matched = Vec::new();
    for (model, prompt, expected) in [
        ("m", "aaaabbbbcccc", [0, 2, 1]),
        ("m", "aaaaxxxx", [0, 1, 1]),
        ("other", "aaaabbbb", [0, 0, 0]),
        ("m", "bbbb", [0, 0, 0]),
        ("m", "", [0, 0, 0]),
    ] {
        index.lookup(&hashes(model, prompt), &[0, 1, 2], &mut matched);
        assert_eq!(matched, expected, "{model} {prompt}");
    }
}

#[test]
fn threads_share_it() {
    let index = Index::new(500);
    thread::scope(|scope| {
        for thread in 0..4_u32 {
            let index = &index;
            scope.spawn(move || {
                let mut matched = Vec::new();
                for round in 0..200_u64 {
                    let mut prompt = vec![b'x'; 50];
                    prompt.extend(vec![(round / 10) as u8; 50]);
                    let chain = chain(&prompt);
                    index.insert(thread, &chain);
                    let passed = index.lookup(&chain, &[thread], &mut matched);
                    assert_eq!((passed, matched[0]), (100, 100));
                    if round % 50 == 49 {
                        index.remove_row(thread);
                        assert_eq!(index.row_len(thread), 0);
                    }
                }
            });
        }
    });
    assert!(index.is_empty());
}
