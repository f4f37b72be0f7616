//! Simulated model servers.

use std::path::Path;
use std::process::Command;

use super::server::Server;
use super::{StageError, ports};

/// The model that every server of a stage serves.
pub const MODEL: &str = "demo-model";

/// What a simulated server can do, and how fast it is.
#[derive(Debug, Clone, Copy)]
pub struct Abilities {
    /// Tokens that a prompt and its answer may have together.
    pub context_tokens: u32,
    /// Requests that run at once; others wait.
    pub slots: u32,
    /// Tokens per cache block.
    pub block_tokens: u32,
    /// Blocks its cache holds.
    pub cache_blocks: u32,
    /// Prefill time of any prompt, in microseconds.
    pub prefill_overhead_us: u32,
    /// Prefill time per token that is not cached, in microseconds.
    pub prefill_per_token_us: u32,
    /// Time between two tokens, in microseconds.
    pub per_token_us: u32,
}

/// A running simulated server.
#[derive(Debug)]
pub struct ModelServer {
    server: Server,
    port: u16,
}

impl ModelServer {
    /// Starts `N` of them from `binary`, with their logs in `directory`.
    pub fn start_many<const N: usize>(
        binary: &Path,
        abilities: Abilities,
        directory: &Path,
    ) -> Result<Vec<Self>, StageError> {
        Self::start_each(binary, abilities, [const { &[] }; N], directory)
    }

    /// The same, each with arguments of its own.
    pub fn start_each<const N: usize>(
        binary: &Path,
        abilities: Abilities,
        own_arguments: [&[&str]; N],
        directory: &Path,
    ) -> Result<Vec<Self>, StageError> {
        let ports: [u16; N] = ports::free()?;
        (1..)
            .zip(ports.into_iter().zip(own_arguments))
            .map(|(number, (port, own))| {
                let name = format!("server-{number}");
                let mut command = Command::new(binary);
                command.args(arguments(abilities, number, port)).args(own);
                let probe = format!("http://127.0.0.1:{port}/health");
                let log = directory.join(format!("{name}.log"));
                Ok(Self {
                    server: Server::start(&name, command, &log, &probe)?,
                    port,
                })
            })
            .collect()
    }

    /// Its name, as the picker's endpoints file has it.
    pub fn name(&self) -> &str {
        self.server.name()
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process.
    pub fn server(&self) -> &Server {
        &self.server
    }
}

fn arguments(abilities: Abilities, seed: u32, port: u16) -> Vec<String> {
    let us = |value: u32| format!("{value}us");
    [
        ("port", port.to_string()),
        ("model", MODEL.to_owned()),
        ("max-model-len", abilities.context_tokens.to_string()),
        ("max-num-seqs", abilities.slots.to_string()),
        ("block-size", abilities.block_tokens.to_string()),
        ("enable-kvcache", "true".to_owned()),
        ("kv-cache-size", abilities.cache_blocks.to_string()),
        ("prefill-overhead", us(abilities.prefill_overhead_us)),
        ("prefill-time-per-token", us(abilities.prefill_per_token_us)),
        ("inter-token-latency", us(abilities.per_token_us)),
        ("seed", seed.to_string()),
    ]
    .into_iter()
    .map(|(name, value)| format!("--{name}={value}"))
    .collect()
}
