"""Reads a Prometheus exposition line by line.

Names are compared whole by whoever reads them, because `vllm:num_requests_waiting` is also how
`vllm:num_requests_waiting_by_reason` begins. Labels are looked at only when asked for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = re.compile(r"[^{ \t#]+")
# A brace inside of quotes does not end the list of labels.
_LABELS = re.compile(r'\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}')
_LABEL = re.compile(r'\s*([^=,\s]+)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?')
_ESCAPE = re.compile(r'\\([\\"n])')


@dataclass(slots=True)
class Series:
    """One line with a value: a series at one time."""

    name: str
    """Such as `vllm:num_requests_waiting`."""
    label_text: str
    """What stands between the braces."""
    value: float
    """May be NaN or an infinity."""
    timestamp: float | None
    """If the line has one."""

    def labels(self) -> dict[str, str]:
        """Its labels. Ends early where the list is malformed."""
        found: dict[str, str] = {}
        at = 0
        while label := _LABEL.match(self.label_text, at):
            found.setdefault(label[1], _ESCAPE.sub(_unescape, label[2]))
            at = label.end()
        return found


def series(body: bytes | str) -> Iterator[Series]:
    """All series of an exposition. Comments, empty lines and lines that are no series are passed over."""
    text = body if isinstance(body, str) else body.decode(errors="replace")
    for line in text.split("\n"):
        if found := _series(line.strip()):
            yield found


def _series(line: str) -> Series | None:
    name = _NAME.match(line)
    if not name:
        return None
    at = name.end()
    labels = _LABELS.match(line, at)
    if labels:
        at = labels.end()
    words = line[at:].split()
    # An OpenMetrics exemplar begins with `#`.
    timestamp = words[1] if len(words) > 1 and words[1] != "#" else None
    try:
        value = _number(words[0])
        return Series(name[0], labels[1] if labels else "", value, None if timestamp is None else _number(timestamp))
    except (IndexError, ValueError):
        return None


def _number(word: str) -> float:
    # Python reads `1_000` as a number, an exposition does not.
    if "_" in word:
        raise ValueError(word)
    return float(word)


def _unescape(escape: "re.Match[str]") -> str:
    return "\n" if escape[1] == "n" else escape[1]
