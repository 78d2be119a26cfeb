"""Bounds of a connection: the size, the duration and the slowness of its requests."""

import resource
from dataclasses import dataclass

SPARE_FILES = 200  # of the process, for everything that is not a connection


@dataclass(frozen=True)
class BodyPace:
    """The slowest pace of a body: after `grace` seconds, at least this many bytes a second on average."""

    grace: float
    bytes_a_second: int

    def count_missing(self, took: float, received: int) -> float:
        """Return how many bytes are missing after `took` seconds; negative while the body is in time."""
        return (took - self.grace) * self.bytes_a_second - received


@dataclass(frozen=True)
class Bounds:
    """Bounds of each connection. Sizes are in bytes or characters, times in seconds."""

    head_bytes: int = 32 * 1024  # request line and headers
    head_fields: int = 100
    field_bytes: int = 8 * 1024  # of one header; cookies alone have the whole head, for all of them stand in one
    target_bytes: int = 8 * 1024
    query_fields: int = 100
    head_seconds: float = 10.0
    body_seconds: float = 300.0  # a photo of 16 MB over a slow mobile connection
    form_pace: BodyPace = BodyPace(5.0, 16 * 1024)  # of everything that holds no file
    file_pace: BodyPace = BodyPace(20.0, 1024)
    write_seconds: float = 30.0  # until a client reads what was sent to it
    requests_ahead: int = 16  # pipelined requests of a connection that wait behind the one being answered
    connections: int = 4000
    connections_per_network: int = 1000  # except of trusted proxies, through which all visitors come

    @property
    def most_connections(self) -> int:
        """The number of connections, bounded by the open files that the system grants a process."""
        return max(1, min(self.connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES))
