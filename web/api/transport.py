"""What a call of the contract is, whichever way it goes: in this process or over TCP."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, Self

from web.api.errors import Unreachable

DEADLINE = 10.0  # seconds for a whole call: a drip of bytes outlives every other timeout
LARGEST_ANSWER = 2_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the contract. `path` begins at the backend's root and is quoted, names of headers are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[bytes, bytes]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the backend answered. Names of headers are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class StreamedAnswer:
    """An answer whose body comes in pieces. To read them raises ConnectionError where the body is cut off."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncIterator[bytes]


class Transport(Protocol):
    """Carries calls to the backend and brings its answers back. Enter it (`async with`) before use."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: Any) -> None: ...

    async def send(self, call: Call) -> Answer:
        """Return the answer to a call.

        Raises ConnectionError where none came, so that a call that changes nothing may be made once more, and
        Unreachable for an answer that is none of the contract's.
        """
        ...

    def stream(self, call: Call) -> AbstractAsyncContextManager[StreamedAnswer]:
        """Begin an answer of any length, whose body is read while the context lasts. Raises as `send`."""
        ...


def check_length(body: bytes | bytearray) -> None:
    """Raise Unreachable for more than LARGEST_ANSWER bytes."""
    if len(body) > LARGEST_ANSWER:
        raise Unreachable("an answer larger than any of the contract's")
