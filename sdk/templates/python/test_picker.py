"""The picker, as ordinary Python."""

import pytest
from switchyard_sdk.testing import FakeRequest, Tested

from plugin import PLUGIN


def pick(settings: dict[str, int], seed: int, totals: list[float]) -> list[int]:
    return Tested(PLUGIN, settings, request=FakeRequest(seed=seed)).pick(totals)


@pytest.mark.parametrize(
    ("settings", "totals", "picked"),
    [
        ({}, [0.5, 2.0, 1.0], [1, 2]),
        ({"fallbacks": 0}, [0.5, 2.0, 1.0], [1]),
        ({"fallbacks": 9}, [0.5, 2.0], [1, 0]),
    ],
)
def test_the_best_come_first(settings: dict[str, int], totals: list[float], picked: list[int]) -> None:
    assert pick(settings, 1, totals) == picked


def test_chance_decides_among_equals() -> None:
    first = [pick({}, seed, [1.0, 1.0])[0] for seed in range(1000)]
    assert 400 < first.count(0) < 600
    assert first[7] == pick({}, 7, [1.0, 1.0])[0]
