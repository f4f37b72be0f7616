package switchyard

// Column names a number per endpoint. The set of names is open: any other is written as
// Column("custom/gpu-temperature").
type Column string

// The columns that the host knows.
const (
	// Requests in the model server's waiting queue.
	ColumnWaitingRequests Column = "waiting-requests"
	// Requests the model server is executing.
	ColumnRunningRequests Column = "running-requests"
	// Used share of the KV cache, 0 to 1.
	ColumnKvCacheUsage Column = "kv-cache-usage"
	// Size of the KV cache in blocks.
	ColumnKvCacheBlocks Column = "kv-cache-blocks"
	// Tokens in one block of the KV cache.
	ColumnKvBlockTokens Column = "kv-block-tokens"
	// How many LoRA adapters the server can have active at once.
	ColumnLoraMax Column = "lora-max"
	// LoRA adapters that are active.
	ColumnLoraRunningSize Column = "lora-running/size"
	// 1 if the request's target model is an active adapter, else 0.
	ColumnLoraRunningHasModel Column = "lora-running/has-model"
	// LoRA adapters with waiting requests.
	ColumnLoraWaitingSize Column = "lora-waiting/size"
	// 1 if the request's target model is a waiting adapter, else 0.
	ColumnLoraWaitingHasModel Column = "lora-waiting/has-model"
	// Requests this picker sent there which are not over.
	ColumnInFlightRequests Column = "in-flight-requests"
	// Prompt tokens, and estimated output tokens where configured, of those requests.
	ColumnInFlightTokens Column = "in-flight-tokens"
	// Leading blocks of the prompt that the server should hold, by the picker's own index.
	ColumnPrefixMatchBlocks Column = "prefix-match-blocks"
	// Leading blocks of the prompt in GPU memory, by the servers' own events.
	ColumnKvMatchBlocksGpu Column = "kv-match-blocks/gpu"
	// Leading blocks of the prompt in CPU memory, by the servers' own events.
	ColumnKvMatchBlocksCpu Column = "kv-match-blocks/cpu"
	// Milliseconds since the server's metrics were last read.
	ColumnMetricsAgeMs Column = "metrics-age-ms"
)

// Scalar names a number per request. The set of names is open here too.
type Scalar string

// The scalars that the host knows.
const (
	// Bytes of the prompt's text.
	ScalarPromptBytes Scalar = "prompt-bytes"
	// Tokens of the prompt; estimated at four bytes a token.
	ScalarPromptTokens Scalar = "prompt-tokens"
	// Blocks of the prompt in the picker's prefix index.
	ScalarPrefixTotalBlocks Scalar = "prefix-total-blocks"
	// Tokens in one of those blocks.
	ScalarBlockTokens Scalar = "block-tokens"
	// Bytes of the request's body.
	ScalarBodyBytes Scalar = "body-bytes"
	// 1 if the client asked for a stream, else 0.
	ScalarStream Scalar = "stream"
	// The request's priority; below 0 it may be shed.
	ScalarPriority Scalar = "priority"
	// The most tokens the client wants generated.
	ScalarMaxTokens Scalar = "max-tokens"
	// Images, videos and sounds in the prompt.
	ScalarMultimodalParts Scalar = "multimodal-parts"
	// How many endpoints the request may use, before any filter.
	ScalarCandidates Scalar = "candidates"
)
