"""The endpoints with the best totals, best first: one, and `fallbacks` further ones.

Among equals chance decides. It comes from the request's seed, so that a replay picks the same.
"""

from switchyard_sdk import Endpoints, Picker, Random, Request

from settings import Settings


class BestFirst(Picker[Settings]):
    """The picker."""

    def pick(self, request: Request, endpoints: Endpoints, totals: list[float]) -> list[int]:
        rows = endpoints.rows
        ranked = list(range(len(rows)))
        Random(request.seed).shuffle(ranked)
        # Equals stay in the order that chance gave them.
        ranked.sort(key=totals.__getitem__, reverse=True)
        return [rows[position] for position in ranked[: self.settings.fallbacks + 1]]
