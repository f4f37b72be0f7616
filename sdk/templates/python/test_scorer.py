"""The scorer, as ordinary Python."""

from typing import Any

import pytest
from switchyard_sdk import UNKNOWN, Column, Diagnostics
from switchyard_sdk.testing import Tested

from plugin import PLUGIN


@pytest.mark.parametrize(
    ("settings", "waiting", "expected"),
    [
        ({}, [0, 5, 10, 99], [1, 0.5, 0, 0]),
        ({"fullAt": 4}, [1, 3], [0.75, 0.25]),
    ],
)
def test_fewer_waiting_requests_score_better(
    settings: dict[str, Any], waiting: list[float], expected: list[float]
) -> None:
    tested = Tested(PLUGIN, settings, columns={Column.WAITING_REQUESTS: waiting})
    assert tested.score() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        ([2, UNKNOWN, 5], [0.8, 0.5, 0.5]),
        ([UNKNOWN, UNKNOWN], [0, 0]),
    ],
)
def test_unknown_is_worst(waiting: list[float], expected: list[float]) -> None:
    tested = Tested(PLUGIN, columns={Column.WAITING_REQUESTS: waiting})
    assert tested.score() == pytest.approx(expected)


@pytest.mark.parametrize("settings", [{"fullAt": 0}, {"fullat": 3}])
def test_settings_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(Diagnostics) as refused:
        Tested(PLUGIN, settings)
    assert [one.path for one in refused.value] == list(settings)
