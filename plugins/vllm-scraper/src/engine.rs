//! How each engine names its metrics.

use crate::spec::Spec;

/// One engine's names. Where there are several, the first that an answer holds counts.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    pub(crate) name: String,
    pub(crate) waiting: Vec<Spec>,
    pub(crate) running: Vec<Spec>,
    pub(crate) kv_usage: Vec<Spec>,
    pub(crate) lora: Option<Spec>,
    pub(crate) kv_blocks: Option<CacheSize>,
    pub(crate) kv_block_tokens: Option<CacheSize>,
    /// Custom columns by key.
    pub(crate) custom: Vec<(String, Spec)>,
}

/// Where a size of the KV cache stands.
#[derive(Debug, Clone)]
pub(crate) enum CacheSize {
    /// It is the value of a gauge.
    Gauge(Spec),
    /// It is a label of a series whose value says nothing.
    Label(Spec, String),
}

impl CacheSize {
    fn spec(&self) -> &Spec {
        match self {
            Self::Gauge(spec) | Self::Label(spec, _) => spec,
        }
    }
}

impl Engine {
    /// An engine with no names yet.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            waiting: Vec::new(),
            running: Vec::new(),
            kv_usage: Vec::new(),
            lora: None,
            kv_blocks: None,
            kv_block_tokens: None,
            custom: Vec::new(),
        }
    }

    /// The metric families to ask for.
    pub(crate) fn families(&self) -> impl Iterator<Item = &str> {
        let gauges = self
            .waiting
            .iter()
            .chain(&self.running)
            .chain(&self.kv_usage);
        let sizes = self.kv_blocks.iter().chain(&self.kv_block_tokens);
        let custom = self.custom.iter().map(|(_, spec)| spec);
        gauges
            .chain(&self.lora)
            .chain(sizes.map(CacheSize::spec))
            .chain(custom)
            .map(|spec| spec.name.as_str())
    }
}

/// The engines known without settings; the first is the default.
pub(crate) fn built_in() -> Vec<Engine> {
    let gauge = |name: &str| vec![Spec::named(name)];
    let label =
        |metric: &str, label: &str| Some(CacheSize::Label(Spec::named(metric), label.to_owned()));
    let size = |spec: Spec| Some(CacheSize::Gauge(spec));
    let triton = |label: &str, value: &str| {
        let metric = match label {
            "request_type" => "nv_trt_llm_request_metrics",
            _ => "nv_trt_llm_kv_cache_block_metrics",
        };
        Spec::named(metric).with(label, value)
    };
    vec![
        Engine {
            waiting: gauge("vllm:num_requests_waiting"),
            running: gauge("vllm:num_requests_running"),
            kv_usage: vec![
                Spec::named("vllm:kv_cache_usage_perc"),
                // What the same gauge was called before vLLM 0.10.
                Spec::named("vllm:gpu_cache_usage_perc"),
            ],
            lora: Some(Spec::named("vllm:lora_requests_info")),
            kv_blocks: label("vllm:cache_config_info", "num_gpu_blocks"),
            kv_block_tokens: label("vllm:cache_config_info", "block_size"),
            ..Engine::named("vllm")
        },
        Engine {
            waiting: gauge("sglang:num_queue_reqs"),
            running: gauge("sglang:num_running_reqs"),
            kv_usage: gauge("sglang:token_usage"),
            kv_blocks: label("sglang:cache_config_info", "num_pages"),
            kv_block_tokens: label("sglang:cache_config_info", "page_size"),
            ..Engine::named("sglang")
        },
        Engine {
            waiting: gauge("trtllm_num_requests_waiting"),
            running: gauge("trtllm_num_requests_running"),
            kv_usage: gauge("trtllm_kv_cache_utilization"),
            kv_blocks: size(Spec::named("trtllm_kv_cache_max_blocks")),
            kv_block_tokens: size(Spec::named("trtllm_kv_cache_tokens_per_block")),
            ..Engine::named("trtllm-serve")
        },
        Engine {
            waiting: vec![triton("request_type", "waiting")],
            running: vec![triton("request_type", "scheduled")],
            kv_usage: vec![triton("kv_cache_block_type", "fraction")],
            kv_blocks: size(triton("kv_cache_block_type", "max")),
            kv_block_tokens: size(triton("kv_cache_block_type", "tokens_per")),
            ..Engine::named("triton-tensorrt-llm")
        },
        Engine {
            waiting: gauge("nv_inference_pending_request_count"),
            running: gauge("nv_inference_exec_count"),
            ..Engine::named("triton")
        },
    ]
}
