"""Endpoints that are being drained get no requests: those whose label `drainLabel` is `true`."""

from switchyard_sdk import Endpoint, Endpoints, Filter, Request

from settings import Settings


class NotDrained(Filter[Settings]):
    """The filter."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.serving: set[int] = set()

    def endpoints_changed(self, endpoints: list[Endpoint]) -> None:
        label = self.settings.drain_label
        self.serving = {endpoint.row for endpoint in endpoints if endpoint.labels.get(label) != "true"}

    def keep(self, request: Request, endpoints: Endpoints) -> list[int]:
        serving = self.serving
        return [row for row in endpoints.rows if row in serving]
