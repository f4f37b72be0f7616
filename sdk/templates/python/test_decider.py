"""The decider, as ordinary Python."""

import pytest
from switchyard_sdk import UNKNOWN, Scalar
from switchyard_sdk.testing import Tested

from plugin import PLUGIN


@pytest.mark.parametrize(
    ("settings", "tokens", "agrees"),
    [
        ({}, 255, False),
        ({}, 256, True),
        ({"minPromptTokens": 10}, 11, True),
        ({}, UNKNOWN, False),
    ],
)
def test_long_prompts_are_agreed_to(settings: dict[str, float], tokens: float, agrees: bool) -> None:
    tested = Tested(PLUGIN, settings, scalars={Scalar.PROMPT_TOKENS: tokens})
    assert tested.agrees("prefill", [0]) == agrees
