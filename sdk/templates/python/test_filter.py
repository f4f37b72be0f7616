"""The filter, as ordinary Python."""

import pytest
from switchyard_sdk.testing import Tested, endpoint

from plugin import PLUGIN

ENDPOINTS = [endpoint(0), endpoint(1, drain="true"), endpoint(2, drain="false", old="true")]


@pytest.mark.parametrize(
    ("settings", "kept"),
    [
        ({}, [0, 2]),
        ({"drainLabel": "old"}, [0, 1]),
    ],
)
def test_drained_endpoints_go(settings: dict[str, str], kept: list[int]) -> None:
    assert Tested(PLUGIN, settings, endpoints=ENDPOINTS).keep() == kept
