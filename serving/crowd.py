"""The connections of this process by network, and which of them makes room for a newcomer.

A connection can make room while it waits for its client: for a request, for the rest of a body, or until an answer is
taken. The network that holds most gives first, so that nobody new is dropped because one stranger holds everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

LOOKED_AT = 100  # bodies, of those that began first: looking through thousands for each newcomer would take too long


class Connection(Protocol):
    @property
    def lacking_bytes(self) -> float:
        """How far its body is behind the slowest that is waited for."""
        ...

    def give_way(self) -> None:
        """End at once."""
        ...


@dataclass(eq=False)
class Network:
    """All its connections, and apart, the longest first, those that wait for their client."""

    connections: set[Connection] = field(default_factory=set)
    idle: dict[Connection, None] = field(default_factory=dict)
    receiving: dict[Connection, None] = field(default_factory=dict)
    unread: dict[Connection, None] = field(default_factory=dict)

    def find_slowest(self, newcomer: Connection) -> Connection | None:
        """Find who makes room: the longest idle, else the slowest body, else the answer longest left untaken."""
        idle = next((connection for connection in self.idle if connection is not newcomer), None)
        return idle or self._find_slowest_body() or next(iter(self.unread), None)

    def _find_slowest_body(self) -> Connection | None:
        oldest = islice(self.receiving, LOOKED_AT)
        return max(oldest, key=lambda connection: connection.lacking_bytes, default=None)

    def remove(self, connection: Connection) -> None:
        for group in (self.idle, self.receiving, self.unread):
            group.pop(connection, None)
        self.connections.discard(connection)


class Crowd:
    """Every network that has a connection."""

    def __init__(self) -> None:
        self.networks: dict[str, Network] = {}
        self.size = 0  # connections

    def add(self, name: str, connection: Connection) -> Network:
        network = self.networks.setdefault(name, Network())
        network.connections.add(connection)
        self.size += 1
        return network

    def remove(self, name: str, connection: Connection) -> None:
        """Forget a connection, at the latest when it is lost; twice does no harm."""
        network = self.networks.get(name)
        if network is None or connection not in network.connections:
            return
        network.remove(connection)
        self.size -= 1
        if not network.connections:
            del self.networks[name]

    def find_slowest(self, newcomer: Connection) -> Connection | None:
        """Find who makes room among all: somebody of the network that holds most."""
        most = max(self.networks.values(), key=lambda network: len(network.connections))
        return most.find_slowest(newcomer)
