"""Lines of an exposition."""

from math import inf, isnan
from typing import Any

import pytest

from switchyard_sdk.exposition import Series, series


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("up 1", ("up", "", 1.0, None)),
        ("  up\t1.5  ", ("up", "", 1.5, None)),
        ('up{a="b"} 3 1395066363000', ("up", 'a="b"', 3.0, 1395066363000.0)),
        ("up{} +Inf", ("up", "", inf, None)),
        ('up{a="}\\"}"} 2', ("up", 'a="}\\"}"', 2.0, None)),
        ('up_bucket{le="1"} 7 # {trace="x"} 0.5', ("up_bucket", 'le="1"', 7.0, None)),
        ("up 1\r", ("up", "", 1.0, None)),
        ("# HELP up Whether it is up.", None),
        ("", None),
        ("up", None),
        ("up x", None),
        ("up 1_0", None),
        ('up{a="b" 1', None),
        ("up 1 yesterday", None),
        ('{a="b"} 1', None),
    ],
)
def test_lines_become_series(text: str, expected: tuple[Any, ...] | None) -> None:
    assert list(series(text)) == ([Series(*expected)] if expected else [])


def test_not_a_number_is_a_value() -> None:
    (found,) = series("up NaN")
    assert isnan(found.value)


def test_bytes_that_are_no_text_spoil_no_other_line() -> None:
    assert [one.name for one in series(b"a 1\n\xff\xfe 2\nb 3\n")][::2] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r'{a="1",b="2"}', {"a": "1", "b": "2"}),
        (r'{a = "1" , b="2",}', {"a": "1", "b": "2"}),
        (r'{a="x,b=y",b="2"}', {"a": "x,b=y", "b": "2"}),
        (r'{a="say \"hi\"\n\\ \t"}', {"a": 'say "hi"\n\\ \\t'}),
        (r"{a=1}", {}),
        (r"{}", {}),
    ],
)
def test_labels_are_unescaped(text: str, expected: dict[str, str]) -> None:
    (found,) = series(f"up{text} 1")
    assert found.labels() == expected
