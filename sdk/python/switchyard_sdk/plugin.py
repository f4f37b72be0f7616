"""A plugin: who it is, and what it is made of.

```python
class Roomy(Scorer[NoSettings]):
    def needs(self) -> Needs:
        return Needs(columns=[Column.KV_CACHE_USAGE])

    def score(self, request: Request, endpoints: Endpoints) -> list[float]:
        return scores.unknown_is_worst([1.0 - used for used in endpoints.column(Column.KV_CACHE_USAGE)])


PLUGIN = Plugin(
    name="roomy-scorer",
    version="1.0.0",
    summary="Prefers servers with room in their KV cache",
    stages=[Roomy],
)
```

The module `plugin` of a plugin's folder must have it under the name `PLUGIN`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, TypeVar, cast

from .endpoints import Layout
from .needs import Needs
from .settings import NoSettings, parse
from .stages import Decider, Filter, Hooks, Picker, ProfileHandler, Scorer, Scraper, Stage
from .types import Endpoint

_T = TypeVar("_T", bound=Stage[Any])

KINDS = (Filter, Scorer, Picker, Decider, ProfileHandler, Scraper, Hooks)


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """What the command `switchyard` makes a component of."""

    name: str
    """The type name as configurations write it, such as `queue-scorer`."""
    version: str
    """The plugin's own version."""
    summary: str
    """One sentence for lists and tables."""
    stages: Sequence[type[Stage[Any]]]
    """Its stages. A class may be several of them, where they share something."""
    settings: type = NoSettings
    """The settings class; each stage gets all settings."""

    def __post_init__(self) -> None:
        for kind in KINDS:
            names = [stage.__name__ for stage in self.stages if issubclass(stage, kind)]
            if len(names) > 1:
                raise TypeError(f"{' and '.join(names)} are both a `{kind.__name__}`, expected one at most")

    def has(self, kind: type[Stage[Any]]) -> bool:
        """Whether it is of this kind."""
        return any(issubclass(stage, kind) for stage in self.stages)

    def start(self, settings: str) -> "Started":
        """Configures it. Raises `Diagnostics` if it cannot start with these settings."""
        parsed: Any = parse(self.settings, settings)
        return Started([stage(parsed) for stage in self.stages])


class Started:
    """A configured plugin."""

    def __init__(self, stages: list[Stage[Any]]) -> None:
        self.stages = stages
        self.needs = reduce(add, (stage.needs() for stage in stages), Needs())
        self.layout = Layout(self.needs)
        self.own_columns = {name: position for position, name in enumerate(self.needs.own_columns)}

    # Type checkers take no abstract class for a `type[_T]`.
    def stage(self, kind: Callable[..., _T]) -> _T:
        """The stage of this kind."""
        of = cast("type[_T]", kind)
        for stage in self.stages:
            if isinstance(stage, of):
                return stage
        raise TypeError(f"the plugin has no `{of.__name__}`")

    def endpoints_changed(self, endpoints: list[Endpoint]) -> None:
        """Tells every stage of all endpoints that exist now."""
        for stage in self.stages:
            stage.endpoints_changed(endpoints)
