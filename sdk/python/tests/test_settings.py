"""Settings: what is taken, what is refused and where, and what the schema says of it."""

import json
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from switchyard_sdk import Diagnostics, NoSettings, setting
from switchyard_sdk.settings import parse, schema


@dataclass(frozen=True)
class Step:
    max_value: float
    weight: int = setting("How much it counts.", default=1, at_least=0, at_most=10)


@dataclass(frozen=True)
class Sample:
    full_at: float = setting("Where it is full.", default=10, above=0)
    mode: Literal["soft", "hard"] = "soft"
    verbose: bool = False
    name: str = "x"
    limit: int | None = None
    steps: list[Step] = setting("One after the other.", default=[])
    weights: dict[str, float] = setting("By name.", default={}, at_least=0, below=1)

    def __post_init__(self) -> None:
        if self.mode == "hard" and not self.steps:
            raise Diagnostics.one("steps", "found none, expected some in mode hard")


def refused(settings: str, of: type = Sample) -> list[tuple[str, str]]:
    with pytest.raises(Diagnostics) as found:
        parse(of, settings)
    return [(one.path, one.message) for one in found.value]


def test_nothing_given_is_the_default() -> None:
    assert parse(Sample, "{}") == Sample()
    assert parse(NoSettings, "{}") == NoSettings()


def test_what_is_given_is_taken() -> None:
    given = {
        "fullAt": 4,
        "mode": "hard",
        "verbose": True,
        "limit": None,
        "steps": [{"maxValue": 1.5, "weight": 2.0}],
        "weights": {"a": 0.25},
    }
    settings = parse(Sample, json.dumps(given))
    assert settings == Sample(4.0, "hard", True, "x", None, [Step(1.5, 2)], {"a": 0.25})
    assert isinstance(settings.full_at, float)
    assert isinstance(settings.steps[0].weight, int)


@pytest.mark.parametrize(
    ("given", "path", "message"),
    [
        ({"fullAt": 0}, "fullAt", "found 0, expected a number above 0"),
        ({"fullAt": True}, "fullAt", "found true, expected a number above 0"),
        ({"fullAt": "ten"}, "fullAt", 'found "ten", expected a number above 0'),
        ({"fullAt": 10**400}, "fullAt", f"found {'1' + '0' * 59}..., expected a number above 0"),
        (
            {"fullat": 3},
            "fullat",
            "unknown field `fullat`, expected one of `fullAt`, `mode`, `verbose`, `name`, `limit`, `steps`, `weights`",
        ),
        ({"mode": "loud"}, "mode", 'found "loud", expected one of "soft", "hard"'),
        ({"verbose": 1}, "verbose", "found 1, expected true or false"),
        ({"name": None}, "name", "found null, expected a text"),
        ({"limit": 1.5}, "limit", "found 1.5, expected a whole number"),
        ({"steps": {}}, "steps", "found {}, expected a list"),
        ({"steps": [{"maxValue": 1}, {}]}, "steps[1].maxValue", "missing field `maxValue`"),
        (
            {"steps": [{"maxValue": 1, "weight": 11}]},
            "steps[0].weight",
            "found 11, expected a whole number from 0 to 10",
        ),
        ({"weights": []}, "weights", "found [], expected an object"),
        ({"weights": {"a": 1}}, "weights.a", "found 1, expected a number of at least 0 and below 1"),
        ({"mode": "hard"}, "steps", "found none, expected some in mode hard"),
        ([], "", "found [], expected an object"),
    ],
)
def test_mistakes_have_a_path(given: Any, path: str, message: str) -> None:
    assert refused(json.dumps(given)) == [(path, message)]


def test_all_mistakes_are_told() -> None:
    assert [path for path, _ in refused('{"mode": 1, "x": 1, "steps": [1], "name": 2}')] == [
        "x",
        "mode",
        "name",
        "steps[0]",
    ]


@pytest.mark.parametrize("text", ["[", "{} x", '{"fullAt": NaN}', '{"fullAt": Infinity}'])
def test_what_is_not_json_is_refused(text: str) -> None:
    ((path, message),) = refused(text)
    assert path == ""
    assert message.startswith("not JSON: ")


def test_a_number_too_great_for_json_is_refused() -> None:
    assert refused('{"fullAt": 1e999}') == [("fullAt", "found Infinity, expected a number above 0")]


def test_a_nested_check_has_the_path_of_its_place() -> None:
    @dataclass(frozen=True)
    class Inner:
        low: float = 0
        high: float = 1

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise Diagnostics.one("low", "above high")

    @dataclass(frozen=True)
    class Outer:
        inner: Inner = Inner()

    # Types of a function's own are known only to their class.
    Outer.__annotations__["inner"] = Inner
    assert refused('{"inner": {"low": 2}}', Outer) == [("inner.low", "above high")]


def test_the_schema_says_the_same() -> None:
    told = json.loads(schema(Sample))
    assert told["additionalProperties"] is False
    assert "required" not in told
    properties = told["properties"]
    assert properties["fullAt"] == {
        "type": "number",
        "exclusiveMinimum": 0,
        "description": "Where it is full.",
        "default": 10,
    }
    assert properties["mode"] == {"enum": ["soft", "hard"], "default": "soft"}
    assert properties["verbose"] == {"type": "boolean", "default": False}
    assert properties["limit"] == {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None}
    step = properties["steps"]["items"]
    assert step["required"] == ["maxValue"]
    assert step["properties"]["weight"]["maximum"] == 10
    assert properties["weights"]["additionalProperties"] == {"type": "number", "minimum": 0, "exclusiveMaximum": 1}


def test_defaults_of_tables_are_told_as_a_configuration_writes_them() -> None:
    told = json.loads(schema(Nested))
    assert told["properties"]["step"]["default"] == {"maxValue": 2.0, "weight": 1}
    assert told["properties"]["more"]["default"] == [{"maxValue": 3.0, "weight": 1}]


@dataclass(frozen=True)
class Nested:
    step: Step = Step(2.0)
    more: list[Step] = setting("More of them.", default=[Step(3.0)])


def test_a_type_that_json_does_not_know_is_named() -> None:
    @dataclass(frozen=True)
    class Wrong:
        at: complex = 1j

    with pytest.raises(TypeError, match=r"Wrong\.at is of type <class 'complex'>"):
        schema(Wrong)
