"""The fewer requests wait at an endpoint, the better.

score = 1 - waiting / `fullAt`, at least 0. An endpoint whose queue is not known scores as the worst that is known.
"""

from switchyard_sdk import Column, Endpoints, Needs, Request, Scorer, scores

from settings import Settings


class ShortQueue(Scorer[Settings]):
    """The scorer."""

    def needs(self) -> Needs:
        return Needs(columns=[Column.WAITING_REQUESTS])

    def score(self, request: Request, endpoints: Endpoints) -> list[float]:
        full_at = self.settings.full_at
        waiting = endpoints.column(Column.WAITING_REQUESTS)
        # Of an unknown queue the score is unknown too: a comparison with NaN is false.
        return scores.unknown_is_worst([0.0 if count > full_at else 1.0 - count / full_at for count in waiting])
