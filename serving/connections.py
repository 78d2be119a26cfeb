"""The open connections of this process by network, and which of them is ended to make room for a new one.

A connection can be ended while it waits for its client: for a request, for the rest of a body, or until a response is
read. The network with the most connections gives one up first, so that one stranger cannot lock out everyone else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

MOST_COMPARED = 100  # of the oldest bodies: to compare thousands for each new connection would take too long


class Connection(Protocol):
    @property
    def missing_bytes(self) -> float:
        """How many bytes its body lacks to be at the slowest pace that is allowed."""
        ...

    def give_way(self) -> None:
        """End the connection at once."""
        ...


@dataclass(eq=False)
class Network:
    """The connections of one network, and those that wait for their client, the longest waiting first."""

    connections: set[Connection] = field(default_factory=set)
    idle: dict[Connection, None] = field(default_factory=dict)
    receiving: dict[Connection, None] = field(default_factory=dict)
    unread: dict[Connection, None] = field(default_factory=dict)

    def find_slowest(self, newcomer: Connection) -> Connection | None:
        """Return the connection to end: the longest idle, else the slowest body, else the longest unread response."""
        idle = next((connection for connection in self.idle if connection is not newcomer), None)
        return idle or self._find_slowest_body() or next(iter(self.unread), None)

    def _find_slowest_body(self) -> Connection | None:
        oldest = islice(self.receiving, MOST_COMPARED)
        return max(oldest, key=lambda connection: connection.missing_bytes, default=None)

    def remove(self, connection: Connection) -> None:
        for group in (self.idle, self.receiving, self.unread):
            group.pop(connection, None)
        self.connections.discard(connection)


class OpenConnections:
    """The open connections of all networks."""

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
        """Return the connection to end, of the network that has the most."""
        most = max(self.networks.values(), key=lambda network: len(network.connections))
        return most.find_slowest(newcomer)
