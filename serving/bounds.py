"""How much, how long and how slowly a client may ask."""

import resource
from dataclasses import dataclass

SPARE_FILES = 200  # of the process, for everything that is not a connection


@dataclass(frozen=True)
class BodyPace:
    """How slowly a body may come: `grace` seconds for anything, then so many bytes a second on average."""

    grace: float
    bytes_a_second: int

    def lacking(self, took: float, received: int) -> float:
        """Count the bytes that are missing after `took` seconds; negative while the body is in time."""
        return (took - self.grace) * self.bytes_a_second - received


@dataclass(frozen=True)
class Bounds:
    head_bytes: int = 32 * 1024  # request line and headers
    head_fields: int = 100
    field_bytes: int = 8 * 1024  # of one header; cookies alone have the whole head, for all of them stand in one
    target_bytes: int = 8 * 1024
    query_fields: int = 100
    head_seconds: float = 10.0
    body_seconds: float = 300.0  # a photo of 16 MB over a slow mobile connection
    form_pace: BodyPace = BodyPace(5.0, 16 * 1024)  # of everything that holds no file
    file_pace: BodyPace = BodyPace(20.0, 1024)
    write_seconds: float = 30.0  # until a client takes what waits for it
    requests_ahead: int = 16  # unanswered ones of a connection, beside the one that is being answered
    connections: int = 4000
    connections_of_a_network: int = 1000  # trusted proxies apart: through them come all visitors

    @property
    def most_connections(self) -> int:
        """Each is an open file, and of those the system grants a process only so many."""
        return max(1, min(self.connections, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES))
