"""What a server costs, mixed with how busy it is.

score = (1 - `loadWeight`) * cheapness + `loadWeight` * idleness. Among the candidates cheapness goes from 1 for the
cheapest to 0 for the dearest, and idleness from 1 for the one with the fewest running requests to 0 for the one with
the most. A price or a load that is not known counts as the worst that is known; where none is known, or all are the
same, all are 1.
"""

from math import isfinite

from switchyard_sdk import UNKNOWN, Column, Endpoint, Endpoints, Needs, Request, Scorer, log, scores

from settings import Settings


class CostAware(Scorer[Settings]):
    """The scorer."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.prices: dict[int, float] = {}
        """What is known of each endpoint, by row."""

    def needs(self) -> Needs:
        # Without the load it is still worth something to know the price.
        return Needs(optional_columns=[Column.RUNNING_REQUESTS])

    def endpoints_changed(self, endpoints: list[Endpoint]) -> None:
        self.prices = {endpoint.row: self.price(endpoint) for endpoint in endpoints}

    def price(self, endpoint: Endpoint) -> float:
        """What the endpoint's label says."""
        label = self.settings.label
        text = endpoint.labels.get(label)
        if text is None:
            return UNKNOWN
        try:
            price = float(text)
        except ValueError:
            price = UNKNOWN
        if isfinite(price) and price >= 0:
            return price
        log.warn(f"{endpoint.id}: label `{label}` is `{text}`, expected a number such as `2.5`; its price is not known")
        return UNKNOWN

    def score(self, request: Request, endpoints: Endpoints) -> list[float]:
        load_weight = self.settings.load_weight
        price_weight = 1.0 - load_weight
        prices = self.prices
        cheapness = scores.lower_is_better([prices.get(row, UNKNOWN) for row in endpoints.rows])
        idleness = scores.lower_is_better(endpoints.column(Column.RUNNING_REQUESTS))
        return [price_weight * cheap + load_weight * idle for cheap, idle in zip(cheapness, idleness, strict=True)]
