//! What a prompt of 220 KB costs: hashing it, looking it up, entering it; and what a full index weighs.

#![allow(missing_docs, clippy::print_stdout)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use switchyard_prefix_index::{Hasher, Index};

const BLOCKS: u64 = 860;
const SERVERS: u32 = 100;
const CAPACITY: usize = 31_250;

/// A chain that shares nothing with those of other numbers.
fn chain(number: u64) -> Vec<u64> {
    let mut hashes = Vec::new();
    Hasher::new(1, BLOCKS as usize).hash(
        &number.to_string(),
        "",
        &[0; BLOCKS as usize],
        &mut hashes,
    );
    hashes
}

/// The only block of a prompt that nobody else sends.
fn single_block(number: u64) -> u64 {
    number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

fn index(criterion: &mut Criterion) {
    let prompt = vec![b'x'; 220_000];
    let mut hashes = Vec::new();
    criterion.bench_function("hash-220KB", |b| {
        b.iter(|| {
            hashes.clear();
            Hasher::new(256, 2048).hash("model", "", black_box(&prompt), &mut hashes);
        });
    });

    // Every server full, and no two hold the same.
    let before = resident_kib();
    let full = Index::new(CAPACITY);
    let mut number = 0;
    for server in 0..SERVERS {
        for _ in 0..=CAPACITY as u64 / BLOCKS {
            full.insert(server, &chain(number));
            number += 1;
        }
    }
    println!(
        "{} blocks, none shared: {} KiB resident",
        full.len(),
        resident_kib() - before
    );
    let rows: Vec<u32> = (0..SERVERS).collect();
    let mut matched = Vec::new();

    criterion.bench_function("insert-860-new/full-index", |b| {
        let fresh = || {
            number += 1;
            chain(number)
        };
        b.iter_batched(
            fresh,
            |chain| full.insert((chain[0] % 100) as u32, &chain),
            BatchSize::SmallInput,
        );
    });
    let known = chain(number + 1);
    full.insert(7, &known);
    criterion.bench_function("insert-860-known/full-index", |b| {
        b.iter(|| full.insert(7, black_box(&known)))
    });
    criterion.bench_function("lookup-860x100-one-holder/full-index", |b| {
        b.iter(|| full.lookup(black_box(&known), &rows, &mut matched));
    });
    for server in 0..SERVERS {
        full.insert(server, &known[..known.len() - server as usize * 8]);
    }
    criterion.bench_function("lookup-860x100-all-hold/full-index", |b| {
        b.iter(|| full.lookup(black_box(&known), &rows, &mut matched));
    });

    // The worst case: every prompt is a single block.
    drop(full);
    let before = resident_kib();
    let full = Index::new(CAPACITY);
    for server in 0..SERVERS {
        for block in 0..CAPACITY as u64 {
            full.insert(server, &[single_block(u64::from(server) << 32 | block)]);
        }
    }
    println!(
        "{} blocks, each a prompt: {} KiB resident",
        full.len(),
        resident_kib() - before
    );
    criterion.bench_function("insert-860-new/full-of-short-prompts", |b| {
        let fresh = || {
            number += 1;
            chain(number)
        };
        b.iter_batched(
            fresh,
            |chain| full.insert((chain[0] % 100) as u32, &chain),
            BatchSize::SmallInput,
        );
    });

    let small = Index::new(CAPACITY);
    for number in 0..200 {
        small.insert(number as u32 % 10, &chain(number));
    }
    let mut number = 1_000_000;
    criterion.bench_function("insert-860-new/10-servers", |b| {
        let fresh = || {
            number += 1;
            chain(number)
        };
        b.iter_batched(
            fresh,
            |chain| small.insert((chain[0] % 10) as u32, &chain),
            BatchSize::SmallInput,
        );
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = index
}
criterion_main!(benches);
