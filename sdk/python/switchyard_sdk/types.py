"""The records of the contract, as a plugin sees them.

They are the same in a component and in a test. Those that the host hands over are made field by field in the
contract's order, so the order of their fields must be that of `wit/types.wit`.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

UNKNOWN = float("nan")
"""A number that is not known. It equals nothing, not even itself: `value != value` tests for it."""


class Fault(Exception):
    """The plugin says no. This is not a crash: the instance lives on and no breaker counts it.

    Raised as it is, it means that the plugin cannot answer, and its `onFault` says what the request gets.
    """

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @classmethod
    def refuse(cls, status: int, message: str) -> "Fault":
        """The request is refused with this HTTP status, from 400 to 599."""
        return cls(message, status)


class Label(NamedTuple):
    """One key with its value."""

    key: str
    value: str


@dataclass(slots=True)
class Endpoint:
    """One model server."""

    row: int
    """Its row number, which stays with it for life."""
    id: str
    """`namespace/name`, unique among the endpoints (one entry per data-parallel rank)."""
    name: str
    namespace: str
    address: str
    """IPv4 or IPv6 literal, without brackets."""
    port: int
    rank: int
    """Data-parallel rank; 0 where there is only one."""
    labels: dict[str, str]
    """As discovery gave them."""

    @property
    def host_port(self) -> str:
        """`address:port`, with an IPv6 address in brackets."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{address}:{self.port}"


@dataclass(slots=True)
class Header:
    """One HTTP header; the name in lower case, the value without line breaks."""

    name: str
    value: str


class Scope(Enum):
    """Whether a fetch is made once per endpoint, or once per address for all ranks behind it."""

    ENDPOINT = 0
    ADDRESS = 1


@dataclass(slots=True, kw_only=True)
class Fetch:
    """Something the host shall fetch from every model server, again and again."""

    name: str
    """For logs and metrics, such as `metrics`."""
    path: str
    """Such as `/metrics`."""
    families: list[str] = field(default_factory=list)
    """Prometheus metric families: `parse` then gets only their lines. Empty: the whole body."""
    columns: list[str] = field(default_factory=list)
    """The columns that `Sample.values` fills, in this order."""
    sets: list[str] = field(default_factory=list)
    """The string sets that `Sample.sets` may hold."""
    scope: Scope = Scope.ENDPOINT
    scheme: str = "http"
    """`http` or `https`."""
    port: int = 0
    """0: the endpoint's own."""
    interval_ms: int = 0
    """0: as often as the host fetches everything else."""
    timeout_ms: int = 0
    """0: 1000."""
    extra: list[Label] = field(default_factory=list)


@dataclass(slots=True)
class StringSet:
    """A named set of strings, such as the LoRA adapters a server has loaded."""

    name: str
    """One of `Fetch.sets`."""
    members: list[str]
    """In any order, each once."""


@dataclass(slots=True)
class Sample:
    """What a fetch told of one endpoint."""

    values: list[float]
    """One per `Fetch.columns`, NaN where the answer did not say."""
    rank: int = 0
    """The rank it is about, with `Scope.ADDRESS`."""
    sets: list[StringSet] = field(default_factory=list)
    """One left out keeps its old members until they are stale."""


@dataclass(slots=True)
class Answer:
    """One answer that the host fetched."""

    fetch: int
    """Which of the planned fetches it answers."""
    row: int
    """The endpoint asked; with `Scope.ADDRESS` its first rank."""
    status: int
    """HTTP status."""
    elapsed_ms: int
    """How long the fetch took."""
    body: bytes
    """The body, or of an exposition just the families asked for."""


@dataclass(slots=True)
class Step:
    """A profile to run next."""

    profile: str
    gate: str = ""
    """The name of a decider that must agree first; empty: none."""


class Outcome(Enum):
    """How a profile ended."""

    PICKED = 0
    """A picker chose at least one row."""
    GATED = 1
    """Its gate said no; nothing ran."""
    FILTERED_OUT = 2
    """The filters left no endpoint."""
    FAILED = 3
    """A plugin of the profile failed and its `onFault` is `fail`."""


@dataclass(slots=True)
class ProfileResult:
    """What a profile came to."""

    profile: str
    outcome: Outcome
    rows: list[int]
    """The picked rows, best first. Empty unless `PICKED`."""
    totals: list[float]
    """Total score of each of `rows`."""


@dataclass(slots=True)
class Target:
    """Where a request goes."""

    row: int
    port: int = 0
    """A port to use instead of the endpoint's own; 0: the endpoint's own."""


@dataclass(slots=True)
class Decision:
    """The answer to a request."""

    primary: str
    """The profile whose pick is the destination."""
    targets: list[Target]
    """Best first; the rest are fallbacks the proxy may retry on."""
    set_headers: list[Header] = field(default_factory=list)
    """Request headers to set on the way to the model server."""
    extra: list[Label] = field(default_factory=list)

    @classmethod
    def of(cls, result: ProfileResult) -> "Decision":
        """Sends the request where `result` says, to each endpoint's own port."""
        return cls(result.profile, [Target(row) for row in result.rows])


class Ending(Enum):
    """How a request ended."""

    COMPLETE = 0
    """The whole response went through."""
    FAILED_UPSTREAM = 1
    """The model server or the proxy broke off, or answered 500 or above."""
    CLIENT_LEFT = 2
    """The client went away."""
    REFUSED = 3
    """Switchyard refused it after the pick."""


@dataclass(slots=True)
class Ended:
    """What is known of a request when it is over. Every number is NaN where it is not known."""

    ending: Ending
    status: int
    """HTTP status of the response; 0: none was seen."""
    prompt_tokens: float = UNKNOWN
    cached_tokens: float = UNKNOWN
    completion_tokens: float = UNKNOWN
    first_token_ms: float = UNKNOWN
    """From the request's headers to the first byte of the response's body."""
    total_ms: float = UNKNOWN
    """From the request's headers to the end."""
