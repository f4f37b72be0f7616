"""A plugin as a component: what the contract calls. Only ever imported while one is built.

componentize-py takes one class per exported interface from here, and keeps the interpreter as it stands once this
module is imported: every instance begins there. So all there is to import or to work out once happens here, at the top.
"""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from componentize_py_types import Err
from wit_world import exports
from wit_world.imports import types

from . import conform, settings, stages
from .blank import blank
from .diagnostics import Diagnostics
from .endpoints import Endpoints, Layout, picked_rows
from .host import Current, Level
from .imports import Imported, ImportedRequest
from .needs import Needs
from .plugin import KINDS, Plugin, Started
from .sealed import Seal
from .traces import Traces
from .types import Answer, Decision, Ended, Endpoint, Fault, Fetch, Header, ProfileResult, Sample, Step

_seal = Seal()
_author = import_module("plugin")
_plugin = getattr(_author, "PLUGIN", None)
if not isinstance(_plugin, Plugin):
    raise TypeError("plugin.py has no `PLUGIN`, expected `PLUGIN = Plugin(...)`")
for _kind in KINDS:
    if hasattr(exports, _kind.__name__) and not _plugin.has(_kind):
        raise TypeError(f"plugin.toml names a stage that PLUGIN in plugin.py does not have: a `{_kind.__name__}`")

_about = types.About(_plugin.name, _plugin.version, _plugin.summary, settings.schema(_plugin.settings), [])
_host = Imported()
Current.host = _host
_request = ImportedRequest()
_traces = Traces(_author.__file__ or "")


class Unconfigured:
    """Stands for the plugin and each of its stages until it is configured."""

    def __getattr__(self, name: str) -> Any:
        raise Fault("the plugin was not configured")


_unconfigured: Any = Unconfigured()
_layout = Layout(Needs())


def _raised(error: BaseException) -> BaseException:
    """What to raise towards the bindings for what the plugin raised.

    A `Fault` is an answer. Anything else is a defect: it goes to the log, and the instance breaks, so that the host
    replaces it and counts the break.
    """
    if isinstance(error, Err):
        return error
    if isinstance(error, Fault):
        return Err(error)
    _host.write(Level.ERROR, _traces.whole(error))
    # The last line is what the host's fault shows.
    _host.write(Level.ERROR, _traces.brief(error))
    # The bindings would print it again.
    sys.stderr = None
    return error


class _Call:
    """Stands around all that a call has the plugin do."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        # Before what is said of an error: it was printed before it.
        if _seal.begun:
            _seal.end_lines()
        if error is not None:
            raise _raised(error) from None


_call = _Call()


class Lifecycle:
    started: Started = _unconfigured

    def describe(self) -> types.About:
        return _about

    def configure(self, text: str) -> types.Needs:
        global _layout
        with _call:
            try:
                started = _plugin.start(text)
            except Diagnostics as found:
                raise Err([types.Diagnostic(one.path, one.message) for one in found]) from None
            except Fault as fault:
                raise Err([types.Diagnostic("", fault.message)]) from None
        _layout = started.layout
        Current.own_columns = started.own_columns
        Lifecycle.started = started
        for exported in (Filter, Scorer, Picker, Decider, ProfileHandler, Scraper, Hooks):
            kind = getattr(stages, exported.__name__)
            if _plugin.has(kind):
                exported.stage = started.stage(kind)
        # What there is now stays; the collector need never look at it.
        gc.freeze()
        return _needs(started.needs)

    def endpoints_changed(self, generation: int, endpoints: list[Endpoint]) -> None:
        with _call:
            self.started.endpoints_changed(endpoints)


def _needs(needs: Needs) -> types.Needs:
    def inputs(required: Sequence[str], optional: Sequence[str]) -> list[types.Input]:
        return [types.Input(name, True) for name in required] + [types.Input(name, False) for name in optional]

    return types.Needs(
        columns=inputs(needs.columns, needs.optional_columns),
        scalars=inputs(needs.scalars, needs.optional_scalars),
        own_columns=list(needs.own_columns),
        capabilities=list(needs.capabilities),
        extra=[],
    )


class Filter:
    stage: stages.Filter = _unconfigured

    def keep(self, rows: list[int], inputs: list[float]) -> list[int]:
        with _call:
            kept = self.stage.keep(_request, Endpoints(rows, inputs, _layout))
            return conform.rows(kept, "the answer of `keep`")


class Scorer:
    stage: stages.Scorer = _unconfigured

    def score(self, rows: list[int], inputs: list[float]) -> list[float]:
        with _call:
            return conform.scores(self.stage.score(_request, Endpoints(rows, inputs, _layout)))


class Picker:
    stage: stages.Picker = _unconfigured

    def pick(self, rows: list[int], totals: list[float], inputs: list[float]) -> list[int]:
        with _call:
            picked = self.stage.pick(_request, Endpoints(rows, inputs, _layout), totals)
            return conform.rows(picked, "the answer of `pick`")


class Decider:
    stage: stages.Decider = _unconfigured

    def decide(self, profile: str, picked: list[int], inputs: list[float]) -> bool:
        with _call:
            agrees = self.stage.agrees(_request, profile, Endpoints(picked, inputs, _layout))
            return conform.record(agrees, bool, "the answer of `agrees`")


class ProfileHandler:
    stage: stages.ProfileHandler = _unconfigured

    def next(self, done: list[ProfileResult], inputs: list[float]) -> list[Step]:
        with _call:
            steps = self.stage.next(_request, done, Endpoints(picked_rows(done), inputs, _layout))
            return conform.records(steps, Step, "the answer of `next`")

    def decide(self, done: list[ProfileResult], inputs: list[float]) -> Decision:
        with _call:
            decision = self.stage.decide(_request, done, Endpoints(picked_rows(done), inputs, _layout))
            return conform.record(decision, Decision, "the answer of `decide`")


class Scraper:
    stage: stages.Scraper = _unconfigured

    def plan(self) -> list[Fetch]:
        with _call:
            return conform.records(self.stage.plan(), Fetch, "the answer of `plan`")

    def parse(self, fetch: int, row: int, status: int, elapsed_ms: int, body: bytes) -> list[Sample]:
        with _call:
            samples = self.stage.parse(Answer(fetch, row, status, elapsed_ms, body))
            return conform.records(samples, Sample, "the answer of `parse`")


class Hooks:
    stage: stages.Hooks = _unconfigured

    def picked(self, decision: Decision, inputs: list[float]) -> list[Header]:
        with _call:
            rows = [target.row for target in decision.targets]
            headers = self.stage.picked(_request, decision, Endpoints(rows, inputs, _layout))
            return conform.records(headers, Header, "the answer of `picked`")

    def response_started(self, status: int) -> list[Header]:
        with _call:
            headers = self.stage.response_started(_request, status)
            return conform.records(headers, Header, "the answer of `response_started`")

    def response_ended(self, ended: Ended) -> None:
        with _call:
            self.stage.response_ended(_request, ended)


# The build is over.
blank()
_traces.close()
_seal.close(lambda line: _host.write(Level.INFO, line))
