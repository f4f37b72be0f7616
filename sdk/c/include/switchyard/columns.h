/// The names of the numbers a plugin can ask for, so that a misspelt one does not compile. Any other name, such as
/// `custom/gpu-temperature` or another plugin's own column, is written as it is.
#ifndef SWITCHYARD_COLUMNS_H
#define SWITCHYARD_COLUMNS_H

// Columns: one number per endpoint, NaN where the host does not know it.

/// Requests in the model server's waiting queue.
#define SWITCHYARD_COLUMN_WAITING_REQUESTS "waiting-requests"
/// Requests the model server is executing.
#define SWITCHYARD_COLUMN_RUNNING_REQUESTS "running-requests"
/// Used share of the KV cache, 0 to 1.
#define SWITCHYARD_COLUMN_KV_CACHE_USAGE "kv-cache-usage"
/// Size of the KV cache in blocks.
#define SWITCHYARD_COLUMN_KV_CACHE_BLOCKS "kv-cache-blocks"
/// Tokens in one block of the KV cache.
#define SWITCHYARD_COLUMN_KV_BLOCK_TOKENS "kv-block-tokens"
/// How many LoRA adapters the server can have active at once.
#define SWITCHYARD_COLUMN_LORA_MAX "lora-max"
/// LoRA adapters that are active.
#define SWITCHYARD_COLUMN_LORA_RUNNING_SIZE "lora-running/size"
/// 1 if the request's target model is an active adapter, else 0.
#define SWITCHYARD_COLUMN_LORA_RUNNING_HAS_MODEL "lora-running/has-model"
/// LoRA adapters with waiting requests.
#define SWITCHYARD_COLUMN_LORA_WAITING_SIZE "lora-waiting/size"
/// 1 if the request's target model is a waiting adapter, else 0.
#define SWITCHYARD_COLUMN_LORA_WAITING_HAS_MODEL "lora-waiting/has-model"
/// Requests this picker sent there which are not over.
#define SWITCHYARD_COLUMN_IN_FLIGHT_REQUESTS "in-flight-requests"
/// Prompt tokens, and estimated output tokens where configured, of those requests.
#define SWITCHYARD_COLUMN_IN_FLIGHT_TOKENS "in-flight-tokens"
/// Leading blocks of the prompt that the server should hold, by the picker's own index.
#define SWITCHYARD_COLUMN_PREFIX_MATCH_BLOCKS "prefix-match-blocks"
/// Leading blocks of the prompt in GPU memory, by the servers' own events.
#define SWITCHYARD_COLUMN_KV_MATCH_BLOCKS_GPU "kv-match-blocks/gpu"
/// Leading blocks of the prompt in CPU memory, by the servers' own events.
#define SWITCHYARD_COLUMN_KV_MATCH_BLOCKS_CPU "kv-match-blocks/cpu"
/// Milliseconds since the server's metrics were last read.
#define SWITCHYARD_COLUMN_METRICS_AGE_MS "metrics-age-ms"

// Scalars: one number per request, NaN where the host does not know it.

/// Bytes of the prompt's text.
#define SWITCHYARD_SCALAR_PROMPT_BYTES "prompt-bytes"
/// Tokens of the prompt; estimated at four bytes a token.
#define SWITCHYARD_SCALAR_PROMPT_TOKENS "prompt-tokens"
/// Blocks of the prompt in the picker's prefix index.
#define SWITCHYARD_SCALAR_PREFIX_TOTAL_BLOCKS "prefix-total-blocks"
/// Tokens in one of those blocks.
#define SWITCHYARD_SCALAR_BLOCK_TOKENS "block-tokens"
/// Bytes of the request's body.
#define SWITCHYARD_SCALAR_BODY_BYTES "body-bytes"
/// 1 if the client asked for a stream, else 0.
#define SWITCHYARD_SCALAR_STREAM "stream"
/// The request's priority; below 0 it may be shed.
#define SWITCHYARD_SCALAR_PRIORITY "priority"
/// The most tokens the client wants generated.
#define SWITCHYARD_SCALAR_MAX_TOKENS "max-tokens"
/// Images, videos and sounds in the prompt.
#define SWITCHYARD_SCALAR_MULTIMODAL_PARTS "multimodal-parts"
/// How many endpoints the request may use, before any filter.
#define SWITCHYARD_SCALAR_CANDIDATES "candidates"

#endif
