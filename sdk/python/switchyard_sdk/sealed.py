"""What a component does not have, made to say so.

A component has no clock, no files and no chance of its own, so that a decision can be replayed. Python has functions
for them all the same; called in a component they would break it without a word. While a component is built they are
replaced by functions that work until the build is over, and from then on say what to take instead.
"""

import builtins
import datetime
import os
import random
import sys
import time
from collections.abc import Callable
from importlib.machinery import PathFinder
from io import TextIOBase
from typing import Any, NoReturn, TextIO

_CLOCK = "a plugin has no clock; take `request.now_ms`"
_CHANCE = "a plugin has no chance of its own; take `Random(request.seed)`"
_FILES = "a plugin has no files; read them at the top of a module, when it is imported"
_IMPORTS = "a plugin has no files to import from; import it at the top of a module"
_CLOCKS = [
    "time",
    "time_ns",
    "monotonic",
    "monotonic_ns",
    "perf_counter",
    "perf_counter_ns",
    "process_time",
    "process_time_ns",
    "sleep",
]

_LINE = 8 * 1024
"""As long as the host lets a line grow that a plugin in another language prints; here in characters."""


class Seal:
    """Replaces those functions, and standard output and error."""

    def __init__(self) -> None:
        self._closed = False
        for name in _CLOCKS:
            setattr(time, name, self._guarded(f"time.{name}", getattr(time, name), _CLOCK))
        for name in random.__all__:
            # The classes take a seed.
            if not isinstance(function := getattr(random, name), type):
                setattr(random, name, self._guarded(f"random.{name}", function, _CHANCE))
        os.urandom = self._guarded("os.urandom", os.urandom, _CHANCE)
        builtins.open = self._guarded("open", open, _FILES)
        self._guard_dates()
        self.begun: list[Printed] = []
        """Where a line may have been begun since `end_lines`. Mostly empty, so that a call can tell at once."""
        self._printed = [Printed(sys.stdout, self.begun), Printed(sys.stderr, self.begun)]
        sys.stdout, sys.stderr = self._printed

    def close(self, write: Callable[[str], None]) -> None:
        """The build is over. What is printed from now on goes to `write`, line by line."""
        self._closed = True
        sys.meta_path[sys.meta_path.index(PathFinder)] = _NoFinder
        for printed in self._printed:
            printed.write_line = write

    def end_lines(self) -> None:
        """Writes the lines that were begun and not ended."""
        while self.begun:
            self.begun.pop().end_line()

    def _guarded(self, name: str, function: Callable[..., Any], why: str) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if self._closed:
                raise RuntimeError(f"`{name}`: {why}")
            return function(*args, **kwargs)

        return guarded

    def _guard_dates(self) -> None:
        """The methods of a type of C cannot be replaced; a type over it takes its place."""
        original = datetime.datetime
        methods = {
            name: staticmethod(self._guarded(f"datetime.{name}", getattr(original, name), _CLOCK))
            for name in ("now", "today", "utcnow")
        }
        setattr(datetime, "datetime", type("datetime", (original,), methods))  # noqa: B010


class _NoFinder:
    """Stands where Python would look for modules in files."""

    @staticmethod
    def find_spec(name: str, *_: object) -> NoReturn:
        raise ImportError(f"`import {name}`: {_IMPORTS}", name=name)


class Printed(TextIOBase):
    """Takes what is printed."""

    def __init__(self, original: TextIO, begun: list["Printed"]) -> None:
        self.write_line: Callable[[str], None] | None = None
        self._original = original
        self._begun = ""
        self._all_begun = begun

    def write(self, text: str) -> int:
        if self.write_line is None:
            return self._original.write(text)
        *ended, begun = (self._begun + text).split("\n")
        for line in ended:
            for part in _parts(line):
                self.write_line(part)
        *full, self._begun = _parts(begun)
        for part in full:
            self.write_line(part)
        if self._begun and self not in self._all_begun:
            self._all_begun.append(self)
        return len(text)

    def end_line(self) -> None:
        """Writes the line that was begun, if one was."""
        if self._begun and self.write_line is not None:
            self.write_line(self._begun)
            self._begun = ""


def _parts(line: str) -> list[str]:
    """A line, cut where it grows too long."""
    return [line[at : at + _LINE] for at in range(0, len(line), _LINE)] or [""]
