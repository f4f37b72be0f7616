"""The columns this plugin writes: shared by its instances, read by any plugin.

They are named in `Needs.own_columns`.
"""

from .host import Current


def set(column: str, row: int, value: float) -> None:
    """Sets the value of an endpoint. NaN: not known any more."""
    Current.host.set_own_column(_position(column), row, value)


def add(column: str, row: int, delta: float) -> None:
    """Adds to the value of an endpoint, in one step for all instances. NaN counts as 0 before."""
    Current.host.add_own_column(_position(column), row, delta)


def _position(column: str) -> int:
    try:
        return Current.own_columns[column]
    except KeyError:
        raise LookupError(f"the plugin wrote `{column}`, which its `needs` do not name as an own column") from None
