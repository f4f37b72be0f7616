"""What a plugin reads and may do."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Needs:
    """The columns, scalars and capabilities of one plugin.

    A plugin reads columns and scalars by name and need not care about their order. If nothing produces a required
    one, the configuration is refused; an optional one is NaN then.
    """

    columns: Sequence[str] = ()
    optional_columns: Sequence[str] = ()
    scalars: Sequence[str] = ()
    optional_scalars: Sequence[str] = ()
    own_columns: Sequence[str] = ()
    """Columns the plugin writes with `own_columns`; any plugin can read them."""
    capabilities: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            # A text is a sequence of letters, and never meant as one here.
            if isinstance(value, str):
                raise TypeError(f"Needs.{name} is {value!r}, expected a list: [{value!r}]")

    def __add__(self, other: "Needs") -> "Needs":
        """What either needs. What one requires and the other would take is required."""
        columns = _union(self.columns, other.columns)
        scalars = _union(self.scalars, other.scalars)
        return Needs(
            columns=columns,
            optional_columns=_without(_union(self.optional_columns, other.optional_columns), columns),
            scalars=scalars,
            optional_scalars=_without(_union(self.optional_scalars, other.optional_scalars), scalars),
            own_columns=_union(self.own_columns, other.own_columns),
            capabilities=_union(self.capabilities, other.capabilities),
        )


def _union(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Each name once, in the order of its first mention."""
    return tuple(dict.fromkeys((*one, *other)))


def _without(names: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in others)
