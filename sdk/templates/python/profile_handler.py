"""Runs one profile; what it picks is the decision."""

from switchyard_sdk import Decision, Endpoints, Fault, Outcome, ProfileHandler, ProfileResult, Request, Step

from settings import Settings


class OneProfile(ProfileHandler[Settings]):
    """The profile handler."""

    def next(self, request: Request, done: list[ProfileResult], picked: Endpoints) -> list[Step]:
        # Asked again after the profile ran: nothing more is to run then.
        return [] if done else [Step(self.settings.profile)]

    def decide(self, request: Request, done: list[ProfileResult], picked: Endpoints) -> Decision:
        for result in done:
            if result.outcome is Outcome.PICKED:
                return Decision.of(result)
        raise Fault.refuse(503, "no endpoint can take the request")
