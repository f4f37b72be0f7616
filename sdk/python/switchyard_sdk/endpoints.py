"""The endpoints a call is about, and their numbers.

A call carries row numbers and one flat list of numbers; here a column is found in it by its name. There is no object
per endpoint: a call is about up to thousands of them, and has a millisecond or so.
"""

from .needs import Needs
from .types import ProfileResult


class Layout:
    """Where each column and scalar of a plugin's needs stands in the flat list."""

    __slots__ = ("columns", "scalars")

    def __init__(self, needs: Needs) -> None:
        columns = (*needs.columns, *needs.optional_columns)
        scalars = (*needs.scalars, *needs.optional_scalars)
        self.columns = {name: position for position, name in enumerate(columns)}
        # From the end, where the scalars stand whatever the number of rows.
        self.scalars = {name: position - len(scalars) for position, name in enumerate(scalars)}


class Endpoints:
    """The endpoints of one call."""

    __slots__ = ("_inputs", "_layout", "rows")

    rows: list[int]
    """Their row numbers, in the host's order."""

    def __init__(self, rows: list[int], inputs: list[float], layout: Layout) -> None:
        self.rows = rows
        self._inputs = inputs
        self._layout = layout

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[float]:
        """One value per row, in their order. The list is the caller's to change."""
        count = len(self.rows)
        try:
            start = self._layout.columns[name] * count
        except KeyError:
            raise LookupError(_undeclared(name)) from None
        return self._inputs[start : start + count]

    def scalar(self, name: str) -> float:
        """One number about the request."""
        try:
            return self._inputs[self._layout.scalars[name]]
        except KeyError:
            raise LookupError(_undeclared(name)) from None


def picked_rows(done: list[ProfileResult]) -> list[int]:
    """The rows that a profile handler's numbers are about."""
    return [row for result in done for row in result.rows]


def _undeclared(name: str) -> str:
    return f"the plugin read `{name}`, which its `needs` do not name"
