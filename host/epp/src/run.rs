//! The picker's life: read everything, bring the plan to life, listen, serve, drain.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use switchyard_config::Resolved;
use switchyard_engine::{Engine, EngineOptions, StateStore};

use crate::active::Active;
use crate::admin::{self, Observed, Token};
use crate::archive::Archive;
use crate::components::{Components, MOST_BYTES};
use crate::decisions::Decisions;
use crate::discovery::FileDiscovery;
use crate::extproc::session::Bounds;
use crate::flags::Flags;
use crate::health::{self, Part, Readiness};
use crate::metrics::{Build, Metrics};
use crate::observe::Observer;
use crate::plans::Plans;
use crate::plans::blueprint::Blueprint;
use crate::plans::shelf::Shelf;
use crate::plans::watch::Watch;
use crate::plans::workshop::Workshop;
use crate::pool::Pool;
use crate::registries::{self, Registries};
use crate::router::{Router, RouterOptions};
use crate::scrape::{ScrapeOptions, ScrapeTrust, Scraper, ScraperError};
use crate::server::{ExtProcServer, ServerOptions};
use crate::shadows::Shadows;
use crate::stamp::Stamp;
use crate::tls::{ServerTls, TlsOptions};

mod document;
mod error;
mod first;
mod membership;
use document::Document;
pub use error::RunError;
use membership::ToPool;

/// Instances live at once: each plugin has a live one and a spare in each worker's lane, twice that while
/// a plan is swapped, and scrapers have their own.
const INSTANCES_PER_PLUGIN_AND_WORKER: usize = 4;
/// Plugins that later plans may have beyond those of the first.
const MORE_PLUGINS: usize = 64;
/// That many at least, on however large a machine.
const FEWEST_MORE: usize = 8;
/// Each reserves 8 GiB of address space, of which a process has 128 TiB.
const MOST_INSTANCES: usize = 8192;
/// A gateway of unknown mode waits at most this long for its headers.
const UNKNOWN_MODE_GRACE: Duration = Duration::from_millis(50);

/// `--check`: everything is read and every plugin started, nothing listens. What comes back is for people.
pub fn check(flags: &Flags) -> Result<String, RunError> {
    let document = Document::named_by(flags)?;
    let resolved = document.resolved(flags)?;
    let mut told = resolved.summary();
    for warning in &resolved.warnings {
        told.push_str(&format!("warning: {warning}\n"));
    }
    for sentence in flags.without_effect() {
        told.push_str(&format!("note: {sentence}\n"));
    }
    let pool = Arc::new(Pool::default());
    drop(server_options(flags, 1)?);
    trust(&resolved).check().map_err(ScraperError::from)?;
    let source = endpoints_source(flags, &resolved);
    let engine = engine(flags.plugin_cache.clone(), &resolved, 1)?;
    let blueprint = Blueprint::new(document.name, document.text);
    let components = Components::default();
    let registries = registries_of(flags)?;
    let shelf = Shelf::new(&blueprint, &components, &registries);
    let active = Active::new(resolved, &engine, &pool, &StateStore::new(), &shelf, 1)?;
    for plugin in &active.plugins {
        let stages: Vec<&str> = plugin.stages().iter().map(|stage| stage.as_str()).collect();
        told.push_str(&format!(
            "component of {}: {} ({}), sha256 {}\n",
            plugin.name(),
            plugin.about().summary,
            stages.join(", "),
            plugin.component().digest()
        ));
    }
    if let Some((path, _)) = source {
        let discovery =
            FileDiscovery::start(path.clone(), false, Arc::new(ToPool { pool, router: None }))?;
        told.push_str(&format!(
            "endpoints: {} in {}\n",
            discovery.status().endpoints,
            path.display()
        ));
    } else {
        told.push_str(
            "endpoints: none; name a file with --endpoints-file or a file-discovery plugin\n",
        );
    }
    Ok(told)
}

/// Serves until told to stop, then drains.
pub fn serve(flags: &Flags) -> Result<(), RunError> {
    for sentence in flags.without_effect() {
        tracing::info!("{sentence}");
    }
    let config_read = flags.config_file.as_deref().map(Stamp::of);
    let start = first::start(flags)?;
    let resolved = &start.resolved;
    let workers = workers();
    let readiness = Arc::new(Readiness::default());
    let pool = Arc::new(Pool::default());
    let engine = engine(flags.compiled(), resolved, workers)?;
    let trust = trust(resolved);
    let source = endpoints_source(flags, resolved).ok_or(RunError::NoEndpoints)?;
    let most_plugins = most_plugins(resolved, workers);
    let workshop = workshop(flags, engine, pool.clone(), workers, most_plugins)?;
    let (active, first) = first::plan(start, &workshop)?;
    let active = Arc::new(active);
    let metrics = Arc::new(Metrics::new(Build {
        commit: env!("CARGO_PKG_VERSION"),
        build_ref: "switchyard",
    }));
    if flags.enable_grpc_stream_metrics {
        metrics.show_streams();
    }
    let decisions = Arc::new(Decisions::new(archive(flags)));
    let shadows = Arc::new(Shadows::start().map_err(RunError::Start)?);
    let router = Router::new(
        pool.clone(),
        active.clone(),
        decisions.clone(),
        shadows.clone(),
        metrics.clone(),
        RouterOptions {
            staleness: flags.metrics_staleness_threshold,
            decision_timeout: flags.decision_timeout,
            model_rewrite_header: flags.model_rewrite_header,
            subset_hint: !flags.disable_endpoint_subset_filter,
        },
    );
    readiness.reached(Part::Configuration);

    let (path, watch) = source;
    let discovery = FileDiscovery::start(
        path,
        watch,
        Arc::new(ToPool {
            pool: pool.clone(),
            router: Some(router.clone()),
        }),
    )?;
    readiness.reached(Part::Endpoints);
    let scraper = Scraper::start(
        pool.clone(),
        ScrapeOptions {
            interval: flags.refresh_metrics_interval,
            trust,
        },
    )?;
    let board = scraper.board().clone();
    let plans = Plans::new(workshop, router.clone(), scraper, first);
    let plans = Arc::new(plans);
    let watch = flags.config_file.clone().zip(config_read);
    let watch = watch.filter(|_| flags.watch_config);
    let watch = watch.map(|(file, read)| Watch::start(file, read, plans.clone()));
    let _watch = watch.transpose().map_err(RunError::Start)?;

    let options = server_options(flags, workers)?;
    let listener = listen(any(flags.grpc_port), "--grpc-port")?;
    let server = ExtProcServer::start(listener, &router, &options)?;
    let observed = Arc::new(Observed {
        metrics,
        pool,
        board: Some(board),
        pool_name: flags.pool_name.clone(),
        staleness: flags.metrics_staleness_threshold,
        readiness: readiness.clone(),
        source: Arc::new(Observer {
            router,
            decisions,
            plans: plans.clone(),
            shadows,
            discovery: Some(discovery),
        }),
    });
    let pages = Pages {
        metrics: listen(any(flags.metrics_port), "--metrics-port")?,
        admin: listen(flags.admin_addr, "--admin-addr")?,
        health: listen(any(flags.grpc_health_port), "--grpc-health-port")?,
        plans: plans.clone(),
        token: token(flags)?,
    };
    readiness.reached(Part::Listener);
    tracing::info!(
        ext_proc = %server.address,
        tls = flags.secure_serving,
        metrics = pages.metrics.local_addr().ok().map(|address| address.to_string()),
        admin = pages.admin.local_addr().ok().map(|address| address.to_string()),
        health = pages.health.local_addr().ok().map(|address| address.to_string()),
        workers,
        "switchyard-epp is ready"
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(RunError::Start)?;
    let drained = {
        let readiness = readiness.clone();
        let limit = flags.drain_timeout;
        async move {
            readiness.drain();
            tracing::info!(
                seconds = limit.as_secs(),
                "draining: no new requests, those under way may finish"
            );
            // It fails only if draining panics, and then there is nothing left to wait for.
            let _ = tokio::task::spawn_blocking(move || server.drain(limit)).await;
        }
    };
    let served = runtime.block_on(pages.serve(observed, readiness, drained));
    // A change that waits for a registry or a compiler need not end.
    runtime.shutdown_background();
    served
}

/// The listeners that are not ext_proc.
struct Pages {
    metrics: TcpListener,
    admin: TcpListener,
    health: TcpListener,
    plans: Arc<Plans>,
    /// What the admin pages ask for.
    token: Option<Token>,
}

impl Pages {
    /// Serves until told to stop and then until `drained`: whoever asks meanwhile hears that it drains.
    async fn serve(
        self,
        observed: Arc<Observed>,
        readiness: Arc<Readiness>,
        drained: impl Future<Output = ()>,
    ) -> Result<(), RunError> {
        let asynchronous = |listener: TcpListener| {
            listener.set_nonblocking(true)?;
            tokio::net::TcpListener::from_std(listener)
        };
        let metrics = asynchronous(self.metrics).map_err(RunError::Start)?;
        let admin = asynchronous(self.admin).map_err(RunError::Start)?;
        let health = asynchronous(self.health).map_err(RunError::Start)?;
        let stop = stop_signal().map_err(RunError::Start)?;
        let changes = admin::plans_router(self.plans, observed.source.clone());
        let debug = admin::debug_router(observed.clone()).merge(changes);
        let debug = match self.token {
            Some(token) => token.guard(debug),
            None => debug,
        };
        let stop = async {
            stop.await;
            drained.await;
        };
        tokio::select! {
            served = admin::serve(metrics, admin::metrics_router(observed)) => served.map_err(RunError::Start),
            served = admin::serve(admin, debug) => served.map_err(RunError::Start),
            served = health::serve(health, readiness) => served.map_err(RunError::Health),
            () = stop => Ok(()),
        }
    }
}

/// Ready at SIGTERM or Ctrl-C.
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn any(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::UNSPECIFIED, port))
}

fn listen(address: SocketAddr, flag: &'static str) -> Result<TcpListener, RunError> {
    TcpListener::bind(address).map_err(|source| RunError::Listen {
        address,
        flag,
        source,
    })
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The shadow thread has a lane as every worker has.
fn instances_per_plugin(workers: usize) -> usize {
    INSTANCES_PER_PLUGIN_AND_WORKER * (workers + 1)
}

/// As many plugins as a plan may have while this picker runs.
fn most_plugins(resolved: &Resolved, workers: usize) -> usize {
    let most = MOST_INSTANCES / instances_per_plugin(workers);
    let now = resolved.plugins.len();
    (now + MORE_PLUGINS).min(most).max(now + FEWEST_MORE)
}

fn engine(
    cache_dir: Option<PathBuf>,
    resolved: &Resolved,
    workers: usize,
) -> Result<Engine, RunError> {
    let instances = most_plugins(resolved, workers) * instances_per_plugin(workers);
    let options = EngineOptions {
        cache_dir,
        max_component_bytes: MOST_BYTES,
        max_instances: instances as u32,
        ..EngineOptions::default()
    };
    Ok(Engine::new(options)?)
}

fn workshop(
    flags: &Flags,
    engine: Engine,
    pool: Arc<Pool>,
    lanes: usize,
    most_plugins: usize,
) -> Result<Workshop, RunError> {
    let components =
        Components::open(flags.data_dir.as_deref()).map_err(|source| RunError::DataDir {
            dir: flags.data_dir.clone().unwrap_or_default(),
            source,
        })?;
    Ok(Workshop {
        flags: flags.clone(),
        engine,
        pool,
        lanes,
        most_plugins,
        state: StateStore::new(),
        components,
        registries: registries_of(flags)?,
    })
}

fn registries_of(flags: &Flags) -> Result<Registries, RunError> {
    let keys = registries::keys(&flags.require_signatures_key)?;
    Ok(Registries::new(
        flags.registry_timeout,
        flags.registry_plain_http,
        keys,
    ))
}

fn trust(resolved: &Resolved) -> ScrapeTrust {
    let tls = &resolved.scrape_tls;
    ScrapeTrust {
        insecure_skip_verify: tls.insecure_skip_verify,
        ca_cert: tls.ca_cert_path.clone(),
        client: tls
            .client_cert_path
            .clone()
            .zip(tls.client_key_path.clone()),
    }
}

fn token(flags: &Flags) -> Result<Option<Token>, RunError> {
    let read = |path: &PathBuf| {
        Token::read(path).map_err(|source| RunError::AdminToken {
            path: path.clone(),
            source,
        })
    };
    flags.admin_token_file.as_ref().map(read).transpose()
}

/// The archive, or none: a picker without history is better than no picker.
fn archive(flags: &Flags) -> Option<Archive> {
    let opened = Archive::open(flags.data_dir.as_ref()?);
    opened.inspect_err(|error| tracing::error!("{error}")).ok()
}

fn server_options(flags: &Flags, workers: usize) -> Result<ServerOptions, RunError> {
    let tls = flags.secure_serving.then(|| {
        ServerTls::start(&TlsOptions {
            cert_path: flags.cert_path.clone(),
            reload: flags.enable_cert_reload,
            oldest: flags.tls_min_version,
        })
    });
    Ok(ServerOptions {
        workers,
        max_recv_bytes: flags.grpc_max_recv_bytes(),
        bounds: Bounds {
            max_body_bytes: flags.max_body_bytes,
            upload_idle: flags.upload_idle_timeout,
            unknown_mode_grace: UNKNOWN_MODE_GRACE,
        },
        tls: tls.transpose()?,
    })
}

/// The endpoints file and whether its edits count.
fn endpoints_source(flags: &Flags, resolved: &Resolved) -> Option<(PathBuf, bool)> {
    let from_flag = flags.endpoints_file.clone().map(|path| (path, true));
    from_flag.or_else(|| {
        resolved
            .discovery
            .as_ref()
            .map(|file| (file.path.clone(), file.watch_file))
    })
}
