"""The records are those of the contract."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest

from switchyard_sdk import types

CONTRACT = (Path(__file__).parents[3] / "wit" / "types.wit").read_text()

# Made field by field in a component, so the order counts; the others are read by the names of their fields.
HANDED_OVER = ["decision", "ended", "endpoint", "header", "label", "profile-result", "target"]
ANSWERED = ["fault", "fetch", "sample", "step", "string-set"]
ENUMS = ["ending", "outcome", "scope"]


def names(kind: str, of: str) -> list[str]:
    """The names of the fields of a record, or of the cases of an enum, in the contract."""
    (body,) = re.findall(rf"^  {kind} {of} {{(.*?)^  }}", CONTRACT, re.MULTILINE | re.DOTALL)
    end = ":" if kind == "record" else ","
    return [name.replace("-", "_") for name in re.findall(rf"^    ([a-z-]+){end}", body, re.MULTILINE)]


def named(of: str) -> Any:
    return getattr(types, "".join(part.capitalize() for part in of.split("-")))


def fields(of: Any) -> list[str]:
    return list(of._fields) if hasattr(of, "_fields") else [field.name for field in dataclasses.fields(of)]


@pytest.mark.parametrize("record", HANDED_OVER)
def test_records_that_are_handed_over_have_the_fields_in_order(record: str) -> None:
    assert fields(named(record)) == names("record", record)


@pytest.mark.parametrize("record", ANSWERED)
def test_records_that_are_answered_have_the_fields(record: str) -> None:
    one = types.Fault("no") if record == "fault" else None
    found = sorted(vars(one)) if one else sorted(fields(named(record)))
    assert found == sorted(names("record", record))


@pytest.mark.parametrize("enum", ENUMS)
def test_enums_have_the_cases_in_order(enum: str) -> None:
    assert [case.name.lower() for case in named(enum)] == names("enum", enum)
    assert [case.value for case in named(enum)] == list(range(len(named(enum))))


@pytest.mark.parametrize(
    ("address", "expected"), [("10.0.0.7", "10.0.0.7:8000"), ("2001:db8::7", "[2001:db8::7]:8000")]
)
def test_an_ipv6_address_is_bracketed(address: str, expected: str) -> None:
    endpoint = types.Endpoint(0, "default/a", "a", "default", address, 8000, 0, {})
    assert endpoint.host_port == expected
