"""The profile handler, as ordinary Python."""

import pytest
from switchyard_sdk import Fault, Outcome, Step, Target
from switchyard_sdk.testing import Tested, ended, picked

from plugin import PLUGIN


def test_the_profile_runs_once() -> None:
    tested = Tested(PLUGIN)
    assert tested.next([]) == [Step("default")]
    assert tested.next([picked("default", [3])]) == []
    assert Tested(PLUGIN, {"profile": "chat"}).next([]) == [Step("chat")]


def test_its_pick_is_the_decision() -> None:
    decision = Tested(PLUGIN).decide([picked("default", [3, 1])])
    assert decision.primary == "default"
    assert decision.targets == [Target(3), Target(1)]


def test_without_a_pick_the_request_is_refused() -> None:
    with pytest.raises(Fault) as refused:
        Tested(PLUGIN).decide([ended("default", Outcome.FILTERED_OUT)])
    assert refused.value.code == 503
