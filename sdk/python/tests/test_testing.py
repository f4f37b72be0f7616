"""The stand-in for the host, and plugins as a whole."""

from dataclasses import dataclass

import pytest

from switchyard_sdk import (
    UNKNOWN,
    Capability,
    Decision,
    Diagnostics,
    Ended,
    Ending,
    Endpoint,
    Endpoints,
    Fault,
    Header,
    Hooks,
    Needs,
    NoSettings,
    Plugin,
    Request,
    Scorer,
    Target,
    log,
    own_columns,
    setting,
    state,
)
from switchyard_sdk.testing import FakeRequest, Tested, endpoint


@dataclass(frozen=True)
class Settings:
    column: str = setting("What to read.", default="a")


class Reads(Scorer[Settings]):
    """Answers what it reads."""

    def needs(self) -> Needs:
        return Needs(columns=[self.settings.column], optional_scalars=["s"])

    def score(self, request: Request, endpoints: Endpoints) -> list[float]:
        if request.header("x-tenant") == "nobody":
            raise Fault.refuse(403, "who are you?")
        return [*endpoints.column(self.settings.column), endpoints.scalar("s")]


class Counts(Hooks[Settings]):
    """Counts what it sees."""

    def needs(self) -> Needs:
        return Needs(own_columns=["seen"], capabilities=[Capability.STATE])

    def endpoints_changed(self, endpoints: list[Endpoint]) -> None:
        self.names = {one.row: one.name for one in endpoints}

    def picked(self, request: Request, decision: Decision, targets: Endpoints) -> list[Header]:
        for row in targets.rows:
            own_columns.add("seen", row, 1)
        return [Header("x-first", self.names[targets.rows[0]])]

    def response_started(self, request: Request, status: int) -> list[Header]:
        state.set("status", str(status).encode(), 1000)
        log.info(f"{request.id}: {status}")
        return []

    def response_ended(self, request: Request, ended: Ended) -> None:
        if ended.ending is Ending.CLIENT_LEFT:
            state.remove("status")


PLUGIN = Plugin(name="both", version="1.0.0", summary="Both", settings=Settings, stages=[Reads, Counts])


def test_numbers_come_as_the_needs_say() -> None:
    tested = Tested(PLUGIN, {"column": "b"}, columns={"a": [9, 9], "b": [1, 2]}, scalars={"s": 5})
    assert tested.score() == [1, 2, 5]
    assert tested.score([1]) == [2, 5]
    tested.columns = {"b": [3]}
    first, second, _ = tested.score([0, 1])
    assert first == 3
    assert second != second, "a value that is not given is not known"


def test_settings_are_those_of_a_configuration() -> None:
    with pytest.raises(Diagnostics, match="column: found 7, expected a text"):
        Tested(PLUGIN, {"column": 7})


def test_faults_are_raised() -> None:
    tested = Tested(PLUGIN, columns={"a": [1]}, request=FakeRequest(headers={"x-tenant": "nobody"}))
    with pytest.raises(Fault, match="who are you") as fault:
        tested.score()
    assert fault.value.code == 403


def test_what_is_told_to_the_host_is_kept() -> None:
    tested = Tested(PLUGIN, endpoints=[endpoint(0), endpoint(3)], request=FakeRequest(id="r-1"))
    decision = Decision("default", [Target(3), Target(0)])
    assert tested.picked(decision) == [Header("x-first", "pod-3")]
    tested.picked(Decision("default", [Target(3)]))
    assert tested.own_column("seen") == {3: 2.0, 0: 1.0}
    tested.response_started(200)
    assert tested.log == [("info", "r-1: 200")]
    assert tested.host.state == {"status": b"200"}


def test_two_instances_share_a_host() -> None:
    one = Tested(PLUGIN)
    other = Tested(PLUGIN, host=one.host)
    one.response_started(200)
    assert other.host.state == {"status": b"200"}
    other.response_ended(Ended(Ending.CLIENT_LEFT, 0))
    assert one.host.state == {}


def test_adding_to_what_is_not_known_begins_at_0() -> None:
    tested = Tested(PLUGIN, endpoints=[endpoint(0)])
    tested.picked(Decision("default", [Target(0)]))
    own_columns.set("seen", 0, UNKNOWN)
    tested.picked(Decision("default", [Target(0)]))
    assert tested.own_column("seen") == {0: 1.0}
    with pytest.raises(LookupError, match="wrote `other`, which its `needs` do not name"):
        own_columns.set("other", 0, 1)


def test_a_request_answers_what_the_test_says() -> None:
    request = FakeRequest(content=b"0123456789", headers={"a": "b"}, picked={"prefill": [2]})
    assert request.header("a") == "b"
    assert request.header("c") is None
    assert request.body() == b"0123456789"
    assert request.body(8, 5) == b"89"
    assert request.peers("prefill") == [2]
    assert request.peers() == []


def test_a_stage_that_is_not_there_is_told() -> None:
    with pytest.raises(TypeError, match="the plugin has no `Filter`"):
        Tested(PLUGIN).keep()


def test_a_plugin_has_one_stage_of_a_kind() -> None:
    class Other(Scorer[NoSettings]):
        def score(self, request: Request, endpoints: Endpoints) -> list[float]:
            return []

    with pytest.raises(TypeError, match="Reads and Other are both a `Scorer`"):
        Plugin(name="a", version="1", summary="A", stages=[Reads, Other])
