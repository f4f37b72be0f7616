"""The request at hand, as the host tells it during a call.

Every answer is asked of the host when it is read, and is written into the decision record: read what the rule needs. In
calls that are about no request (`plan`, `parse`, `endpoints_changed`) there is no request to read.
"""

from typing import Protocol

REST = 0xFFFF_FFFF
"""As the length of a part of the body: all that follows."""


class Request(Protocol):
    """What can be asked of a request. `testing.FakeRequest` is one to test with."""

    @property
    def id(self) -> str:
        """The request's id: `x-request-id`, or one the host made."""

    @property
    def path(self) -> str:
        """The path, such as `/v1/chat/completions`, without the query."""

    @property
    def model(self) -> str:
        """The model the client named; empty where it named none."""

    @property
    def target_model(self) -> str:
        """The model the server will be asked for, after rewrites."""

    @property
    def profile(self) -> str:
        """The profile that runs; empty outside of profiles."""

    @property
    def profiles(self) -> list[str]:
        """The names of the configuration's profiles, in its order."""

    @property
    def now_ms(self) -> int:
        """Unix time in ms at which scheduling began: the only clock, and the same again on replay."""

    @property
    def seed(self) -> int:
        """A number that looks random and is the same on replay; for `Random`."""

    def header(self, name: str) -> str | None:
        """A header by its lower-case name. Several of one name are joined by `, `."""

    def body(self, offset: int = 0, length: int = REST) -> bytes:
        """A part of the body; empty past its end. Needs `Capability.BODY`."""

    def peers(self, profile: str = "") -> list[int]:
        """The rows that a profile which already ran picked, best first. `""`: those of the decision."""
