"""A stand-in for the host, so that a plugin's rule is tested as ordinary Python.

```python
def test_emptier_is_better() -> None:
    tested = Tested(PLUGIN, columns={Column.KV_CACHE_USAGE: [0.25, 1.0]})
    assert tested.score() == [0.75, 0.0]
```

`Tested` configures a plugin as the host would and lays out its numbers by its needs: a column the test does not give is
NaN, and one the plugin did not declare never arrives.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan
from typing import Any, TypeVar

from . import conform
from .endpoints import Endpoints, picked_rows
from .host import Current, Level
from .needs import Needs
from .plugin import Plugin
from .request import REST, Request
from .stages import Decider, Filter, Hooks, Picker, ProfileHandler, Scorer, Scraper, Stage
from .types import UNKNOWN, Answer, Decision, Ended, Endpoint, Fetch, Header, Outcome, ProfileResult, Sample, Step

_T = TypeVar("_T", bound=Stage[Any])


@dataclass
class FakeRequest:
    """A request that answers what a test says."""

    id: str = ""
    path: str = ""
    model: str = ""
    target_model: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name."""
    content: bytes = b""
    """The body."""
    profile: str = ""
    profiles: list[str] = field(default_factory=list)
    picked: Mapping[str, list[int]] = field(default_factory=dict)
    """The rows that profiles picked; `""`: those of the decision."""
    now_ms: int = 0
    seed: int = 0

    def header(self, name: str) -> str | None:
        return self.headers.get(name)

    def body(self, offset: int = 0, length: int = REST) -> bytes:
        return self.content[offset : offset + length]

    def peers(self, profile: str = "") -> list[int]:
        return list(self.picked.get(profile, []))


class FakeHost:
    """Keeps what a plugin tells the host."""

    def __init__(self) -> None:
        self.log: list[tuple[str, str]] = []
        """Level and text of each line, such as `("warn", "...")`."""
        self.state: dict[str, bytes] = {}
        self.own_columns: dict[tuple[int, int], float] = {}
        """By position in the needs and row."""

    def write(self, level: Level, message: str) -> None:
        self.log.append((level.name.lower(), message))

    def get_state(self, key: str) -> bytes | None:
        return self.state.get(key)

    def set_state(self, key: str, value: bytes, ttl_ms: int) -> None:
        self.state[key] = value

    def remove_state(self, key: str) -> None:
        self.state.pop(key, None)

    def set_own_column(self, column: int, row: int, value: float) -> None:
        self.own_columns[column, row] = value

    def add_own_column(self, column: int, row: int, delta: float) -> None:
        before = self.own_columns.get((column, row), 0.0)
        self.own_columns[column, row] = delta if isnan(before) else before + delta


def endpoint(row: int, **labels: str) -> Endpoint:
    """One in `default` named after its row, at `10.0.0.<row>:8000`, with these labels."""
    name = f"pod-{row}"
    return Endpoint(row, f"default/{name}", name, "default", f"10.0.0.{row}", 8000, 0, dict(labels))


def picked(profile: str, rows: list[int]) -> ProfileResult:
    """The result of a profile that picked `rows`, each with a total of 1."""
    return ProfileResult(profile, Outcome.PICKED, rows, [1.0] * len(rows))


def ended(profile: str, outcome: Outcome) -> ProfileResult:
    """The result of a profile that picked nothing."""
    return ProfileResult(profile, outcome, [], [])


class Tested:
    """A configured plugin and what the host would tell it.

    `settings` are as a configuration writes them; wrong ones raise `Diagnostics`. Two that share a `host` are two
    instances of one plugin. `columns`, `scalars` and `request` can be set anew between calls.
    """

    __test__ = False
    """pytest takes any class whose name begins with `Test` for one of its own."""

    def __init__(
        self,
        plugin: Plugin,
        settings: Mapping[str, Any] | None = None,
        *,
        endpoints: Sequence[Endpoint] = (),
        columns: Mapping[str, Sequence[float]] | None = None,
        scalars: Mapping[str, float] | None = None,
        request: Request | None = None,
        host: FakeHost | None = None,
    ) -> None:
        self.columns = columns or {}
        """Values of rows 0, 1, 2 and so on."""
        self.scalars = scalars or {}
        self.request = request or FakeRequest()
        self.host = host or FakeHost()
        Current.host = self.host
        self._started = plugin.start(json.dumps(settings or {}))
        self._endpoints: list[Endpoint] = []
        if endpoints:
            self.endpoints_changed(endpoints)

    @property
    def needs(self) -> Needs:
        """What it reads and may do."""
        return self._started.needs

    @property
    def log(self) -> list[tuple[str, str]]:
        """The lines that were logged: level and text of each, such as `("warn", "...")`."""
        return self.host.log

    def own_column(self, name: str) -> dict[int, float]:
        """What was written to an own column, by row."""
        position = self._started.own_columns[name]
        return {row: value for (column, row), value in self.host.own_columns.items() if column == position}

    def endpoints_changed(self, endpoints: Sequence[Endpoint]) -> None:
        """Tells of all endpoints that exist now."""
        self._endpoints = list(endpoints)
        self._enter()
        self._started.endpoints_changed(self._endpoints)

    def keep(self, rows: list[int] | None = None) -> list[int]:
        """Filters these rows, or all there are."""
        kept = self._as(Filter).keep(self.request, self._about(self._rows() if rows is None else rows))
        return conform.rows(kept, "the answer of `keep`")

    def score(self, rows: list[int] | None = None) -> list[float]:
        """Scores these rows, or all there are."""
        scored = self._about(self._rows() if rows is None else rows)
        return conform.scores(self._as(Scorer).score(self.request, scored))

    def pick(self, totals: list[float], rows: list[int] | None = None) -> list[int]:
        """Picks among these rows, or among as many as there are totals."""
        offered = self._about(list(range(len(totals))) if rows is None else rows)
        picked = self._as(Picker).pick(self.request, offered, totals)
        return conform.rows(picked, "the answer of `pick`")

    def agrees(self, profile: str, rows: list[int]) -> bool:
        """Asks whether a profile shall run after these rows were picked."""
        agrees = self._as(Decider).agrees(self.request, profile, self._about(rows))
        return conform.record(agrees, bool, "the answer of `agrees`")

    def next(self, done: list[ProfileResult]) -> list[Step]:
        """Asks for the profiles after `done`."""
        steps = self._as(ProfileHandler).next(self.request, done, self._about(picked_rows(done)))
        return conform.records(steps, Step, "the answer of `next`")

    def decide(self, done: list[ProfileResult]) -> Decision:
        """Asks for the decision."""
        decision = self._as(ProfileHandler).decide(self.request, done, self._about(picked_rows(done)))
        return conform.record(decision, Decision, "the answer of `decide`")

    def plan(self) -> list[Fetch]:
        """Asks what to fetch."""
        return conform.records(self._as(Scraper).plan(), Fetch, "the answer of `plan`")

    def parse(self, body: bytes | str, *, status: int = 200, fetch: int = 0, row: int = 0) -> list[Sample]:
        """Hands over what a fetch brought."""
        body = body.encode() if isinstance(body, str) else body
        samples = self._as(Scraper).parse(Answer(fetch, row, status, elapsed_ms=1, body=body))
        return conform.records(samples, Sample, "the answer of `parse`")

    def picked(self, decision: Decision) -> list[Header]:
        """Tells of a decision."""
        rows = [target.row for target in decision.targets]
        headers = self._as(Hooks).picked(self.request, decision, self._about(rows))
        return conform.records(headers, Header, "the answer of `picked`")

    def response_started(self, status: int = 200) -> list[Header]:
        """Tells of the response's headers."""
        headers = self._as(Hooks).response_started(self.request, status)
        return conform.records(headers, Header, "the answer of `response_started`")

    def response_ended(self, ended: Ended) -> None:
        """Tells that the request is over."""
        self._as(Hooks).response_ended(self.request, ended)

    def _as(self, kind: Callable[..., _T]) -> _T:
        """The stage of this kind, and the host in place."""
        self._enter()
        return self._started.stage(kind)

    def _enter(self) -> None:
        Current.host = self.host
        Current.own_columns = self._started.own_columns

    def _rows(self) -> list[int]:
        """As many as the longest column has values; without columns those of the endpoints."""
        if self.columns:
            return list(range(max(len(values) for values in self.columns.values())))
        return [endpoint.row for endpoint in self._endpoints]

    def _about(self, rows: list[int]) -> Endpoints:
        """These rows with the numbers that the plugin's needs ask for."""
        inputs: list[float] = []
        for name in (*self.needs.columns, *self.needs.optional_columns):
            values = self.columns.get(name, ())
            inputs += [values[row] if row < len(values) else UNKNOWN for row in rows]
        inputs += [self.scalars.get(name, UNKNOWN) for name in (*self.needs.scalars, *self.needs.optional_scalars)]
        return Endpoints(list(rows), inputs, self._started.layout)
