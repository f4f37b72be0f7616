"""The names of the numbers a plugin can ask for.

As constants, so that an editor completes them. The set of names is open: any other text is a name too, such as
`custom/gpu-temperature` or another plugin's own column.
"""

from typing import Final


class Column:
    """Numbers per endpoint. NaN where the host does not know one."""

    WAITING_REQUESTS: Final = "waiting-requests"
    """Requests in the model server's waiting queue."""
    RUNNING_REQUESTS: Final = "running-requests"
    """Requests the model server is executing."""
    KV_CACHE_USAGE: Final = "kv-cache-usage"
    """Used share of the KV cache, 0 to 1."""
    KV_CACHE_BLOCKS: Final = "kv-cache-blocks"
    """Size of the KV cache in blocks."""
    KV_BLOCK_TOKENS: Final = "kv-block-tokens"
    """Tokens in one block of the KV cache."""
    LORA_MAX: Final = "lora-max"
    """How many LoRA adapters the server can have active at once."""
    LORA_RUNNING_SIZE: Final = "lora-running/size"
    """LoRA adapters that are active."""
    LORA_RUNNING_HAS_MODEL: Final = "lora-running/has-model"
    """1 if the request's target model is an active adapter, else 0."""
    LORA_WAITING_SIZE: Final = "lora-waiting/size"
    """LoRA adapters with waiting requests."""
    LORA_WAITING_HAS_MODEL: Final = "lora-waiting/has-model"
    """1 if the request's target model is a waiting adapter, else 0."""
    IN_FLIGHT_REQUESTS: Final = "in-flight-requests"
    """Requests this picker sent there which are not over."""
    IN_FLIGHT_TOKENS: Final = "in-flight-tokens"
    """Prompt tokens, and estimated output tokens where configured, of those requests."""
    PREFIX_MATCH_BLOCKS: Final = "prefix-match-blocks"
    """Leading blocks of the prompt that the server should hold, by the picker's own index."""
    KV_MATCH_BLOCKS_GPU: Final = "kv-match-blocks/gpu"
    """Leading blocks of the prompt in GPU memory, by the servers' own events."""
    KV_MATCH_BLOCKS_CPU: Final = "kv-match-blocks/cpu"
    """Leading blocks of the prompt in CPU memory, by the servers' own events."""
    METRICS_AGE_MS: Final = "metrics-age-ms"
    """Milliseconds since the server's metrics were last read."""


class Scalar:
    """Numbers per request. NaN where the host does not know one."""

    PROMPT_BYTES: Final = "prompt-bytes"
    """Bytes of the prompt's text."""
    PROMPT_TOKENS: Final = "prompt-tokens"
    """Tokens of the prompt; estimated at four bytes a token."""
    PREFIX_TOTAL_BLOCKS: Final = "prefix-total-blocks"
    """Blocks of the prompt in the picker's prefix index."""
    BLOCK_TOKENS: Final = "block-tokens"
    """Tokens in one of those blocks."""
    BODY_BYTES: Final = "body-bytes"
    """Bytes of the request's body."""
    STREAM: Final = "stream"
    """1 if the client asked for a stream, else 0."""
    PRIORITY: Final = "priority"
    """The request's priority; below 0 it may be shed."""
    MAX_TOKENS: Final = "max-tokens"
    """The most tokens the client wants generated."""
    MULTIMODAL_PARTS: Final = "multimodal-parts"
    """Images, videos and sounds in the prompt."""
    CANDIDATES: Final = "candidates"
    """How many endpoints the request may use, before any filter."""


class Capability:
    """Things a plugin may only do when it said so."""

    BODY: Final = "body"
    """Read the request's body."""
    STATE: Final = "state"
    """Use the key-value store."""
