"""What a plugin may ask of the host outside of a request.

In a component these are the contract's imports; in a test they are `testing.FakeHost`.
"""

from enum import Enum
from typing import ClassVar, Protocol


class Level(Enum):
    """How much a line of the log matters."""

    DEBUG = 0
    INFO = 1
    WARN = 2
    ERROR = 3


class Host(Protocol):
    """The host's side of `log`, `state` and `own_columns`."""

    def write(self, level: Level, message: str) -> None:
        """Writes a line to the log."""

    def get_state(self, key: str) -> bytes | None:
        """A value of the key-value store."""

    def set_state(self, key: str, value: bytes, ttl_ms: int) -> None:
        """Keeps a value; a `Fault` if the host does not."""

    def remove_state(self, key: str) -> None:
        """Forgets a value."""

    def set_own_column(self, column: int, row: int, value: float) -> None:
        """Sets a value of an own column."""

    def add_own_column(self, column: int, row: int, delta: float) -> None:
        """Adds to a value of an own column."""


class Current:
    """The host of this process, and what of the plugin must be known to ask it."""

    host: ClassVar[Host]
    own_columns: ClassVar[dict[str, int]] = {}
    """The position of each own column in the plugin's needs."""
