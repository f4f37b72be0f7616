"""The hooks, as ordinary Python."""

import pytest
from switchyard_sdk import Header
from switchyard_sdk.testing import FakeRequest, Tested, endpoint

from plugin import PLUGIN


@pytest.mark.parametrize(
    ("settings", "taken", "headers"),
    [
        ({}, [1, 0], [Header("x-served-by", "pod-1")]),
        ({}, [], []),
        ({}, [9], []),
        ({"header": "x-pod"}, [0], [Header("x-pod", "pod-0")]),
    ],
)
def test_the_first_endpoint_is_named(settings: dict[str, str], taken: list[int], headers: list[Header]) -> None:
    request = FakeRequest(picked={"": taken})
    tested = Tested(PLUGIN, settings, endpoints=[endpoint(0), endpoint(1)], request=request)
    assert tested.response_started() == headers
