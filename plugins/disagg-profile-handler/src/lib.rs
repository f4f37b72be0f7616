//! Splits a request over servers: one decodes it, and others encode its images or prefill its prompt
//! where the deciders of those stages agree.
//!
//! The pick of the decode profile is the destination; the sidecar there learns from request headers
//! which servers prefill and encode. A stage without a decider never runs (prefill runs without one in
//! the order `prefill-first`, where there is no decode server yet to ask about). Encoding is for
//! requests with images, videos or sounds only. A prefill or encode stage that finds no server is left
//! out, and the decode server then does that work; without a decode server there is no decision.
//!
//! Decode-first asks for prefill before encode: a decider is told the latest pick, and whether to
//! prefill is a question about the decode server.

mod settings;

use settings::{Order, Settings, Stages};
use switchyard_sdk::disagg::{ENCODERS_HEADER, PREFILLER_HEADER};
use switchyard_sdk::{
    Decision, Diagnostics, Endpoint, Endpoints, Fault, Header, Needs, PerRow, Plugin,
    ProfileHandler, ProfileResult, Request, Scalar, Step, export,
};

/// `disagg-profile-handler`.
struct DisaggProfileHandler {
    stages: Stages,
    host_ports: PerRow<String>,
}

impl Plugin for DisaggProfileHandler {
    const NAME: &'static str = "disagg-profile-handler";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        Ok(Self {
            stages: settings.stages()?,
            host_ports: PerRow::default(),
        })
    }

    fn needs(&self) -> Needs {
        if self.stages.encode_decider.is_some() {
            Needs::none().scalar(Scalar::MultimodalParts)
        } else {
            Needs::none()
        }
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.host_ports = PerRow::resolve(endpoints, Endpoint::host_port);
        Ok(())
    }
}

impl ProfileHandler for DisaggProfileHandler {
    fn next(
        &mut self,
        _request: &Request,
        done: &[ProfileResult],
        picked: &Endpoints<'_>,
    ) -> Result<Vec<Step>, Fault> {
        let stages = &self.stages;
        let encode = self.encode_step(picked);
        let steps = match (stages.order, ProfileResult::of(&stages.decode, done)) {
            (Order::DecodeFirst, None) => vec![Step::run(&stages.decode)],
            (Order::DecodeFirst, Some(decode)) if decode.is_picked() => {
                let prefill = stages.prefill_decider.as_ref();
                let prefill = prefill.map(|decider| Step::gated(&stages.prefill, decider));
                prefill.into_iter().chain(encode).collect()
            }
            (Order::DecodeFirst, Some(_)) => Vec::new(),
            (Order::PrefillFirst, _) => {
                let stages = [Step::run(&stages.prefill)].into_iter().chain(encode);
                stages.chain([Step::run(&self.stages.decode)]).collect()
            }
        };
        let to_run = |step: &Step| ProfileResult::of(&step.profile, done).is_none();
        Ok(steps.into_iter().filter(to_run).collect())
    }

    fn decide(
        &mut self,
        _request: &Request,
        done: &[ProfileResult],
        _picked: &Endpoints<'_>,
    ) -> Result<Decision, Fault> {
        let stages = &self.stages;
        let decode = ProfileResult::of(&stages.decode, done)
            .filter(|decode| decode.is_picked())
            .ok_or_else(|| {
                Fault::cannot_answer(format!(
                    "the decode profile `{}` picked no endpoint",
                    stages.decode
                ))
            })?;
        let mut decision = Decision::of(decode);
        if let Some(prefiller) = self.host_ports(done, &stages.prefill).first() {
            let header = Header::new(PREFILLER_HEADER, *prefiller);
            decision.set_headers.push(header);
        }
        let encoders = self.host_ports(done, &stages.encode);
        if !encoders.is_empty() {
            let header = Header::new(ENCODERS_HEADER, encoders.join(","));
            decision.set_headers.push(header);
        }
        Ok(decision)
    }
}

impl DisaggProfileHandler {
    fn encode_step(&self, picked: &Endpoints<'_>) -> Option<Step> {
        let decider = self.stages.encode_decider.as_ref()?;
        let has_parts = picked.scalar(Scalar::MultimodalParts) > 0.0;
        has_parts.then(|| Step::gated(&self.stages.encode, decider))
    }

    /// Where the endpoints listen that a profile picked.
    fn host_ports(&self, done: &[ProfileResult], profile: &str) -> Vec<&str> {
        let rows = ProfileResult::of(profile, done).map(|result| result.rows.as_slice());
        rows.unwrap_or_default()
            .iter()
            .filter_map(|&row| self.host_ports.get(row))
            .map(String::as_str)
            .collect()
    }
}

export!(DisaggProfileHandler, [profile_handler]);

#[cfg(test)]
mod tests;
