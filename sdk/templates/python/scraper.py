"""Reads one metric of each endpoint into a column that other plugins can ask for.

The host fetches, as often as it fetches everything else, and hands over the lines of the metric alone.
"""

from switchyard_sdk import UNKNOWN, Answer, Fault, Fetch, Sample, Scraper, exposition

from settings import Settings


class OneMetric(Scraper[Settings]):
    """The scraper."""

    def plan(self) -> list[Fetch]:
        return [
            Fetch(
                name="metrics",
                path="/metrics",
                families=[self.settings.metric],
                columns=[self.settings.column],
            )
        ]

    def parse(self, answer: Answer) -> list[Sample]:
        if answer.status != 200:
            raise Fault(f"/metrics answered with status {answer.status}, expected 200")
        metric = self.settings.metric
        found = (one.value for one in exposition.series(answer.body) if one.name == metric)
        return [Sample([next(found, UNKNOWN)])]
