"""A component carries the memory of its interpreter, freed parts included; blank, those take no room in it."""

import gc

_MOST = 1 << 20
"""More than any freed part is long."""


def blank() -> None:
    """Writes zeros over what is free, by taking it all and giving it back. A component gets a sixth smaller by it."""
    gc.collect()
    # Too long for any freed part, this one stands at the end of the memory; all that comes before it was free.
    last = bytes(_MOST)
    taken = [last]
    length = _MOST >> 1
    while length >= 8:
        block = bytes(length)
        while id(block) < id(last):
            taken.append(block)
            block = bytes(length)
        length -= max(length >> 3, 4)
