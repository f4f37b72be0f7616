"""A plugin's settings: from JSON to its own dataclass, and mistakes to diagnostics with a path.

A settings class is a frozen dataclass. Its fields say what a configuration may give: their names (in camelCase there),
their types, their defaults, and with `setting` what they mean and which numbers are allowed. What takes several fields
to check goes into `__post_init__`, which raises `Diagnostics`.
"""

import dataclasses
import json
import types
from dataclasses import MISSING, dataclass
from typing import Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints, overload

from .bounds import Bounds
from .diagnostics import Diagnostic, Diagnostics, join
from .kinds import ByName, Choice, Kind, Maybe, Notes, Number, Several, Text, Truth, wrong

_T = TypeVar("_T")
_UNBOUND = Bounds()


@dataclass(frozen=True)
class NoSettings:
    """The settings of a plugin that takes none."""


@overload
def setting(
    about: str,
    *,
    default: _T,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
) -> _T: ...
@overload
def setting(
    about: str,
    *,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
) -> Any: ...
def setting(
    about: str,
    *,
    default: Any = MISSING,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
) -> Any:
    """A field of a settings class.

    `about` is shown to who writes a configuration. Without a default a configuration must give the field. Bounds are
    those of a number, or of the numbers in a list.
    """
    bounds = Bounds(above=above, at_least=at_least, below=below, at_most=at_most)
    metadata = {"about": about, "bounds": bounds}
    if isinstance(default, (list, dict)):
        # Each instance gets its own.
        return dataclasses.field(default_factory=default.copy, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def schema(of: type) -> str:
    """The JSON Schema of a settings class."""
    return json.dumps(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": of.__name__} | Table(of).schema()
    )


def parse(of: type[_T], text: str) -> _T:
    """Reads settings; raises `Diagnostics` that name every mistake."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise Diagnostics.one("", f"not JSON: {error}") from None
    notes: Notes = []
    settings = Table(of).read(value, "", notes)
    if notes:
        raise Diagnostics(notes)
    return settings  # type: ignore[no-any-return]


class Table:
    """A dataclass. A name that it does not have is a mistake."""

    def __init__(self, of: type) -> None:
        hints = get_type_hints(of)
        self.of = of
        self.fields = {_camel_case(field.name): field for field in dataclasses.fields(of)}
        self.kinds = {
            name: _kind(hints[field.name], field.metadata.get("bounds", _UNBOUND), f"{of.__name__}.{field.name}")
            for name, field in self.fields.items()
        }

    def schema(self) -> dict[str, Any]:
        properties = {name: kind.schema() for name, kind in self.kinds.items()}
        required = []
        for name, field in self.fields.items():
            if about := field.metadata.get("about"):
                properties[name]["description"] = about
            default = _default(field)
            if default is MISSING:
                required.append(name)
            else:
                properties[name]["default"] = _to_json(default)
        told: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
        return told | {"required": required} if required else told

    def read(self, value: Any, path: str, notes: Notes) -> Any:
        if not isinstance(value, dict):
            wrong(value, "an object", path, notes)
            return value
        before = len(notes)
        for name in [name for name in value if name not in self.fields]:
            known = ", ".join(f"`{name}`" for name in self.fields) or "none"
            notes.append(Diagnostic(join(path, name), f"unknown field `{name}`, expected one of {known}"))
        given = {}
        for name, field in self.fields.items():
            if name in value:
                given[field.name] = self.kinds[name].read(value[name], join(path, name), notes)
            elif _default(field) is MISSING:
                notes.append(Diagnostic(join(path, name), f"missing field `{name}`"))
        if len(notes) > before:
            return value
        try:
            return self.of(**given)
        except Diagnostics as found:
            notes.extend(Diagnostic(join(path, one.path), one.message) for one in found)
            return value


def _kind(hint: Any, bounds: Bounds, where: str) -> Kind:
    """The kind that a field's type stands for. Bounds are those of the numbers in it."""
    origin, args = get_origin(hint), get_args(hint)
    if hint is bool:
        return Truth()
    if hint is int or hint is float:
        return Number(hint is int, bounds)
    if hint is str:
        return Text()
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return Table(hint)
    if origin is Literal:
        return Choice(args)
    if origin is list:
        return Several(_kind(args[0], bounds, where))
    if origin is dict and args[0] is str:
        return ByName(_kind(args[1], bounds, where))
    if origin in (Union, types.UnionType) and len(args) == 2 and args[1] is type(None):
        return Maybe(_kind(args[0], bounds, where))
    raise TypeError(
        f"{where} is of type {hint}, expected bool, int, float, str, a Literal, a dataclass, "
        "list[T], dict[str, T] or T | None"
    )


def _default(field: "dataclasses.Field[Any]") -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _to_json(value: Any) -> Any:
    """A default as a configuration would write it."""
    if dataclasses.is_dataclass(value):
        fields = dataclasses.fields(value)
        return {_camel_case(field.name): _to_json(getattr(value, field.name)) for field in fields}
    if isinstance(value, list):
        return [_to_json(one) for one in value]
    if isinstance(value, dict):
        return {name: _to_json(one) for name, one in value.items()}
    return value


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
