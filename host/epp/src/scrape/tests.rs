//! Scraping over real sockets, from servers that behave in every way servers do.

mod failures;
mod server;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use switchyard_scheduler::{CallFault, Cause, Endpoint, EndpointSpec, SCRAPED};

use super::*;
use crate::clock;
use crate::pool::Pool;
use server::{Answer, Server};

const TEXT: &str = "# TYPE waiting gauge\nwaiting_by_reason 9\nwaiting 3\nother 1\n";

/// Reads the number on the `waiting` line. Remembers what it was given.
#[derive(Clone, Default)]
struct Reader {
    fetch: Option<Fetch>,
    bodies: Arc<Mutex<Vec<(u16, String)>>>,
    generations: Arc<Mutex<Vec<(u64, usize)>>>,
}

fn fetch() -> Fetch {
    Fetch {
        name: "metrics".into(),
        scope: Scope::Endpoint,
        scheme: "http".into(),
        port: None,
        path: "/metrics".into(),
        interval: None,
        timeout: Duration::from_millis(300),
        families: vec!["waiting".into()],
        columns: vec!["waiting-requests".into()],
        sets: vec!["lora-running".into()],
    }
}

impl Parser for Reader {
    fn plan(&self) -> Vec<Fetch> {
        vec![self.fetch.clone().unwrap_or_else(fetch)]
    }

    fn parse(
        &mut self,
        _: u32,
        _: u32,
        status: u16,
        _: u32,
        body: &[u8],
    ) -> Result<Vec<Sample>, CallFault> {
        let body = String::from_utf8_lossy(body).into_owned();
        self.bodies.lock().unwrap().push((status, body.clone()));
        let sample = |rank, line: &str| {
            let value = line.split_whitespace().last()?.parse().ok()?;
            let sets = vec![StringSet {
                name: "lora-running".into(),
                members: vec!["sql".into()],
            }];
            Some(Sample {
                rank,
                values: vec![value],
                sets,
            })
        };
        let samples: Vec<Sample> = (0..)
            .zip(body.lines())
            .filter_map(|(rank, line)| sample(rank, line))
            .collect();
        if samples.is_empty() {
            return Err(CallFault {
                cause: Cause::Said { code: 0 },
                message: "no such line".into(),
            });
        }
        Ok(samples)
    }

    fn endpoints_changed(
        &mut self,
        generation: u64,
        endpoints: &[Arc<Endpoint>],
    ) -> Result<(), CallFault> {
        self.generations
            .lock()
            .unwrap()
            .push((generation, endpoints.len()));
        Ok(())
    }
}

struct Bench {
    pool: Arc<Pool>,
    scraper: Scraper,
    reader: Reader,
}

fn spec(name: &str, address: SocketAddr, rank: u32) -> EndpointSpec {
    EndpointSpec {
        name: name.into(),
        namespace: "default".into(),
        address: address.ip(),
        port: address.port(),
        rank,
        labels: BTreeMap::new(),
    }
}

impl Bench {
    fn new(addresses: &[SocketAddr], interval_ms: u64, reader: Reader) -> Self {
        let pool = Arc::<Pool>::default();
        let specs = (0..)
            .zip(addresses)
            .map(|(rank, address)| spec(&format!("s{rank}"), *address, rank));
        pool.apply(specs.collect());
        let options = ScrapeOptions {
            interval: Duration::from_millis(interval_ms),
            trust: ScrapeTrust::default(),
        };
        let scraper = Scraper::start(pool.clone(), options).unwrap();
        let shared = reader.clone();
        scraper.replace(vec![Source {
            plugin: "vllm".into(),
            parser: Box::new(shared),
        }]);
        Self {
            pool,
            scraper,
            reader,
        }
    }

    fn one(answer: Answer) -> (Server, Self) {
        let server = Server::start(answer);
        let bench = Self::new(&[server.address()], 10, Reader::default());
        (server, bench)
    }

    fn waiting(&self, row: u32) -> f64 {
        self.pool.columns().column("waiting-requests").get(row, 0)
    }

    fn target(&self) -> TargetView {
        eventually("the target is shown", || {
            self.scraper.board().targets().into_iter().next()
        })
    }

    fn failed(&self) -> TargetView {
        eventually("a scrape failed", || {
            Some(self.target()).filter(|target| target.failures > 0)
        })
    }

    fn count(&self, cause: &str) -> u64 {
        self.scraper
            .board()
            .counts()
            .iter()
            .find(|count| count.cause == cause)
            .map_or(0, |count| count.count)
    }
}

/// Waits for something to come about.
fn eventually<T>(what: &str, found: impl Fn() -> Option<T>) -> T {
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        if let Some(found) = found() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("never came about: {what}");
}

#[test]
fn values_come_into_columns_over_one_connection() {
    let (server, bench) = Bench::one(Answer::Text(TEXT));
    eventually("ten scrapes", || (bench.count("ok") >= 10).then_some(()));
    assert_eq!(bench.waiting(0), 3.0);
    assert_eq!(
        server.accepted.load(Ordering::Relaxed),
        1,
        "one connection for all"
    );
    assert_eq!(
        *bench
            .pool
            .columns()
            .set_column("lora-running")
            .get(0, 0)
            .unwrap(),
        ["sql".to_owned()]
    );
    assert_eq!(
        bench.reader.bodies.lock().unwrap()[0],
        (200, "waiting 3\n".to_owned()),
        "only the wanted lines"
    );
    let target = bench.target();
    assert_eq!(
        (&*target.source, &*target.fetch, target.failures),
        ("vllm", "metrics", 0)
    );
    assert_eq!(target.rows, [0]);
    let (now, at) = (
        clock::now_ms(),
        bench.pool.columns().column(SCRAPED).written_ms(0).unwrap(),
    );
    assert!(now.abs_diff(at) < 5_000 && target.last_success_ms.unwrap().abs_diff(now) < 5_000);
}

#[test]
fn values_get_stale_when_scraping_fails() {
    let (server, bench) = Bench::one(Answer::Text(TEXT));
    eventually("a value", || (bench.waiting(0) == 3.0).then_some(()));
    server.set(Answer::Garbage);
    let column = bench.pool.columns().column("waiting-requests");
    eventually("it is stale", || {
        column.get(0, clock::now_ms() - 200).is_nan().then_some(())
    });
    assert_eq!(
        bench.waiting(0),
        3.0,
        "but still there for whoever asks for it"
    );
}

#[test]
fn endpoints_come_and_go() {
    let (first, second) = (
        Server::start(Answer::Text(TEXT)),
        Server::start(Answer::Text("waiting 8\n")),
    );
    let bench = Bench::new(&[first.address()], 10, Reader::default());
    eventually("the first", || (bench.waiting(0) == 3.0).then_some(()));
    bench.pool.apply(vec![
        spec("s0", first.address(), 0),
        spec("new", second.address(), 0),
    ]);
    eventually("the second", || (bench.waiting(1) == 8.0).then_some(()));
    assert_eq!(
        first.accepted.load(Ordering::Relaxed),
        1,
        "the first keeps its connection"
    );
    bench.pool.apply(vec![spec("new", second.address(), 0)]);
    eventually("the first's connection is closed", || {
        (first.open.load(Ordering::Relaxed) == 0).then_some(())
    });
    let targets = bench.scraper.board().targets();
    assert_eq!(targets.len(), 1, "{targets:?}");
    let generations = bench.reader.generations.lock().unwrap().clone();
    assert!(
        generations.contains(&(2, 2)) && generations.contains(&(3, 1)),
        "{generations:?}"
    );
}

#[test]
fn no_plugin_no_scrape() {
    let (server, bench) = Bench::one(Answer::Text(TEXT));
    eventually("a value", || (bench.waiting(0) == 3.0).then_some(()));
    bench.scraper.replace(Vec::new());
    eventually("the connection is closed", || {
        (server.open.load(Ordering::Relaxed) == 0).then_some(())
    });
    assert!(bench.scraper.board().targets().is_empty());
    let (server, bench) = Bench::one(Answer::Text(TEXT));
    eventually("a value", || (bench.waiting(0) == 3.0).then_some(()));
    drop(bench);
    assert_eq!(
        eventually("closed", || Some(server.open.load(Ordering::Relaxed))
            .filter(|open| *open == 0)),
        0
    );
}

#[test]
fn ranks_of_one_address_share_a_fetch() {
    let server = Server::start(Answer::Text(
        "waiting{rank=\"0\"} 5\nwaiting{rank=\"1\"} 6\nwaiting{rank=\"2\"} 7\n",
    ));
    let mut other = server.address();
    other.set_port(1);
    let reader = Reader {
        fetch: Some(Fetch {
            scope: Scope::Address,
            port: Some(server.address().port()),
            ..fetch()
        }),
        ..Reader::default()
    };
    let bench = Bench::new(&[server.address(), other], 10, reader);
    eventually("both ranks", || {
        (bench.waiting(0) == 5.0 && bench.waiting(1) == 6.0).then_some(())
    });
    assert_eq!(server.accepted.load(Ordering::Relaxed), 1);
    assert_eq!(bench.target().rows, [0, 1]);
}

#[test]
fn https_takes_any_certificate_unless_told_otherwise() {
    let server = Server::start_tls(Answer::Text(TEXT));
    let reader = Reader {
        fetch: Some(Fetch {
            scheme: "https".into(),
            ..fetch()
        }),
        ..Reader::default()
    };
    let bench = Bench::new(&[server.address()], 10, reader.clone());
    eventually("a value", || (bench.waiting(0) == 3.0).then_some(()));

    let pem = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        &pem,
        rcgen::generate_simple_self_signed(vec!["127.0.0.1".into()])
            .unwrap()
            .cert
            .pem(),
    )
    .unwrap();
    let trust = ScrapeTrust {
        insecure_skip_verify: false,
        ca_cert: Some(pem.path().to_owned()),
        ..ScrapeTrust::default()
    };
    let pool = Arc::<Pool>::default();
    pool.apply(vec![spec("s0", server.address(), 0)]);
    let options = ScrapeOptions {
        interval: Duration::from_millis(10),
        trust,
    };
    let scraper = Scraper::start(pool.clone(), options).unwrap();
    scraper.replace(vec![Source {
        plugin: "vllm".into(),
        parser: Box::new(reader),
    }]);
    let error = eventually("a refusal", || {
        scraper.board().targets().first()?.last_error.clone()
    })
    .1;
    assert!(error.contains("certificate"), "{error}");

    let missing = ScrapeTrust {
        ca_cert: Some("/no/such.pem".into()),
        insecure_skip_verify: false,
        client: None,
    };
    let options = ScrapeOptions {
        interval: Duration::from_millis(10),
        trust: missing,
    };
    let error = Scraper::start(pool, options).err().unwrap().to_string();
    assert!(error.contains("cannot read /no/such.pem"), "{error}");
}
