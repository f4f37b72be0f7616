"""Answers that the contract cannot carry are told by name."""

from typing import Any

import pytest

from switchyard_sdk import Decision, Fetch, Header, Sample, Scope, Target, conform


def test_what_can_be_carried_is_let_through() -> None:
    scores = [0.5, 1]
    assert conform.scores(scores) is scores
    assert conform.scores((0.5, 1)) == [0.5, 1]
    assert conform.scores(float(score) for score in range(2)) == [0.0, 1.0]
    assert conform.rows((3, 1), "rows") == [3, 1]
    fetch = Fetch(name="metrics", path="/metrics", families=("a",), scope=Scope.ADDRESS)  # type: ignore[arg-type]
    assert conform.records([fetch], Fetch, "plan")[0].families == ["a"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, "the answer of `score` is NoneType None, expected a list of float"),
        ("ab", "the answer of `score` is str 'ab', expected a list of float"),
        ([0.5, None], "score 1 is NoneType None, expected float"),
        (["a"], "score 0 is str 'a', expected float"),
    ],
)
def test_wrong_scores_are_told(answer: Any, told: str) -> None:
    with pytest.raises(TypeError) as wrong:
        conform.scores(answer)
    assert str(wrong.value) == told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, "keep is NoneType None, expected a list of int"),
        ([1, 2.0], "row 1 of keep is float 2.0, expected int"),
        (7, "keep is int 7, expected a list of int"),
    ],
)
def test_wrong_rows_are_told(answer: Any, told: str) -> None:
    with pytest.raises(TypeError) as wrong:
        conform.rows(answer, "keep")
    assert str(wrong.value) == told


@pytest.mark.parametrize(
    ("answer", "of", "told"),
    [
        (None, Decision, "it is NoneType None, expected Decision"),
        (Decision("a", [3]), Decision, "it.targets[0] is int 3, expected Target"),
        (Decision("a", [Target(3, "x")]), Decision, "it.targets[0].port is str 'x', expected int"),
        (Header("a", 5), Header, "it.value is int 5, expected str"),
        (Sample([None]), Sample, "it.values[0] is NoneType None, expected float"),
        (Sample([1], sets="ab"), Sample, "it.sets is str 'ab', expected a list of StringSet"),
        (1, bool, "it is int 1, expected bool"),
    ],
)
def test_wrong_records_are_told(answer: Any, of: type, told: str) -> None:
    with pytest.raises(TypeError) as wrong:
        conform.record(answer, of, "it")
    assert str(wrong.value) == told
