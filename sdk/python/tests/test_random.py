"""The generator that every SDK has."""

from switchyard_sdk import Random


def test_the_sequence_is_the_published_one() -> None:
    # The first outputs of SplitMix64 for seed 1234567.
    random = Random(1234567)
    assert random.bits() == 6457827717110365317
    assert random.bits() == 3203168211198807973


def test_shuffles_are_those_of_the_other_languages() -> None:
    # As in `sdk/templates/cases/picker.yaml`.
    items = list(range(5))
    Random(7).shuffle(items)
    assert items == [3, 4, 2, 0, 1]
    items = list(range(5))
    Random(1).shuffle(items)
    assert items == [1, 0, 3, 4, 2]


def test_shuffles_are_fair() -> None:
    first = [0] * 4
    for seed in range(4000):
        items = [0, 1, 2, 3]
        Random(seed).shuffle(items)
        first[items[0]] += 1
    assert all(850 < count < 1150 for count in first)


def test_fractions_stay_between_0_and_1() -> None:
    random = Random(1)
    fractions = [random.fraction() for _ in range(10_000)]
    assert 0 < min(fractions) < max(fractions) < 1
    assert abs(sum(fractions) / len(fractions) - 0.5) < 0.02
    assert random.below(0) == 0
    assert {random.below(3) for _ in range(100)} == {0, 1, 2}
