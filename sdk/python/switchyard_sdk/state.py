"""A key-value store that all instances of the plugin share and that outlives them. Needs `Capability.STATE`."""

from .host import Current


def get(key: str) -> bytes | None:
    """The value last set under this key, if it has not ended."""
    return Current.host.get_state(key)


def set(key: str, value: bytes, ttl_ms: int = 0) -> None:
    """Keeps a value for `ttl_ms` milliseconds; 0: for the host's longest time, 24 hours.

    A `Fault` when key and value together exceed 1 MiB, or when the plugin did not declare the capability.
    """
    Current.host.set_state(key, value, ttl_ms)


def remove(key: str) -> None:
    """Forgets a value. Nothing happens where there is none."""
    Current.host.remove_state(key)
