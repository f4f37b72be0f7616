"""Write a Switchyard plugin in Python: see `plugin` for what a plugin is, and `testing` for how to test one."""

from . import exposition, log, own_columns, scores, state
from .columns import Capability, Column, Scalar
from .diagnostics import Diagnostic, Diagnostics
from .endpoints import Endpoints
from .needs import Needs
from .plugin import Plugin
from .random import Random
from .request import Request
from .settings import NoSettings, setting
from .stages import Decider, Filter, Hooks, Picker, ProfileHandler, Scorer, Scraper
from .types import (
    UNKNOWN,
    Answer,
    Decision,
    Ended,
    Ending,
    Endpoint,
    Fault,
    Fetch,
    Header,
    Label,
    Outcome,
    ProfileResult,
    Sample,
    Scope,
    Step,
    StringSet,
    Target,
)

__all__ = [
    "UNKNOWN",
    "Answer",
    "Capability",
    "Column",
    "Decider",
    "Decision",
    "Diagnostic",
    "Diagnostics",
    "Ended",
    "Ending",
    "Endpoint",
    "Endpoints",
    "Fault",
    "Fetch",
    "Filter",
    "Header",
    "Hooks",
    "Label",
    "Needs",
    "NoSettings",
    "Outcome",
    "Picker",
    "Plugin",
    "ProfileHandler",
    "ProfileResult",
    "Random",
    "Request",
    "Sample",
    "Scalar",
    "Scope",
    "Scorer",
    "Scraper",
    "Step",
    "StringSet",
    "Target",
    "exposition",
    "log",
    "own_columns",
    "scores",
    "setting",
    "state",
]
