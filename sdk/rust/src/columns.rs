//! The names of the numbers a plugin can ask for.
//!
//! As an enum, so that a misspelt column is a compile error in the plugin and not a refused
//! configuration. The set of names is open: [`Column::Named`] and [`Scalar::Named`] carry the others.

use std::borrow::Cow;

/// A number per endpoint. NaN where the host does not know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// Requests in the model server's waiting queue.
    WaitingRequests,
    /// Requests the model server is executing.
    RunningRequests,
    /// Used share of the KV cache, 0 to 1.
    KvCacheUsage,
    /// Size of the KV cache in blocks.
    KvCacheBlocks,
    /// Tokens in one block of the KV cache.
    KvBlockTokens,
    /// How many LoRA adapters the server can have active at once.
    LoraMax,
    /// LoRA adapters that are active.
    LoraRunningSize,
    /// 1 if the request's target model is an active adapter, else 0.
    LoraRunningHasModel,
    /// LoRA adapters with waiting requests.
    LoraWaitingSize,
    /// 1 if the request's target model is a waiting adapter, else 0.
    LoraWaitingHasModel,
    /// Requests this picker sent there which are not over.
    InFlightRequests,
    /// Prompt tokens, and estimated output tokens where configured, of those requests.
    InFlightTokens,
    /// Leading blocks of the prompt that the server should hold, by the picker's own index.
    PrefixMatchBlocks,
    /// Leading blocks of the prompt in GPU memory, by the servers' own events.
    KvMatchBlocksGpu,
    /// Leading blocks of the prompt in CPU memory, by the servers' own events.
    KvMatchBlocksCpu,
    /// Milliseconds since the server's metrics were last read.
    MetricsAgeMs,
    /// Any other, such as `custom/gpu-temperature` or another plugin's own column.
    Named(Cow<'static, str>),
}

impl Column {
    /// The name in the contract.
    pub fn name(&self) -> &str {
        match self {
            Self::WaitingRequests => "waiting-requests",
            Self::RunningRequests => "running-requests",
            Self::KvCacheUsage => "kv-cache-usage",
            Self::KvCacheBlocks => "kv-cache-blocks",
            Self::KvBlockTokens => "kv-block-tokens",
            Self::LoraMax => "lora-max",
            Self::LoraRunningSize => "lora-running/size",
            Self::LoraRunningHasModel => "lora-running/has-model",
            Self::LoraWaitingSize => "lora-waiting/size",
            Self::LoraWaitingHasModel => "lora-waiting/has-model",
            Self::InFlightRequests => "in-flight-requests",
            Self::InFlightTokens => "in-flight-tokens",
            Self::PrefixMatchBlocks => "prefix-match-blocks",
            Self::KvMatchBlocksGpu => "kv-match-blocks/gpu",
            Self::KvMatchBlocksCpu => "kv-match-blocks/cpu",
            Self::MetricsAgeMs => "metrics-age-ms",
            Self::Named(name) => name,
        }
    }
}

/// A number per request. NaN where the host does not know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scalar {
    /// Bytes of the prompt's text.
    PromptBytes,
    /// Tokens of the prompt; estimated at four bytes a token.
    PromptTokens,
    /// Blocks of the prompt in the picker's prefix index.
    PrefixTotalBlocks,
    /// Tokens in one of those blocks.
    BlockTokens,
    /// Bytes of the request's body.
    BodyBytes,
    /// 1 if the client asked for a stream, else 0.
    Stream,
    /// The request's priority; below 0 it may be shed.
    Priority,
    /// The most tokens the client wants generated.
    MaxTokens,
    /// Images, videos and sounds in the prompt.
    MultimodalParts,
    /// How many endpoints the request may use, before any filter.
    Candidates,
    /// Any other.
    Named(Cow<'static, str>),
}

impl Scalar {
    /// The name in the contract.
    pub fn name(&self) -> &str {
        match self {
            Self::PromptBytes => "prompt-bytes",
            Self::PromptTokens => "prompt-tokens",
            Self::PrefixTotalBlocks => "prefix-total-blocks",
            Self::BlockTokens => "block-tokens",
            Self::BodyBytes => "body-bytes",
            Self::Stream => "stream",
            Self::Priority => "priority",
            Self::MaxTokens => "max-tokens",
            Self::MultimodalParts => "multimodal-parts",
            Self::Candidates => "candidates",
            Self::Named(name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let columns = [
            Column::WaitingRequests,
            Column::RunningRequests,
            Column::KvCacheUsage,
            Column::KvCacheBlocks,
            Column::KvBlockTokens,
            Column::LoraMax,
            Column::LoraRunningSize,
            Column::LoraRunningHasModel,
            Column::LoraWaitingSize,
            Column::LoraWaitingHasModel,
            Column::InFlightRequests,
            Column::InFlightTokens,
            Column::PrefixMatchBlocks,
            Column::KvMatchBlocksGpu,
            Column::KvMatchBlocksCpu,
            Column::MetricsAgeMs,
        ];
        let scalars = [
            Scalar::PromptBytes,
            Scalar::PromptTokens,
            Scalar::PrefixTotalBlocks,
            Scalar::BlockTokens,
            Scalar::BodyBytes,
            Scalar::Stream,
            Scalar::Priority,
            Scalar::MaxTokens,
            Scalar::MultimodalParts,
            Scalar::Candidates,
        ];
        let names: std::collections::BTreeSet<&str> = columns
            .iter()
            .map(Column::name)
            .chain(scalars.iter().map(Scalar::name))
            .collect();
        assert_eq!(names.len(), columns.len() + scalars.len());
    }

    #[test]
    fn a_named_column_keeps_its_name() {
        let column = Column::Named("custom/gpu-temperature".into());
        assert_eq!(column.name(), "custom/gpu-temperature");
    }
}
