//! What a server counts: one value per series of `/metrics`, true or faked.

use crate::engine::Finish;

/// A histogram that the server keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hist {
    /// Prompt tokens of a request.
    PromptTokens,
    /// Answer tokens of a request.
    GenerationTokens,
    /// Tokens that one engine step computed.
    IterationTokens,
    /// Most answer tokens that any choice of a request got.
    MaxGenerationTokens,
    /// Choices asked for.
    ParamsN,
    /// Answer tokens asked for.
    ParamsMaxTokens,
    /// From arrival to the first token.
    TimeToFirstToken,
    /// Between tokens.
    InterToken,
    /// Mean time of an answer's tokens after the first.
    TimePerOutputToken,
    /// From arrival to the last token.
    EndToEnd,
    /// In the waiting queue.
    Queue,
    /// In a batch slot.
    Inference,
    /// From slot to first token.
    Prefill,
    /// From first to last token.
    Decode,
    /// Preemptions of a request, here always none.
    Preemptions,
    /// Prompt tokens that were not found in the cache.
    ComputedTokens,
}

/// How a histogram is exposed.
pub(crate) struct HistSpec {
    /// Its family.
    pub name: &'static str,
    /// What it says about itself.
    pub help: &'static str,
    /// Its name in fake metrics.
    pub fake: &'static str,
    /// Upper bounds, without the infinite one.
    pub bounds: &'static [f64],
}

const TOKENS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];
const STEP: &[f64] = &[
    1.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0,
];
const FEW: &[f64] = &[1.0, 2.0, 5.0, 10.0, 20.0];
const PREEMPTIONS: &[f64] = &[1.0, 2.0, 3.0, 4.0, 5.0, 10.0, 20.0];
const FIRST: &[f64] = &[
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    20.0, 40.0, 80.0, 160.0, 640.0, 2560.0,
];
const GAP: &[f64] = &[
    0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0, 20.0,
    40.0, 80.0,
];
const LONG: &[f64] = &[
    0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0, 120.0, 240.0,
    480.0, 960.0, 1920.0, 7680.0,
];

macro_rules! hists {
    ($($hist:ident $name:literal $fake:literal $bounds:ident $help:literal;)*) => {
        /// All histograms, in the order of [`Hist`] and of the exposition.
        pub(crate) const HISTS: &[HistSpec] = &[$(HistSpec {
            name: concat!("vllm:", $name),
            help: $help,
            fake: $fake,
            bounds: $bounds,
        }),*];

        #[cfg(test)]
        const ORDER: &[Hist] = &[$(Hist::$hist),*];
    };
}

hists! {
    PromptTokens "request_prompt_tokens" "request-prompt-tokens" TOKENS "Prompt tokens per request.";
    GenerationTokens "request_generation_tokens" "request-generation-tokens" TOKENS "Generated tokens per request.";
    IterationTokens "iteration_tokens_total" "iteration-tokens" STEP "Tokens per engine step.";
    MaxGenerationTokens "request_max_num_generation_tokens" "request-max-generation-tokens" TOKENS "Largest number of generated tokens over the choices of a request.";
    ParamsN "request_params_n" "request-params-n" FEW "The parameter n of requests.";
    ParamsMaxTokens "request_params_max_tokens" "request-params-max-tokens" TOKENS "The parameter max_tokens of requests.";
    TimeToFirstToken "time_to_first_token_seconds" "ttft-buckets-values" FIRST "Seconds from arrival to the first token.";
    InterToken "inter_token_latency_seconds" "tpot-buckets-values" GAP "Seconds between tokens.";
    TimePerOutputToken "request_time_per_output_token_seconds" "request-tpot-buckets-values" GAP "Mean seconds per token after the first, per request.";
    EndToEnd "e2e_request_latency_seconds" "e2erl-buckets-values" LONG "Seconds from arrival to the last token.";
    Queue "request_queue_time_seconds" "queue-time-buckets-values" LONG "Seconds in the waiting queue.";
    Inference "request_inference_time_seconds" "inf-time-buckets-values" LONG "Seconds in a batch slot.";
    Prefill "request_prefill_time_seconds" "prefill-time-buckets-values" LONG "Seconds from slot to first token.";
    Decode "request_decode_time_seconds" "decode-time-buckets-values" LONG "Seconds from first to last token.";
    Preemptions "request_num_preemptions" "request-preemptions" PREEMPTIONS "Preemptions per request.";
    ComputedTokens "request_prefill_kv_computed_tokens" "request-computed-tokens" TOKENS "Prompt tokens computed per request, without those found in the cache.";
}

/// Counts of one histogram.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Observations per bucket, the infinite one last; not cumulative.
    pub buckets: Vec<u64>,
    /// Sum of all observations.
    pub sum: f64,
}

/// A state of the LoRA adapters, as one series of `vllm:lora_requests_info`.
#[derive(Clone, Debug, PartialEq)]
pub struct LoraSeries {
    /// Adapters of running requests, separated by commas.
    pub running: String,
    /// Adapters of waiting requests, separated by commas.
    pub waiting: String,
    /// When this state was last seen, in Unix seconds; the newest series tells the state now.
    pub seen: f64,
}

/// Everything that `/metrics` tells.
#[derive(Clone, Debug)]
pub struct Stats {
    /// Requests in batch slots.
    pub running: f64,
    /// Requests in the waiting queue.
    pub waiting: f64,
    /// Those of them that wait for an adapter's turn, not for capacity.
    pub deferred: f64,
    /// Share of KV blocks that running requests hold, 0 to 1.
    pub kv_usage: f64,
    /// Prompt tokens looked up in the prefix cache.
    pub prefix_queries: f64,
    /// Those of them that were found.
    pub prefix_hits: f64,
    /// Prompt tokens of started requests.
    pub prompt_tokens: f64,
    /// Tokens generated.
    pub generation_tokens: f64,
    /// Finished requests by [`Finish`].
    pub finished: [u64; Finish::ALL.len()],
    /// Requests refused by a full queue.
    pub rejected: u64,
    /// Histograms in the order of [`HISTS`].
    pub hists: Vec<Counts>,
    /// States of the adapters, oldest first; empty without adapters.
    pub loras: Vec<LoraSeries>,
    /// Faked gauges of any other name: series and value.
    pub extra: Vec<(String, f64)>,
}

impl Default for Stats {
    fn default() -> Self {
        let empty = |spec: &HistSpec| Counts {
            buckets: vec![0; spec.bounds.len() + 1],
            sum: 0.0,
        };
        Self {
            running: 0.0,
            waiting: 0.0,
            deferred: 0.0,
            kv_usage: 0.0,
            prefix_queries: 0.0,
            prefix_hits: 0.0,
            prompt_tokens: 0.0,
            generation_tokens: 0.0,
            finished: [0; Finish::ALL.len()],
            rejected: 0,
            hists: HISTS.iter().map(empty).collect(),
            loras: Vec::new(),
            extra: Vec::new(),
        }
    }
}

impl Stats {
    /// Adds `times` equal observations.
    pub fn observe(&mut self, hist: Hist, value: f64, times: u64) {
        let bounds = HISTS[hist as usize].bounds;
        let bucket = bounds.partition_point(|bound| *bound < value);
        let counts = &mut self.hists[hist as usize];
        counts.buckets[bucket] += times;
        counts.sum += value * times as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (position, (spec, hist)) in HISTS.iter().zip(ORDER).enumerate() {
            assert_eq!(*hist as usize, position, "{}", spec.name);
            assert!(spec.bounds.is_sorted(), "{}", spec.name);
        }
    }

    #[test]
    fn observations_fall_into_the_first_bucket_that_holds_them() {
        let mut stats = Stats::default();
        for (value, bucket) in [(0.5, 0), (1.0, 0), (1.5, 1), (1000.0, 9), (5000.0, 10)] {
            let before = stats.hists[Hist::PromptTokens as usize].buckets[bucket];
            stats.observe(Hist::PromptTokens, value, 2);
            assert_eq!(
                stats.hists[Hist::PromptTokens as usize].buckets[bucket],
                before + 2,
                "{value}"
            );
        }
    }
}
