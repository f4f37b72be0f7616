"""What a configuration can say under `parameters`, with `load_weight` written `loadWeight` and so on."""

from dataclasses import dataclass

from switchyard_sdk import Diagnostics, setting


@dataclass(frozen=True)
class Settings:
    """The texts are shown to who writes a configuration; the defaults hold where it says nothing."""

    label: str = setting("The label that holds an endpoint's price, as a number.", default="price-per-hour")
    load_weight: float = setting(
        "How much the load counts beside the price: 0 not at all, 1 alone.", default=0.3, at_least=0, at_most=1
    )

    def __post_init__(self) -> None:
        if not self.label:
            raise Diagnostics.one("label", 'found "", expected the name of a label')
