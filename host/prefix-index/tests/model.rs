//! The index against the plainest thing that does the same.

use std::collections::VecDeque;
use std::thread;

use proptest::prelude::*;
use switchyard_prefix_index::{Hasher, Index};

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

#[derive(Debug, Clone)]
enum Step {
    Insert(u32, Vec<u64>),
    Remove(u32),
    Lookup(Vec<u64>),
}

fn step() -> impl Strategy<Value = Step> {
    // Few rows and hashes, on both sides of a word's border, so that they meet.
    let row = || prop::sample::select(vec![0, 1, 2, 63, 64, ROWS - 1]);
    let chain = || {
        (0..4_u64, 0..40_u64, 0..30_usize).prop_map(|(family, from, length)| {
            (from..)
                .take(length)
                .map(|i| (family * 1_000 + i).wrapping_mul(0x9E37_79B9_7F4A_7C15))
                .collect::<Vec<_>>()
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
        for &hash in held {
            index.lookup(&[hash], &[row as u32], &mut matched);
            assert_eq!(matched, [1]);
        }
    }
    let mut distinct: Vec<u64> = model.rows.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(index.len(), distinct.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn agrees_with_the_model(capacity in prop::sample::select(vec![1, 2, 10, 50, 1_000, 100_000]), steps in prop::collection::vec(step(), 0..40)) {
        check(capacity, &steps);
    }
}

#[test]
fn a_server_forgets_what_it_was_sent_longest_ago() {
    let index = Index::new(4);
    index.insert(0, &[1, 2]);
    index.insert(0, &[3, 4]);
    index.insert(0, &[1, 2]);
    index.insert(0, &[5]);
    let mut matched = Vec::new();
    for (hash, held) in [(1, 1), (2, 1), (3, 1), (4, 0), (5, 1)] {
        index.lookup(&[hash], &[0], &mut matched);
        assert_eq!(matched, [held], "{hash}");
    }
    assert_eq!(index.row_len(0), 4);
    // Too long for the capacity: its beginning is kept.
    index.insert(0, &[11, 12, 13, 14, 15, 16]);
    assert_eq!(
        index.lookup(&[11, 12, 13, 14, 15, 16], &[0], &mut matched),
        4
    );
}

#[test]
fn rows_past_the_limit_are_not_entered() {
    let index = Index::new(1 << 30);
    index.insert(2, &[1]);
    index.insert(u32::MAX, &[1]);
    assert!(index.is_empty());
    index.insert(1, &[1]);
    assert_eq!(index.len(), 1);
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
                    let chain: Vec<u64> = (0..100)
                        .map(|i| (round / 10 * 7 + i).wrapping_mul(0x9E37_79B9_7F4A_7C15))
                        .collect();
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
