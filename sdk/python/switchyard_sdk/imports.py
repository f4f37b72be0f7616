"""The contract's imports, as the layer's own interfaces. Only in a component."""

from componentize_py_types import Err
from wit_world.imports import log, own_columns, request, state, types

from . import types as records
from .request import REST
from .types import Fault

# The bindings make what they hand over with these names of their module, field by field. With our classes in their
# place an endpoint is made once and not twice.
for _name in ("Decision", "Ended", "Ending", "Header", "Label", "Outcome", "ProfileResult", "Target"):
    setattr(types, _name, getattr(records, _name))


def _endpoint(
    row: int,
    id: str,
    name: str,
    namespace: str,
    address: str,
    port: int,
    rank: int,
    labels: list[records.Label],
) -> records.Endpoint:
    return records.Endpoint(row, id, name, namespace, address, port, rank, dict(labels))


types.Endpoint = _endpoint


class Imported:
    """What is asked of the host outside of a request."""

    write = staticmethod(log.write)
    get_state = staticmethod(state.get)
    remove_state = staticmethod(state.remove)
    set_own_column = staticmethod(own_columns.set)
    add_own_column = staticmethod(own_columns.add)

    def set_state(self, key: str, value: bytes, ttl_ms: int) -> None:
        try:
            state.set(key, bytes(value), ttl_ms)
        except Err as refused:
            raise Fault(refused.value.message, refused.value.code) from None


class ImportedRequest:
    """What is asked of the request."""

    __slots__ = ()

    id = property(lambda _: request.id())
    path = property(lambda _: request.path())
    model = property(lambda _: request.model())
    target_model = property(lambda _: request.target_model())
    profile = property(lambda _: request.profile())
    profiles = property(lambda _: request.profiles())
    now_ms = property(lambda _: request.now_ms())
    seed = property(lambda _: request.seed())
    header = staticmethod(request.header)

    def body(self, offset: int = 0, length: int = REST) -> bytes:
        return request.body(offset, length)

    def peers(self, profile: str = "") -> list[int]:
        return request.peers(profile)
