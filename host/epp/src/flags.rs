//! The command line.
//!
//! An existing command line of the reference picker must start this one unchanged. So every flag of
//! its is either built or accepted (`accepted.rs`), in every spelling Go's flag packages take
//! (`go_style.rs`): what has no effect here is told once, by [`Flags::without_effect`].

mod accepted;
mod go_style;
mod values;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, CommandFactory, FromArgMatches, Parser};
use serde_json::Value;
use switchyard_config::Resolved;

use crate::logging::LogOptions;
use crate::tls::OldestTls;
use values::{LogEncoder, boolean, bytes, bytes_or_default, duration, duration_above_zero};

/// What gRPC messages may hold beside a body.
const GRPC_OVERHEAD_BYTES: usize = 1 << 20;

/// Picks the model server for each LLM request that an Envoy gateway asks about.
#[derive(Debug, Clone, Parser)]
#[command(name = "switchyard-epp", version, args_override_self = true)]
pub struct Flags {
    /// The EndpointPickerConfig, YAML or JSON; without one, the defaults.
    #[arg(long, value_name = "FILE", conflicts_with = "config_text")]
    pub config_file: Option<PathBuf>,
    /// The EndpointPickerConfig itself.
    #[arg(long, value_name = "TEXT")]
    pub config_text: Option<String>,
    /// Follow edits of --config-file and of the components' files it names.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          default_value = "true", value_parser = boolean, value_name = "BOOL")]
    pub watch_config: bool,
    /// A file of endpoints, always watched; instead of the configuration's file-discovery.
    #[arg(long, value_name = "FILE")]
    pub endpoints_file: Option<PathBuf>,
    /// Read everything, say what it resolves to, exit.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          default_value = "false", value_parser = boolean, value_name = "BOOL")]
    pub check: bool,

    /// Port for Envoy's ext_proc.
    #[arg(long, default_value_t = 9002, value_name = "PORT")]
    pub grpc_port: u16,
    /// Port for gRPC health checks.
    #[arg(long, default_value_t = 9003, value_name = "PORT")]
    pub grpc_health_port: u16,
    /// Port for /metrics, /healthz and /readyz.
    #[arg(long, default_value_t = 9090, value_name = "PORT")]
    pub metrics_port: u16,
    /// Address for /debug.
    #[arg(long, default_value = "127.0.0.1:9004", value_name = "ADDRESS")]
    pub admin_addr: SocketAddr,
    /// A file with the token that whoever asks for /debug or /admin must show; default: none.
    #[arg(long, value_name = "FILE")]
    pub admin_token_file: Option<PathBuf>,

    /// Serve ext_proc over TLS.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          default_value = "true", value_parser = boolean, value_name = "BOOL")]
    pub secure_serving: bool,
    /// Folder with tls.crt and tls.key; without one, a self-signed certificate.
    #[arg(long, value_name = "FOLDER")]
    pub cert_path: Option<PathBuf>,
    /// Take new certificates from --cert-path as they come.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          default_value = "false", value_parser = boolean, value_name = "BOOL")]
    pub enable_cert_reload: bool,

    /// The oldest TLS that is spoken: 1.2 or 1.3.
    #[arg(long, default_value = "1.2", value_name = "VERSION")]
    pub tls_min_version: OldestTls,

    /// The pool's name in metrics.
    #[arg(long, default_value = "default", value_name = "NAME")]
    pub pool_name: String,
    /// Let requests go to every endpoint, whatever subset the gateway names.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          default_value = "false", value_parser = boolean, value_name = "BOOL")]
    pub disable_endpoint_subset_filter: bool,
    /// Let a request's header x-llm-d-model-name-rewrite name the model to use.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          default_value = "true", value_parser = boolean, value_name = "BOOL")]
    pub model_rewrite_header: bool,

    /// Show the series of ext_proc streams in /metrics.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          default_value = "false", value_parser = boolean, value_name = "BOOL")]
    pub enable_grpc_stream_metrics: bool,

    /// How often each endpoint is scraped.
    #[arg(long, default_value = "50ms", value_parser = duration_above_zero, value_name = "DURATION")]
    pub refresh_metrics_interval: Duration,
    /// After how long a scraped value is no longer known.
    #[arg(long, default_value = "2s", value_parser = duration_above_zero, value_name = "DURATION")]
    pub metrics_staleness_threshold: Duration,
    /// Port of the model servers' metrics; 0 is each endpoint's own.
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub model_server_metrics_port: u16,
    /// Path of the model servers' metrics.
    #[arg(long, default_value = "/metrics", value_name = "PATH")]
    pub model_server_metrics_path: String,
    /// Scheme of the model servers' metrics.
    #[arg(long, default_value = "http", value_parser = ["http", "https"], value_name = "SCHEME")]
    pub model_server_metrics_scheme: String,
    /// Take any certificate of a model server's metrics.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          default_value = "true", value_parser = boolean, value_name = "BOOL")]
    pub model_server_metrics_https_insecure_skip_verify: bool,

    /// The largest body of a request; beyond it, 413.
    #[arg(long, default_value = "16Mi", value_parser = bytes, value_name = "BYTES")]
    pub max_body_bytes: usize,
    /// The largest gRPC message that is read. Default: --max-body-bytes and 1 MiB.
    #[arg(long, value_parser = bytes_or_default, value_name = "BYTES")]
    pub grpc_max_recv_msg_size: Option<usize>,
    /// From the last byte of a request's body to the pick.
    #[arg(long, default_value = "1s", value_parser = duration_above_zero, value_name = "DURATION")]
    pub decision_timeout: Duration,
    /// How long an upload may stop before the request is refused with 408.
    #[arg(long, default_value = "60s", value_parser = duration_above_zero, value_name = "DURATION")]
    pub upload_idle_timeout: Duration,
    /// How long open streams may take to end after SIGTERM.
    #[arg(long, default_value = "30s", value_parser = duration, value_name = "DURATION")]
    pub drain_timeout: Duration,

    /// Folder for decision records and the history of plans.
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Folder for compiled plugins. Default: `compiled` in --data-dir, where one is given.
    #[arg(long, value_name = "FOLDER")]
    pub plugin_cache: Option<PathBuf>,

    /// The longest that is waited for a component from a registry.
    #[arg(long, default_value = "60s", value_parser = duration_above_zero, value_name = "DURATION")]
    pub registry_timeout: Duration,
    /// Speak plain HTTP also to registries that are not on this machine.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true",
          default_value = "false", value_parser = boolean, value_name = "BOOL")]
    pub registry_plain_http: bool,
    /// A public key whose owner must have signed every component from a registry; of several, one of them.
    #[arg(long, value_name = "FILE", action = ArgAction::Append)]
    pub require_signatures_key: Vec<PathBuf>,

    /// How much is logged: 0 errors and warnings, 2 the usual, 4 debug, 5 and more everything.
    #[arg(short, long = "v", default_value_t = 2, value_name = "LEVEL")]
    pub verbosity: u32,
    /// How log lines look. Default: console on a terminal, else json.
    #[arg(long, value_enum, value_name = "ENCODER")]
    pub zap_encoder: Option<LogEncoder>,

    /// Flags that were given and have no effect.
    #[arg(skip)]
    ignored: Vec<String>,
    /// Whether one of the flags about the model servers' metrics was given.
    #[arg(skip)]
    scrape_flags: bool,
}

impl Flags {
    /// Reads a command line; the first of `args` is the program's name.
    ///
    /// # Errors
    /// A message for the terminal; also for `--help` and `--version`, see [`clap::Error::exit`].
    pub fn read(args: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut command = accepted::add_to(Self::command());
        let args = go_style::normalise(args, &command);
        accepted::refuse_removed(&args, &mut command)?;
        let matches = command.try_get_matches_from_mut(args)?;
        let mut flags = Self::from_arg_matches(&matches)?;
        flags.ignored = accepted::given(&matches);
        flags.scrape_flags = [
            "model_server_metrics_port",
            "model_server_metrics_path",
            "model_server_metrics_scheme",
        ]
        .iter()
        .any(|id| on_command_line(&matches, id));
        Ok(flags)
    }

    /// One sentence for each flag that was given and has no effect here.
    pub fn without_effect(&self) -> Vec<String> {
        let mut sentences = self.ignored.clone();
        if self.enable_cert_reload && self.cert_path.is_none() {
            sentences.push(
                "--enable-cert-reload has no effect: without --cert-path nothing changes"
                    .to_owned(),
            );
        }
        sentences
    }

    /// How log lines shall look.
    pub fn log_options(&self) -> LogOptions {
        let json = self
            .zap_encoder
            .map(|encoder| matches!(encoder, LogEncoder::Json));
        LogOptions {
            verbosity: self.verbosity,
            json,
        }
    }

    /// Where compiled plugins are kept between starts.
    pub fn compiled(&self) -> Option<PathBuf> {
        let in_data_dir = || Some(self.data_dir.as_ref()?.join("compiled"));
        self.plugin_cache.clone().or_else(in_data_dir)
    }

    /// The largest gRPC message that is read, in bytes.
    pub fn grpc_max_recv_bytes(&self) -> usize {
        self.grpc_max_recv_msg_size
            .filter(|bytes| *bytes > 0)
            .unwrap_or(self.max_body_bytes.saturating_add(GRPC_OVERHEAD_BYTES))
    }

    /// Has the flags about the model servers' metrics fill in what the configuration leaves open: the
    /// fetch parameters of the scrapers that the host added.
    pub fn apply_scrape_flags(&self, resolved: &mut Resolved) {
        resolved.scrape_tls.insecure_skip_verify &=
            self.model_server_metrics_https_insecure_skip_verify;
        if !self.scrape_flags {
            return;
        }
        for index in &resolved.scrapers {
            let plugin = &mut resolved.plugins[*index];
            let Value::Object(parameters) = &mut plugin.parameters else {
                continue;
            };
            if !plugin.injected {
                continue;
            }
            let path = Value::from(self.model_server_metrics_path.as_str());
            parameters.insert("path".to_owned(), path);
            let scheme = Value::from(self.model_server_metrics_scheme.as_str());
            parameters.insert("scheme".to_owned(), scheme);
            if self.model_server_metrics_port != 0 {
                let port = Value::from(self.model_server_metrics_port);
                parameters.insert("port".to_owned(), port);
            }
        }
    }
}

fn on_command_line(matches: &ArgMatches, id: &str) -> bool {
    matches.value_source(id) == Some(ValueSource::CommandLine)
}

#[cfg(test)]
mod tests;
