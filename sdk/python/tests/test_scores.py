"""Shapes of scores: unknown is NaN and never wins."""

import pytest

from switchyard_sdk import UNKNOWN, scores


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([10.0, 5.0, 0.0], [0.0, 0.5, 1.0]),
        ([5.0, 5.0], [1.0, 1.0]),
        ([0.0, 0.0], [1.0, 1.0]),
        ([3.0], [1.0]),
        ([2.0, UNKNOWN, 6.0], [1.0, 0.0, 0.0]),
        ([4.0, UNKNOWN], [1.0, 1.0]),
        ([UNKNOWN, UNKNOWN], [1.0, 1.0]),
        ([], []),
    ],
)
def test_lower_scores_better(values: list[float], expected: list[float]) -> None:
    assert scores.lower_is_better(values) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.25, 0.5, 1.0], [0.75, 0.5, 0.0]),
        ([0.25, UNKNOWN, 0.5], [0.75, 0.5, 0.5]),
        ([UNKNOWN, UNKNOWN], [0.0, 0.0]),
        ([], []),
    ],
)
def test_an_unknown_value_gets_the_lowest_score(values: list[float], expected: list[float]) -> None:
    assert scores.each(values, lambda value: 1.0 - value) == expected


def test_infinities_are_known() -> None:
    infinity = float("inf")
    assert scores.unknown_is_worst([infinity, -infinity, UNKNOWN]) == [infinity, -infinity, -infinity]
