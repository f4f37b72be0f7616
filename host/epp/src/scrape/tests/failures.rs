//! Servers and plugins that fail, and what comes of it.

use super::*;

#[test]
fn bad_answers_are_failures_and_the_thread_goes_on() {
    let rows = [
        (Answer::Hang, "timeout", "no whole answer within 300 ms"),
        (Answer::Trickle, "timeout", "no whole answer within 300 ms"),
        (Answer::Garbage, "http", "is not HTTP/1"),
        (Answer::Reset, "http", "broke off"),
        (Answer::Truncated, "http", "broke off"),
        (Answer::Huge, "too-large", "longer than 16777216 bytes"),
        (
            Answer::HugeAnnounced,
            "too-large",
            "longer than 16777216 bytes",
        ),
        (Answer::Redirect, "redirect", "answered 302, a redirect"),
        (
            Answer::Text("nothing 1\n"),
            "parse",
            "the plugin did not read the answer (status 200)",
        ),
    ];
    for (answer, cause, part) in rows {
        let (server, bench) = Bench::one(answer.clone());
        let failed = bench.failed();
        let (_, error) = failed.last_error.unwrap();
        assert!(error.contains(part), "{answer:?}: {error}");
        assert!(
            bench.count(cause) > 0,
            "{answer:?}: {:?}",
            bench.scraper.board().counts()
        );
        assert!(bench.waiting(0).is_nan(), "{answer:?}");
        assert_eq!(
            bench.pool.columns().column(SCRAPED).written_ms(0),
            None,
            "{answer:?}"
        );
        server.set(Answer::Text(TEXT));
        eventually("it recovers", || (bench.waiting(0) == 3.0).then_some(()));
        assert_eq!(bench.target().failures, 0, "{answer:?}");
    }
}

#[test]
fn nobody_listens() {
    // A port that a server left may be another test's by now.
    let address = SocketAddr::from(([127, 0, 0, 1], 1));
    let bench = Bench::new(&[address], 10, Reader::default());
    let (_, error) = bench.failed().last_error.unwrap();
    assert!(
        error.contains(&format!("cannot connect to {address}")),
        "{error}"
    );
    assert!(bench.count("connect") > 0);
}

#[test]
fn a_failing_target_is_left_alone_for_longer_and_longer() {
    let (server, _bench) = Bench::one(Answer::Garbage);
    std::thread::sleep(Duration::from_millis(1_500));
    // 20, 40, 80 ... ms between tries: seven or so, where the interval alone would make 150.
    let tries = server.accepted.load(Ordering::Relaxed);
    assert!((3..=10).contains(&tries), "{tries} tries");
}

#[test]
fn a_slow_server_has_one_scrape_in_flight() {
    let (server, bench) = Bench::one(Answer::Slow(TEXT));
    eventually("four slow scrapes", || {
        (bench.count("ok") >= 4).then_some(())
    });
    assert_eq!(server.most_at_once.load(Ordering::Relaxed), 1);
    assert_eq!(server.accepted.load(Ordering::Relaxed), 1);
    assert!(bench.target().duration >= Duration::from_millis(40));
}

#[test]
fn a_slow_server_holds_up_no_other() {
    let (hangs, works) = (
        Server::start(Answer::Hang),
        Server::start(Answer::Text(TEXT)),
    );
    let bench = Bench::new(&[hangs.address(), works.address()], 10, Reader::default());
    eventually("the other is read", || {
        (bench.waiting(1) == 3.0).then_some(())
    });
    assert!(bench.waiting(0).is_nan());
}

#[test]
fn a_connection_the_server_closed_is_made_anew_without_a_failure() {
    let (server, bench) = Bench::one(Answer::TextThenClose(TEXT));
    eventually("five scrapes", || (bench.count("ok") >= 5).then_some(()));
    assert!(server.accepted.load(Ordering::Relaxed) >= 5);
    let counts = bench.scraper.board().counts();
    assert!(counts.iter().all(|count| count.cause == "ok"), "{counts:?}");
}

#[test]
fn a_plan_that_cannot_work_is_counted() {
    for (scheme, path) in [
        ("ftp", "/metrics"),
        ("http", "metrics"),
        ("http", "http://elsewhere/metrics"),
    ] {
        let server = Server::start(Answer::Text(TEXT));
        let fetch = Fetch {
            scheme: scheme.into(),
            path: path.into(),
            ..fetch()
        };
        let reader = Reader {
            fetch: Some(fetch),
            ..Reader::default()
        };
        let bench = Bench::new(&[server.address()], 10, reader);
        eventually("the plan is refused", || {
            (bench.count("plan") == 1).then_some(())
        });
        assert!(bench.scraper.board().targets().is_empty());
    }
}

#[test]
fn an_answer_that_does_not_fit_the_plan_changes_nothing() {
    let rows = [
        (
            Fetch {
                columns: vec!["waiting-requests".into(), "more".into()],
                ..fetch()
            },
            "1 values for 2 columns",
        ),
        (
            Fetch {
                sets: vec![],
                ..fetch()
            },
            "a string set `lora-running`",
        ),
    ];
    for (fetch, part) in rows {
        let server = Server::start(Answer::Text(TEXT));
        let bench = Bench::new(
            &[server.address()],
            10,
            Reader {
                fetch: Some(fetch),
                ..Reader::default()
            },
        );
        let (_, error) = bench.failed().last_error.unwrap();
        assert!(error.contains(part), "{error}");
        assert!(bench.waiting(0).is_nan() && bench.count("unplanned") > 0);
    }
}
