"""Columns and scalars by name."""

import pytest

from switchyard_sdk import Column, Endpoints, Needs, Scalar
from switchyard_sdk.endpoints import Layout

NEEDS = Needs(
    columns=[Column.WAITING_REQUESTS],
    optional_columns=[Column.KV_CACHE_USAGE],
    scalars=[Scalar.PROMPT_TOKENS],
    optional_scalars=[Scalar.BLOCK_TOKENS],
)


def test_columns_and_scalars_are_found_by_name() -> None:
    endpoints = Endpoints([4, 7], [1.0, 2.0, 0.25, 0.5, 300.0, 16.0], Layout(NEEDS))
    assert len(endpoints) == 2
    assert endpoints.rows == [4, 7]
    assert endpoints.column(Column.WAITING_REQUESTS) == [1.0, 2.0]
    assert endpoints.column(Column.KV_CACHE_USAGE) == [0.25, 0.5]
    assert endpoints.scalar(Scalar.PROMPT_TOKENS) == 300.0
    assert endpoints.scalar(Scalar.BLOCK_TOKENS) == 16.0


def test_without_rows_scalars_are_there_all_the_same() -> None:
    endpoints = Endpoints([], [300.0, 16.0], Layout(NEEDS))
    assert endpoints.column(Column.WAITING_REQUESTS) == []
    assert endpoints.scalar(Scalar.PROMPT_TOKENS) == 300.0


def test_an_undeclared_name_is_told() -> None:
    endpoints = Endpoints([0], [], Layout(Needs()))
    with pytest.raises(LookupError, match="read `lora-max`, which its `needs` do not name"):
        endpoints.column(Column.LORA_MAX)
    with pytest.raises(LookupError, match="read `stream`"):
        endpoints.scalar(Scalar.STREAM)


def test_needs_of_several_stages_are_joined() -> None:
    joined = Needs(optional_columns=["a", "b"], capabilities=["state"]) + Needs(
        columns=["b", "c"], own_columns=["mine"]
    )
    assert joined == Needs(columns=("b", "c"), optional_columns=("a",), own_columns=("mine",), capabilities=("state",))


def test_a_text_where_a_list_belongs_is_told() -> None:
    with pytest.raises(TypeError, match=r"Needs\.columns is 'a', expected a list"):
        Needs(columns="a")
