use super::*;
use crate::Options;

fn engine(slots: usize, queue: usize, blocks: usize, max_loras: usize) -> Arc<Engine> {
    let mut live = Options::for_model("m").live;
    live.max_num_seqs = slots;
    live.max_waiting_queue_length = queue;
    let shape = Shape {
        blocks: Some(blocks),
        block_size: 4,
        max_loras,
        report_loras: true,
    };
    Arc::new(Engine::new(shape, live))
}

/// A job of `blocks` full prompt blocks (and one token more) that generates nothing.
fn job(family: u64, blocks: usize, lora: Option<&str>) -> Job {
    Job {
        prompt_tokens: blocks * 4 + 1,
        max_tokens: Some(1),
        choices: 1,
        chain: (0..blocks as u64)
            .map(|block| family * 100 + block)
            .collect(),
        prompt_blocks: blocks,
        total_blocks: blocks + 1,
        lora: lora.map(Arc::from),
    }
}

fn now(ticket: Ticket) -> Option<Seat> {
    use futures_util::FutureExt;
    ticket.seat().now_or_never().flatten()
}

#[test]
fn slots_then_queue_then_refusal() {
    let engine = engine(1, 1, 64, 1);
    let first = now(engine.enter(job(1, 1, None)).unwrap()).unwrap();
    let second = engine.enter(job(2, 1, None)).unwrap();
    let error = engine.enter(job(3, 1, None)).err().unwrap();
    assert_eq!(
        error.to_string(),
        "the waiting queue is full: 1 requests wait and at most 1 may; try again later"
    );
    let stats = engine.stats();
    assert_eq!(
        (stats.running, stats.waiting, stats.rejected),
        (1.0, 1.0, 1)
    );
    drop(first);
    let stats = engine.stats();
    assert_eq!((stats.running, stats.waiting), (1.0, 0.0));
    now(second).unwrap().finish(Finish::Stop);
    assert_eq!(engine.stats().running, 0.0);
    assert_eq!(engine.stats().finished, [1, 0, 1, 0, 0]);
}

#[test]
fn whoever_leaves_the_queue_takes_no_slot() {
    let engine = engine(1, 8, 64, 1);
    let first = now(engine.enter(job(1, 1, None)).unwrap()).unwrap();
    let gone = engine.enter(job(2, 1, None)).unwrap();
    let third = engine.enter(job(3, 1, None)).unwrap();
    drop(gone);
    drop(first);
    assert!(now(third).is_some());
    let unread = engine.enter(job(4, 1, None)).unwrap();
    drop(unread);
    assert_eq!((engine.stats().running, engine.stats().waiting), (0.0, 0.0));
}

#[test]
fn a_request_waits_for_blocks_in_order() {
    let engine = engine(8, 8, 8, 1);
    let big = now(engine.enter(job(1, 5, None)).unwrap()).unwrap();
    assert!((engine.stats().kv_usage - 6.0 / 8.0).abs() < 1e-9);
    let also_big = engine.enter(job(2, 4, None)).unwrap();
    let small = engine.enter(job(3, 1, None)).unwrap();
    assert_eq!(engine.stats().waiting, 2.0, "the small one may not pass");
    drop(big);
    assert!(now(also_big).is_some());
    assert!(now(small).is_some());
}

#[test]
fn prefixes_are_found_but_never_the_last_token() {
    let engine = engine(8, 8, 64, 1);
    let run = |job| {
        let seat = now(engine.enter(job).unwrap()).unwrap();
        seat.cached_tokens
    };
    assert_eq!(run(job(1, 3, None)), 0);
    assert_eq!(run(job(1, 3, None)), 12);
    let mut exact = job(1, 3, None);
    exact.prompt_tokens = 12;
    assert_eq!(run(exact), 8);
    let stats = engine.stats();
    assert_eq!((stats.prefix_queries, stats.prefix_hits), (38.0, 20.0));
    engine.reset_prefix_cache();
    assert_eq!(run(job(1, 3, None)), 0);
}

#[test]
fn adapters_take_turns_and_are_reported_newest_last() {
    let engine = engine(8, 8, 64, 1);
    let a = now(engine.enter(job(1, 1, Some("a"))).unwrap()).unwrap();
    let b = engine.enter(job(2, 1, Some("b"))).unwrap();
    let stats = engine.stats();
    assert_eq!((stats.waiting, stats.deferred), (1.0, 1.0));
    assert!(
        now(engine.enter(job(3, 1, None)).unwrap()).is_some(),
        "the base model may pass"
    );
    let newest = stats.loras.last().unwrap();
    assert_eq!(
        (newest.running.as_str(), newest.waiting.as_str()),
        ("a", "b")
    );
    drop(a);
    let b = now(b).unwrap();
    let stats = engine.stats();
    let newest = stats.loras.last().unwrap();
    assert_eq!(
        (newest.running.as_str(), newest.waiting.as_str()),
        ("b", "")
    );
    assert!(stats.loras.is_sorted_by(|x, y| x.seen < y.seen));
    drop(b);
    assert_eq!(engine.stats().loras.last().unwrap().running, "");
}
