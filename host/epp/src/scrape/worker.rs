//! The scraping thread: who scrapes what changes with the plan and with the endpoints.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use http::Uri;
use rustls::ClientConfig;
use switchyard_engine::Fetch;
use switchyard_scheduler::{CallFault, Cause, Endpoint};
use tokio::runtime;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, LocalSet, spawn_local};
use tokio::time::Instant;

use super::board::{Board, TargetStatus};
use super::client::Client;
use super::filter::Families;
use super::parser::Parser;
use super::shelf::Shelf;
use super::targets::{TargetKey, targets};
use super::task::{FetchPlan, Members, Task};
use super::trust::{ScrapeTrust, TrustError};
use crate::pool::Pool;

/// The shortest interval; shorter ones would only queue up.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);

/// What holds for all scraping.
#[derive(Debug, Clone)]
pub struct ScrapeOptions {
    /// For fetches that name none.
    pub interval: Duration,
    /// For `https` fetches.
    pub trust: ScrapeTrust,
}

/// A scraper plugin, ready to run.
pub struct Source {
    /// The plugin's name.
    pub plugin: Arc<str>,
    /// Its instance.
    pub parser: Box<dyn Parser>,
}

/// The scraping thread. Dropping it ends the thread and closes its connections.
pub struct Scraper {
    sources: Option<mpsc::UnboundedSender<Vec<Source>>>,
    board: Arc<Board>,
    thread: Option<JoinHandle<()>>,
}

impl Scraper {
    /// Starts the thread. It fetches nothing before [`Scraper::replace`].
    pub fn start(pool: Arc<Pool>, options: ScrapeOptions) -> Result<Self, ScraperError> {
        let tls = options.trust.config()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let board = Arc::<Board>::default();
        let (sender, receiver) = mpsc::unbounded_channel();
        let shown = board.clone();
        let thread = std::thread::Builder::new()
            .name("scrape".into())
            .spawn(move || {
                let crew = Crew {
                    pool,
                    interval: options.interval,
                    tls,
                    board: shown,
                    start: Instant::now(),
                    plugins: Vec::new(),
                    running: BTreeMap::new(),
                };
                LocalSet::new().block_on(&runtime, crew.run(receiver));
            })?;
        Ok(Self {
            sources: Some(sender),
            board,
            thread: Some(thread),
        })
    }

    /// Scrapes for these plugins from now on, and for no others.
    pub fn replace(&self, sources: Vec<Source>) {
        if let Some(sender) = &self.sources {
            // Fails only where the thread is gone, which happens only when this is dropped.
            let _ = sender.send(sources);
        }
    }

    /// How it goes.
    pub fn board(&self) -> &Arc<Board> {
        &self.board
    }
}

impl Drop for Scraper {
    fn drop(&mut self) {
        self.sources = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Why scraping cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ScraperError {
    /// Certificates.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The machine gives no thread or no poller.
    #[error("cannot start the scraping thread: {0}; does the machine limit threads or open files?")]
    Start(#[from] std::io::Error),
}

/// A plugin that runs, with its plan.
struct Running {
    plugin: Arc<str>,
    parser: Rc<RefCell<Box<dyn Parser>>>,
    plan: Vec<Fetch>,
    fetches: Vec<(Rc<FetchPlan>, Uri)>,
}

/// A target's task; dropped, it ends and its connection closes.
struct Follower {
    members: Members,
    status: Arc<TargetStatus>,
    task: AbortHandle,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Crew {
    pool: Arc<Pool>,
    interval: Duration,
    tls: Arc<ClientConfig>,
    board: Arc<Board>,
    start: Instant,
    plugins: Vec<Running>,
    running: BTreeMap<TargetKey, Follower>,
}

impl Crew {
    async fn run(mut self, mut sources: mpsc::UnboundedReceiver<Vec<Source>>) {
        let mut changes = self.pool.changes();
        loop {
            tokio::select! {
                replaced = sources.recv() => match replaced {
                    Some(sources) => self.replace(sources),
                    None => return,
                },
                // Never an error: the pool, which this holds, is the sender.
                _ = changes.changed() => {}
            }
            self.settle();
        }
    }

    fn replace(&mut self, sources: Vec<Source>) {
        self.running.clear();
        self.plugins.clear();
        for source in sources {
            let plugin = source.plugin.clone();
            match self.begin(source) {
                Ok(running) => self.plugins.push(running),
                Err(fault) => {
                    self.board.count(&plugin, "plan");
                    let plugin: &str = &plugin;
                    tracing::error!(
                        plugin,
                        "the scraper has no usable plan and does not run: {fault}"
                    );
                }
            }
        }
    }

    fn begin(&self, source: Source) -> Result<Running, CallFault> {
        let plan = source.parser.plan();
        let fetches = plan.iter().map(|fetch| {
            let plan = FetchPlan {
                families: Families::new(&fetch.families),
                shelf: Shelf::new(fetch, self.pool.columns()),
                interval: fetch
                    .interval
                    .unwrap_or(self.interval)
                    .max(SHORTEST_INTERVAL),
                limit: fetch.timeout,
            };
            Ok((Rc::new(plan), uri(fetch)?))
        });
        Ok(Running {
            plugin: source.plugin,
            fetches: fetches.collect::<Result<_, CallFault>>()?,
            parser: Rc::new(RefCell::new(source.parser)),
            plan,
        })
    }

    /// Makes what runs fit the endpoints of this moment.
    fn settle(&mut self) {
        let snapshot = self.pool.snapshot();
        let mut wanted = BTreeMap::new();
        for (position, running) in self.plugins.iter().enumerate() {
            let told = running
                .parser
                .borrow_mut()
                .endpoints_changed(snapshot.generation, &snapshot.endpoints);
            if let Err(fault) = told {
                self.board.count(&running.plugin, "endpoints-changed");
                let plugin: &str = &running.plugin;
                tracing::warn!(
                    plugin,
                    "the scraper did not take the new endpoints: {fault}"
                );
            }
            wanted.extend(targets(position, &running.plan, &snapshot.endpoints));
        }
        self.running.retain(|key, _| wanted.contains_key(key));
        for (key, members) in wanted {
            let rows = members.iter().map(|member| member.row).collect();
            let follower = match self.running.remove(&key) {
                Some(follower) => {
                    follower.members.replace(members);
                    follower
                }
                None => self.follow(key, members),
            };
            follower.status.set_rows(rows);
            self.running.insert(key, follower);
        }
        self.board.show(
            self.running
                .values()
                .map(|follower| follower.status.clone())
                .collect(),
        );
    }

    fn follow(&self, key: TargetKey, members: Vec<Arc<Endpoint>>) -> Follower {
        let running = &self.plugins[key.source];
        let fetch = &running.plan[key.fetch];
        let (plan, uri) = &running.fetches[key.fetch];
        let members = Rc::new(RefCell::new(members));
        let status = Arc::new(TargetStatus::new(
            running.plugin.clone(),
            &fetch.name,
            key.address,
        ));
        let tls = (fetch.scheme == "https").then(|| self.tls.clone());
        let task = Task {
            key,
            plan: plan.clone(),
            parser: running.parser.clone(),
            members: members.clone(),
            client: Client::new(key.address, uri.clone(), tls),
            status: status.clone(),
            board: self.board.clone(),
            start: self.start,
        };
        Follower {
            members,
            status,
            task: spawn_local(task.run()).abort_handle(),
        }
    }
}

/// The path of a fetch, checked together with its scheme.
fn uri(fetch: &Fetch) -> Result<Uri, CallFault> {
    let bad = |message: String| CallFault {
        cause: Cause::BadAnswer,
        message,
    };
    if !matches!(fetch.scheme.as_str(), "http" | "https") {
        return Err(bad(format!(
            "fetch `{}` has the scheme `{}`; allowed are `http` and `https`",
            fetch.name, fetch.scheme
        )));
    }
    let uri = fetch
        .path
        .parse::<Uri>()
        .ok()
        .filter(|uri| uri.authority().is_none() && fetch.path.starts_with('/'));
    uri.ok_or_else(|| {
        bad(format!(
            "fetch `{}` has the path `{}`; a path begins with `/`",
            fetch.name, fetch.path
        ))
    })
}
