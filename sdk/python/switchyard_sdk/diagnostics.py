"""Mistakes in the settings, told so that a person finds the place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Diagnostic:
    """One mistake."""

    path: str
    """Where: a path into the settings, such as `steps[1].maxValue`. Empty: the whole."""
    message: str
    """What was found and what is allowed."""


class Diagnostics(Exception):
    """All mistakes that were found. A plugin that checks its settings itself raises it."""

    def __init__(self, found: Iterable[Diagnostic]) -> None:
        self.found = list(found)
        super().__init__("; ".join(f"{one.path}: {one.message}" for one in self.found))

    @classmethod
    def one(cls, path: str, message: str) -> "Diagnostics":
        """Just one mistake."""
        return cls([Diagnostic(path, message)])

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.found)


def join(path: str, name: str) -> str:
    """The path of something of this name inside of what `path` leads to."""
    return f"{path}.{name}" if path and name else path or name
