"""Head and body of a response in one write."""

import asyncio

LIMIT = 64 * 1024  # bytes that wait for the end of the turn


class JoinedWrites:
    """A transport that sends at once what is written in one turn of the event loop: head and body of a response.

    Each write of its own wakes the client up, which costs more than to send.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.transport = transport
        self.loop = loop
        self.parts: list[bytes] = []
        self.size = 0
        self.abort, self.is_closing = transport.abort, transport.is_closing

    def write(self, part: bytes) -> None:
        """Send a part in this turn of the loop, at once where many wait already."""
        if not self.parts:
            self.loop.call_soon(self.flush)
        self.parts.append(part)
        self.size += len(part)
        if self.size > LIMIT:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        parts, self.parts, self.size = self.parts, [], 0
        if parts and not self.is_closing():
            self.transport.writelines(parts)

    def close(self) -> None:
        """Close the connection when all has been sent."""
        self.flush()
        self.transport.close()
