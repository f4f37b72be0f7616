//! Writes [`Stats`] as the text that vLLM's `/metrics` answers with: the same families, labels, types and
//! order, `_created` twins included, because those are what a scraper stumbles over.

use std::fmt::Write;

use crate::app::App;
use crate::engine::Finish;
use crate::stats::{Counts, HISTS, HistSpec, Stats};

/// The media type of an exposition.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

struct Page {
    out: String,
    /// Labels of every series: engine and model.
    engine: &'static str,
    model: String,
    created: f64,
}

/// The exposition of `stats`.
pub(crate) fn write(app: &App, stats: &Stats) -> String {
    let model = escape(app.options.base_names().next().unwrap_or_default());
    let mut page = Page {
        out: String::with_capacity(48 * 1024),
        engine: "engine=\"0\",",
        model: format!("model_name=\"{model}\""),
        created: app.started_unix as f64,
    };
    page.gauges(stats);
    page.counters(stats);
    for (spec, counts) in HISTS.iter().zip(&stats.hists) {
        page.histogram(spec, counts);
    }
    page.loras(app, stats);
    page.cache_config(app);
    if let Some(celsius) = app.options.gpu_temperature {
        let family = "DCGM_FI_DEV_GPU_TEMP";
        page.head(family, "gauge", "GPU temperature (in C).");
        page.line(&format!("{family}{{gpu=\"0\"}}"), celsius);
    }
    for (series, value) in &stats.extra {
        let family = series.split('{').next().unwrap_or(series);
        page.head(family, "gauge", "A gauge set for a test.");
        if series.contains('{') {
            page.line(series, *value);
        } else {
            page.series(family, "", *value);
        }
    }
    page.out
}

impl Page {
    fn gauges(&mut self, stats: &Stats) {
        self.gauge(
            "num_requests_running",
            "Requests in batch slots.",
            &[("", stats.running)],
        );
        self.gauge(
            "num_requests_waiting",
            "Requests in the waiting queue.",
            &[("", stats.waiting)],
        );
        self.gauge(
            "num_requests_waiting_by_reason",
            "Waiting requests by what they wait for: capacity, or deferred for an adapter's turn.",
            &[
                (",reason=\"capacity\"", stats.waiting - stats.deferred),
                (",reason=\"deferred\"", stats.deferred),
            ],
        );
        self.gauge(
            "engine_sleep_state",
            "Whether the engine is awake or sleeps at a level.",
            &[
                (",sleep_state=\"awake\"", 1.0),
                (",sleep_state=\"weights_offloaded\"", 0.0),
                (",sleep_state=\"discard_all\"", 0.0),
            ],
        );
        self.gauge(
            "kv_cache_usage_perc",
            "Share of KV blocks in use, 0 to 1.",
            &[("", stats.kv_usage)],
        );
    }

    fn counters(&mut self, stats: &Stats) {
        let computed = stats.prompt_tokens - stats.prefix_hits;
        self.counter(
            "prefix_cache_queries",
            "Prompt tokens looked up in the prefix cache.",
            &[("", stats.prefix_queries)],
        );
        self.counter(
            "prefix_cache_hits",
            "Prompt tokens found in the prefix cache.",
            &[("", stats.prefix_hits)],
        );
        for name in [
            "external_prefix_cache_queries",
            "external_prefix_cache_hits",
            "mm_cache_queries",
            "mm_cache_hits",
        ] {
            self.counter(name, "Not simulated.", &[("", 0.0)]);
        }
        self.counter(
            "num_preemptions",
            "Preempted requests; there are none here.",
            &[("", 0.0)],
        );
        self.counter(
            "prompt_tokens",
            "Prompt tokens processed.",
            &[("", stats.prompt_tokens)],
        );
        self.counter(
            "prompt_tokens_by_source",
            "Prompt tokens by where they came from.",
            &[
                (",source=\"local_compute\"", computed.max(0.0)),
                (",source=\"local_cache_hit\"", stats.prefix_hits),
                (",source=\"external_kv_transfer\"", 0.0),
            ],
        );
        self.counter(
            "prompt_tokens_cached",
            "Prompt tokens found in any cache.",
            &[("", stats.prefix_hits)],
        );
        self.counter(
            "prompt_tokens_cached_by_source",
            "Prompt tokens found, by cache.",
            &[
                (",source=\"device\"", stats.prefix_hits),
                (",source=\"host\"", 0.0),
                (",source=\"disk\"", 0.0),
            ],
        );
        self.counter(
            "generation_tokens",
            "Tokens generated.",
            &[("", stats.generation_tokens)],
        );
        let family = "vllm:request_success";
        self.head(
            &format!("{family}_total"),
            "counter",
            "Finished requests by reason.",
        );
        for (finish, count) in Finish::ALL.into_iter().zip(stats.finished) {
            // Labels are sorted, so the reason stands between engine and model.
            let (engine, model) = (self.engine, &self.model);
            let series = format!(
                "{family}_total{{{engine}finished_reason=\"{}\",{model}}}",
                finish.label()
            );
            self.line(&series, count as f64);
        }
        let model = self.model.clone();
        self.head(
            "vllm:admission_rejections_total",
            "counter",
            "Requests refused by a limit of the queue.",
        );
        for (reason, count) in [
            ("max_num_queued_reqs", stats.rejected),
            ("max_num_queued_tokens", 0),
        ] {
            self.line(
                &format!("vllm:admission_rejections_total{{{model},reason=\"{reason}\"}}"),
                count as f64,
            );
        }
    }

    fn histogram(&mut self, spec: &HistSpec, counts: &Counts) {
        self.head(spec.name, "histogram", spec.help);
        let mut total = 0;
        for (bucket, count) in counts.buckets.iter().enumerate() {
            total += count;
            let bound = spec
                .bounds
                .get(bucket)
                .map_or("+Inf".to_owned(), |bound| format!("{bound:?}"));
            let (engine, model) = (self.engine, &self.model);
            let series = format!("{}_bucket{{{engine}le=\"{bound}\",{model}}}", spec.name);
            self.line(&series, total as f64);
        }
        self.series(&format!("{}_count", spec.name), "", total as f64);
        self.series(&format!("{}_sum", spec.name), "", counts.sum);
        self.created(spec.name, &[("", 0.0)]);
    }

    fn loras(&mut self, app: &App, stats: &Stats) {
        if stats.loras.is_empty() {
            return;
        }
        self.head(
            "vllm:lora_requests_info",
            "gauge",
            "States of the adapters; the value is when each was seen.",
        );
        for lora in &stats.loras {
            let series = format!(
                "vllm:lora_requests_info{{max_lora=\"{}\",running_lora_adapters=\"{}\",waiting_lora_adapters=\"{}\"}}",
                app.options.max_loras,
                escape(&lora.running),
                escape(&lora.waiting),
            );
            self.line(&series, lora.seen);
        }
    }

    fn cache_config(&mut self, app: &App) {
        let (size, blocks) = (app.options.block_size, app.options.kv_cache_size);
        let sharing = if app.options.enable_kvcache {
            "True"
        } else {
            "False"
        };
        self.head(
            "vllm:cache_config_info",
            "gauge",
            "Settings of the KV cache, as labels.",
        );
        let series = format!(
            "vllm:cache_config_info{{block_size=\"{size}\",cache_dtype=\"auto\",enable_prefix_caching=\"{sharing}\",\
             engine=\"0\",gpu_memory_utilization=\"0.92\",kv_cache_size_tokens=\"{}\",num_cpu_blocks=\"None\",\
             num_gpu_blocks=\"{blocks}\",num_gpu_blocks_override=\"{blocks}\",prefix_caching_hash_algo=\"xxh64\"}}",
            u64::from(size) * u64::from(blocks),
        );
        self.line(&series, 1.0);
    }

    fn gauge(&mut self, name: &str, help: &str, all: &[(&str, f64)]) {
        let family = format!("vllm:{name}");
        self.head(&family, "gauge", help);
        for (labels, value) in all {
            self.series(&family, labels, *value);
        }
    }

    fn counter(&mut self, name: &str, help: &str, all: &[(&str, f64)]) {
        let family = format!("vllm:{name}");
        let total = format!("{family}_total");
        self.head(&total, "counter", help);
        for (labels, value) in all {
            self.series(&total, labels, *value);
        }
        self.created(&family, all);
    }

    fn created(&mut self, family: &str, all: &[(&str, f64)]) {
        let name = format!("{family}_created");
        self.head(&name, "gauge", "When the family was created.");
        for (labels, _) in all {
            self.series(&name, labels, self.created);
        }
    }

    fn head(&mut self, family: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.out, "# HELP {family} {help}\n# TYPE {family} {kind}");
    }

    fn series(&mut self, name: &str, labels: &str, value: f64) {
        let _ = writeln!(
            self.out,
            "{name}{{{}{}{labels}}} {value:?}",
            self.engine, self.model
        );
    }

    fn line(&mut self, series: &str, value: f64) {
        let _ = writeln!(self.out, "{series} {value:?}");
    }
}

fn escape(label: &str) -> String {
    label
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}
