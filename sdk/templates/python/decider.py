"""A further profile runs for long prompts only: from `minPromptTokens` on.

Where the length is not known, it does not run.
"""

from switchyard_sdk import Decider, Endpoints, Needs, Request, Scalar

from settings import Settings


class LongPrompts(Decider[Settings]):
    """The decider."""

    def needs(self) -> Needs:
        return Needs(optional_scalars=[Scalar.PROMPT_TOKENS])

    def agrees(self, request: Request, profile: str, picked: Endpoints) -> bool:
        # A comparison with NaN is false.
        return picked.scalar(Scalar.PROMPT_TOKENS) >= self.settings.min_prompt_tokens
