"""The shapes that scores of endpoints usually have.

One rule holds in all of them: unknown is NaN and never wins.
"""

from collections.abc import Callable


def lower_is_better(values: list[float]) -> list[float]:
    """From the least value, which scores 1, to the greatest, which scores 0; all equal score 1.

    An unknown value counts as the greatest known one, and where all are unknown all are equal.
    """
    least, greatest = span(values)
    width = greatest - least
    if not width > 0.0:
        return [1.0] * len(values)
    return [(greatest - value) / width if value == value else 0.0 for value in values]


def each(values: list[float], score: Callable[[float], float]) -> list[float]:
    """`score` of each value, from 0 to 1.

    An unknown value gets the lowest score of the known ones, and where all are unknown all get 0. With many endpoints a
    list comprehension and `unknown_is_worst` take half the time.
    """
    return unknown_is_worst([score(value) for value in values])


def unknown_is_worst(scores: list[float]) -> list[float]:
    """The same scores, but each NaN is the lowest of the others; 0 where there is no other."""
    # A sum is NaN where any part is, and far quicker than a look at each.
    total = sum(scores)
    if total == total:
        return scores
    known = [score for score in scores if score == score]
    worst = min(known, default=0.0)
    return [score if score == score else worst for score in scores]


def span(values: list[float]) -> tuple[float, float]:
    """The least and the greatest known value; both NaN where none is known."""
    known = [value for value in values if value == value]
    if not known:
        nan = float("nan")
        return nan, nan
    return min(known), max(known)
