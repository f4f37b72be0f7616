//! The command line: what is fixed for the life of a server. Names are those of the reference simulator
//! where it has the flag.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{ArgAction, Parser};

use crate::live::{Live, SettingError};
use crate::lora::LoraModule;
use crate::span::Span;

/// A simulated vLLM server: OpenAI endpoints, a prefix cache, a queue, a clock and vLLM's metrics, without
/// a model.
#[derive(Clone, Debug, Parser)]
#[command(name = "switchyard-sim", version, about, long_about = None)]
pub struct Options {
    /// Address to listen on.
    #[arg(long, alias = "host", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST), help_heading = "Server")]
    pub address: IpAddr,

    /// Port to listen on; 0 lets the system choose.
    #[arg(long, default_value_t = 8000, help_heading = "Server")]
    pub port: u16,

    /// Threads that serve connections.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64), help_heading = "Server")]
    pub workers: u16,

    /// Name told in the header `x-inference-pod`; `sim-PORT` if not given.
    #[arg(long, env = "POD_NAME", help_heading = "Server")]
    pub pod_name: Option<String>,

    /// Name told in the header `x-inference-namespace`.
    #[arg(long, env = "POD_NAMESPACE", help_heading = "Server")]
    pub pod_namespace: Option<String>,

    /// How long `/health/ready` answers 503 after the start.
    #[arg(
        long,
        default_value_t,
        value_name = "DURATION",
        help_heading = "Server"
    )]
    pub startup_duration: Span,

    /// Largest request body, in MiB; larger ones get 413.
    #[arg(long, default_value_t = 4, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=512), help_heading = "Server")]
    pub max_request_body_size_mb: u64,

    /// Send the request's `x-request-id` back.
    #[arg(long, default_value_t = false, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = ArgAction::Set, help_heading = "Server")]
    pub enable_request_id_headers: bool,

    /// How long a stop waits for requests in flight.
    #[arg(long, default_value_t = Span::from_millis(5000), value_name = "DURATION", help_heading = "Server")]
    pub drain_timeout: Span,

    /// The model that is "loaded".
    #[arg(long, env = "SIM_MODEL", help_heading = "Model")]
    pub model: String,

    /// Names the API answers to, instead of the model's own.
    #[arg(long, num_args = 1.., value_name = "NAME", help_heading = "Model")]
    pub served_model_name: Vec<String>,

    /// LoRA adapters, each as NAME=PATH or JSON like `{"name": "sql", "path": "/loras/sql"}`.
    #[arg(long, num_args = 1.., value_name = "ADAPTER", help_heading = "Model")]
    pub lora_modules: Vec<LoraModule>,

    /// Different adapters that may run at the same time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Model")]
    pub max_loras: u32,

    /// Longest prompt plus answer, in tokens.
    #[arg(
        long,
        default_value_t = 1024,
        value_name = "TOKENS",
        help_heading = "Model"
    )]
    pub max_model_len: usize,

    /// Seed of texts, latencies and faults. An answer depends on the seed and its prompt alone.
    #[arg(long, default_value_t = 0, help_heading = "Model")]
    pub seed: u64,

    /// Simulate the KV cache with prefix sharing (`--enable-kvcache=false` turns it off).
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = ArgAction::Set, help_heading = "KV cache")]
    pub enable_kvcache: bool,

    /// Blocks in the KV cache.
    #[arg(long, default_value_t = 1024, value_name = "BLOCKS", value_parser = clap::value_parser!(u32).range(1..), help_heading = "KV cache")]
    pub kv_cache_size: u32,

    /// Tokens in a block (a token is 4 bytes of text).
    #[arg(long, default_value_t = 16, value_name = "TOKENS", value_parser = block_size, help_heading = "KV cache")]
    pub block_size: u32,

    /// Serve this exposition on `/metrics` as it is.
    #[arg(long, value_name = "FILE", help_heading = "Metrics")]
    pub metrics_file: Option<PathBuf>,

    /// Report this GPU temperature on `/metrics`, as NVIDIA's DCGM exporter would; none if not given.
    #[arg(long, value_name = "CELSIUS", help_heading = "Metrics")]
    pub gpu_temperature: Option<f64>,

    /// What may change while the server runs.
    #[command(flatten)]
    pub live: Live,
}

impl Options {
    /// Defaults for the model `name`, on a port that the system chooses.
    pub fn for_model(name: &str) -> Self {
        Self::parse_from(["switchyard-sim", "--port", "0", "--model", name])
    }

    /// Checks what the types can't: values that contradict each other.
    pub fn validate(&self) -> Result<(), SettingError> {
        self.live.validate()?;
        for module in &self.lora_modules {
            if self.base_names().any(|name| name == module.name) {
                return Err(SettingError::new(
                    "lora-modules",
                    &module.name,
                    "a name that no served model has",
                ));
            }
        }
        Ok(())
    }

    /// The names of the base model, the first being the one answers carry by default.
    pub fn base_names(&self) -> impl Iterator<Item = &str> {
        let own = self
            .served_model_name
            .is_empty()
            .then_some(self.model.as_str());
        self.served_model_name.iter().map(String::as_str).chain(own)
    }
}

/// The block sizes that vLLM knows.
fn block_size(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(size @ (8 | 16 | 32 | 64 | 128)) => Ok(size),
        _ => Err("expected 8, 16, 32, 64 or 128".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(args: &str) -> Result<Options, String> {
        let args = ["switchyard-sim"]
            .into_iter()
            .chain(args.split_whitespace());
        let options = Options::try_parse_from(args).map_err(|error| error.to_string())?;
        options.validate().map_err(|error| error.to_string())?;
        Ok(options)
    }

    #[test]
    fn the_command_is_well_formed() {
        Options::command().debug_assert();
    }

    #[test]
    fn command_lines_of_the_reference_simulator_are_understood() {
        let options = parse(
            "--port=8001 --model m --served-model-name a b --lora-modules {\"name\":\"l1\"} l2=/x \
             --max-loras 2 --time-to-first-token 10ms --inter-token-latency 5 --enable-kvcache=false \
             --failure-types rate_limit server_error --failure-injection-rate 10 --mode echo",
        )
        .unwrap();
        assert_eq!(options.base_names().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(options.lora_modules[1].name, "l2");
        assert_eq!(options.live.time_to_first_token, Span::from_millis(10));
        assert_eq!(options.live.inter_token_latency, Span::from_millis(5));
        assert!(!options.enable_kvcache);
        assert_eq!(options.live.failure_types.len(), 2);
    }

    #[test]
    fn bad_values_are_named() {
        for (args, said) in [
            ("--model m --block-size 17", "expected 8, 16, 32, 64 or 128"),
            (
                "--model m --time-to-first-token soon",
                "`soon` is not a duration",
            ),
            ("--model m --hang-rate 101", "hang-rate"),
            (
                "--model m --lora-modules m=/x",
                "a name that no served model has",
            ),
            (
                "--model m --fake-metrics {\"waiting-request\":1}",
                "did you mean `waiting-requests`",
            ),
            ("--model m --time-factor-under-load 0.5", "at least 1"),
            (
                "--model m --inter-token-latency 10ms --inter-token-latency-std-dev 4ms",
                "30 %",
            ),
        ] {
            let error = parse(args).unwrap_err();
            assert!(error.contains(said), "{args}: {error}");
        }
    }
}
