"""Which numbers a setting may be."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Bounds of a number; `None` where there is none."""

    above: float | None = None
    at_least: float | None = None
    below: float | None = None
    at_most: float | None = None

    def hold(self, number: float) -> bool:
        """Whether the number is within them."""
        return (
            (self.above is None or number > self.above)
            and (self.at_least is None or number >= self.at_least)
            and (self.below is None or number < self.below)
            and (self.at_most is None or number <= self.at_most)
        )

    def schema(self) -> dict[str, Any]:
        """What JSON Schema says of them."""
        words = {
            "exclusiveMinimum": self.above,
            "minimum": self.at_least,
            "exclusiveMaximum": self.below,
            "maximum": self.at_most,
        }
        return {word: bound for word, bound in words.items() if bound is not None}

    def __str__(self) -> str:
        """To follow "a number": ` above 0`, ` from 0 to 1`; empty without bounds."""
        if self.at_least is not None and self.at_most is not None:
            return f" from {self.at_least} to {self.at_most}"
        words = {
            "above": self.above,
            "of at least": self.at_least,
            "below": self.below,
            "of at most": self.at_most,
        }
        told = [f"{word} {bound}" for word, bound in words.items() if bound is not None]
        return "".join([" ", " and ".join(told)]) if told else ""
