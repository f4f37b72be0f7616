"""The scorer, as ordinary Python."""

from typing import Any

import pytest
from switchyard_sdk import UNKNOWN, Column, Diagnostics
from switchyard_sdk.testing import Tested, endpoint

from plugin import PLUGIN


def score(
    prices: list[str | None],
    running: list[float],
    settings: dict[str, Any] | None = None,
    label: str = "price-per-hour",
) -> list[float]:
    endpoints = [
        endpoint(row) if price is None else endpoint(row, **{label: price}) for row, price in enumerate(prices)
    ]
    columns = {Column.RUNNING_REQUESTS: running}
    return Tested(PLUGIN, settings, endpoints=endpoints, columns=columns).score()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, [0.7, 0.35 + 0.15, 0.3]),
        ({"loadWeight": 0}, [1, 0.5, 0]),
        ({"loadWeight": 1}, [0, 0.5, 1]),
    ],
)
def test_price_and_load_are_weighed(settings: dict[str, Any], expected: list[float]) -> None:
    assert score(["1", "2", "3"], [10, 5, 0], settings) == pytest.approx(expected)


def test_another_label_can_hold_the_price() -> None:
    settings = {"label": "cost", "loadWeight": 0}
    assert score(["4.5", "1.5"], [0, 0], settings, label="cost") == [0, 1]


@pytest.mark.parametrize(
    ("prices", "running", "expected"),
    [
        (["1", None, "3"], [0, 0, 0], [1, 0.3, 0.3]),
        ([None, None], [0, 0], [1, 1]),
        (["2", "2"], [5, UNKNOWN], [1, 1]),
        (["2", "2", "2"], [5, UNKNOWN, 1], [0.7, 0.7, 1]),
        (["1"], [UNKNOWN], [1]),
    ],
)
def test_unknown_is_worst(prices: list[str | None], running: list[float], expected: list[float]) -> None:
    assert score(prices, running) == pytest.approx(expected)


@pytest.mark.parametrize("price", ["cheap", "-1", "nan", "inf", ""])
def test_a_price_that_is_none_is_told_and_not_known(price: str) -> None:
    endpoints = [endpoint(0, **{"price-per-hour": price}), endpoint(1, **{"price-per-hour": "2"})]
    tested = Tested(PLUGIN, {"loadWeight": 0}, endpoints=endpoints, columns={Column.RUNNING_REQUESTS: [0, 0]})
    assert tested.score() == [1, 1]
    told = (
        f"default/pod-0: label `price-per-hour` is `{price}`, expected a number such as `2.5`; its price is not known"
    )
    assert tested.log == [("warn", told)]


def test_prices_follow_the_labels() -> None:
    tested = Tested(PLUGIN, {"loadWeight": 0}, columns={Column.RUNNING_REQUESTS: [0, 0]})
    tested.endpoints_changed([endpoint(0, **{"price-per-hour": "1"}), endpoint(1, **{"price-per-hour": "2"})])
    assert tested.score() == [1, 0]
    tested.endpoints_changed([endpoint(0, **{"price-per-hour": "3"}), endpoint(1, **{"price-per-hour": "2"})])
    assert tested.score() == [0, 1]


@pytest.mark.parametrize("settings", [{"loadWeight": 1.1}, {"label": ""}, {"label": 3}, {"loadweight": 0}])
def test_wrong_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(Diagnostics) as refused:
        Tested(PLUGIN, settings)
    assert [one.path for one in refused.value] == list(settings)
