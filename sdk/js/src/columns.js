// The names of the numbers a plugin can ask for, so that an editor completes them and a misspelt one
// is found before a configuration is refused. The set is open: any other name is written as it is.

/** Numbers per endpoint; NaN where the host does not know one. */
export const Column = Object.freeze({
  WaitingRequests: "waiting-requests",
  RunningRequests: "running-requests",
  KvCacheUsage: "kv-cache-usage",
  KvCacheBlocks: "kv-cache-blocks",
  KvBlockTokens: "kv-block-tokens",
  LoraMax: "lora-max",
  LoraRunningSize: "lora-running/size",
  LoraRunningHasModel: "lora-running/has-model",
  LoraWaitingSize: "lora-waiting/size",
  LoraWaitingHasModel: "lora-waiting/has-model",
  InFlightRequests: "in-flight-requests",
  InFlightTokens: "in-flight-tokens",
  PrefixMatchBlocks: "prefix-match-blocks",
  KvMatchBlocksGpu: "kv-match-blocks/gpu",
  KvMatchBlocksCpu: "kv-match-blocks/cpu",
  MetricsAgeMs: "metrics-age-ms",
});

/** Numbers per request; NaN where the host does not know one. */
export const Scalar = Object.freeze({
  PromptBytes: "prompt-bytes",
  PromptTokens: "prompt-tokens",
  PrefixTotalBlocks: "prefix-total-blocks",
  BlockTokens: "block-tokens",
  BodyBytes: "body-bytes",
  Stream: "stream",
  Priority: "priority",
  MaxTokens: "max-tokens",
  MultimodalParts: "multimodal-parts",
  Candidates: "candidates",
});
