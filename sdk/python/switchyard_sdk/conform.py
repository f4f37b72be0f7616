"""Whether what a plugin answers is what the contract can carry.

A component cannot say why an answer of the wrong type could not be carried: it just breaks. So a wrong answer is found
here, and told by name.
"""

import dataclasses
from functools import cache
from operator import index
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

_T = TypeVar("_T")


def scores(answer: Any) -> list[float]:
    """A list of numbers. Quick, because it is asked at every call."""
    if type(answer) is not list:
        answer = _listed(answer, "float", "the answer of `score`")
    try:
        # Fails for anything that is no number, and does not look at each in Python.
        sum(answer)
    except TypeError:
        return [_conform(one, float, f"score {at}") for at, one in enumerate(answer)]
    return answer  # type: ignore[no-any-return]


def rows(answer: Any, where: str) -> list[int]:
    """A list of row numbers."""
    try:
        return list(map(index, answer))
    except TypeError:
        listed = _listed(answer, "int", where)
        return [_conform(one, int, f"row {at} of {where}") for at, one in enumerate(listed)]


def records(answer: Any, of: type[_T], where: str) -> list[_T]:
    """A list of records of one type."""
    listed = _listed(answer, of.__name__, where)
    return [_conform(one, of, f"{where}[{at}]") for at, one in enumerate(listed)]


def record(answer: Any, of: type[_T], where: str) -> _T:
    """One record."""
    return _conform(answer, of, where)  # type: ignore[no-any-return]


def _conform(value: Any, hint: Any, where: str) -> Any:
    if get_origin(hint) is list:
        (inner,) = get_args(hint)
        return [_conform(one, inner, f"{where}[{at}]") for at, one in enumerate(_listed(value, inner.__name__, where))]
    if hint is int or hint is float:
        fits = isinstance(value, int) or (hint is float and isinstance(value, float))
    else:
        fits = isinstance(value, hint)
    if not fits:
        raise TypeError(f"{where} is {_named(value)}, expected {hint.__name__}")
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        for name, inner in _fields(hint).items():
            setattr(value, name, _conform(getattr(value, name), inner, f"{where}.{name}"))
    return value


def _listed(value: Any, of: str, where: str) -> list[Any]:
    # A text is a sequence too, and never meant as one here.
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        raise TypeError(f"{where} is {_named(value)}, expected a list of {of}")
    return list(value)


@cache
def _fields(of: type) -> dict[str, Any]:
    return get_type_hints(of)


def _named(value: Any) -> str:
    shown = repr(value)
    return f"{type(value).__name__} {shown if len(shown) <= 60 else shown[:60] + '...'}"
