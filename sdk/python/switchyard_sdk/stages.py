"""The seven things a plugin can be, one class each. An author's class derives from one of them, or from several.

An instance may be replaced at any time, and there are several. Keep caches in it, never truths: what must last or be
shared goes to `state` or to own columns.
"""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from .endpoints import Endpoints
from .needs import Needs
from .request import Request
from .types import Answer, Decision, Ended, Endpoint, Fetch, Header, ProfileResult, Sample, Step

S = TypeVar("S")
"""A settings class."""


class Stage(ABC, Generic[S]):
    """What all stages have. `S` is the plugin's settings class."""

    settings: S

    def __init__(self, settings: S) -> None:
        """Takes the settings. Raises `Diagnostics` if the stage cannot start with them."""
        self.settings = settings

    def needs(self) -> Needs:
        """What it reads and may do. Asked once."""
        return Needs()

    # Not abstract: many rules know endpoints by their row alone.
    def endpoints_changed(self, endpoints: list[Endpoint]) -> None:
        """All endpoints that exist now, after any of them came, went or changed its labels.

        Names and labels are known only here: keep what a rule makes of them in a set or a dict by `row`.
        """


class Filter(Stage[S]):
    """Drops endpoints that must not get the request."""

    @abstractmethod
    def keep(self, request: Request, endpoints: Endpoints) -> list[int]:
        """The rows that stay, of `endpoints.rows`."""


class Scorer(Stage[S]):
    """Says how well each endpoint suits the request."""

    @abstractmethod
    def score(self, request: Request, endpoints: Endpoints) -> list[float]:
        """One score per row, in their order, each from 0 (worst) to 1 (best)."""


class Picker(Stage[S]):
    """Chooses among the endpoints by their weighted totals."""

    @abstractmethod
    def pick(self, request: Request, endpoints: Endpoints, totals: list[float]) -> list[int]:
        """The rows to use, best first, at least one. `totals` has one number per row."""


class Decider(Stage[S]):
    """Answers whether a further profile shall run."""

    @abstractmethod
    def agrees(self, request: Request, profile: str, picked: Endpoints) -> bool:
        """Whether `profile` shall run. `picked` are the rows that its forerunner picked, best first."""


class ProfileHandler(Stage[S]):
    """Says which profiles run, and makes one decision of their results."""

    @abstractmethod
    def next(self, request: Request, done: list[ProfileResult], picked: Endpoints) -> list[Step]:
        """The profiles to run next; none: go on to `decide`. `picked` are the rows of all results in `done`."""

    @abstractmethod
    def decide(self, request: Request, done: list[ProfileResult], picked: Endpoints) -> Decision:
        """The decision. A target must be a row that some profile picked."""


class Scraper(Stage[S]):
    """Reads numbers about the model servers. The host does the fetching."""

    @abstractmethod
    def plan(self) -> list[Fetch]:
        """What to fetch. Asked once."""

    @abstractmethod
    def parse(self, answer: Answer) -> list[Sample]:
        """What an answer tells of its endpoint, or of each rank behind the address."""


class Hooks(Stage[S]):
    """Follows a request."""

    def picked(self, request: Request, decision: Decision, targets: Endpoints) -> list[Header]:
        """The decision is made; further headers for the request. `targets` are its rows."""
        return []

    def response_started(self, request: Request, status: int) -> list[Header]:
        """The response began; headers for the response. `request.peers()` names the rows it took."""
        return []

    # Not abstract: each of the three is there for those who want it.
    def response_ended(self, request: Request, ended: Ended) -> None:
        """The request is over. Called once for every request that was picked."""
