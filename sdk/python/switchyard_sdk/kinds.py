"""The kinds of values that settings hold: what JSON Schema says of each, and how a value of it is read.

Both stand in one place, so that what the schema allows is what a plugin takes. Each `read` adds to `notes` what is
wrong; what it returns then is of no use.
"""

import json
from math import isfinite
from typing import Any, Protocol

from .bounds import Bounds
from .diagnostics import Diagnostic, join

Notes = list[Diagnostic]


class Kind(Protocol):
    """A kind of value."""

    def schema(self) -> dict[str, Any]:
        """What JSON Schema says of it."""

    def read(self, value: Any, path: str, notes: Notes) -> Any:
        """The value as the settings hold it."""


def wrong(value: Any, expected: str, path: str, notes: Notes) -> None:
    """Notes that the value is not what was expected."""
    found = json.dumps(value)
    if len(found) > 60:
        found = f"{found[:60]}..."
    notes.append(Diagnostic(path, f"found {found}, expected {expected}"))


class Text:
    """A string."""

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}

    def read(self, value: Any, path: str, notes: Notes) -> Any:
        if not isinstance(value, str):
            wrong(value, "a text", path, notes)
        return value


class Truth:
    """True or false."""

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def read(self, value: Any, path: str, notes: Notes) -> Any:
        if not isinstance(value, bool):
            wrong(value, "true or false", path, notes)
        return value


class Number:
    """A finite number within bounds."""

    def __init__(self, whole: bool, bounds: Bounds) -> None:
        self.whole = whole
        self.bounds = bounds

    def schema(self) -> dict[str, Any]:
        return {"type": "integer" if self.whole else "number", **self.bounds.schema()}

    def read(self, value: Any, path: str, notes: Notes) -> Any:
        if self._is_one(value) and self.bounds.hold(value):
            return int(value) if self.whole else float(value)
        wrong(value, f"a {'whole ' if self.whole else ''}number{self.bounds}", path, notes)
        return value

    def _is_one(self, value: Any) -> bool:
        # To Python a truth value is a whole number, to JSON it is not.
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        try:
            number = float(value)
        except OverflowError:
            return self.whole
        # To JSON Schema 1.0 is a whole number.
        return isfinite(number) and (not self.whole or number.is_integer())


class Choice:
    """One of some values."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.values = values

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.values)}

    def read(self, value: Any, path: str, notes: Notes) -> Any:
        # To Python 1 equals true, to JSON it does not.
        if not any(value == known and type(value) is type(known) for known in self.values):
            wrong(value, f"one of {', '.join(map(json.dumps, self.values))}", path, notes)
        return value


class Maybe:
    """Another kind, or null."""

    def __init__(self, inner: Kind) -> None:
        self.inner = inner

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.inner.schema(), {"type": "null"}]}

    def read(self, value: Any, path: str, notes: Notes) -> Any:
        return None if value is None else self.inner.read(value, path, notes)


class Several:
    """A list of another kind."""

    def __init__(self, inner: Kind) -> None:
        self.inner = inner

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.inner.schema()}

    def read(self, value: Any, path: str, notes: Notes) -> Any:
        if not isinstance(value, list):
            wrong(value, "a list", path, notes)
            return value
        return [self.inner.read(one, f"{path}[{at}]", notes) for at, one in enumerate(value)]


class ByName:
    """Values of another kind under names of the author's choice."""

    def __init__(self, inner: Kind) -> None:
        self.inner = inner

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.inner.schema()}

    def read(self, value: Any, path: str, notes: Notes) -> Any:
        if not isinstance(value, dict):
            wrong(value, "an object", path, notes)
            return value
        return {name: self.inner.read(one, join(path, name), notes) for name, one in value.items()}
