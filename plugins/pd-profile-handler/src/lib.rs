//! Decode, and a separate prefill where it pays.
//!
//! Its settings are of two generations. With `threshold` or `hashBlockSize` the handler judges by itself,
//! as its first generation did: `threshold` 0 means always, otherwise there is a separate prefill where
//! at least `threshold` bytes of the prompt are not cached at the decode server. Its matched blocks
//! count one less than they are; the thresholds people have tuned have that in them. Without those
//! settings a decider judges, `prefix-based-pd-decider` if no other is named.
//!
//! Without a prefill server the decode server does all; without a decode server there is no decision.
//! With `primaryPort` the request goes to that port and `x-data-parallel-host-port` names the rank.

mod settings;

use settings::{Rule, Settings};
use switchyard_sdk::disagg::{PREFILLER_HEADER, RANK_HEADER};
use switchyard_sdk::{
    Column, Decision, Diagnostics, Endpoint, Endpoints, Fault, Header, Needs, PerRow, Plugin,
    ProfileHandler, ProfileResult, Request, Scalar, Step, export,
};

/// How many bytes the host takes for a token.
const BYTES_PER_TOKEN: f64 = 4.0;

/// `pd-profile-handler`.
struct PdProfileHandler {
    decode: String,
    prefill: String,
    primary_port: u16,
    rule: Rule,
    host_ports: PerRow<String>,
}

impl Plugin for PdProfileHandler {
    const NAME: &'static str = "pd-profile-handler";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        let rule = settings.rule()?;
        Ok(Self {
            decode: settings.decode_profile,
            prefill: settings.prefill_profile,
            primary_port: settings.primary_port,
            rule,
            host_ports: PerRow::default(),
        })
    }

    fn needs(&self) -> Needs {
        match self.rule {
            Rule::UncachedBytes { .. } => Needs::none()
                .column(Column::PrefixMatchBlocks)
                .scalar(Scalar::PromptBytes)
                .optional_scalar(Scalar::BlockTokens),
            Rule::Always | Rule::Decider(_) => Needs::none(),
        }
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.host_ports = PerRow::resolve(endpoints, Endpoint::host_port);
        Ok(())
    }
}

impl ProfileHandler for PdProfileHandler {
    fn next(
        &mut self,
        _request: &Request,
        done: &[ProfileResult],
        picked: &Endpoints<'_>,
    ) -> Result<Vec<Step>, Fault> {
        let Some(decode) = ProfileResult::of(&self.decode, done) else {
            return Ok(vec![Step::run(&self.decode)]);
        };
        if !decode.is_picked() || ProfileResult::of(&self.prefill, done).is_some() {
            return Ok(Vec::new());
        }
        Ok(match &self.rule {
            Rule::Always => vec![Step::run(&self.prefill)],
            Rule::Decider(decider) => vec![Step::gated(&self.prefill, decider)],
            Rule::UncachedBytes { least, block_bytes } => {
                if uncached_bytes(picked, *block_bytes) < *least {
                    Vec::new()
                } else {
                    vec![Step::run(&self.prefill)]
                }
            }
        })
    }

    fn decide(
        &mut self,
        _request: &Request,
        done: &[ProfileResult],
        _picked: &Endpoints<'_>,
    ) -> Result<Decision, Fault> {
        let decode = ProfileResult::of(&self.decode, done)
            .filter(|decode| decode.is_picked())
            .ok_or_else(|| {
                Fault::cannot_answer(format!(
                    "the decode profile `{}` picked no endpoint",
                    self.decode
                ))
            })?;
        let mut decision = Decision::of(decode);
        if let Some(prefiller) = self.best(done, &self.prefill) {
            decision
                .set_headers
                .push(Header::new(PREFILLER_HEADER, prefiller));
        }
        if self.primary_port != 0 {
            // The header names one rank, so there is no other to fall back on.
            decision.targets.truncate(1);
            for target in &mut decision.targets {
                target.port = self.primary_port;
            }
            if let Some(rank) = self.best(done, &self.decode) {
                decision.set_headers.push(Header::new(RANK_HEADER, rank));
            }
        }
        Ok(decision)
    }
}

impl PdProfileHandler {
    /// Where the best pick of a profile listens.
    fn best(&self, done: &[ProfileResult], profile: &str) -> Option<&str> {
        let row = *ProfileResult::of(profile, done)?.rows.first()?;
        self.host_ports.get(row).map(String::as_str)
    }
}

/// Bytes of the prompt that the first picked server does not hold; all of them where its match is
/// unknown.
fn uncached_bytes(picked: &Endpoints<'_>, block_bytes: f64) -> f64 {
    let prompt = picked.scalar(Scalar::PromptBytes);
    let prompt = if prompt.is_nan() { 0.0 } else { prompt };
    let index_block = picked.scalar(Scalar::BlockTokens) * BYTES_PER_TOKEN;
    let block = if index_block.is_nan() {
        block_bytes
    } else {
        index_block
    };
    let matched = picked.column(Column::PrefixMatchBlocks).first();
    // `max` makes 0 of NaN.
    let cached = (matched.copied().unwrap_or(f64::NAN) - 1.0).max(0.0) * block;
    (prompt - cached).max(0.0)
}

export!(PdProfileHandler, [profile_handler]);

#[cfg(test)]
mod tests;
