"""Numbers that look random and come out the same on replay."""

from typing import TypeVar

_T = TypeVar("_T")
_MASK = 0xFFFF_FFFF_FFFF_FFFF


class Random:
    """A small generator (SplitMix64: the state advances by a fixed odd number, the output is the state mixed).

    Good enough to shuffle with; not for secrets. Every SDK has the same one: a seed gives the same numbers in each.
    """

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        """Starts from the request's seed, or from any other number."""
        self._state = seed & _MASK

    def bits(self) -> int:
        """64 bits."""
        self._state = mixed = (self._state + 0x9E37_79B9_7F4A_7C15) & _MASK
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK
        return mixed ^ (mixed >> 31)

    def fraction(self) -> float:
        """Between 0 and 1, both exclusive."""
        # 53 bits are what a float holds; the half keeps 0 out.
        return ((self.bits() >> 11) + 0.5) / (1 << 53)

    def below(self, bound: int) -> int:
        """Below `bound`, each number equally likely; 0 for a bound of 0."""
        # The upper half of the product; its bias is below 2^-32 and harmless here.
        return (self.bits() * bound) >> 64

    def shuffle(self, items: list[_T]) -> None:
        """Puts a list in random order."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]
