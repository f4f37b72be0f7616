"""Prefers cheap servers, as long as they are not much busier than others.

Here is who the plugin is. Its settings and its rule have files of their own.
"""

from switchyard_sdk import Plugin

from scorer import CostAware
from settings import Settings

PLUGIN = Plugin(
    name="cost-aware",
    version="0.1.0",
    summary="Prefers cheap servers, as long as they are not much busier than others",
    settings=Settings,
    stages=[CostAware],
)
