"""Names the endpoint that answered in a header of the response."""

from switchyard_sdk import Endpoint, Header, Hooks, Request

from settings import Settings


class ServedBy(Hooks[Settings]):
    """The hooks."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.names: dict[int, str] = {}

    def endpoints_changed(self, endpoints: list[Endpoint]) -> None:
        self.names = {endpoint.row: endpoint.name for endpoint in endpoints}

    def response_started(self, request: Request, status: int) -> list[Header]:
        taken = request.peers()[:1]
        return [Header(self.settings.header, self.names[row]) for row in taken if row in self.names]
